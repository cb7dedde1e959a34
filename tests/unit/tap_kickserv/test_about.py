"""What the tap says of itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

import tap_kickserv
from tap_kickserv import coverage
from tap_kickserv.doors import JsonDoor, XmlDoor
from tap_kickserv.settings import SETTINGS
from tap_kickserv.streams import STREAMS
from tap_kickserv.tap import TapKickserv

README = (Path(tap_kickserv.__file__).parents[1] / "README.md").read_text()


def _about(*arguments: str) -> str:
    result = CliRunner().invoke(TapKickserv.cli, ["--about", *arguments])
    assert result.exit_code == 0
    return result.output


def test_about_names_version_settings_and_doors_as_json() -> None:
    about = json.loads(_about("--format", "json"))
    assert about["name"] == "tap-kickserv"
    assert about["version"] == "0.1.0"
    assert set(about["doors"]) == {stream.name for stream in STREAMS}
    assert about["doors"]["payments"]["xml"]["certainty"] == "guessed"
    assert "batch" not in about["capabilities"]


def test_about_shows_the_doors_as_markdown() -> None:
    assert coverage.as_markdown() in _about("--format", "markdown")


def test_the_version_is_known() -> None:
    result = CliRunner().invoke(TapKickserv.cli, ["--version"])
    assert result.output.startswith("tap-kickserv v0.1.0")


@pytest.mark.parametrize("name", list(SETTINGS["properties"]))
def test_every_setting_is_described_and_in_the_readme(name: str) -> None:
    setting = SETTINGS["properties"][name]
    assert setting["title"]
    assert setting["description"].endswith(".")
    assert f"`{name}`" in README


@pytest.mark.parametrize("name", ["api_token", "password", "totp_secret"])
def test_secrets_are_declared_as_such(name: str) -> None:
    assert SETTINGS["properties"][name]["secret"] is True


def test_the_readme_holds_the_table_of_doors() -> None:
    assert coverage.as_markdown() in README


@pytest.mark.parametrize("stream", STREAMS, ids=lambda stream: stream.__name__)
def test_every_column_is_described(stream: type) -> None:
    tap = TapKickserv(config={"account_slug": "acme", "api_token": "t"})
    schema = stream(tap).schema
    for name, column in schema["properties"].items():
        assert column["description"].endswith("."), name
        assert ("null" in column["type"]) is (name not in stream.key), name


@pytest.mark.parametrize(("door", "place"), [(XmlDoor, 0), (JsonDoor, 1)])
def test_the_table_of_doors_agrees_with_the_doors(door: type, place: int) -> None:
    filled = {name for source in door.sources for name in source.streams()}
    told = {name for name, words in coverage.COVERAGE.items() if words[place].certainty != "none"}
    assert filled == told
    assert list(coverage.COVERAGE) == [stream.name for stream in STREAMS]


def test_streams_without_time_of_change_offer_no_replication_key() -> None:
    tap = TapKickserv(config={"account_slug": "acme", "api_token": "t"})
    keys = {
        entry["tap_stream_id"]: root["metadata"].get("valid-replication-keys")
        for entry in tap.catalog_dict["streams"]
        for root in entry["metadata"]
        if not root["breadcrumb"]
    }
    assert keys["jobs"] == ["updated_at"]
    assert keys["items"] == ["updated_on"]
    assert keys["tags"] is None
    assert {entry["replication_method"] for entry in tap.catalog_dict["streams"]} == {"FULL_TABLE"}
