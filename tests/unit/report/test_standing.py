"""How far a migration is: what a run under way writes, and what somebody else reads of it."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from tests.unit.report.conftest import opened
from tests.unit.stages.memory import Memory
from tests.unit.stages.undoing import COMPANIES, Migration

from crm_transforms.destination import DestinationError, Limits
from crm_transforms.journal.clock import instant
from crm_transforms.report.live import Live
from crm_transforms.report.standing import Standing
from crm_transforms.stages.totals import Tally
from crm_transforms.stages.window import Window

if TYPE_CHECKING:
    from crm_transforms.journal import Journal

Told = list[tuple[str, int, int]]


class Budgeted(Memory):
    """Says what may still be spent, from memory or by asking."""

    asks = False
    fails = False

    def limits(self) -> Limits:
        self.asked["limits"] += 1
        if self.fails:
            raise DestinationError("no answer")
        return Limits(budget_left=70, budget_total=100)

    def spent(self) -> dict[str, int]:
        return {"requests": self.asked["limits"] if self.asks else 0}


class Running:
    """A run under way, and the clock that it looks at."""

    def __init__(self, journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1_000.0
        monkeypatch.setattr(time, "monotonic", lambda: self.now)
        self.journal = journal
        self.there = Budgeted()
        self.told: Told = []
        self.tallies = {"company": Tally(rejected=2, waiting=1)}
        run_id = journal.begin_run("load", "hash", "memory:1")
        self.live = Live(journal, self.there, self._tell, self.tallies, run_id, "load")

    def _tell(self, name: str, done: int, total: int) -> None:
        self.told.append((name, done, total))

    def kept(self) -> dict[str, Any]:
        return self.journal.get("live")


@pytest.fixture
def running(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> Running:
    return Running(journal, monkeypatch)


@pytest.fixture
def migration(journal: Journal) -> Migration:
    return Migration(journal)


def test_everything_is_passed_on_and_written_once_a_second(running: Running) -> None:
    running.live("company", 1, 10)
    running.live("company", 4, 10)
    assert running.kept()["done"] == 1
    running.now += 1
    running.live("person", 2, 5)
    kept = running.kept()
    assert (kept["object"], kept["done"], kept["total"]) == ("person", 2, 5)
    assert kept["objects"] == [
        {"object": "company", "done": 4, "total": 10, "rejected": 3},
        {"object": "person", "done": 2, "total": 5, "rejected": 0},
    ]
    assert (kept["budget_left"], kept["budget_total"]) == (70, 100)
    assert running.told == [("company", 1, 10), ("company", 4, 10), ("person", 2, 5)]


def test_the_end_is_written_whenever_it_comes(running: Running) -> None:
    running.live.finish()
    assert running.kept() is None
    running.live("company", 1, 10)
    running.live("company", 10, 10)
    running.live.finish()
    assert running.kept()["done"] == 10


@pytest.mark.parametrize("trait", ["asks", "fails"])
def test_a_budget_that_costs_a_request_is_asked_for_once(running: Running, trait: str) -> None:
    setattr(running.there, trait, True)
    for _ in range(3):
        running.live("company", 1, 10)
        running.now += 1
    assert running.there.asked["limits"] == 1
    assert running.kept()["budget_left"] is None


def test_a_run_under_way_is_told_with_all_that_is_still_to_come(migration: Migration) -> None:
    journal, document = migration.journal, migration.work("load").mapping
    run_id = journal.runs()[-1].id
    live = {"run_id": run_id, "began_at": instant(ago=timedelta(seconds=10)), "at": instant()}
    live |= {"object": "company", "budget_left": 7_000, "budget_total": 9_000}
    journal.put(
        "live",
        {**live, "objects": [{"object": "company", "done": 4, "total": 6, "rejected": 1}]},
    )
    running = Standing.of(journal, document).running
    assert running is not None
    assert [(one.object, one.done, one.total) for one in running.parts] == [
        ("company", 4, 6),
        ("person", 0, 6),
        ("product", 0, 2),
    ]
    assert (running.rate, running.seconds_left) == (0.4, pytest.approx(25, abs=0.2))
    assert running.line.startswith("company: 4 of 6 rows; 1 rejected; 0.4 rows/s; 25.0 s left")
    assert running.line.endswith("; budget 7,000 of 9,000")


def test_what_another_run_left_says_nothing_about_this_one(migration: Migration) -> None:
    migration.load()
    migration.journal.put("live", {"run_id": 0})
    document = migration.work("load").mapping
    running = Standing.of(migration.journal, document).running
    assert running is not None
    assert (running.rate, running.line) == (None, "test: nothing loaded yet")
    assert [one.total for one in running.parts] == [6, 6, 2]


def test_nobody_running_is_nobody_and_a_killed_run_is_said_to_be_one(journal_url: str) -> None:
    with opened(journal_url) as journal:
        with journal.lease("test"):
            journal.begin_run("load", "hash", "memory:1")
            assert Standing.of(journal, None).warnings == []
            assert journal.holder() is not None
        standing = Standing.of(journal, None)
    assert (standing.running, journal.holder()) == (None, None)
    assert standing.warnings == ["run 1 (load) was killed; `apply` goes on from there"]


def test_a_window_that_has_been_open_for_long_is_warned_of(migration: Migration) -> None:
    Window(instant(ago=timedelta(hours=49))).keep(migration.journal)
    told = Standing.of(migration.journal, None).as_json()
    (warning,) = told["warnings"]
    assert warning.startswith("the window has been open for 49 hours")
    assert told["streams"]["customers"]["records"] == len(COMPANIES)
