"""``kill -9`` at every request and between writes to the journal: the next run completes the load.

After it the account must equal that of an undisturbed run, and its commit log must hold no write
that the undisturbed one has not: nothing was made, changed or removed twice.

To die after a read is to die before the next request, and to die after a commit that a request
follows is to die before that request. ``make soak`` tries those moments as well.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from tests.faults.kills import Kills
from tests.faults.loads import AccountLoad, Load
from tests.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator

SHARES = 4
"""The moments of one load are shared out over so many tests, which may run side by side."""
SAMPLE_CUSTOMERS = 12
"""Customers whose jobs, lines, notes and files come to about three hundred records."""
MOST_EXTRA = 5
"""Requests that a kill may cost, beside those that describe the account to a new process."""


@pytest.fixture(scope="module", params=["first load", "later load"])
def load(
    request: pytest.FixtureRequest, running: Sandbox, tmp_path_factory: pytest.TempPathFactory
) -> Load:
    # One request at a time: then a number always means the same request.
    load = Load(running, tmp_path_factory.mktemp("load"), concurrency=1)
    if request.param == "later load":
        load.go_on()
    return load


@pytest.fixture
def kills(load: Load) -> Iterator[Kills]:
    kills = Kills(load, load.clean())
    yield kills
    sys.stdout.write(
        f"{len(kills.clean)} requests, {len(kills.clean.journalled)} commits; a kill cost at most "
        f"{kills.worst[0]} requests ({kills.worst[1]}), and {kills.worst_described} for "
        "descriptions\n"
    )
    assert not kills.wrong, "\n".join(kills.wrong)
    assert kills.worst[0] <= MOST_EXTRA, kills.worst


@pytest.mark.parametrize("share", range(SHARES))
def test_a_load_killed_before_any_request_is_completed_by_the_next_run(
    kills: Kills, share: int
) -> None:
    for number in range(1 + share, len(kills.clean) + 1, SHARES):
        kills.at_request(number, "kill_before")


@pytest.mark.parametrize("share", range(SHARES))
def test_a_load_killed_after_any_write_is_completed_by_the_next_run(
    kills: Kills, share: int
) -> None:
    for number in kills.clean.writes()[share::SHARES]:
        kills.at_request(number, "kill_after")


@pytest.mark.soak
def test_a_load_killed_after_any_request_is_completed_by_the_next_run(kills: Kills) -> None:
    for number in range(1, len(kills.clean) + 1):
        kills.at_request(number, "kill_after")


@pytest.mark.parametrize("share", range(SHARES))
def test_a_load_killed_between_writes_to_its_journal_is_completed_by_the_next_run(
    kills: Kills, share: int
) -> None:
    for number in kills.clean.lone_commits()[share::SHARES]:
        kills.at_commit(number, "after")


@pytest.mark.soak
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_load_killed_at_any_write_to_its_journal_is_completed_by_the_next_run(
    kills: Kills, moment: str
) -> None:
    for number in range(1, len(kills.clean.journalled) + 1):
        kills.at_commit(number, moment)


@pytest.mark.soak
def test_a_sample_killed_before_any_request_is_completed_by_the_next_run(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    with Sandbox(customers=SAMPLE_CUSTOMERS, oddities=False) as sandbox:
        load = AccountLoad(sandbox, tmp_path_factory.mktemp("sample"), concurrency=1)
        kills = Kills(load, load.clean())
        for number in range(1, len(kills.clean) + 1):
            kills.at_request(number, "kill_before")
    assert not kills.wrong, "\n".join(kills.wrong)
