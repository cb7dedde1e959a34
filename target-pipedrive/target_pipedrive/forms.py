"""Forms: how values of one kind are checked, canonised, sent and read back.

A form knows nothing of accounts; option ids are handed to it. Canonical is what
:meth:`Destination.normalise` answers: the value as Pipedrive will give it back.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, ClassVar

Breach = tuple[str, str]
"""The broken rule and a sentence that says how."""

INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
NUMBER_DIGITS = 14  # https://support.pipedrive.com: numeric fields hold 14 digits


def plain(number: Decimal | int) -> Decimal:
    """The same number without exponent, trailing zeros or a negative zero."""
    text = format(Decimal(number), "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return Decimal(0) if text in ("-0", "") else Decimal(text)


def scalar_of(raw: Any) -> Any:
    """The bare value where an answer wraps an id or a value in an object."""
    if isinstance(raw, dict):
        return raw["id"] if "id" in raw else raw.get("value")
    return raw


@dataclass(frozen=True)
class Form:
    """One kind of value. Subclasses override what differs."""

    neutral: ClassVar[str] = "text"
    empty: ClassVar[Any] = None
    """The neutral value that a field holds once it is emptied."""

    @property
    def type(self) -> str:
        """The neutral type, one of ``FIELD_TYPES``."""
        return self.neutral

    @property
    def cleared(self) -> Any:
        """What an update sends to empty the field."""
        return None

    def complaint(self, value: Any) -> Breach | None:
        """Why the API would refuse this value (never ``None``), without asking it."""
        raise NotImplementedError

    def canonical(self, value: Any) -> Any:
        """The value as it will be read back."""
        return value

    def likeness(self, value: Any) -> Any:
        """What is compared to recognise one's own record; coarser than canonical where needed."""
        return self.canonical(value)

    def sent(self, value: Any) -> Any:
        """A value as the API wants it."""
        return self.outgoing(self.canonical(value))

    def outgoing(self, value: Any) -> Any:
        """The canonical value as the API wants it."""
        return value

    def incoming(self, raw: Any) -> Any:
        """What the API answered, as a canonical value."""
        return self.canonical(raw)


@dataclass(frozen=True)
class Text(Form):
    """Characters; surrounding blanks do not survive, and nothing is the same as empty.

    That Pipedrive trims is a guess from its forms; comparing trimmed text is right either way.
    """

    length: int | None = 255
    kind: str = "text"
    one_space: bool = False
    blank: bool = False
    """Emptied by an empty text, where the API takes no null."""

    @property
    def type(self) -> str:
        return self.kind

    @property
    def cleared(self) -> Any:
        return "" if self.blank else None

    def complaint(self, value: Any) -> Breach | None:
        if not isinstance(value, str):
            return "type", f"text wanted, not {type(value).__name__}"
        try:
            value.encode()
        except UnicodeEncodeError:
            return "encoding", "a lone surrogate cannot be sent as UTF-8"
        if self.length is not None and len(value.strip()) > self.length:
            return "length", f"{len(value.strip())} characters, at most {self.length} are kept"
        return None

    def canonical(self, value: Any) -> Any:
        if value is None:
            return None
        text = " ".join(str(value).split()) if self.one_space else str(value).strip()
        return text or None


