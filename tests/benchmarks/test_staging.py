"""Staging: records of 20 fields from a file, checked against their schema, every batch on disk."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from tests.benchmarks import yardsticks
from tests.benchmarks.figures import megabytes, rate
from tests.benchmarks.runs import MOST_MEMORY, SIZES, is_flat, marginal, pipedrive, run
from tests.benchmarks.singer_file import write_jobs

if TYPE_CHECKING:
    from pathlib import Path

    from tests.benchmarks.figures import Figures
    from tests.benchmarks.spent import Spent

pytestmark = pytest.mark.benchmark

SDK_SIZES = (2_000, 20_000)
LEAST_TIMES_SDK = 2.0
MOST_TIMES_BARE = 4.0


@pytest.fixture(scope="module")
def staged(tmp_path_factory: pytest.TempPathFactory) -> dict[int, tuple[Spent, Path]]:
    """What staging took, and the folder with file and journal, by number of records."""
    runs = {}
    for size in SIZES:
        folder = tmp_path_factory.mktemp(f"staged-{size}")
        write_jobs(folder / "jobs.singer", size)
        command = pipedrive(folder, mode="stage")
        runs[size] = run(command, folder, folder / "jobs.singer"), folder
    return runs


def test_staging_keeps_pace_with_decoding_and_inserting(
    staged: dict[int, tuple[Spent, Path]], tmp_path: Path, figures: Figures
) -> None:
    spent = {size: spent for size, (spent, _) in staged.items()}
    wall, user = marginal(spent, "wall"), marginal(spent, "user")
    singer = staged[SIZES[0]][1] / "jobs.singer"
    bare = yardsticks.decoding(singer) + yardsticks.inserting(singer, tmp_path / "bare.db")
    sdk = {}
    for size in SDK_SIZES:
        write_jobs(tmp_path / "sdk.singer", size)
        command = [sys.executable, "-m", "tests.benchmarks.sdk_target"]
        sdk[size] = run(command, tmp_path, tmp_path / "sdk.singer")
    theirs = marginal(sdk, "user")
    figures.add(
        "Staging",
        f"records from a file, {max(SIZES):,} of 20 fields",
        rate(1, wall),
        goal="30,000/s",
        beside="formats checked, fingerprints, SQLite FULL; by the clock",
    )
    figures.add(
        "Staging",
        "… by processor time",
        rate(1, user),
        beside=f"{user / bare:.1f} times msgspec and sqlite3 alone ({rate(1, bare)})",
    )
    figures.add(
        "Staging",
        "… SDK's batch sink, which keeps nothing",
        rate(1, theirs),
        beside=f"{theirs / user:.1f} times our processor time",
    )
    assert theirs / user > LEAST_TIMES_SDK
    assert user / bare < MOST_TIMES_BARE


def test_staging_takes_the_same_memory_for_any_number_of_records(
    staged: dict[int, tuple[Spent, Path]], figures: Figures
) -> None:
    spent = {size: spent for size, (spent, _) in staged.items()}
    peaks = ", ".join(megabytes(one.peak) for one in spent.values())
    figures.add(
        "Memory",
        "target-pipedrive, staging 10,000, 100,000, 200,000",
        peaks,
        goal="≤ 256 MB, ±10 %",
    )
    assert is_flat(spent)
    assert max(one.peak for one in spent.values()) <= MOST_MEMORY


def test_a_staged_stream_takes_less_disk_than_its_file(
    staged: dict[int, tuple[Spent, Path]], figures: Figures
) -> None:
    _, folder = staged[max(SIZES)]
    source = (folder / "jobs.singer").stat().st_size
    journal = (folder / "journal.db").stat().st_size
    figures.add(
        "Journal", "bytes of staged records ÷ of the file", f"{journal / source:.2f}", goal="≤ 1"
    )
    assert journal < source
