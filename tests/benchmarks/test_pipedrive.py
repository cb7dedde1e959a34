"""A Kickserv account to Pipedrive, both imitated: calls, and the share of what the API allows."""

from __future__ import annotations

import math
import re
import subprocess
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

import pytest
from tests.benchmarks.figures import megabytes, rate
from tests.benchmarks.runs import MOST_MEMORY, pipedrive, run, settings
from tests.benchmarks.spent import Measured, script
from tests.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.benchmarks.figures import Figures
    from tests.benchmarks.spent import Spent
    from tests.sandbox.request_log import Request

pytestmark = pytest.mark.benchmark

CUSTOMERS = 370
"""Makes about ten thousand records in Pipedrive."""
CONCURRENCY = 4
LINES_PER_CALL = 100
READ_SHARE = 0.02
FIXED_READS = 100
"""Lists of fields, users, pipelines, and the marks taken before each batch."""
MOST_IDLE_READS = 10
BURST = 20
BURST_SECONDS = 2.0
FEW_CUSTOMERS = 4
LEAST_SHARE = 0.75
MOST_BACK = 1.2
"""Requests and seconds of a rollback, by those of its load."""


class Migration(NamedTuple):
    """One account on its way.

    Attributes:
        folder: with the tap's output, ``kickserv.singer``, and the target's journal.
        read: what the tap took; ``reads``: what it asked.
        loaded: what the target took; ``asked``: what it asked.
    """

    sandbox: Sandbox
    folder: Path
    read: Spent
    reads: list[Request]
    loaded: Spent
    asked: list[Request]


def tap(folder: Path, sandbox: Sandbox) -> list[str]:
    config = {"api": "xml", "concurrency": CONCURRENCY, "attachments_path": str(folder / "files")}
    path = settings(folder / "kickserv.json", **config, **sandbox.kickserv)
    return [script("tap-kickserv"), "--config", path]


def target(folder: Path, sandbox: Sandbox, **config: str) -> list[str]:
    return pipedrive(
        folder,
        source="kickserv",
        fallback_owner="sales.desk@example.com",
        fail_on_rejects=False,
        **config,
        **sandbox.pipedrive,
    )


def to_file(folder: Path, sandbox: Sandbox) -> Spent:
    """Run the tap into ``kickserv.singer``."""
    with (folder / "kickserv.singer").open("wb") as file:
        running = Measured(tap(folder, sandbox), folder / "tap", stdout=file)
        spent = running.end()
    assert spent.code == 0, running.log.read_text()[-2_000:]
    return spent


def records_in(singer: Path) -> int:
    with singer.open("rb") as file:
        return sum(b'"type":"RECORD"' in line[:40] for line in file)


@pytest.fixture(scope="module")
def migration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Migration]:
    folder = tmp_path_factory.mktemp("migration")
    with Sandbox(customers=CUSTOMERS, oddities=False) as sandbox:
        read = to_file(folder, sandbox)
        reads = sandbox.requests.of("kickserv")
        sandbox.requests.clear()
        loaded = run(target(folder, sandbox), folder, folder / "kickserv.singer")
        asked = sandbox.requests.of("pipedrive")
        yield Migration(sandbox, folder, read, reads, loaded, asked)


def test_kickserv_is_asked_for_its_pages_and_no_more(
    migration: Migration, figures: Figures
) -> None:
    pages: dict[str, Counter[int]] = {}
    for request in migration.reads:
        if page := re.search(r"\bpage=(\d+)", request.query):
            pages.setdefault(request.path, Counter())[int(page[1])] += 1
    for path, asked in sorted(pages.items()):
        name = path.rpartition("/")[2]
        # The last page is the empty one, the only end that these lists have.
        most = max(asked) - 1 + CONCURRENCY
        figures.add(
            "Kickserv",
            f"reads of {name}",
            f"{asked.total():,}",
            goal=f"≤ {most:,}",
            beside=f"{max(asked) - 1:,} pages + concurrency",
        )
        assert asked.total() <= most
    records = records_in(migration.folder / "kickserv.singer")
    figures.add(
        "Kickserv",
        "tap into a file",
        rate(records, migration.read.wall),
        beside=f"{records:,} records, {len(migration.reads):,} requests; the sandbox limits",
    )


