"""The engine: from staged rows to verified records of an API that takes them in bulk.

Plan, map, journal, verify: all of it is ours, since the destination does next to nothing.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from tests.benchmarks import yardsticks
from tests.benchmarks.bulk_destination import BATCH, BulkDestination
from tests.benchmarks.figures import megabytes, rate
from tests.benchmarks.rooms import LOAD, STAGE, Rooms
from tests.benchmarks.runs import MOST_MEMORY, SIZES, bulk, is_flat, run
from tests.benchmarks.shop import MAPPING, write_shop
from tests.benchmarks.singer_file import write_jobs

from crm_transforms.exits import Exit
from crm_transforms.journal import Journal
from crm_transforms.mapping import Mapping
from crm_transforms.session import Session
from crm_transforms.settings import MigrationSettings
from crm_transforms.stages.stage import Stager
from crm_transforms.stages.work import Options, no_progress

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.benchmarks.figures import Figures

pytestmark = pytest.mark.benchmark

RECORDS = 40_000
MOST_LOOPS = 20_000
"""Turns of an empty loop in the time of one record."""
MOST_JOURNAL = 2.0


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("shop")
    write_shop(folder / "shop.singer", RECORDS)
    return folder


def test_a_bulk_load_and_one_that_finds_nothing_changed(shop: Path, figures: Figures) -> None:
    mapping = Mapping.parse(MAPPING)
    settings = MigrationSettings(
        source="shop",
        target="bulk",
        mapping=mapping,
        journal=f"sqlite:///{shop / 'journal.db'}",
        mode="load",
        require_approval=False,
        fallback_owner="",
        fail_on_rejects=True,
        fail_on_pause=False,
    )
    destination = BulkDestination(str(shop / "account.db"))
    with (
        Journal.open(settings.journal, source="shop", target="bulk") as journal,
        journal.lease("benchmark"),
    ):

        def read() -> None:
            stager = Stager(journal)
            with (shop / "shop.singer").open("rb") as lines:
                stager.read(lines)
            stager.finish()

        def load() -> tuple[float, float]:
            session = Session(settings, journal, destination, no_progress)
            begun, used, theirs = time.monotonic(), time.process_time(), destination.seconds
            assert session.load(mapping, Options()) is Exit.DONE
            seen = sum(
                tally.created + tally.unchanged for tally in session.summary.objects.values()
            )
            assert seen == RECORDS
            processor = time.process_time() - used - (destination.seconds - theirs)
            return time.monotonic() - begun, processor

        with Rooms(STAGE) as staging:
            read()
        with Rooms(LOAD) as loading:
            wall, processor = load()
        assert destination.writes == sum(
            -(-count // BATCH) for count in (RECORDS // 5, RECORDS - RECORDS // 5)
        )
        before = destination.writes + destination.reads
        read()
        unchanged, _ = load()
        asked = destination.writes + destination.reads - before
    loop = yardsticks.looping()
    loops = processor / RECORDS / (loop / yardsticks.LOOP)
    figures.add(
        "Engine",
        "records/s into a bulk API (plan, map, journal, verify)",
        rate(RECORDS, processor),
        goal="6,000/s",
        beside=f"processor time; {loops:,.0f} turns of an empty loop each; by the clock "
        f"{rate(RECORDS, wall)}",
    )
    figures.add(
        "Engine",
        "nothing changed: calls; seconds after staging",
        f"{asked}; {unchanged:.2f} s",
        goal="0 writes",
        beside=f"{RECORDS:,} records compared by one mark per object",
    )
    for name, rooms in (
        ("Where the processor time of staging goes", staging),
        ("… a bulk load", loading),
    ):
        for room, share in rooms.shares():
            figures.add(name, room, f"{share:.0%}")
    assert asked == 0
    assert loops < MOST_LOOPS


@pytest.mark.parametrize(
    ("name", "source"), [("a bulk load", "shop"), ("plain loader, in windows", "")]
)
def test_a_load_takes_the_same_memory_for_any_number_of_records(
    name: str, source: str, tmp_path: Path, figures: Figures
) -> None:
    spent = {}
    (tmp_path / "mapping.yml").write_text(MAPPING)
    for size in SIZES:
        folder = tmp_path / str(size)
        folder.mkdir()
        singer = folder / "stream.singer"
        if source:
            write_shop(singer, size)
            config = {"source": source, "mapping": str(tmp_path / "mapping.yml")}
        else:
            write_jobs(singer, size)
            config = {}
        spent[size] = run(bulk(folder, **config), folder, singer)
        share = (folder / "journal.db").stat().st_size / singer.stat().st_size
    figures.add(
        "Memory",
        f"{name}, 10,000, 100,000, 200,000",
        ", ".join(megabytes(one.peak) for one in spent.values()),
        goal="≤ 256 MB, ±10 %",
    )
    figures.add("Journal", f"bytes after {name} ÷ of the source", f"{share:.2f}", goal="≤ 2")
    assert is_flat(spent)
    assert max(one.peak for one in spent.values()) <= MOST_MEMORY
    assert share <= MOST_JOURNAL
