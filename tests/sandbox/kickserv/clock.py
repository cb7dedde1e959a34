"""The account's clock: wall time of the US east coast, with its daylight saving time."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("America/New_York")
DAY = 86_400

OPENED = int(dt.datetime(2013, 4, 10, 10, 26, 1, tzinfo=ZONE).timestamp())
"""When the account was opened; no record is older."""

NOW = int(dt.datetime(2026, 11, 2, 9, 0, 0, tzinfo=ZONE).timestamp())
"""The sandbox's present. It never moves by itself, so that a seed always makes the same data."""


def stamp(instant: float) -> str:
    """Write an instant (Unix seconds) as Kickserv does: ISO 8601 with the account's offset."""
    return dt.datetime.fromtimestamp(int(instant), ZONE).isoformat()


def day(instant: float) -> str:
    """Write the account's calendar day of an instant (Unix seconds) as ``YYYY-MM-DD``."""
    return dt.datetime.fromtimestamp(int(instant), ZONE).date().isoformat()


def business_hour(instant: float, hour: float) -> int:
    """Move an instant (Unix seconds) to an hour of its day, or of Monday if that is a Sunday."""
    moment = dt.datetime.fromtimestamp(int(instant), ZONE)
    if moment.weekday() == 6:
        moment += dt.timedelta(days=1)
    hours, minutes = divmod(int(hour * 60), 60)
    return int(moment.replace(hour=hours, minute=minutes, second=0).timestamp())


def window(word: str, today: dt.date) -> tuple[dt.date, dt.date] | None:
    """Return the first day of a ``scheduled=`` window and the first day after it.

    Args:
        word: one of the eight words of https://veildg.com/kickservapi/v2/jobs.
        today: the day they are relative to.

    Returns:
        None for a word that is none of the eight.
    """
    unit, _, span = word.rpartition("_")
    if word in {"today", "tomorrow"}:
        first = today + dt.timedelta(days=word == "tomorrow")
        return first, first + dt.timedelta(days=1)
    if unit not in {"last", "this", "next"} or span not in {"week", "month"}:
        return None
    step = {"last": -1, "this": 0, "next": 1}[unit]
    if span == "week":
        first = today - dt.timedelta(days=today.weekday()) + dt.timedelta(weeks=step)
        return first, first + dt.timedelta(weeks=1)
    return _month(today, step), _month(today, step + 1)


def _month(today: dt.date, step: int) -> dt.date:
    year, month = divmod(today.year * 12 + today.month - 1 + step, 12)
    return dt.date(year, month + 1, 1)
