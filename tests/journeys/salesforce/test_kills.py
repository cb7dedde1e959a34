"""A load that is killed at any request goes on where it was, and makes nothing twice."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

from tests.journeys.salesforce.conftest import BY_JOBS
from tests.journeys.salesforce.world import OrgWorld

if TYPE_CHECKING:
    from pathlib import Path

    from tests.sandbox import Sandbox

COLLECTIONS: dict[str, int] = {}
MOMENTS = [
    (COLLECTIONS, "kill_before", r"/metadata/deployRequest$"),
    (COLLECTIONS, "kill_after", r"/composite/sobjects$"),
    (COLLECTIONS, "kill_after", r"/composite$"),
    (COLLECTIONS, "kill_after", r"/sobjects/ContentVersion$"),
    (BY_JOBS, "kill_after", r"/jobs/ingest$"),
    (BY_JOBS, "kill_after", r"/batches$"),
    (BY_JOBS, "kill_before", r"/successfulResults"),
]


@pytest.fixture(scope="session")
def singer(org_sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the tap says: reading it anew for every kill would take longer than the kill."""
    folder = tmp_path_factory.mktemp("singer")
    org_sandbox.reset()
    return OrgWorld(org_sandbox, folder, folder / "files").extract()


@pytest.mark.parametrize(("settings", "kind", "path"), MOMENTS)
def test_a_load_that_is_killed_goes_on_without_doubles(
    fresh_org: OrgWorld, singer: Path, settings: dict[str, int], kind: str, path: str
) -> None:
    process = fresh_org.start(singer, **settings)
    fresh_org.sandbox.fault(kind, "salesforce", path=path, skip=1, pid=process.pid)
    _, log = process.communicate()
    assert process.returncode == -signal.SIGKILL, log.decode()
    fresh_org.sandbox.clear_faults()

    again = fresh_org.load(singer, **settings)

    assert again.code == 0, again.log
    assert fresh_org.findings() == []
