from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jsonschema_rs
import pytest

from tests.journeys import singer_file

if TYPE_CHECKING:
    from tests.journeys.fixtures import Checkpoint


@pytest.fixture(scope="module")
def told(loaded: Checkpoint) -> list[dict[str, Any]]:
    """What the tap sends to a target that is not ours."""
    return singer_file.messages(loaded.world.extract("alone.singer"))


def test_every_record_satisfies_the_schema_that_came_before_it(told: list[dict[str, Any]]) -> None:
    checks: dict[str, jsonschema_rs.Draft7Validator] = {}
    for message in told:
        if message["type"] == "SCHEMA":
            checks[message["stream"]] = jsonschema_rs.Draft7Validator(
                message["schema"], validate_formats=True
            )
        if message["type"] == "RECORD":
            checks[message["stream"]].validate(message["record"])

    assert len(checks) > 20


def test_keys_are_declared_and_unique(told: list[dict[str, Any]]) -> None:
    keys = {one["stream"]: one["key_properties"] for one in singer_file.of_kind(told, "SCHEMA")}
    seen = [
        (one["stream"], *(one["record"][name] for name in keys[one["stream"]]))
        for one in singer_file.of_kind(told, "RECORD")
    ]

    assert all(keys.values())
    assert len(seen) == len(set(seen))


def test_the_marker_of_a_whole_stream_comes_after_its_last_record(
    told: list[dict[str, Any]],
) -> None:
    marked: set[str] = set()
    for message in told:
        if message["type"] == "ACTIVATE_VERSION":
            marked.add(message["stream"])
        if message["type"] == "RECORD":
            assert message["stream"] not in marked

    assert marked == {one["stream"] for one in singer_file.of_kind(told, "SCHEMA")}


def test_the_last_message_is_state(told: list[dict[str, Any]]) -> None:
    assert told[-1]["type"] == "STATE"
    assert told[-1]["value"]["bookmarks"].keys() >= {"customers", "jobs"}
