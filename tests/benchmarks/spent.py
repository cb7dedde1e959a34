"""What a command takes: seconds, processor time, and the most memory it ever had resident.

Run as a script it starts one command and writes what that took to a file. It stands between because
on Linux a process inherits the peak of whoever started it, and pytest's is high.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import IO

KILOBYTE = 1024
PROJECT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Spent:
    """What one command took.

    Attributes:
        code: its exit code.
        wall: seconds from start to end.
        user: seconds of processor time outside of the kernel.
        system: seconds within it.
        peak: bytes.
    """

    code: int
    wall: float
    user: float
    system: float
    peak: int

    @property
    def processor(self) -> float:
        return self.user + self.system


class Measured:
    """One command under way.

    Args:
        command: program and arguments.
        folder: where its log and figures go; one command at a time.
    """

    def __init__(
        self,
        command: Sequence[str],
        folder: Path,
        *,
        stdin: IO[bytes] | int | None = None,
        stdout: IO[bytes] | int | None = subprocess.DEVNULL,
    ) -> None:
        folder.mkdir(exist_ok=True)
        self.log = folder / "log"
        self._figures = folder / "figures.json"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(  # noqa: S603 - our own scripts
                [sys.executable, "-IS", __file__, str(self._figures), *command],
                stdin=stdin,
                stdout=stdout,
                stderr=log,
                env=_environment(),
                cwd=PROJECT,
            )

    def end(self) -> Spent:
        """Wait for its end."""
        self.process.wait()
        return Spent(**json.loads(self._figures.read_text()))


def measure(command: Sequence[str], folder: Path, *, stdin: Path | None = None) -> Spent:
    """Run a command to its end; a file may be its standard input."""
    if stdin is None:
        return Measured(command, folder, stdin=subprocess.DEVNULL).end()
    with stdin.open("rb") as source:
        return Measured(command, folder, stdin=source).end()


def script(name: str) -> str:
    """A console script of this environment."""
    return str(Path(sys.executable).with_name(name))


def _environment() -> dict[str, str]:
    # As installed: modules are compiled once, and nothing of this shell configures a plugin.
    kept = ("PATH", "HOME", "TMPDIR", "LANG", "VIRTUAL_ENV")
    return {name: os.environ[name] for name in kept if name in os.environ}


def _main(figures: str, *command: str) -> None:
    begun = time.monotonic()
    process = subprocess.Popen(command)  # noqa: S603 - likewise
    _, status, used = os.wait4(process.pid, 0)
    spent = {
        "code": os.waitstatus_to_exitcode(status),
        "wall": time.monotonic() - begun,
        "user": used.ru_utime,
        "system": used.ru_stime,
        "peak": used.ru_maxrss * KILOBYTE,
    }
    Path(figures).write_text(json.dumps(spent))


if __name__ == "__main__":
    _main(*sys.argv[1:])
