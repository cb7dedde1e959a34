"""Where the processor time goes: what the main thread is at, asked two hundred times a second."""

from __future__ import annotations

import linecache
import signal
import time
from collections import defaultdict
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from types import FrameType

    from typing_extensions import Self

PAUSE = 0.005
"""Seconds of processor time between two looks."""

Door: TypeAlias = tuple[str, str, str]
"""Part of a file's path, part of the line that is being carried out, and the room it leads to."""

STAGE: tuple[Door, ...] = (
    ("stages/stage.py", "decode_message(", "decode envelope"),
    ("stages/stage.py", "decode_record(", "decode record"),
    ("stages/stage.py", "accepts(", "validate"),
    ("stages/stage.py", "blake2b(", "fingerprint"),
    ("stages/stage.py", "for line in", "read"),
    ("journal/compression.py", "", "journal: pack"),
    ("journal/", "", "journal: compare and write"),
    ("stages/", "", "keys, counts, batches"),
)
LOAD: tuple[Door, ...] = (
    ("benchmarks/bulk_destination.py", "", "the destination itself"),
    ("journal/compression.py", "", "journal: pack and unpack"),
    ("journal/payload.py", "", "journal: digests"),
    ("journal/chain.py", "", "journal: audit chain"),
    ("journal/operations.py", "", "journal: intents"),
    ("journal/decisions.py", "", "journal: verdicts and links"),
    ("journal/confirmations.py", "", "journal: confirmations"),
    ("journal/rows.py", "", "journal: rows"),
    ("journal/joins.py", "", "journal: joins"),
    ("journal/links.py", "", "journal: links"),
    ("journal/", "", "journal: the rest"),
    ("/mapping/", "", "map"),
    ("mapping.yml", "", "map"),
    ("/canonical.py", "", "encode, decode, fingerprint"),
    ("stages/verify.py", "", "verify: compare"),
    ("stages/scope.py", "", "plan: join"),
    ("stages/load.py", "", "load"),
    ("stages/", "", "plan"),
)
"""The first door that an inner frame of the stack stands in counts."""


PASSAGES = ("journal/sqlite.py", "journal/database.py", "journal/store.py")
"""What is done here is done for whoever stands outside."""


class Rooms:
    """Samples the main thread within a ``with`` block.

    The look comes from the kernel's profiling timer and not from a second thread: such a thread
    gets its turn when the first one lets go of the interpreter, hence in the database most of all.
    A call into C that outlasts several looks counts with all the time it took.
    """

    def __init__(self, doors: tuple[Door, ...]) -> None:
        self._doors = doors
        self._seconds: defaultdict[str, float] = defaultdict(float)
        self._at = 0.0

    def __enter__(self) -> Self:
        self._before = signal.signal(signal.SIGPROF, self._look)
        # A system call goes on after the signal, SQLite's fdatasync among them.
        signal.siginterrupt(signal.SIGPROF, False)
        self._at = time.process_time()
        signal.setitimer(signal.ITIMER_PROF, PAUSE, PAUSE)
        return self

    def __exit__(self, *_: object) -> None:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, self._before)

    def shares(self) -> list[tuple[str, float]]:
        """Each room's share of the processor time, the largest first."""
        total = sum(self._seconds.values())
        largest_first = sorted(self._seconds.items(), key=lambda item: -item[1])
        return [(room, seconds / total) for room, seconds in largest_first]

    def _look(self, _signal: int, frame: FrameType | None) -> None:
        now = time.process_time()
        self._seconds[self._room(frame)] += now - self._at
        self._at = now

    def _room(self, frame: FrameType | None) -> str:
        while frame is not None:
            path = frame.f_code.co_filename
            doors = () if path.endswith(PASSAGES) else self._doors
            for part, text, room in doors:
                if part in path and text in linecache.getline(path, frame.f_lineno or 0):
                    return room
            frame = frame.f_back
        return "other"
