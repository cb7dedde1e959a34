"""Trouble on this machine: no room for the journal, a signal, an input that ends too early."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from tests.faults import accounts, programs
from tests.faults.loads import Load

if TYPE_CHECKING:
    from tests.faults.loads import Clean
    from tests.sandbox import Sandbox

KIB = 1024


@pytest.fixture(scope="module")
def load(running: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Load:
    return Load(running, tmp_path_factory.mktemp("load"))


@pytest.fixture(scope="module")
def clean(load: Load) -> Clean:
    return load.clean()


def test_a_journal_without_room_stops_the_load_before_its_next_write(
    load: Load, clean: Clean
) -> None:
    stopped = 0
    for room in (int(32 * KIB * 1.4**step) for step in range(20)):
        load.restart()
        ended = load.run(room=room)
        if ended.code == 0:
            break
        stopped += 1
        assert ended.code == 1, ended.errors
        assert "cannot grow" in ended.errors
        assert "Traceback" not in ended.errors
        ended = load.run()
        assert ended.code == 0, ended.errors
        assert load.faults_since(0, clean) == []
    assert ended.code == 0, "the limits tried are too low for a whole load"
    assert stopped > 5


def test_a_journal_that_cannot_be_made_ends_the_run_before_anything_is_asked(
    load: Load,
) -> None:
    load.restart()
    (load.folder / "a file").write_text("")
    asked = {**load.settings, "journal": f"sqlite:///{load.folder}/a file/journal.db"}
    config = load.folder / "nowhere.json"
    config.write_text(json.dumps(asked))
    with load.waiting() as process:
        ended = process.run(programs.target, ["--config", str(config), "--input", str(load.singer)])
    assert ended.code == 1
    assert "a file" in ended.errors
    assert "Traceback" not in ended.errors
    assert list(load.sandbox.requests) == []


@pytest.mark.parametrize("at", [1, 8, 20, 33, 48, 60])
def test_a_terminated_load_says_so_by_its_code_and_loses_nothing(
    load: Load, clean: Clean, at: int
) -> None:
    load.restart()
    load.sandbox.fault("timeout_after", "pipedrive", at=at)
    with load.waiting() as process:
        load.start_in(process, patience=1.0)
        process.wait_until(lambda: len(load.sandbox.requests) >= at)
        os.kill(process.pid, signal.SIGTERM)
        ended = process.end()
    assert ended.code == 128 + signal.SIGTERM, ended.errors
    assert "Traceback" not in ended.errors
    load.sandbox.clear_faults()
    ended = load.run()
    assert ended.code == 0, ended.errors
    assert load.faults_since(0, clean) == []


@pytest.fixture
def seed() -> int:
    """Printed, and so told when a test fails."""
    seed = random.randrange(10**6)
    sys.stdout.write(f"seed {seed}\n")
    return seed


def test_an_input_that_ends_anywhere_deletes_nothing_and_is_completed_later(
    load: Load, clean: Clean, seed: int
) -> None:
    rng = random.Random(seed)
    whole = load.first.read_bytes()
    cut = load.folder / "cut.singer"
    for end in sorted(rng.sample(range(1, len(whole)), 8)):
        load.restart()
        cut.write_bytes(whole[:end])
        load.singer = cut
        ended = load.run()
        load.singer = load.first
        assert ended.code in {0, 2, 3}, f"cut at {end}: {ended.errors}"
        assert "Traceback" not in ended.errors, f"cut at {end}: {ended.errors}"
        ended = load.run()
        assert ended.code == 0, f"cut at {end}: {ended.errors}"
        told = accounts.differences(clean.contents, accounts.contents(load.sandbox.crm))
        assert told == [], f"cut at {end}"


def test_a_pipe_that_is_terminated_or_closed_midway_is_completed_by_the_next_run(
    load: Load, clean: Clean
) -> None:
    load.restart()
    whole = load.first.read_bytes()
    half = whole[: whole.index(b'"stream": "jobs"')].rpartition(b"\n")[0] + b"\n"
    for terminated in (True, False):
        with load.piped() as target:
            assert target.stdin is not None
            assert target.stderr is not None
            target.stdin.write(half)
            target.stdin.flush()
            if terminated:
                while not load.journal.exists():
                    with suppress(subprocess.TimeoutExpired):
                        target.wait(0.01)
                        pytest.fail(target.stderr.read().decode())
                target.terminate()
            _, errors = target.communicate()
        assert target.returncode == (128 + signal.SIGTERM if terminated else 0), errors
        assert b"Traceback" not in errors
    ended = load.run()
    assert ended.code == 0, ended.errors
    assert load.faults_since(0, clean) == []
