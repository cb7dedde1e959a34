"""Where people read."""

from __future__ import annotations

import os

from rich.console import Console

LOG_WIDTH = 160
"""In files and pipes, so that paths and messages are not torn apart."""


def console(*, stderr: bool) -> Console:
    """A console as wide as its terminal, or as a log line may be."""
    made = Console(stderr=stderr)
    if made.is_terminal or "COLUMNS" in os.environ:
        return made
    return Console(stderr=stderr, width=LOG_WIDTH)
