"""Whoever wants to know how a load comes along looks, and holds up nobody."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from crm_transforms.journal import Journal, JournalError

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator

    from tests.journeys.world import World

SLOW: dict[str, Any] = {"method": "POST", "path": "/deals$", "times": None, "seconds": 0.4}
SECONDS = 60


@pytest.fixture
def loading(fresh: World) -> Iterator[subprocess.Popen[bytes]]:
    """A load that takes its time over the deals."""
    singer = fresh.extract()
    fresh.sandbox.fault("slow", "pipedrive", **SLOW)
    with fresh.start(singer, concurrency=1) as process:
        wait_until_it_loads(fresh)
        yield process
        process.kill()


def wait_until_it_loads(world: World) -> None:
    """Until the load has told something about itself."""
    url, ends = f"sqlite:///{world.folder / 'journal.db'}", time.monotonic() + SECONDS
    while time.monotonic() < ends:
        try:
            with Journal.open(url, source="kickserv", target="pipedrive", create=False) as journal:
                if journal.get("live"):
                    return
        except JournalError:
            continue
    raise AssertionError("the load told nothing")


def test_a_load_under_way_is_followed_to_its_end(
    fresh: World, loading: subprocess.Popen[bytes]
) -> None:
    outcome = fresh.command("status", "--watch", "--interval", "0.1")

    assert outcome.code == 0, outcome.log
    lines = [line for line in outcome.out.splitlines() if " rows" in line]
    assert any(line.startswith("deal: ") and "rows/s" in line for line in lines)
    assert any("left" in line and "budget" in line for line in lines)
    assert "last run: 1, load" in outcome.out
    _, log = loading.communicate()
    assert loading.returncode == 0, log.decode()
    fresh.sandbox.clear_faults()
    assert fresh.findings() == []


def test_for_scripts_each_look_is_a_line(fresh: World, loading: subprocess.Popen[bytes]) -> None:
    outcome = fresh.command("status", "--watch", "--format", "json", "--interval", "0.1")

    assert outcome.code == 0, outcome.log
    *looks, last = map(json.loads, outcome.out.splitlines())
    assert looks
    assert last["running"] is None
    assert loading.wait() == 0
    parts = {one["object"]: one for one in looks[0]["running"]["parts"]}
    assert parts["organization"]["done"] == parts["organization"]["total"]
    assert (parts["note"]["done"], parts["note"]["total"] > 0) == (0, True)
    assert looks[0]["live"]["run_id"] == 1
    assert looks[0]["live"]["budget_left"] > 0
    assert last["live"]["done"] == last["live"]["total"]


def test_without_a_load_there_is_nothing_to_wait_for(fresh: World) -> None:
    fresh.load(fresh.extract(), mode="stage")
    outcome = fresh.command("status", "--watch")
    assert (outcome.code, outcome.requests) == (0, ())
    assert "window: open since" in outcome.out


def test_a_load_that_was_killed_is_said_to_be_one(
    fresh: World, loading: subprocess.Popen[bytes]
) -> None:
    loading.kill()
    loading.wait()

    outcome = fresh.command("status", "--watch")

    assert outcome.code == 0, outcome.log
    assert "run 1 (load) was killed; `apply` goes on from there" in outcome.out
    fresh.sandbox.clear_faults()
    assert fresh.command("apply").code == 0
    assert fresh.findings() == []
