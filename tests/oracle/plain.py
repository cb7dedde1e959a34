"""Values as people write them down: moments, numbers, texts put together."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Iterable

BUSINESS = ZoneInfo("America/New_York")
"""The zone in which the mapping cuts days."""


def instant(written: str) -> str:
    """An instant with an offset, in UTC.

    Raises:
        ValueError: it is none, or in UTC it lies outside of the calendar.
    """
    moment = datetime.fromisoformat(written)
    offset = moment.utcoffset()
    if offset is None:
        raise ValueError(f"{written}: no offset")
    try:
        there = moment.replace(tzinfo=None) - offset
    except OverflowError as error:
        raise ValueError(f"{written}: not in the calendar") from error
    # strftime writes the year 1 as 1 on some systems.
    return f"{there.isoformat(timespec='seconds')}Z"


def day(moment: str | None, zone: Any = BUSINESS) -> str | None:
    """The calendar day of an instant in a zone."""
    return None if moment is None else _local(moment, zone).date().isoformat()


def clock(moment: str | None, zone: Any = BUSINESS) -> str | None:
    """The time of day of an instant in a zone."""
    return None if moment is None else _local(moment, zone).time().isoformat()


def _local(moment: str, zone: Any) -> datetime:
    told = datetime.fromisoformat(moment.replace("Z", "+00:00"))
    if zone is timezone.utc or told.year < 2:
        return told + (timedelta() if zone is timezone.utc else zone.utcoffset(told))
    return told.astimezone(zone)


def number(written: Any) -> Decimal:
    """A decimal as it is written.

    Raises:
        ValueError: it is none.
    """
    try:
        value = Decimal(str(written))
    except InvalidOperation as error:
        raise ValueError(f"{written}: no number") from error
    if not value.is_finite():
        raise ValueError(f"{written}: no number")
    return value


def digits(value: Decimal | None) -> str | None:
    """A number in the digits in which it came."""
    return None if value is None else f"{value:f}"


def filled(*values: Any) -> Any:
    """The first value that holds anything."""
    return next(
        (v for v in values if v is not None and (not isinstance(v, str) or v.strip())), None
    )


def put_together(separator: str, *parts: str | None) -> str | None:
    """The parts that hold anything, as one text."""
    return separator.join(part for part in parts if part is not None and part.strip()) or None


def below_each_other(parts: Iterable[str | None]) -> str | None:
    return put_together("\n", *parts)


@dataclass(frozen=True)
class InAnyOrder:
    """Parts of a text whose order nobody promised."""

    separator: str
    parts: tuple[str, ...]

    def like(self, found: str) -> bool:
        """Whether a text holds just these parts."""
        told = self.separator.join(self.parts).split(self.separator)
        return sorted(told) == sorted(found.split(self.separator))


@dataclass(frozen=True)
class Like:
    """A text of which only the form was promised."""

    pattern: str

    def like(self, found: str) -> bool:
        """Whether a text has the form."""
        return re.fullmatch(self.pattern, found, re.DOTALL) is not None


def once(values: Iterable[Any]) -> list[Any]:
    """The values without repetitions, in order."""
    return list(dict.fromkeys(values))


def as_html(text: str | None) -> str | None:
    """Plain text as HTML that looks the same."""
    if text is None:
        return None
    return re.sub(r"\r\n|\r|\n", "<br>", html.escape(text, quote=False))


def is_html(text: str) -> bool:
    """Whether there is any tag in a note."""
    return re.search(r"</?[a-zA-Z][^<>]*>", text) is not None
