"""The journal: how fast it takes rows and verdicts, and how much disk and memory it takes for them.

Rows are of about 650 bytes and 20 fields. The floors hold for processor time and are half of the
aims, so that a busy machine does not fail them and a lost factor does.
"""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

import psutil
import pytest
from tests.unit.journal.samples import ACCOUNT, create, jobs

from crm_transforms.destination import Status
from crm_transforms.journal import Decision, Intent, Journal
from crm_transforms.journal.retention import EXPECTED_SHARE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.benchmark

ROWS = 100_000
BATCH = 5_000
INTENTS = 20_000
BULK = 1_000
AIM_STAGING = 60_000
AIM_UNCHANGED = 200_000
AIM_LOADING = 6_000
QUIET = 0.5
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


def timed(what: str, count: int, work: Callable[[], object]) -> float:
    """Do the work and print its rate; gives how many a second of processor time does."""
    begun, used = time.perf_counter(), time.process_time()
    work()
    rate = count / (time.process_time() - used)
    wall = count / (time.perf_counter() - begun)
    sys.stdout.write(f"\n{what}: {wall:,.0f}/s ({rate:,.0f}/s of processor time)")
    return rate


def test_staging_new_changed_and_unchanged_rows(
    journal: Journal, records: list[tuple[str, bytes, bytes]]
) -> None:
    stream_id = journal.stream("jobs", {}, ["id"])
    process = psutil.Process()

    def read(rows: list[tuple[str, bytes, bytes]]) -> None:
        pass_id = journal.begin_pass(stream_id)
        for start in range(0, ROWS, BATCH):
            journal.stage({stream_id: rows[start : start + BATCH]}, {stream_id: pass_id})
        journal.complete_pass(stream_id, pass_id)

    before = process.memory_info().rss
    new = timed("staged, new", ROWS, lambda: read(records))
    grown = process.memory_info().rss - before
    unchanged = timed("staged, unchanged", ROWS, lambda: read(records))
    others = [(key, bytes(16), body) for key, _, body in records]
    changed = timed("staged, changed", ROWS, lambda: read(others))
    sys.stdout.write(f"\nmemory grew by {grown / 1e6:.1f} MB")
    assert new > AIM_STAGING * QUIET
    assert unchanged > AIM_UNCHANGED * QUIET / 2
    assert changed > AIM_STAGING * QUIET / 2
    assert grown < MOST_GROWTH


def test_intents_verdicts_and_the_size_of_it_all(
    journal: Journal, records: list[tuple[str, bytes, bytes]]
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

    rate = timed(f"intended and decided, {BULK} a batch", INTENTS, lambda: load(BULK, loaded))
    with journal._database.reading() as connection:
        # The log is as long at 20,000 records as at a million.
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    share = journal.size() / source
    sys.stdout.write(f"\njournal after the load: {share:.2f} of the source's bytes")
    timed("chain verified", INTENTS, journal.verify_chain)
    single = records[INTENTS : INTENTS + 500]
    timed("intended and decided, 1 a batch", len(single), lambda: load(1, single))
    assert rate > AIM_LOADING * QUIET
    assert share < EXPECTED_SHARE
