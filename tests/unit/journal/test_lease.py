"""The lease: one run at a time (T-21)."""

from __future__ import annotations

import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import psutil
import pytest
from sqlalchemy import select, update
from tests.unit.journal.samples import ACCOUNT, create, row

from crm_transforms.destination import Status
from crm_transforms.journal import (
    Decision,
    Journal,
    JournalError,
    LeaseHeldError,
    LeaseLostError,
    Reject,
    tables,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture
def rival(journal: Journal) -> Iterator[Journal]:
    with Journal.open(journal.url, source="kickserv", target="pipedrive") as other:
        yield other


def pretend(journal: Journal, **columns: Any) -> None:
    with journal._database.writing() as connection:
        connection.execute(update(tables.lease).values(**columns))


def renewed(journal: Journal) -> float:
    with journal._database.reading() as connection:
        return float(connection.execute(select(tables.lease.c.renewed)).scalar_one())


WRITES: dict[str, Callable[[Journal], object]] = {
    "stage": lambda journal: journal.stage({1: [row("new")]}, {}),
    "stream": lambda journal: journal.stream("other", {}, []),
    "begin_pass": lambda journal: journal.begin_pass(1),
    "accept_missing": lambda journal: journal.accept_missing(1),
    "forget_rows": lambda journal: journal.forget_rows([1]),
    "confirm": lambda journal: journal.confirm([1], []),
    "mark_landed": lambda journal: journal.mark_landed(1),
    "index_join": lambda journal: journal.index_join(1, "field", lambda _: "x"),
    "begin_run": lambda journal: journal.begin_run("load", "", ""),
    "end_run": lambda journal: journal.end_run(1, 0, {}),
    "intend": lambda journal: journal.intend(1, ACCOUNT, [create("new")], {}),
    "handle": lambda journal: journal.handle([1], "job"),
    "decide": lambda journal: journal.decide([Decision(1, Status.LANDED, "9")]),
    "link_matched": lambda journal: journal.link_matched("deal", ACCOUNT, [("k", "1", None)]),
    "touch_links": lambda journal: journal.touch_links("deal", ACCOUNT, [("k", b"f")]),
    "reject": lambda journal: journal.reject([Reject("plan", object="deal", key="k")]),
    "clear_rejects": lambda journal: journal.clear_rejects("deal", ACCOUNT, ["k"]),
    "put": lambda journal: journal.put("name", 1),
    "drop_payloads": lambda journal: journal.drop_payloads(),
    "compact": lambda journal: journal.compact(),
    "purge": lambda journal: journal.purge(),
}


@pytest.fixture
def filled(journal: Journal, jobs_stream: int) -> Journal:
    journal.stage({jobs_stream: [row("old")]}, {})
    run_id = journal.begin_run("load", "mapping", ACCOUNT)
    journal.intend(run_id, ACCOUNT, [create("old")], {})
    return journal


def contents(journal: Journal) -> dict[str, list[Any]]:
    with journal._database.reading() as connection:
        return {
            name: connection.execute(select(table)).all()
            for name, table in tables.metadata.tables.items()
            if name != "lease"
        }


@pytest.mark.usefixtures("journal")
def test_a_second_run_is_told_who_holds_the_lease(rival: Journal) -> None:
    with (
        pytest.raises(LeaseHeldError, match="under way: test, process") as caught,
        rival.lease("b"),
    ):
        pytest.fail("two runs at once")
    assert caught.value.verb == "test"
    assert caught.value.pid == psutil.Process().pid
    assert caught.value.since.endswith("Z")


@pytest.mark.parametrize("name", WRITES)
def test_whoever_does_not_hold_the_lease_writes_nothing(
    filled: Journal, rival: Journal, name: str
) -> None:
    before = contents(filled)
    with pytest.raises(JournalError, match="needs its lease"):
        WRITES[name](rival)
    assert contents(filled) == before


@pytest.mark.parametrize("name", WRITES)
def test_a_run_that_was_taken_for_dead_writes_nothing_more(
    filled: Journal, rival: Journal, name: str
) -> None:
    before = contents(filled)
    pretend(filled, machine="another", renewed=0.0)
    with rival.lease("takeover"):
        with pytest.raises(LeaseLostError, match="another run took over"):
            WRITES[name](filled)
        assert contents(filled) == before


def test_reading_needs_no_lease(filled: Journal, rival: Journal) -> None:
    assert filled.streams() == rival.streams()
    assert [each.key for each in rival.scan(1)] == ["old"]
    assert [each.key for each in rival.open_operations(ACCOUNT)] == ["old"]


def test_a_run_of_a_process_that_is_gone_is_taken_over_at_once(
    journal: Journal, rival: Journal
) -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    started = psutil.Process(child.pid).create_time()
    child.wait()
    pretend(journal, pid=child.pid, started=started)
    with rival.lease("takeover") as lease:
        assert lease.epoch == 2


def test_a_process_that_got_a_dead_ones_number_holds_nothing(
    journal: Journal, rival: Journal
) -> None:
    pretend(journal, started=psutil.Process().create_time() - 60)
    with rival.lease("takeover"):
        rival.put("name", 1)


def test_another_machines_lease_holds_until_it_expires(journal: Journal, rival: Journal) -> None:
    pretend(journal, machine="another", host="far", pid=1)
    with pytest.raises(LeaseHeldError, match="on far"), rival.lease("too early"):
        pytest.fail("two runs at once")
    pretend(journal, renewed=renewed(journal) - 61)
    with rival.lease("takeover") as lease:
        assert lease.epoch == 2


def test_a_living_process_of_this_machine_never_expires(journal: Journal, rival: Journal) -> None:
    pretend(journal, renewed=0.0)
    with pytest.raises(LeaseHeldError), rival.lease("b"):
        pytest.fail("two runs at once")


@pytest.mark.parametrize("journal_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("skew", [-3600, 3600])
def test_a_machine_whose_clock_is_wrong_waits_like_any_other(
    journal: Journal, rival: Journal, monkeypatch: pytest.MonkeyPatch, skew: int
) -> None:
    pretend(journal, machine="another")
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + skew)
    with pytest.raises(LeaseHeldError), rival.lease("b"):
        pytest.fail("two runs at once")


@pytest.mark.parametrize("journal_url", ["postgresql"], indirect=True)
def test_a_run_in_the_middle_of_a_long_write_is_alive(journal: Journal, rival: Journal) -> None:
    pretend(journal, machine="another", renewed=0.0)
    with journal._writing(), pytest.raises(LeaseHeldError), rival.lease("b"):
        pytest.fail("two runs at once")


def test_a_run_that_never_ends_its_write_is_alive(tmp_path: Any) -> None:
    url = f"sqlite:///{tmp_path / 'journal.db'}?timeout=0.05"
    with (
        Journal.open(url, source="a", target="b") as journal,
        Journal.open(url, source="a", target="b") as rival,
        journal.lease("test"),
    ):
        pretend(journal, machine="another", renewed=0.0)
        with journal._writing(), pytest.raises(LeaseHeldError), rival.lease("b"):
            pytest.fail("two runs at once")


def test_the_lease_is_free_after_the_run(journal_url: str) -> None:
    with Journal.open(journal_url, source="a", target="b") as journal:
        with pytest.raises(ZeroDivisionError), journal.lease("first"):
            raise ZeroDivisionError
        with journal.lease("second") as lease:
            assert lease.epoch == 2


def test_a_verb_within_a_verb_shares_its_lease(journal: Journal) -> None:
    with journal.lease("inner") as inner:
        journal.put("name", 1)
        assert inner.verb == "test"
    journal.put("name", 2)
    assert journal.get("name") == 2


def test_the_lease_is_renewed_while_the_run_works(journal_url: str) -> None:
    with (
        Journal.open(journal_url, source="a", target="b") as journal,
        journal.lease("test", lifetime=0.04),
    ):
        first = renewed(journal)
        deadline = time.monotonic() + 30
        while renewed(journal) == first:
            assert time.monotonic() < deadline, "the lease was never renewed"


def test_a_renewal_does_not_bring_back_a_lost_lease(journal: Journal, rival: Journal) -> None:
    lost = journal._lease
    assert lost is not None
    pretend(journal, machine="another", renewed=0.0)
    with rival.lease("takeover"):
        lost.renew()
        rival.put("name", 1)
        with pytest.raises(LeaseLostError):
            journal.put("name", 2)
