"""The scripts as processes: what a shell, a scheduler or Meltano sees of bad input."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from tests.unit.singer.shop import GOOD, LANDED, SCHEMAS, STATE, customer, schema, state, written

from crm_transforms.exits import Exit

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.singer.running import Shop
    from tests.unit.singer.shop import Line

TARGET = "from target_pipedrive.target import TargetPipedrive; TargetPipedrive.cli()"
MIGRATION = "from target_pipedrive.migration import main; main()"


def process(
    script: str, settings: Path, *arguments: str, given: bytes = b""
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(  # noqa: S603 - the interpreter of this test, and a script of ours
        [sys.executable, "-c", script, *arguments, "--config", str(settings)],
        input=given,
        capture_output=True,
        check=False,
        timeout=60,
    )


@dataclass(frozen=True)
class Case:
    """What a process is given and how it must end."""

    code: Exit
    says: str
    lines: tuple[Line, ...] = (*SCHEMAS, *GOOD, state(STATE))
    settings: dict[str, Any] = field(default_factory=dict)
    states: int = 0


CASES = {
    "good": Case(Exit.DONE, "shop → pipedrive", states=1),
    "a bad line": Case(
        Exit.REJECTS, "rejected", (*SCHEMAS, b"\xff odd\n", *GOOD, state(STATE)), states=1
    ),
    "a bad row": Case(
        Exit.REJECTS, "option", (*SCHEMAS, *GOOD, customer(kind="Martian"), state(STATE)), states=1
    ),
    "a bad schema": Case(
        Exit.FAILURE, "line 6: SCHEMA of stream jobs", (*SCHEMAS, {**schema("jobs"), "schema": 1})
    ),
    "a bad setting": Case(Exit.USAGE, "'lod'", settings={"mode": "lod"}),
    "a bad mapping": Case(Exit.USAGE, "none.yml", settings={"mapping": "none.yml"}),
    "a bad token": Case(
        Exit.FAILURE, "refuses the credentials", settings={"api_token": "another"}, states=1
    ),
    "no approval": Case(
        Exit.APPROVAL, "approval", settings={"require_approval": True}, states=1
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_process_ends_with_its_code_and_without_a_traceback(shop: Shop, name: str) -> None:
    case = CASES[name]
    path = shop.runner.folder / "process.json"
    path.write_text(json.dumps({**shop.settings, **case.settings}))
    done = process(TARGET, path, given=written(case.lines))
    said = done.stderr.decode()
    assert done.returncode == case.code, said
    assert case.says in said
    assert "Traceback" not in said
    assert len(done.stdout.splitlines()) == case.states
    if case.code in {Exit.DONE, Exit.REJECTS}:
        assert shop.there() == LANDED


COMMANDS: dict[str, tuple[tuple[str, ...], dict[str, Any], Exit, str]] = {
    "no journal": (("status",), {}, Exit.FAILURE, "There is no journal at"),
    "no such command": (("aply",), {}, Exit.USAGE, "aply"),
    "a bad setting": (("apply",), {"mode": "lod"}, Exit.USAGE, "'lod'"),
    "no mapping": (("apply",), {"mapping": ""}, Exit.USAGE, "source"),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_ends_with_its_code_and_without_a_traceback(shop: Shop, name: str) -> None:
    arguments, settings, code, says = COMMANDS[name]
    path = shop.runner.folder / "process.json"
    path.write_text(json.dumps({**shop.settings, **settings}))
    done = process(MIGRATION, path, *arguments)
    said = done.stderr.decode()
    assert done.returncode == code, said
    assert says in said
    assert "Traceback" not in said


def test_a_reader_of_states_that_has_gone_away_stops_nothing(shop: Shop) -> None:
    """Meltano closes the pipe when it is killed; what was staged must stay staged."""
    path = shop.runner.folder / "process.json"
    path.write_text(json.dumps(shop.settings))
    with subprocess.Popen(  # noqa: S603 - as above
        [sys.executable, "-c", TARGET, "--config", str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as running:
        assert running.stdin is not None
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.close()
        running.stdin.write(written([*SCHEMAS, *GOOD, state(STATE)]))
        running.stdin.close()
        said = running.stderr.read().decode()
        code = running.wait(60)
    assert code in {Exit.DONE, Exit.FAILURE}
    assert "Traceback" not in said
    assert shop.load([*SCHEMAS, *GOOD]).code == Exit.DONE
    assert shop.there() == LANDED
