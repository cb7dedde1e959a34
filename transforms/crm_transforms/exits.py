"""Exit codes, the same for every command: scripts rely on them."""

from __future__ import annotations

import enum


class Exit(enum.IntEnum):
    """What a finished process tells its caller."""

    DONE = 0
    FAILURE = 1
    USAGE = 2
    REJECTS = 3
    PAUSED = 4
    APPROVAL = 5
    LEASE = 6
    TERMINATED = 143
    """128 + SIGTERM, as a shell reports it."""
