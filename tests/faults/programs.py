"""What the processes of these tests run: the plugins, with a clock that nobody waits for."""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import threading
import time
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import Connection, Engine, event

from crm_transforms.cli import console_script
from tap_kickserv import session, token
from tap_kickserv.tap import TapKickserv
from target_pipedrive.destination import PipedriveDestination
from target_pipedrive.limits import Clock
from target_pipedrive.target import TargetPipedrive
from target_pipedrive.timeouts import Timeouts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from crm_transforms.destination import Destination
    from tap_kickserv.client import Client

BLINK = 0.25
"""Seconds after which an answer is no longer waited for."""


class SkippingClock:
    """Real time, and all that was slept on top of it in no time."""

    def __init__(self) -> None:
        self.skipped = 0.0
        self._lock = threading.Lock()

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.skipped += seconds

    @property
    def clock(self) -> Clock:
        return Clock(
            lambda: time.monotonic() + self.skipped,
            lambda: time.time() + self.skipped,
            self.sleep,
        )


CLOCK = SkippingClock()


class HurriedTarget(TargetPipedrive):
    """The target as it is, but for its waiting."""

    settle = (0.0, 0.0, 0.0, 0.0)
    patience: ClassVar[float] = BLINK

    @classmethod
    def open_destination(cls, config: Mapping[str, Any]) -> Destination:
        timeouts = Timeouts(read=cls.patience, upload=cls.patience)
        return PipedriveDestination(config, clock=CLOCK.clock, timeouts=timeouts)


class Commits:
    """Notes when this process writes to its journal, and kills it at one of these moments.

    Args:
        last: the number of the commit, from 1, at which the process dies; 0 for none.
        moment: ``before`` or ``after`` that commit is on disk.
    """

    def __init__(self, last: int, moment: str) -> None:
        self.times: list[float] = []
        self._last = last
        self._moment = moment
        event.listen(Engine, "commit", self._committing)

    def _committing(self, connection: Connection) -> None:
        if connection.get_execution_options().get("transaction") != "write":
            return
        self.times.append(time.monotonic())
        if len(self.times) == self._last:
            if self._moment == "after":
                connection.connection.commit()
            os.kill(os.getpid(), signal.SIGKILL)


@contextmanager
def noted(notes: str, last: int, moment: str) -> Iterator[None]:
    """Watch over the writes to the journal.

    Args:
        notes: a file for ``commits``, their times by the monotonic clock, and ``slept``, the
            seconds that were not waited for; empty for none.
        last: see :class:`Commits`.
        moment: likewise.
    """
    commits = Commits(last, moment)
    try:
        yield
    finally:
        if notes:
            found = {"commits": commits.times, "slept": CLOCK.skipped}
            Path(notes).write_text(json.dumps(found))


def target(
    arguments: Sequence[str],
    *,
    notes: str = "",
    last: int = 0,
    moment: str = "before",
    room: int = 0,
    patience: float = BLINK,
) -> None:
    """Run the target.

    Args:
        arguments: of its command line.
        notes: see :func:`noted`.
        last: likewise.
        moment: likewise.
        room: the most bytes that a file may have; 0 for no limit.
        patience: seconds that an answer is waited for.
    """
    HurriedTarget.timeouts = Timeouts(read=patience, upload=patience)
    if room:
        # As on a full disk, a write beyond it fails instead of killing the process.
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
    with noted(notes, last, moment):
        HurriedTarget.cli(list(arguments))


def migration(
    arguments: Sequence[str], *, notes: str = "", last: int = 0, moment: str = "before"
) -> None:
    """Run one of the commands that work from the journal; what follows, see :func:`noted`."""
    sys.argv = ["target-pipedrive-migration", *arguments]
    with noted(notes, last, moment):
        console_script(HurriedTarget)()


class HurriedTap(TapKickserv):
    """The tap as it is, but for its waiting."""

    @cached_property
    def client(self) -> Client:
        client = super().client
        client.sleep = CLOCK.sleep
        return client


def tap(arguments: Sequence[str], *, notes: str = "", memory: int = 0) -> None:
    """Run the tap.

    Args:
        arguments: of its command line.
        notes: a file for ``slept``, the seconds that were not waited for.
        memory: the most bytes of address space that it may take beyond what it starts with.
    """
    session.READ_SECONDS = BLINK
    token.POLL_SECONDS = BLINK
    if memory:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        most = pages * resource.getpagesize() + memory
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
    try:
        HurriedTap.cli(list(arguments))
    finally:
        if notes:
            Path(notes).write_text(json.dumps({"slept": CLOCK.skipped}))
