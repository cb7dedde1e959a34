"""tap-kickserv against an account of any size: its memory, and its own pace."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest
from tests.benchmarks import yardsticks
from tests.benchmarks.endless_kickserv import EndlessKickserv
from tests.benchmarks.figures import megabytes, rate
from tests.benchmarks.runs import MOST_MEMORY, SIZES, is_flat, marginal, run, settings
from tests.benchmarks.spent import script

if TYPE_CHECKING:
    from pathlib import Path

    from tests.benchmarks.figures import Figures

pytestmark = pytest.mark.benchmark

STREAM = "customers"
MOST_LOOPS = 30_000
"""Turns of an empty loop in the time of one record of 20 columns."""


def only(stream: str, config: str, path: Path) -> str:
    """A catalog in which one stream alone is selected."""
    found = subprocess.run(  # noqa: S603 - our own script
        [script("tap-kickserv"), "--config", config, "--discover"],
        capture_output=True,
        check=True,
    )
    catalog = json.loads(found.stdout)
    for entry in catalog["streams"]:
        for metadata in entry["metadata"]:
            if not metadata["breadcrumb"]:
                metadata["metadata"]["selected"] = entry["stream"] == stream
    path.write_text(json.dumps(catalog))
    return str(path)


def test_the_tap_takes_the_same_memory_for_any_number_of_records(
    tmp_path: Path, figures: Figures
) -> None:
    spent = {}
    for size in SIZES:
        with EndlessKickserv(size) as kickserv:
            config = settings(tmp_path / "tap.json", **kickserv.settings)
            catalog = only(STREAM, config, tmp_path / "catalog.json")
            command = [script("tap-kickserv"), "--config", config, "--catalog", catalog]
            spent[size] = run(command, tmp_path)
    processor = marginal(spent, "processor")
    loops = processor / (yardsticks.looping() / yardsticks.LOOP)
    figures.add(
        "Memory",
        "tap-kickserv, 10,000, 100,000, 200,000",
        ", ".join(megabytes(one.peak) for one in spent.values()),
        goal="≤ 256 MB, ±10 %",
    )
    figures.add(
        "Kickserv",
        "tap, customers of 20 columns from XML",
        rate(1, processor),
        beside=f"{loops:,.0f} turns of an empty loop each, by processor time",
    )
    assert is_flat(spent)
    assert max(one.peak for one in spent.values()) <= MOST_MEMORY
    assert loops < MOST_LOOPS
