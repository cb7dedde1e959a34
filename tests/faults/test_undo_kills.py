"""``kill -9`` at every request of a rollback: the next rollback completes it.

After it the account must be as it was before the first load, and its commit log must hold no write
that an undisturbed rollback has not: nothing was removed or restored twice.

Where nothing was changed since the request before, dying is no other case. ``make soak`` tries
every moment, every write to the journal, and a rollback after every moment at which a load can die.
"""

from __future__ import annotations

import signal
import sys
from typing import TYPE_CHECKING

import pytest
from tests.faults.kills import Kills
from tests.faults.loads import Load
from tests.faults.rollbacks import Rollback
from tests.sandbox.pipedrive.snapshot import snapshot

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.sandbox import Sandbox

SHARES = 4
"""The moments of one rollback are shared out over so many tests, which may run side by side."""
MOST_EXTRA = 8
"""Requests that a kill may cost, beside those that describe the account to a new process."""


@pytest.fixture(scope="module", params=[1, 2], ids=["one load", "both loads"])
def rollback(
    request: pytest.FixtureRequest, running: Sandbox, tmp_path_factory: pytest.TempPathFactory
) -> Rollback:
    # One request at a time: then a number always means the same request.
    return Rollback(running, tmp_path_factory.mktemp("rollback"), request.param, concurrency=1)


@pytest.fixture
def kills(rollback: Rollback) -> Iterator[Kills]:
    kills = Kills(rollback, rollback.clean())
    yield kills
    sys.stdout.write(
        f"{len(kills.clean)} requests, {len(kills.clean.journalled)} commits; a kill cost at most "
        f"{kills.worst[0]} requests ({kills.worst[1]}), and {kills.worst_described} for "
        "descriptions\n"
    )
    assert not kills.wrong, "\n".join(kills.wrong)
    assert kills.worst[0] <= MOST_EXTRA, kills.worst


def test_an_undisturbed_rollback_leaves_the_account_as_it_was(rollback: Rollback) -> None:
    clean = rollback.clean()
    before = len(rollback.sandbox.crm.commits)
    assert rollback.run().code == 0
    assert rollback.faults_since(before, clean) == []


@pytest.mark.parametrize("share", range(SHARES))
def test_a_rollback_killed_before_any_request_is_completed_by_the_next(
    kills: Kills, share: int
) -> None:
    for number in kills.clean.turns()[share::SHARES]:
        kills.at_request(number, "kill_before")


@pytest.mark.parametrize("share", range(SHARES))
def test_a_rollback_killed_after_any_write_is_completed_by_the_next(
    kills: Kills, share: int
) -> None:
    for number in kills.clean.writes()[share::SHARES]:
        kills.at_request(number, "kill_after")


@pytest.mark.soak
@pytest.mark.parametrize("kind", ["kill_before", "kill_after"])
def test_a_rollback_killed_at_any_request_is_completed_by_the_next(kills: Kills, kind: str) -> None:
    for number in range(1, len(kills.clean) + 1):
        kills.at_request(number, kind)


@pytest.mark.soak
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_rollback_killed_at_any_write_to_its_journal_is_completed_by_the_next(
    kills: Kills, moment: str
) -> None:
    for number in range(1, len(kills.clean.journalled) + 1):
        kills.at_commit(number, moment)


@pytest.mark.soak
def test_a_load_killed_before_any_request_can_be_taken_back(
    running: Sandbox, tmp_path_factory: pytest.TempPathFactory
) -> None:
    load = Load(running, tmp_path_factory.mktemp("load"), concurrency=1)
    before = snapshot(running.crm)
    wrong = []
    for number in range(1, len(load.clean()) + 1):
        load.restart()
        with load.waiting() as process:
            running.fault("kill_before", "pipedrive", at=number, pid=process.pid)
            assert load.run_in(process).code == -signal.SIGKILL
        running.clear_faults()
        ended = load.command("rollback", "--yes")
        if ended.code or snapshot(running.crm) != before:
            wrong.append(f"killed before {number}: {ended.code} {ended.output} {ended.errors}")
    assert not wrong, "\n".join(wrong)
