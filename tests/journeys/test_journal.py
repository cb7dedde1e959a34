from __future__ import annotations

from threading import Event
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.journeys.world import World

SECONDS = 120


def test_a_lost_journal_doubles_nothing(world: World) -> None:
    for path in world.folder.glob("journal.db*"):
        path.unlink()

    outcome = world.run()

    assert outcome.code == 0, outcome.log
    assert [one for one in outcome.commits if one.action == "create"] == []
    assert world.findings() == []

    again = world.run()

    assert again.code == 0, again.log
    assert again.commits == ()


def test_of_two_runs_at_once_one_wins_and_the_other_writes_nothing(fresh: World) -> None:
    singer = fresh.extract()
    hanging = fresh.sandbox.fault("timeout_before", "pipedrive", method="POST", times=None)
    winner = fresh.start(singer)
    _until(lambda: hanging.hits > 0 or winner.poll() is not None)
    assert winner.poll() is None
    held = len(fresh.sandbox.requests)

    loser = fresh.load(singer)
    command = fresh.command("apply")

    assert (loser.code, command.code) == (6, 6), loser.log + command.log
    assert [one.method for one in fresh.sandbox.requests[held:] if one.method != "GET"] == []
    winner.kill()  # a terminated run waits for the answer of what it has under way
    _, log = winner.communicate(timeout=SECONDS)
    assert winner.returncode not in (0, None), log.decode()
    fresh.sandbox.clear_faults()

    after = fresh.load(singer)

    assert after.code == 0, after.log
    assert fresh.findings() == []


def _until(true: Callable[[], bool]) -> None:
    """Wait for another process to come so far."""
    end, tick = monotonic() + SECONDS, Event()
    while not true():
        assert monotonic() < end, "the other process never came so far"
        tick.wait(0.02)
