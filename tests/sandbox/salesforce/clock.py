"""The org's time: a little later each time somebody asks."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

BORN = datetime(2026, 3, 2, 9, 0, tzinfo=timezone.utc)
STEP = 7
"""Milliseconds between two looks at the clock."""


class Clock:
    """Counts milliseconds from a fixed day, so that two runs stamp their records alike."""

    def __init__(self) -> None:
        self._passed = 0
        self._second = -1
        self._shown = ""

    def now(self) -> datetime:
        """The next instant."""
        self._passed += STEP
        return BORN + timedelta(milliseconds=self._passed)

    def stamp(self) -> str:
        """The next instant as records hold it."""
        self._passed += STEP
        second, rest = divmod(self._passed, 1000)
        if second != self._second:
            self._second = second
            self._shown = f"{BORN + timedelta(seconds=second):%Y-%m-%dT%H:%M:%S}."
        return f"{self._shown}{rest:03d}+0000"
