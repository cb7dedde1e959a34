"""Runs of the scripts, as processes of their own."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from tests.benchmarks.spent import Spent, measure, script

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

SIZES = (10_000, 100_000, 200_000)
DEVIATION = 0.10
MOST_MEMORY = 256 * 1024 * 1024


def settings(path: Path, **config: Any) -> str:
    """Write a configuration file; gives its path as an argument."""
    path.write_text(json.dumps(config))
    return str(path)


def pipedrive(folder: Path, **config: Any) -> list[str]:
    """The command line of target-pipedrive with its journal in a folder."""
    journal = f"sqlite:///{folder / 'journal.db'}"
    return [
        script("target-pipedrive"),
        "--config",
        settings(folder / "pipedrive.json", journal=journal, **config),
    ]


def bulk(folder: Path, **config: Any) -> list[str]:
    """The command line of the target in :mod:`tests.benchmarks.bulk_target`."""
    journal = f"sqlite:///{folder / 'journal.db'}"
    file = settings(
        folder / "bulk.json", journal=journal, account=str(folder / "account.db"), **config
    )
    return [sys.executable, "-m", "tests.benchmarks.bulk_target", "--config", file]


def run(command: Sequence[str], folder: Path, stdin: Path | None = None) -> Spent:
    """Run a command that must succeed."""
    spent = measure(command, folder, stdin=stdin)
    assert spent.code == 0, (folder / "log").read_text()[-2_000:]
    return spent


def marginal(by_size: Mapping[int, Spent], what: str) -> float:
    """Seconds that one more record takes, from the largest and the smallest run."""
    few, *_, many = sorted(by_size)
    more = getattr(by_size[many], what) - getattr(by_size[few], what)
    return more / (many - few)


def is_flat(by_size: Mapping[int, Spent]) -> bool:
    """Whether all peaks of memory lie within a tenth of their mean."""
    peaks = [spent.peak for spent in by_size.values()]
    mean = sum(peaks) / len(peaks)
    return all(abs(peak - mean) <= DEVIATION * mean for peak in peaks)
