from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.journeys import singer_file
from tests.journeys.singer_file import record, schema

if TYPE_CHECKING:
    from tests.journeys.world import World

TEXT = {"type": ["string", "null"]}
WHOLE = {"type": ["integer", "null"]}


def test_staging_writes_nothing_and_apply_then_loads(fresh: World) -> None:
    staged = fresh.run(mode="stage")

    assert staged.code == 0, staged.log
    assert staged.requests == ()
    assert staged.state()["bookmarks"]

    applied = fresh.command("apply")

    assert applied.code == 0, applied.log
    assert fresh.findings() == []


def test_a_load_that_needs_an_approval_sends_nothing(fresh: World) -> None:
    outcome = fresh.run(require_approval=True)

    assert outcome.code == 5, outcome.log
    assert outcome.writes == []
    assert outcome.state()["bookmarks"]
    assert fresh.command("apply").code == 0
    assert fresh.findings() == []


@pytest.fixture
def plain(fresh: World) -> World:
    """A target without a mapping."""
    fresh.settings = {"source": None}
    return fresh


def test_without_a_mapping_a_stream_is_an_object(plain: World) -> None:
    foreign = singer_file.lines(
        [
            schema("organizations", ["name"], name=TEXT, website=TEXT),
            record("organizations", name="Heron Lofts", website="https://example.org"),
            record("organizations", name="Quarry Inn", website=None),
            {"type": "STATE", "value": {"bookmarks": {"organizations": 2}}},
        ]
    )

    outcome = plain.load(foreign)

    assert outcome.code == 0, outcome.log
    rows = list(plain.sandbox.crm.tables["organizations"])
    assert [(row["name"], row["website"]) for row in rows] == [
        ("Heron Lofts", "https://example.org"),
        ("Quarry Inn", None),
    ]
    assert outcome.state() == {"bookmarks": {"organizations": 2}}


def test_without_a_mapping_a_key_seen_again_is_an_update(plain: World) -> None:
    stream = schema("organizations", ["name"], name=TEXT, website=TEXT)
    plain.load(
        singer_file.lines(
            [stream, record("organizations", name="Inn", website="https://a.example")]
        )
    )

    outcome = plain.load(
        singer_file.lines(
            [stream, record("organizations", name="Inn", website="https://b.example")]
        )
    )

    assert outcome.code == 0, outcome.log
    assert [one.action for one in outcome.commits] == ["update"]
    [row] = plain.sandbox.crm.tables["organizations"]
    assert row["website"] == "https://b.example"


def test_without_a_mapping_an_unknown_object_is_refused_clearly(plain: World) -> None:
    outcome = plain.load(
        singer_file.lines([schema("spaceships", ["id"], id=WHOLE), record("spaceships", id=1)])
    )

    assert outcome.code == 1
    assert "spaceships" in outcome.log
    assert "Traceback" not in outcome.log
    assert outcome.writes == []


def test_without_a_mapping_an_unknown_field_is_refused_clearly(plain: World) -> None:
    outcome = plain.load(
        singer_file.lines(
            [
                schema("persons", ["name"], name=TEXT, shoe_size=WHOLE),
                record("persons", name="Io", shoe_size=38),
            ]
        )
    )

    assert outcome.code == 1
    assert "shoe_size" in outcome.log
    assert "Traceback" not in outcome.log
    assert outcome.writes == []


def test_without_a_mapping_a_stream_without_keys_is_appended(plain: World) -> None:
    deal = plain.sandbox.crm.human.create("deals", title="Somebody's")["id"]
    told = singer_file.lines(
        [
            schema("notes", [], content=TEXT, deal_id=WHOLE),
            record("notes", content="Again", deal_id=deal),
        ]
    )

    codes = [plain.load(told).code for _ in range(2)]

    assert codes == [0, 0]
    assert [row["content"] for row in plain.sandbox.crm.tables["notes"]] == ["Again", "Again"]
