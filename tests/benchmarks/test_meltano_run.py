"""`meltano run`: what it adds between a tap that costs nothing and the target."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml
from tests.benchmarks.figures import rate
from tests.benchmarks.runs import pipedrive, run
from tests.benchmarks.singer_file import write_jobs
from tests.benchmarks.spent import script

if TYPE_CHECKING:
    from pathlib import Path

    from tests.benchmarks.figures import Figures

pytestmark = pytest.mark.benchmark

RECORDS = 100_000
MOST_TIMES_PIPE = 6.0


def project(folder: Path, singer: Path) -> None:
    """A Meltano project whose tap writes a file out and whose target is this environment's."""
    (folder / "tap-file").write_text(f"#!/bin/sh\nexec cat {singer}\n")
    (folder / "tap-file").chmod(0o755)
    tap = {"name": "tap-file", "namespace": "tap_file", "executable": str(folder / "tap-file")}
    target = {
        "name": "target-pipedrive",
        "namespace": "target_pipedrive",
        "executable": script("target-pipedrive"),
        "config": {"mode": "stage", "journal": f"sqlite:///{folder / 'meltano.db'}"},
        "settings": [{"name": "mode"}, {"name": "journal"}],
    }
    told = {
        "project_id": "benchmark",
        "default_environment": "dev",
        "environments": [{"name": "dev"}],
        "send_anonymous_usage_stats": False,
        "plugins": {"extractors": [tap], "loaders": [target]},
    }
    (folder / "meltano.yml").write_text(yaml.safe_dump(told))


def test_meltano_run_adds_little_to_the_pipe(tmp_path: Path, figures: Figures) -> None:
    singer = tmp_path / "jobs.singer"
    write_jobs(singer, RECORDS)
    project(tmp_path, singer)
    meltano = [script("meltano"), "--cwd", str(tmp_path), "--log-level", "warning"]
    run([*meltano, "invoke", "target-pipedrive", "--version"], tmp_path)

    alone = run(pipedrive(tmp_path, mode="stage"), tmp_path, singer)
    whole = run([*meltano, "run", "tap-file", "target-pipedrive"], tmp_path)

    figures.add(
        "Staging",
        f"`meltano run`, {RECORDS:,} records, a tap that only writes a file out",
        rate(RECORDS, whole.wall),
        beside=f"{rate(RECORDS, alone.wall)} without Meltano, start-up included; processor time "
        f"{whole.processor:.1f} s and {alone.processor:.1f} s",
    )
    assert whole.processor < MOST_TIMES_PIPE * alone.processor
