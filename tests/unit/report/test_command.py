"""The command, as a person calls it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from tests.unit.report import samples
from tests.unit.report.business import ACCOUNT, TRIAL
from tests.unit.report.conftest import opened
from tests.unit.singer.running import Run, runner

from crm_transforms.commands.report import default_path
from crm_transforms.exits import Exit
from crm_transforms.settings import MigrationSettings

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.singer.running import Runner

__all__ = ["runner"]


class Person:
    """Somebody who has a journal and types commands."""

    def __init__(self, folder: Path, runner: Runner) -> None:
        self._runner = runner
        self.folder = folder
        self.url = f"sqlite:///{folder / 'journal.db'}"
        with opened(self.url) as journal, journal.lease("test"):
            samples.fill(journal)

    def types(self, *arguments: Any) -> Run:
        settings = {"journal": self.url, "source": "kickserv"}
        return self._runner.command(settings, *map(str, arguments))


@pytest.fixture
def person(tmp_path: Path, runner: Runner) -> Person:
    return Person(tmp_path, runner)


def test_the_page_lies_beside_the_journal_for_its_owner_only(person: Person) -> None:
    run = person.types("report")
    path = person.folder / "kickserv-pipedrive-report.html"
    assert (run.failure, run.code, run.printed) == ("", Exit.DONE, f"{path}\n")
    assert path.stat().st_mode & 0o777 == 0o600
    assert "have arrived" in path.read_text("utf-8")


def test_it_can_be_written_elsewhere(person: Person) -> None:
    path = person.folder / "elsewhere.html"
    assert person.types("report", "--output", path).printed == f"{path}\n"
    assert path.exists()


def test_json_goes_to_standard_output_unless_a_file_is_named(person: Person) -> None:
    path = person.folder / "report.json"
    printed = person.types("report", "--format", "json").printed
    assert person.types("report", "--format", "json", "--output", path).printed == f"{path}\n"
    one, other = json.loads(printed), json.loads(path.read_text("utf-8"))
    assert one["account"]["id"] == ACCOUNT["id"]
    assert {**one, "made_at": ""} == {**other, "made_at": ""}


def test_another_account_is_asked_for_by_its_id(person: Person) -> None:
    run = person.types("report", "--format", "json", "--account", TRIAL["id"])
    assert json.loads(run.printed)["account"]["id"] == TRIAL["id"]
    refused = person.types("report", "--account", "404")
    assert (refused.failure, refused.code) == ("", Exit.USAGE)
    assert "knows of no such account" in refused.said


def test_where_a_server_keeps_the_journal_the_page_lies_in_the_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MELTANO_PROJECT_ROOT", str(tmp_path))
    config = {"source": "kickserv", "journal": "postgresql://user:secret@host/database"}
    path = default_path(MigrationSettings.from_config(config, "pipedrive"))
    assert path == tmp_path / ".migration" / "kickserv-pipedrive-report.html"


def test_a_folder_that_is_not_there_is_named(person: Person) -> None:
    run = person.types("report", "--output", person.folder / "nowhere" / "report.html")
    assert (run.failure, run.code) == ("", Exit.USAGE)
    assert "nowhere" in run.said
