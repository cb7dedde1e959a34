"""Time as this package sees it, so that waiting can be tested without waiting."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

LONGEST_PAUSE = 60.0
"""Seconds."""


@dataclass(frozen=True)
class Clock:
    """Time in seconds, and chance.

    Attributes:
        chance: a number from 0 up to 1, for the jitter of retries.
    """

    monotonic: Callable[[], float] = time.monotonic
    wall: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.random

    def back_off(self, failures: int, asked: float | None = None) -> None:
        """Wait after so many failures, with jitter; at least as long as was asked for."""
        longest = min(2.0**failures, LONGEST_PAUSE)
        pause = longest / 2 + self.chance() * longest / 2
        self.sleep(max(pause, min(asked or 0.0, LONGEST_PAUSE)))


def instant(seconds: float) -> str:
    """Seconds since 1970 as a UTC instant."""
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
