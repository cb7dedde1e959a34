"""The whole account by the mapping that is shipped, killed and disturbed over and over."""

from __future__ import annotations

import json
import random
import signal
import sys
from typing import TYPE_CHECKING

import pytest
from tests.faults import accounts, programs
from tests.faults.loads import standing_still
from tests.faults.processes import Ended, Process
from tests.faults.readings import Tap
from tests.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CUSTOMERS = 300
FARTHEST = 400
"""Most requests between one kill and the next."""
PATIENCE = 3600.0
MIXED = ("rate_limited", "server_error", "html_page", "cut_body", "reset_before", "reset_after")

pytestmark = pytest.mark.soak


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(customers=CUSTOMERS) as sandbox:
        sandbox.crm.clock = standing_still
        yield sandbox


@pytest.fixture(scope="module")
def folder(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Holds what the tap read, photos and signatures included."""
    folder = tmp_path_factory.mktemp("soak")
    read = Tap(sandbox, folder, {"attachments_path": str(folder / "files")}).read()
    assert read.ended.code == 0, read.ended.errors
    (folder / "singer").write_text(read.ended.output)
    return folder


@pytest.fixture(scope="module")
def clean(sandbox: Sandbox, folder: Path) -> accounts.Contents:
    with Process(folder, PATIENCE) as process:
        ended = load(process, sandbox, folder, "clean")
    assert ended.code in {0, 3}, ended.errors
    contents = accounts.contents(sandbox.crm)
    sandbox.crm.reset()
    return contents


@pytest.fixture
def rng() -> random.Random:
    seed = random.randrange(10**6)
    sys.stdout.write(f"seed {seed}\n")
    return random.Random(seed)


def settings(sandbox: Sandbox, folder: Path, journal: str) -> list[str]:
    """The arguments that lead to the account and to this journal."""
    config = folder / f"{journal}.json"
    told = {"source": "kickserv", "journal": f"sqlite:///{folder}/{journal}.db"}
    config.write_text(json.dumps({**sandbox.pipedrive, **told}))
    return ["--config", str(config)]


def load(process: Process, sandbox: Sandbox, folder: Path, journal: str) -> Ended:
    arguments = [*settings(sandbox, folder, journal), "--input", str(folder / "singer")]
    return process.run(programs.target, arguments)


def test_a_load_killed_over_and_over_is_completed(
    sandbox: Sandbox, folder: Path, clean: accounts.Contents, rng: random.Random
) -> None:
    sandbox.crm.reset()
    kills = 0
    while True:
        with Process(folder, PATIENCE) as process:
            kind = rng.choice(("kill_before", "kill_after"))
            at = rng.randint(1, FARTHEST)
            sandbox.fault(kind, "pipedrive", at=at, pid=process.pid)
            ended = load(process, sandbox, folder, "killed")
        sandbox.clear_faults()
        if ended.code != -signal.SIGKILL:
            break
        kills += 1
    assert ended.code in {0, 3}, ended.errors
    assert kills > 3
    assert accounts.differences(clean, accounts.contents(sandbox.crm)) == []


def test_a_load_under_constant_trouble_is_completed(
    sandbox: Sandbox, folder: Path, clean: accounts.Contents, rng: random.Random
) -> None:
    sandbox.crm.reset()
    for kind in MIXED:
        sandbox.fault(kind, "pipedrive", share=0.01, times=None, seed=rng.randrange(10**6))
    for _ in range(10):
        with Process(folder, PATIENCE) as process:
            ended = load(process, sandbox, folder, "troubled")
        if ended.code in {0, 3}:
            break
    sandbox.clear_faults()
    with Process(folder, PATIENCE) as process:
        ended = process.run(programs.migration, ["retry", *settings(sandbox, folder, "troubled")])
    assert ended.code in {0, 3}, ended.errors
    assert accounts.differences(clean, accounts.contents(sandbox.crm)) == []