@dataclass(frozen=True)
class Number(Form):
    """An exact number of at most 14 digits."""

    integer: bool = False
    least: int | None = None
    most: int | None = None
    among: tuple[int, ...] = ()

    @property
    def type(self) -> str:
        return "integer" if self.integer else "decimal"

    def complaint(self, value: Any) -> Breach | None:
        exact = isinstance(value, int | Decimal) and not isinstance(value, bool)
        if not exact or not Decimal(value).is_finite():
            return "type", f"a number wanted, not {value!r}"
        number = plain(value)
        if self.integer and number != number.to_integral_value():
            return "type", f"a whole number wanted, not {number}"
        if len(number.as_tuple().digits) > NUMBER_DIGITS:
            return "digits", f"{number} has more than {NUMBER_DIGITS} digits"
        return self._out_of_range(number)

    def _out_of_range(self, number: Decimal) -> Breach | None:
        if self.least is not None and number < self.least:
            return "range", f"{number} is below {self.least}"
        if self.most is not None and number > self.most:
            return "range", f"{number} is above {self.most}"
        if self.among and number not in self.among:
            return "range", f"{number} is none of {', '.join(map(str, self.among))}"
        return None

    def canonical(self, value: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            return value
        return int(value) if self.integer else plain(value)

    def incoming(self, raw: Any) -> Any:
        return None if raw in (None, "") else self.canonical(Decimal(str(raw)))


@dataclass(frozen=True)
class Flag(Form):
    """Yes or no. API v1 wants 1 or 0 where v2 refuses them."""

    neutral: ClassVar[str] = "boolean"
    empty: ClassVar[Any] = False
    as_number: bool = False

    def complaint(self, value: Any) -> Breach | None:
        if not isinstance(value, bool):
            return "type", f"true or false wanted, not {value!r}"
        return None

    def outgoing(self, value: Any) -> Any:
        return int(bool(value)) if self.as_number else value

    def incoming(self, raw: Any) -> Any:
        return None if raw is None else bool(raw)


@dataclass(frozen=True)
class Date(Form):
    neutral: ClassVar[str] = "date"

    def complaint(self, value: Any) -> Breach | None:
        try:
            if isinstance(value, str) and date.fromisoformat(value).isoformat() == value:
                return None
        except ValueError:
            pass
        return "date", f"{value!r} is no day of the calendar (YYYY-MM-DD)"

    def incoming(self, raw: Any) -> Any:
        return str(raw)[:10] if raw else None


@dataclass(frozen=True)
class Time(Form):
    """A time of day; as a custom field it is an object, whose ``value`` alone is sent.

    A guess: that ``timezone_name`` may be left out (the account's zone is then meant).
    """

    neutral: ClassVar[str] = "time"
    wrapped: bool = False

    def complaint(self, value: Any) -> Breach | None:
        try:
            if isinstance(value, str) and len(value) in {5, 8}:
                time.fromisoformat(value)
                return None
        except ValueError:
            pass
        return "time", f"{value!r} is no time of day (HH:MM:SS)"

    def canonical(self, value: Any) -> Any:
        return f"{value}:00" if isinstance(value, str) and len(value) == 5 else value or None

    def outgoing(self, value: Any) -> Any:
        return {"value": value} if self.wrapped else value

    def incoming(self, raw: Any) -> Any:
        return self.canonical(scalar_of(raw))


@dataclass(frozen=True)
class Instant(Form):
    """A moment in UTC by the whole second: v2 refuses fractions, v1 has a spelling of its own."""

    neutral: ClassVar[str] = "datetime"
    spaced: bool = False

    def complaint(self, value: Any) -> Breach | None:
        try:
            if isinstance(value, str) and INSTANT.fullmatch(value):
                datetime.strptime(value, "%Y-%m-%dT%H:%M:%S%z")
                return None
        except ValueError:
            pass
        return "date", f"{value!r} is no instant (YYYY-MM-DDTHH:MM:SSZ)"

    def outgoing(self, value: Any) -> Any:
        return str(value).replace("T", " ").rstrip("Z") if self.spaced and value else value

    def incoming(self, raw: Any) -> Any:
        return f"{raw[:10]}T{raw[11:19]}Z" if raw else None


@dataclass(frozen=True)
class Reference(Form):
    """Another record, by its id; leads have UUIDs, everything else whole numbers."""

    neutral: ClassVar[str] = "reference"
    to: str = ""
    numeric: bool = True

    def complaint(self, value: Any) -> Breach | None:
        if isinstance(value, bool) or not isinstance(value, str | int):
            return "type", f"the id of one of {self.to} wanted, not {value!r}"
        if self.numeric and not str(value).isdecimal():
            return "type", f"the numeric id of one of {self.to} wanted, not {value!r}"
        return None

    def canonical(self, value: Any) -> Any:
        return None if value in (None, "") else str(value)

    def outgoing(self, value: Any) -> Any:
        return int(str(value)) if self.numeric and value is not None else value

    def incoming(self, raw: Any) -> Any:
        bare = scalar_of(raw)
        return None if bare in (None, 0, "") else str(bare)


@dataclass(frozen=True)
class Opaque(Form):
    """A type that has no neutral counterpart (date range, time range): shown, never written."""

    def complaint(self, value: Any) -> Breach | None:
        return "type", f"fields of this type cannot be written by this target (got {value!r})"

    def incoming(self, raw: Any) -> Any:
        return None if raw is None else str(raw)
