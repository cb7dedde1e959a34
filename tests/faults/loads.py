"""The scenario's two loads against one sandbox, with what an undisturbed run comes to."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from tests.faults import accounts, programs, scenario
from tests.faults.processes import Ended, Process
from tests.faults.readings import Tap

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from tests.sandbox import Sandbox
    from tests.sandbox.request_log import Request

NOW = 1_790_000_000
DERIVED = {"update deals"}
"""Pipedrive adds a deal up anew with every request for its lines, however many those come in."""
DESCRIPTIONS = re.compile(r"/v1/users|Fields$")
"""What every process asks anew: who it is, who is there, which fields there are."""


@dataclass(frozen=True)
class Clean:
    """What one undisturbed run of a load did.

    Attributes:
        requests: all of them, in order.
        commits: what the run alone changed in the account.
        journalled: when it wrote to its journal, by the clock that ``requests`` go by.
        contents: of the account afterwards.
    """

    requests: tuple[Request, ...]
    commits: Counter[str]
    journalled: tuple[float, ...]
    contents: dict[str, list[str]]

    def __len__(self) -> int:
        return len(self.requests)

    def writes(self) -> list[int]:
        """Numbers of the requests that may have changed something."""
        return [n for n, request in enumerate(self.requests, 1) if request.method != "GET"]

    def turns(self) -> list[int]:
        """Numbers of the requests before which account or journal have changed since the last one.

        To die before any other request is to die before the one before it.
        """
        pairs = zip(self.requests, self.requests[1:], strict=False)
        return [1] + [
            number
            for number, (last, this) in enumerate(pairs, 2)
            if last.method != "GET" or any(last.at <= at <= this.at for at in self.journalled)
        ]

    def lone_commits(self) -> list[int]:
        """Numbers of the commits that the next one follows without a request between them.

        Where a request follows, dying after the commit is dying before that request.
        """
        asked = [request.at for request in self.requests]
        pairs = zip(self.journalled, [*self.journalled[1:], float("inf")], strict=True)
        return [
            number
            for number, (this, following) in enumerate(pairs, 1)
            if not any(this <= at <= following for at in asked)
        ]


class Load:
    """One load, of the scenario, that can be brought back to its beginning.

    Args:
        sandbox: where to; its account is furnished here.
        folder: for journal, settings and Singer files.
        settings: of the target, beside what leads to the sandbox.
    """

    def __init__(self, sandbox: Sandbox, folder: Path, **settings: Any) -> None:
        self.sandbox = sandbox
        self.folder = folder
        self.journal = folder / "journal" / "migration.db"
        self.first = self.write_first()
        self.singer = self.first
        self.config = folder / "target.json"
        self.settings = {
            **sandbox.pipedrive,
            "source": "kickserv",
            "mapping": self.mapping,
            "journal": f"sqlite:///{self.journal}",
            "fallback_owner": "ruth.calloway@example.com",
            **settings,
        }
        sandbox.reset()
        furnish(sandbox)
        self._account = accounts.keep(sandbox.crm)
        self._kept: Path | None = None

    mapping = str(scenario.MAPPING)
    """The document, or the name of one that is shipped."""

    def write_first(self) -> Path:
        """Write what this load reads."""
        return scenario.write(self.folder / "first.singer", scenario.first(self.folder))

    def configure(self, **settings: Any) -> None:
        """Change settings of the target."""
        self.settings |= settings

    def restart(self) -> None:
        """Bring account and journal back to where this load begins; no fault is in place."""
        self.sandbox.clear_faults()
        self.sandbox.requests.clear()
        self._account()
        shutil.rmtree(self.journal.parent, ignore_errors=True)
        if self._kept is not None:
            shutil.copytree(self._kept, self.journal.parent)

    def go_on(self) -> None:
        """Run the first load; from now on the later one begins where that has ended."""
        assert self.run().code == 0
        self._account = accounts.keep(self.sandbox.crm)
        self._kept = self.folder / "kept"
        shutil.copytree(self.journal.parent, self._kept)
        later = scenario.later(self.folder)
        self.singer = scenario.write(self.folder / "later.singer", later)
        self.sandbox.requests.clear()

    @contextmanager
    def waiting(self) -> Iterator[Process]:
        """A process that waits to be told what to run."""
        with Process(self.folder) as process:
            yield process

    def command(self, *words: str) -> Ended:
        """Run a command that works from the journal, e.g. ``retry``."""
        self.config.write_text(json.dumps(self.settings))
        with self.waiting() as process:
            return process.run(programs.migration, [*words, "--config", str(self.config)])

    def run(self, **how: Any) -> Ended:
        """Run the target on this load's file."""
        with self.waiting() as process:
            return self.run_in(process, **how)

    def run_in(self, process: Process, **how: Any) -> Ended:
        """Likewise, in a process that waits already."""
        self.start_in(process, **how)
        return process.end()

    def start_in(self, process: Process, **how: Any) -> None:
        """Begin a run in a process that waits already."""
        self.config.write_text(json.dumps(self.settings))
        arguments = ["--config", str(self.config), "--input", str(self.singer)]
        process.start(programs.target, arguments, **how)

    def piped(self) -> subprocess.Popen[bytes]:
        """The target as its users start it, reading from a pipe."""
        self.config.write_text(json.dumps(self.settings))
        return subprocess.Popen(  # noqa: S603 - our own interpreter
            [sys.executable, "-m", "target_pipedrive.target", "--config", self.config],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )

    def clean(self) -> Clean:
        """An undisturbed run of this load, from its beginning and back to it."""
        self.restart()
        before = len(self.sandbox.crm.commits)
        notes = self.folder / "notes"
        ended = self.run(notes=str(notes))
        assert ended.code == 0, ended.errors
        clean = Clean(
            tuple(self.sandbox.requests),
            accounts.commits(self.sandbox.crm, before),
            tuple(json.loads(notes.read_text())["commits"]),
            accounts.contents(self.sandbox.crm),
        )
        self.restart()
        return clean

    def faults_since(self, before: int, clean: Clean) -> list[str]:
        """How the account differs from what an undisturbed run would have made of it."""
        done = accounts.commits(self.sandbox.crm, before)
        told = accounts.differences(clean.contents, accounts.contents(self.sandbox.crm))
        for what in sorted({*clean.commits, *done} - DERIVED):
            # A reference that had to wait for a second pass may find its parent there at once.
            fewer_will_do = what.startswith("update") and done[what] < clean.commits[what]
            if done[what] != clean.commits[what] and not fewer_will_do:
                told.append(f"{what}: {done[what]} times, not {clean.commits[what]}")
        return told


class AccountLoad(Load):
    """The load of a whole Kickserv account by the mapping that is shipped."""

    mapping = "kickserv_to_pipedrive"

    def write_first(self) -> Path:
        """Read the account, photos and signatures included."""
        read = Tap(
            self.sandbox, self.folder, {"attachments_path": str(self.folder / "files")}
        ).read()
        assert read.ended.code == 0, read.ended.errors
        path = self.folder / "first.singer"
        path.write_text(read.ended.output)
        return path


def furnish(sandbox: Sandbox) -> None:
    """What the account holds before us: a product to adopt, a choice to extend."""
    crm = sandbox.crm
    crm.clock = standing_still
    crm.human.add_field("organizations", "ks_region", "enum", "North")
    price = {"currency": "USD", "price": 18.5, "cost": 0}
    crm.human.create("products", name="Filter", prices=[price])
    crm.commits.clear()


def described(requests: Iterable[Request]) -> int:
    """How many of some requests ask only for descriptions."""
    return sum(
        request.method == "GET" and bool(DESCRIPTIONS.search(request.path)) for request in requests
    )


def standing_still() -> datetime:
    """A clock for accounts, so that times of making can be compared."""
    return datetime.fromtimestamp(NOW, timezone.utc)
