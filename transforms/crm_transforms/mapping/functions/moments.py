"""Dates, times and instants, from ISO 8601 text; zones are those of the IANA database."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from decimal import Context, Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from crm_transforms.mapping.coercion import WrongKindError, shown

_MOMENT = re.compile(
    r"""(\d{4}-\d\d-\d\d)
        (?:[T ](\d\d:\d\d)(:\d\d)?(?:[.,]\d+)?
           [ ]?(Z|UTC|[+-]\d\d:?\d\d)?)?""",
    re.ASCII | re.VERBOSE,
)
_TIME = re.compile(r"(\d\d):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?", re.ASCII)
_NONE = timedelta()
_LENGTH = len("2024-01-31T08:00:00Z")
_HOURS = Context(prec=28)


def date(value: Any, zone: str | None = None) -> str | None:
    """The date of a date or time; an instant needs the zone."""
    moment = _read(value)
    return None if moment is None else _local(*moment, zone).date().isoformat()


def time(value: Any, zone: str | None = None) -> str | None:
    """The time of day; an instant needs the zone."""
    if isinstance(value, str) and (match := _TIME.fullmatch(value.strip())):
        hour, minute, second = (int(part or 0) for part in match.groups())
        if hour > 23 or minute > 59 or second > 59:
            raise ValueError(f"{shown(value)} is no time of day")
        return f"{hour:02}:{minute:02}:{second:02}"
    moment = _read(value)
    return None if moment is None else _local(*moment, zone).time().isoformat()


def instant(value: Any, zone: str | None = None) -> str | None:
    """A point in time in UTC, to the second.

    Without an offset it needs the zone; a date alone is its midnight.
    """
    moment = _read(value)
    if moment is None:
        return None
    if len(value) == _LENGTH and value[10] == "T" and value[-1] == "Z":
        return str(value)
    return f"{_universal(*moment, zone).isoformat()}Z"


def hours(start: Any, end: Any) -> Decimal | None:
    """The hours from one time to a later one, to 28 digits."""
    if start is None or end is None:
        return None
    begun, ended = _read(start), _read(end)
    if begun is None or ended is None:
        return None
    if (begun[1] is None) != (ended[1] is None):
        raise ValueError(f"of {shown(start)} and {shown(end)} only one has a UTC offset")
    took = ended[0] - begun[0] - (ended[1] or _NONE) + (begun[1] or _NONE)
    if took < _NONE:
        raise ValueError(f"{shown(end)} is before {shown(start)}")
    return _HOURS.divide(Decimal(took // timedelta(seconds=1)), Decimal(3600))


def _read(value: Any) -> tuple[datetime, timedelta | None] | None:
    """The wall clock, to the second, and its UTC offset; ``None`` for blank text."""
    if not isinstance(value, str):
        raise WrongKindError("a date", "text", value)
    match = _MOMENT.fullmatch(value.strip())
    if match is None:
        if not value.strip():
            return None
        raise ValueError(f"{shown(value)} is no date such as 2024-01-31 or 2024-01-31T08:00:00Z")
    day, clock, seconds, offset = match.groups()
    try:
        wall = datetime.fromisoformat(f"{day}T{clock or '00:00'}{seconds or ':00'}")
        return wall, None if offset is None else _offset(offset)
    except ValueError as error:
        raise ValueError(f"{shown(value)} is no date: {error}") from error


@lru_cache(maxsize=512)
def _offset(text: str) -> timedelta:
    if text in {"Z", "UTC"}:
        return _NONE
    hours_, minutes = int(text[1:3]), int(text[-2:])
    if hours_ > 23 or minutes > 59:
        raise ValueError(f"UTC offset {text}")
    shift = timedelta(hours=hours_, minutes=minutes)
    return -shift if text[0] == "-" else shift


def _universal(wall: datetime, offset: timedelta | None, zone: str | None) -> datetime:
    """The same moment on a clock that shows UTC."""
    try:
        if offset is None:
            local = wall.replace(tzinfo=_zone_for(wall, zone))
            return local.astimezone(timezone.utc).replace(tzinfo=None)
        return wall - offset
    except OverflowError as error:
        raise ValueError(f"{wall.isoformat()} is outside the calendar") from error


def _local(wall: datetime, offset: timedelta | None, zone: str | None) -> datetime:
    """The same moment on the clock of a zone; without an offset it is local already."""
    if offset is None:
        return wall
    name = _zone_for(wall, zone)
    try:
        return (wall - offset).replace(tzinfo=timezone.utc).astimezone(name)
    except OverflowError as error:
        raise ValueError(f"{wall.isoformat()} is outside the calendar") from error


def _zone_for(wall: datetime, name: str | None) -> ZoneInfo:
    if name is None:
        raise ValueError(f"{wall.isoformat()} means nothing here without a zone")
    return zone_named(name)


@lru_cache(maxsize=512)
def zone_named(name: str) -> ZoneInfo:
    """The zone of that name.

    Raises:
        ValueError: the IANA database has none.
    """
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError, TypeError) as error:
        raise ValueError(f"{shown(name)} is no time zone such as 'America/New_York'") from error


def check_zone(name: Any) -> None:
    """Refuse what is no zone, when the document is loaded."""
    if not isinstance(name, str):
        raise WrongKindError("a zone", "text", name)
    zone_named(name)
