"""The journal: how fast it takes rows and verdicts, and how much disk and memory it takes for them.

Rows are of about 650 bytes and 20 fields. The ceilings are in turns of an empty loop and twice what
is aimed at, so that a busy machine does not fail them and a lost factor does.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import psutil
import pytest
from tests.benchmarks.figures import megabytes, rate
from tests.benchmarks.yardsticks import LOOP, looping
from tests.unit.journal.samples import ACCOUNT, create, jobs

from crm_transforms.destination import Status
from crm_transforms.journal import Decision, Intent, Journal
from crm_transforms.journal.retention import EXPECTED_SHARE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.benchmarks.figures import Figures

pytestmark = pytest.mark.benchmark

ROWS = 100_000
BATCH = 5_000
INTENTS = 20_000
BULK = 1_000
# Turns of an empty loop in the time of one record; a microsecond is about fifty.
MOST_STAGING = 1_700
MOST_UNCHANGED = 1_000
MOST_CHANGED = 3_400
MOST_LOADING = 17_000
MOST_GROWTH = 64 * 1024 * 1024
"""Bytes that a process may grow while it stages; the rows of this test alone are as many."""


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    url = f"sqlite:///{tmp_path / 'journal.db'}"
    with (
        Journal.open(url, source="kickserv", target="pipedrive") as opened,
        opened.lease("benchmark"),
    ):
        yield opened


@pytest.fixture(scope="module")
def records() -> list[tuple[str, bytes, bytes]]:
    return jobs(ROWS)


def timed(
    figures: Figures, what: str, count: int, work: Callable[[], object], goal: str = ""
) -> float:
    """Do the work and note its rate; gives how many turns of an empty loop one record takes."""
    begun, used = time.perf_counter(), time.process_time()
    work()
    used, wall = time.process_time() - used, time.perf_counter() - begun
    loops = used / count / (looping() / LOOP)
    figures.add(
        "Journal",
        what,
        rate(count, used),
        goal=goal,
        beside=f"processor time; {loops:,.0f} turns of an empty loop each; {rate(count, wall)} by "
        "the clock",
    )
    return loops


def test_staging_new_changed_and_unchanged_rows(
    journal: Journal, records: list[tuple[str, bytes, bytes]], figures: Figures
) -> None:
    stream_id = journal.stream("jobs", {}, ["id"])
    process = psutil.Process()

    def read(rows: list[tuple[str, bytes, bytes]]) -> None:
        pass_id = journal.begin_pass(stream_id)
        for start in range(0, ROWS, BATCH):
            journal.stage({stream_id: rows[start : start + BATCH]}, {stream_id: pass_id})
        journal.complete_pass(stream_id, pass_id)

    before = process.memory_info().rss
    new = timed(figures, "rows staged, new", ROWS, lambda: read(records), "60,000/s")
    grown = process.memory_info().rss - before
    unchanged = timed(figures, "… unchanged", ROWS, lambda: read(records), "200,000/s")
    others = [(key, bytes(16), body) for key, _, body in records]
    changed = timed(figures, "… changed", ROWS, lambda: read(others))
    figures.add("Journal", f"memory for {ROWS:,} rows staged", megabytes(grown), goal="≤ 64 MB")
    assert new < MOST_STAGING
    assert unchanged < MOST_UNCHANGED
    assert changed < MOST_CHANGED
    assert grown < MOST_GROWTH


def test_intents_verdicts_and_the_size_of_it_all(
    journal: Journal, records: list[tuple[str, bytes, bytes]], figures: Figures
) -> None:
    stream_id = journal.stream("jobs", {}, ["id"])
    loaded = records[:INTENTS]
    source = sum(len(body) for *_, body in loaded)
    for start in range(0, INTENTS, BATCH):
        journal.stage({stream_id: loaded[start : start + BATCH]}, {})
    run_id = journal.begin_run("load", "mapping", ACCOUNT)

    def load(size: int, rows: list[tuple[str, bytes, bytes]]) -> None:
        for start in range(0, len(rows), size):
            intents: list[Intent] = [
                create(key, fields=body, input_fp=fingerprint, desired_fp=fingerprint)
                for key, fingerprint, body in rows[start : start + size]
            ]
            numbers = journal.intend(run_id, ACCOUNT, intents, {"deals": "1"})
            journal.decide([Decision(number, Status.LANDED, str(number)) for number in numbers])

    def load_whole() -> None:
        load(BULK, loaded)

    loops = timed(figures, f"intended and decided, {BULK:,} a batch", INTENTS, load_whole)
    with journal._database.reading() as connection:
        # The log is as long at 20,000 records as at a million.
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    share = journal.size() / source
    figures.add("Journal", "bytes after a load ÷ of the source", f"{share:.2f}", goal="≤ 2")
    timed(figures, "audit chain verified", INTENTS, journal.verify_chain)
    single = records[INTENTS : INTENTS + 500]
    timed(figures, "intended and decided one by one", len(single), lambda: load(1, single))
    assert loops < MOST_LOADING
    assert share < EXPECTED_SHARE