def test_pipedrive_gets_one_write_per_record_and_few_reads(
    migration: Migration, figures: Figures
) -> None:
    crm = migration.sandbox.crm
    writes = [request for request in migration.asked if request.method != "GET"]
    reads = len(migration.asked) - len(writes)
    made = [commit for commit in crm.commits if commit.action == "create"]
    single = sum(commit.object != "deal_products" for commit in made)
    creating = {commit.request for commit in made}
    second = {commit.request for commit in crm.commits} - creating
    lines = Counter(line["deal_id"] for line in crm.snapshot()["deal_products"])
    calls = sum(math.ceil(count / LINES_PER_CALL) for count in lines.values())
    figures.add(
        "Pipedrive",
        f"writes for {len(made):,} records",
        f"{len(writes):,}",
        goal=f"{single + calls + len(second):,}",
        beside=f"{1000 * len(writes) / len(made):,.0f} per 1,000; {lines.total():,} lines in "
        f"{calls:,} calls, {len(second):,} second passes",
    )
    figures.add(
        "Pipedrive",
        "reads, verification included",
        f"{reads:,}",
        goal=f"≤ {READ_SHARE * len(made) + FIXED_READS:,.0f}",
        beside=f"2 % of the records + {FIXED_READS}",
    )
    spent = migration.loaded
    each = spent.processor / len(migration.asked)
    figures.add(
        "Pipedrive",
        "processor time per request, all told",
        f"{1000 * each:.1f} ms",
        beside=f"{spent.processor / spent.wall:.0%} of {spent.wall:.0f} s; the rest waits for the "
        f"sandbox; peak {megabytes(spent.peak)}",
    )
    assert len(writes) == single + calls + len(second)
    assert reads <= READ_SHARE * len(made) + FIXED_READS


def test_an_unchanged_account_costs_no_write(migration: Migration, figures: Figures) -> None:
    sandbox, folder = migration.sandbox, migration.folder
    sandbox.requests.clear()
    spent = run(target(folder, sandbox), folder, folder / "kickserv.singer")
    asked = sandbox.requests.of("pipedrive")
    writes = [request for request in asked if request.method != "GET"]
    figures.add(
        "Pipedrive",
        "the same again: writes; reads",
        f"{len(writes)}; {len(asked) - len(writes)}",
        goal=f"0; ≤ {MOST_IDLE_READS}",
        beside=f"{spent.wall:.1f} s with start-up and staging, {spent.processor:.1f} s busy",
    )
    assert not writes
    assert len(asked) <= MOST_IDLE_READS


def test_tap_and_target_through_a_pipe(
    migration: Migration, tmp_path: Path, figures: Figures
) -> None:
    sandbox = migration.sandbox
    first = Measured(tap(tmp_path, sandbox), tmp_path / "tap", stdout=subprocess.PIPE)
    second = Measured(
        target(tmp_path, sandbox, mode="stage"), tmp_path / "target", stdin=first.process.stdout
    )
    spent = first.end()
    staged = second.end()
    assert (spent.code, staged.code) == (0, 0)
    records = records_in(migration.folder / "kickserv.singer")
    figures.add(
        "Kickserv",
        "tap | target, staged",
        rate(records, staged.wall),
        beside=f"the tap against the sandbox limits: {spent.processor:.1f} s of processor, "
        f"the target {staged.processor:.1f} s",
    )


def test_the_way_back_costs_hardly_more_than_the_load(
    migration: Migration, figures: Figures
) -> None:
    sandbox, folder, loaded = migration.sandbox, migration.folder, migration.loaded
    sandbox.requests.clear()
    config = str(folder / "pipedrive.json")
    command = [script("target-pipedrive-migration"), "rollback", "--yes", "--config", config]
    spent = run(command, folder)
    asked = sandbox.requests.of("pipedrive")
    writes = [request for request in asked if request.method != "GET"]
    left = sum(len(sandbox.crm.snapshot()[name]) for name in ("organizations", "deals", "notes"))
    figures.add(
        "Pipedrive",
        "rollback: requests",
        f"{len(asked):,}",
        goal=f"≤ {MOST_BACK * len(migration.asked):,.0f}",
        beside=f"{len(writes):,} removals, {len(asked) - len(writes):,} reads, verified",
    )
    figures.add(
        "Pipedrive",
        "rollback: time",
        f"{spent.wall:.0f} s",
        goal=f"≤ {MOST_BACK * loaded.wall:.0f} s",
        beside=f"{spent.processor:.0f} s busy; peak {megabytes(spent.peak)}",
    )
    assert left == 0
    assert len(asked) <= MOST_BACK * len(migration.asked)
    assert spent.wall <= MOST_BACK * loaded.wall
    assert spent.peak <= MOST_MEMORY


def test_the_load_keeps_close_to_the_rate_that_pipedrive_allows(
    tmp_path: Path, figures: Figures
) -> None:
    with Sandbox(customers=FEW_CUSTOMERS, oddities=False, burst=BURST) as sandbox:
        to_file(tmp_path, sandbox)
        sandbox.requests.clear()
        run(target(tmp_path, sandbox), tmp_path, tmp_path / "kickserv.singer")
        asked = sandbox.requests.of("pipedrive")
    seconds = asked[-1].at - asked[0].at
    share = len(asked) / (BURST + seconds * BURST / BURST_SECONDS)
    refused = sum(request.status == 429 for request in asked)
    figures.add(
        "Pipedrive",
        f"share of the burst limit used ({BURST} per {BURST_SECONDS:.0f} s)",
        f"{share:.0%}",
        goal=f"≥ {LEAST_SHARE:.0%}",
        beside=f"{len(asked)} requests in {seconds:.1f} s, {refused} of them refused",
    )
    assert share >= LEAST_SHARE
    assert not refused
