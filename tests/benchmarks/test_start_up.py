"""How soon each script is there."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from tests.benchmarks.runs import run
from tests.benchmarks.spent import script

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.benchmarks.figures import Figures
    from tests.benchmarks.spent import Spent

pytestmark = pytest.mark.benchmark

ROUNDS = 5
COMMANDS = (
    "tap-kickserv --version",
    "target-pipedrive --version",
    "target-pipedrive-migration --help",
)
MOST_TIMES_SDK = 4.0
"""A script imports the SDK and what it needs itself."""


def fastest(command: Sequence[str], folder: Path) -> Spent:
    """The run that took least processor time; the first one compiles what is not compiled."""
    runs = [run(command, folder) for _ in range(ROUNDS)]
    return min(runs, key=lambda spent: spent.processor)


def test_a_script_starts_in_a_few_times_what_the_sdk_takes(
    tmp_path: Path, figures: Figures
) -> None:
    sdk = fastest([sys.executable, "-c", "import singer_sdk"], tmp_path)
    for name in COMMANDS:
        program, option = name.split()
        ours = fastest([script(program), option], tmp_path)
        figures.add(
            "Start-up",
            name,
            f"{ours.processor:.2f} s",
            goal="0.70 s",
            beside=f"{ours.processor / sdk.processor:.1f} times `import singer_sdk` "
            f"({sdk.processor:.2f} s); by the clock {ours.wall:.2f} s",
        )
        assert ours.processor < MOST_TIMES_SDK * sdk.processor
