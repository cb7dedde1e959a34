"""The plugins as processes of their own that start in milliseconds and may be killed at any time.

A server that has the plugins' modules in memory forks one process per run
(:mod:`multiprocessing`'s forkserver); what a killed one had in memory is gone as with any other. A
process waits, already alive, until it is told what to run, so that a fault can aim at its pid.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from multiprocessing.connection import Connection
    from pathlib import Path

    from typing_extensions import Self

CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["tests.faults.programs"])
PATIENCE = 120.0


@dataclass(frozen=True)
class Ended:
    """How a process ended: its exit code (below zero: the signal) and what it wrote."""

    code: int
    output: str
    errors: str


class Process:
    """One process that has started and waits to be told what to run.

    Args:
        folder: for what it writes to standard output and error.
        patience: seconds after which a run counts as hanging.
    """

    def __init__(self, folder: Path, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._orders, theirs = CONTEXT.Pipe()
        self._files = folder / "output", folder / "errors"
        for path in self._files:
            path.unlink(missing_ok=True)
        self._process = CONTEXT.Process(target=_run, args=(theirs, *map(str, self._files)))
        self._process.start()
        theirs.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._orders.close()
        if self._process.is_alive():
            self._process.kill()
        self._process.join()
        self._process.close()

    @property
    def pid(self) -> int:
        pid = self._process.pid
        assert pid is not None
        return pid

    def start(self, program: Callable[..., None], arguments: Sequence[str], **how: Any) -> None:
        """Begin: ``program`` is one of :mod:`tests.faults.programs`."""
        self._orders.send((program, list(arguments), how))

    def wait_until(self, happened: Callable[[], bool]) -> None:
        """Wait until something has happened while the process lives."""
        until = time.monotonic() + self._patience
        while not happened():
            assert self._process.is_alive(), f"ended too early\n{self.end().errors}"
            assert time.monotonic() < until, f"nothing happened in {self._patience:.0f} s"
            self._process.join(0.01)

    def errors(self) -> str:
        """What it has written to standard error so far."""
        return self._files[1].read_text() if self._files[1].exists() else ""

    def end(self) -> Ended:
        """Wait for the end."""
        self._process.join(self._patience)
        code = self._process.exitcode
        output, errors = (path.read_text() if path.exists() else "" for path in self._files)
        assert code is not None, f"still running after {self._patience:.0f} s\n{errors}"
        return Ended(code, output, errors)

    def run(self, program: Callable[..., None], arguments: Sequence[str], **how: Any) -> Ended:
        """Begin, and wait for the end."""
        self.start(program, arguments, **how)
        return self.end()


def _run(orders: Connection, output: str, errors: str) -> None:
    try:
        program, arguments, how = orders.recv()
    except EOFError:
        return
    for path, stream in ((output, sys.stdout), (errors, sys.stderr)):
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(file, stream.fileno())
        os.close(file)
    try:
        program(arguments, **how)
    except Exception:  # noqa: BLE001 - whatever a program lets through
        # As the interpreter does it; multiprocessing has a way of its own.
        sys.excepthook(*sys.exc_info())
        sys.exit(1)
