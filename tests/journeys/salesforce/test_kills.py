"""A load that is killed at any request goes on where it was, and makes nothing twice."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

from tests.journeys.salesforce.conftest import BY_JOBS

if TYPE_CHECKING:
    from pathlib import Path

    from tests.journeys.salesforce.world import OrgWorld

COLLECTIONS: dict[str, int] = {}
MOMENTS = [
    (COLLECTIONS, "kill_after", r"/metadata/deployRequest$", 0),
    (COLLECTIONS, "kill_after", r"/composite/sobjects$", 7),
    (COLLECTIONS, "kill_after", r"/composite$", 1),
    (COLLECTIONS, "kill_after", r"/sobjects/ContentVersion$", 3),
    (BY_JOBS, "kill_after", r"/jobs/ingest$", 0),
    (BY_JOBS, "kill_before", r"/successfulResults", 0),
]
"""Settings, kind of death, and after how many of which requests."""


@pytest.mark.parametrize(("settings", "kind", "path", "skip"), MOMENTS)
def test_a_load_that_is_killed_goes_on_without_doubles(
    fresh_org: OrgWorld,
    kickserv_lines: Path,
    settings: dict[str, int],
    kind: str,
    path: str,
    skip: int,
) -> None:
    process = fresh_org.start(kickserv_lines, **settings)
    fresh_org.sandbox.fault(kind, "salesforce", path=path, skip=skip, pid=process.pid)
    _, log = process.communicate()
    assert process.returncode == -signal.SIGKILL, log.decode()
    fresh_org.sandbox.clear_faults()

    again = fresh_org.load_all(**settings)

    assert again.code == 0, again.log
    assert fresh_org.findings() == []
