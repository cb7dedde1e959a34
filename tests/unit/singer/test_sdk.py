"""The SDK's own tests of a target, and what the target says of itself."""

from __future__ import annotations

import importlib.resources
import json
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from singer_sdk.testing import get_target_test_class, target_test_streams
from singer_sdk.testing.runners import TargetTestRunner
from singer_sdk.testing.suites import SingerTestSuite, target_tests
from singer_sdk.testing.target_tests import (
    TargetInvalidSchemaTest,
    TargetMultipleStateMessages,
    TargetRecordBeforeSchemaTest,
    TargetRecordMissingKeyProperty,
    TargetRecordMissingRequiredProperty,
)

from crm_transforms.exits import Exit
from crm_transforms.journal import Journal
from target_pipedrive.target import TargetPipedrive

if TYPE_CHECKING:
    from pathlib import Path

OMITTED: dict[type, str] = {
    TargetInvalidSchemaTest: "wants an exception; ours ends with a sentence and exit code 1",
    TargetRecordBeforeSchemaTest: "wants an exception; ours rejects the record and goes on",
    TargetRecordMissingKeyProperty: "wants an exception; ours rejects the record and goes on",
}
ADDED = (TargetMultipleStateMessages, TargetRecordMissingRequiredProperty)
"""Not in the SDK's list, which says that the SDK itself fails the first."""

_Suite = get_target_test_class(
    TargetPipedrive,
    include_target_tests=False,
    custom_suites=[
        SingerTestSuite(
            kind="target",
            tests=[each for each in target_tests.tests if each not in OMITTED],
        )
    ],
)
FILES = sorted(
    path.name
    for path in importlib.resources.files(target_test_streams).iterdir()
    if path.name.endswith(".singer")
)


def settings(folder: Path) -> dict[str, Any]:
    """The streams of the SDK are no objects of Pipedrive, so they are staged and not sent."""
    return {"mode": "stage", "journal": f"sqlite:///{folder / 'journal.db'}"}


class TestTargetPipedrive(_Suite):  # type: ignore[misc, valid-type]
    """One test for each of the SDK's."""

    @pytest.fixture
    def runner(self, tmp_path: Path) -> TargetTestRunner:
        return TargetTestRunner(TargetPipedrive, config=settings(tmp_path))


@pytest.mark.parametrize("name", FILES)
def test_every_record_of_the_sdks_streams_is_staged_or_rejected(tmp_path: Path, name: str) -> None:
    lines = importlib.resources.files(target_test_streams).joinpath(name).read_text("utf-8")
    messages = [json.loads(line) for line in lines.splitlines() if line.strip()]
    run = CliRunner().invoke(
        TargetPipedrive.get_singer_command(), ["--config", _file(tmp_path)], input=lines
    )
    assert run.exception is None or isinstance(run.exception, SystemExit)
    if name == "invalid_schema.singer":
        assert run.exit_code == Exit.FAILURE
        return
    records = [each for each in messages if each["type"] == "RECORD"]
    with Journal.open(
        settings(tmp_path)["journal"], source="singer", target="pipedrive", create=False
    ) as journal:
        rejects = journal.rejects()
        staged = {
            stream: {row.key for row in journal.scan(info.id)}
            for stream, info in journal.streams().items()
        }
        keys = {stream: info.keys for stream, info in journal.streams().items()}
    assert run.exit_code == (Exit.REJECTS if rejects else Exit.DONE)
    for stream, held in staged.items():
        mine = [each["record"] for each in records if each["stream"] == stream]
        refused = [each for each in rejects if each.stream == stream]
        if keys[stream]:
            mine = {json.dumps([row.get(key) for key in keys[stream]]) for row in mine}
        assert len(held) + len(refused) == len(mine)
    assert {each["stream"] for each in records} <= {*staged, *(each.stream for each in rejects)}


REFUSED = {
    "record_before_schema.singer": ("schema", "before its stream's SCHEMA"),
    "record_missing_key_property.singer": ("key", "the key (id) is missing"),
    "record_missing_required_property.singer": ("required", "required"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_where_the_sdk_would_stop_the_record_is_rejected(tmp_path: Path, name: str) -> None:
    lines = importlib.resources.files(target_test_streams).joinpath(name).read_text("utf-8")
    CliRunner().invoke(
        TargetPipedrive.get_singer_command(), ["--config", _file(tmp_path)], input=lines
    )
    with Journal.open(
        settings(tmp_path)["journal"], source="singer", target="pipedrive", create=False
    ) as journal:
        reject = journal.rejects()[0]
    rule, says = REFUSED[name]
    assert reject.rule == rule
    assert says in reject.message


def test_the_last_state_is_handed_on(tmp_path: Path) -> None:
    name = "multiple_state_messages.singer"
    lines = importlib.resources.files(target_test_streams).joinpath(name).read_text("utf-8")
    run = CliRunner().invoke(
        TargetPipedrive.get_singer_command(), ["--config", _file(tmp_path)], input=lines
    )
    last = [json.loads(each) for each in lines.splitlines() if '"STATE"' in each][-1]
    assert json.loads(run.stdout.splitlines()[-1]) == last["value"]


def _file(folder: Path) -> str:
    path = folder / "settings.json"
    path.write_text(json.dumps(settings(folder)))
    return str(path)


SETTINGS = (
    "api_url", "api_token", "client_id", "client_secret", "refresh_token", "daily_token_reserve",
    "source", "mapping", "journal", "mode", "require_approval", "fallback_owner", "max_file_mb",
    "concurrency", "fail_on_rejects", "fail_on_pause",
)  # fmt: skip
SECRETS = {"api_token", "client_secret", "refresh_token", "journal"}


def _about(form: str) -> str:
    run = CliRunner().invoke(TargetPipedrive.get_singer_command(), ["--about", "--format", form])
    assert run.exit_code == 0
    return run.stdout


@pytest.mark.parametrize("name", SETTINGS)
def test_every_setting_has_a_title_and_a_description(name: str) -> None:
    setting = json.loads(_about("json"))["settings"]["properties"][name]
    assert setting["title"]
    assert len(setting["description"]) > 15
    assert setting.get("secret", False) is (name in SECRETS)


BUILT_IN = ("stream_map", "faker_config", "flattening_")


def test_no_other_setting_is_offered() -> None:
    told = json.loads(_about("json"))["settings"]["properties"]
    assert {name for name in told if not name.startswith(BUILT_IN)} == set(SETTINGS)


@pytest.mark.parametrize("name", SETTINGS)
def test_about_as_markdown_lists_every_setting(name: str) -> None:
    (row,) = (line for line in _about("markdown").splitlines() if line.startswith(f"| {name} "))
    assert row.count("|") >= 5


def test_about_names_version_and_capabilities() -> None:
    about = json.loads(_about("json"))
    assert about["name"] == "target-pipedrive"
    assert about["version"] == "0.1.0"
    assert {"about", "stream-maps", "schema-flattening"} <= set(about["capabilities"])
    assert "3.10" in str(about["supported_python_versions"])
