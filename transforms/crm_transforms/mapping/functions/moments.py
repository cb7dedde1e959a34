"""Dates, times and instants, from ISO 8601 text; zones are those of the IANA database."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone, tzinfo
from decimal import Context, Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from crm_transforms.mapping.coercion import WrongKindError, shown

_MOMENT = re.compile(
    r"""(\d{4})-(\d\d)-(\d\d)
        (?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?
           [ ]?(?:(Z|UTC)|([+-])(\d\d):?(\d\d))?)?""",
    re.ASCII | re.VERBOSE,
)
_TIME = re.compile(r"(\d\d):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?", re.ASCII)
_HOURS = Context(prec=28)


def date(value: Any, zone: str | None = None) -> str | None:
    """The date of a date or time; an instant needs the zone."""
    moment = _moment(value)
    if moment is None:
        return None
    moment = _local(moment, value, zone)
    return moment.date().isoformat()


def time(value: Any, zone: str | None = None) -> str | None:
    """The time of day; an instant needs the zone."""
    if isinstance(value, str) and (match := _TIME.fullmatch(value.strip())):
        hour, minute, second = (int(part or 0) for part in match.groups())
        if hour > 23 or minute > 59 or second > 59:
            raise ValueError(f"{shown(value)} is no time of day")
        return f"{hour:02}:{minute:02}:{second:02}"
    moment = _moment(value)
    if moment is None:
        return None
    moment = _local(moment, value, zone)
    return f"{moment:%H:%M:%S}"


def instant(value: Any, zone: str | None = None) -> str | None:
    """A point in time in UTC, to the second.

    Without an offset it needs the zone; a date alone is its midnight.
    """
    moment = _moment(value)
    if moment is None:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=_zone_for(value, zone))
    moment = _shifted(moment, timezone.utc)
    return f"{moment.replace(tzinfo=None).isoformat()}Z"


def hours(start: Any, end: Any) -> Decimal | None:
    """The hours from one time to a later one, to 28 digits."""
    if start is None or end is None:
        return None
    begun, ended = _moment(start), _moment(end)
    if begun is None or ended is None:
        return None
    if (begun.tzinfo is None) != (ended.tzinfo is None):
        raise ValueError(f"of {shown(start)} and {shown(end)} only one has a UTC offset")
    seconds = (ended - begun) // timedelta(seconds=1)
    if seconds < 0:
        raise ValueError(f"{shown(end)} is before {shown(start)}")
    return _HOURS.divide(Decimal(seconds), Decimal(3600))


def _moment(value: Any) -> datetime | None:
    """Read a date or a date with a time, to the second; null for blank text."""
    if not isinstance(value, str):
        raise WrongKindError("a date", "text", value)
    if not (text := value.strip()):
        return None
    match = _MOMENT.fullmatch(text)
    if match is None:
        raise ValueError(f"{shown(value)} is no date such as 2024-01-31 or 2024-01-31T08:00:00Z")
    year, month, day, hour, minute, second, utc, sign, off_hours, off_minutes = match.groups()
    offset: timezone | None = timezone.utc if utc else None
    try:
        if sign:
            shift = timedelta(hours=int(off_hours), minutes=int(off_minutes))
            offset = timezone(shift if sign == "+" else -shift)
        return datetime(
            int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0),
            tzinfo=offset,
        )  # fmt: skip
    except ValueError as error:
        raise ValueError(f"{shown(value)} is no date: {error}") from error


def _local(moment: datetime, value: Any, zone: str | None) -> datetime:
    return moment if moment.tzinfo is None else _shifted(moment, _zone_for(value, zone))


def _shifted(moment: datetime, zone: tzinfo) -> datetime:
    try:
        return moment.astimezone(zone)
    except OverflowError as error:
        raise ValueError(f"{moment.isoformat()} is outside the calendar") from error


def _zone_for(value: Any, name: str | None) -> ZoneInfo:
    if name is None:
        raise ValueError(f"{shown(value)} means nothing here without a zone")
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
