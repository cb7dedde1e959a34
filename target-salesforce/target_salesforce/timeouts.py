"""How long silence is waited for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Timeouts:
    """How long a silent service is waited for, in seconds.

    Attributes:
        connect: until a connection is there.
        read: until the next bytes of an answer are there.
        write: likewise, after a change was sent: triggers and flows run before the answer.
        upload: likewise, after the last byte of a file was sent.
    """

    connect: float = 10.0
    read: float = 120.0
    write: float = 300.0
    upload: float = 900.0


DEFAULT = Timeouts()
