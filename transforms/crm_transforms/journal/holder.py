"""Who holds the lease: a process, told apart from every other one that may have had its number."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # it ships no types

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
PID_NAMESPACE = Path("/proc/self/ns/pid")
START_TOLERANCE = 2.0
"""Seconds by which a start time may move when the machine's clock is set."""


@dataclass(frozen=True, slots=True)
class Holder:
    """A process on a machine.

    Attributes:
        host: the machine's name, for people.
        machine: what makes process numbers comparable: name, boot and process namespace. Two
            containers may well have the same name and the same process 1.
        pid: process number.
        started: when that process started, seconds since 1970.
    """

    host: str
    machine: str
    pid: int
    started: float

    @classmethod
    def this_process(cls) -> Holder:
        host = socket.gethostname()
        boot = BOOT_ID.read_text().strip() if BOOT_ID.exists() else ""
        namespace = str(PID_NAMESPACE.readlink()) if PID_NAMESPACE.is_symlink() else ""
        pid = os.getpid()
        return cls(host, f"{host}/{boot}/{namespace}", pid, psutil.Process(pid).create_time())

    def is_here(self) -> bool:
        """Whether its process number means anything on this machine."""
        return self.machine == Holder.this_process().machine

    def is_gone(self) -> bool:
        """Whether that process has certainly ended; to be asked on its own machine."""
        try:
            process = psutil.Process(self.pid)
            started: float = process.create_time()
            ended: bool = process.status() == psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return True
        except psutil.AccessDenied:
            return False
        return ended or abs(started - self.started) > START_TOLERANCE
