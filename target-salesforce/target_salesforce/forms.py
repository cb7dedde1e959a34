"""Forms: how values of one kind are checked, canonised, sent and read back.

Canonical is what :meth:`Destination.normalise` answers: the value as Salesforce gives it back, or
coarser where nobody documents what becomes of it (blanks around a text, the case of an address).
What is sent is the value itself.

https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/field_types.htm
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, ClassVar

import nh3

Breach = tuple[str, str]
"""The broken rule and a sentence that says how."""

INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
ADDRESS = re.compile(
    r"[^@\s,;:<>()\"]+@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9-]+)+"
)
"""What Salesforce takes for an e-mail address, a little looser than its own rule: the host needs a
dot. https://help.salesforce.com/s/articleView?id=000387560"""
YEARS = (1700, 4000)
"""https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/primitive_data_types.htm"""
WHOLE_DIGITS = 9
"""Of an ``int`` whose describe tells no digits: it has 32 bits."""


def plain(number: Decimal | int) -> Decimal:
    """The same number without exponent, trailing zeros or a negative zero."""
    text = format(Decimal(number), "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return Decimal(0) if text in ("-0", "") else Decimal(text)


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

    def complaint(self, value: Any) -> Breach | None:
        """Why the API would refuse this value (never ``None``), without asking it."""
        raise NotImplementedError

    def canonical(self, value: Any) -> Any:
        """The value as it will be read back; ``None`` where the field would be empty."""
        return value

    def outgoing(self, value: Any) -> Any:
        """A value as the API wants it in JSON."""
        return value

    def incoming(self, raw: Any) -> Any:
        """What the API answered (never ``None``), as a neutral value."""
        return raw


@dataclass(frozen=True)
class Text(Form):
    """Characters; an empty text is none, and blanks around it do not survive.

    A guess: that length counts code points, as Python does.
    """

    length: int | None = None
    kind: str = "text"

    @property
    def type(self) -> str:
        return self.kind

    def complaint(self, value: Any) -> Breach | None:
        if not isinstance(value, str):
            return "type", f"text wanted, not {type(value).__name__}"
        try:
            value.encode()
        except UnicodeEncodeError:
            return "encoding", "a lone surrogate cannot be sent as UTF-8"
        text = value.strip()
        if self.length and len(text) > self.length:
            return "length", f"{len(text)} characters, at most {self.length} are taken"
        return None

    def canonical(self, value: Any) -> Any:
        if value is None:
            return None
        return str(value).replace("\r\n", "\n").replace("\r", "\n").strip() or None


@dataclass(frozen=True)
class Email(Text):
    kind: str = "email"

    def complaint(self, value: Any) -> Breach | None:
        breach = super().complaint(value)
        if breach is None and value.strip() and not ADDRESS.fullmatch(value.strip()):
            return "e-mail", f"{value!r} is no e-mail address"
        return breach

    def canonical(self, value: Any) -> Any:
        text = super().canonical(value)
        return text and text.lower()


@dataclass(frozen=True)
class Html(Text):
    """Rich text, compared by what is left of it once tags are spelt alike."""

    kind: str = "html"

    def canonical(self, value: Any) -> Any:
        return value and (" ".join(nh3.clean(str(value)).split()) or None)


@dataclass(frozen=True)
class Number(Form):
    """An exact number; digits beyond the scale are sent, and compared rounded half up."""

    kind: str = "decimal"
    precision: int = 18
    scale: int = 0

    @property
    def type(self) -> str:
        return self.kind

    def complaint(self, value: Any) -> Breach | None:
        exact = isinstance(value, int | Decimal) and not isinstance(value, bool)
        if not exact or not Decimal(value).is_finite():
            return "type", f"a number wanted, not {value!r}"
        number = plain(value)
        if self.kind == "integer" and number != number.to_integral_value():
            return "type", f"a whole number wanted, not {number}"
        digits = self.precision - self.scale
        if abs(number) >= Decimal(10) ** digits:
            return "range", f"{number} has more than {digits} digits before the point"
        return None

    def canonical(self, value: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            return value
        if self.kind == "integer":
            return int(value)
        try:
            return plain(Decimal(value).quantize(Decimal(1).scaleb(-self.scale), ROUND_HALF_UP))
        except InvalidOperation:
            return plain(value)

    def incoming(self, raw: Any) -> Any:
        number = plain(Decimal(str(raw)))
        return int(number) if self.kind == "integer" else number


@dataclass(frozen=True)
class Flag(Form):
    neutral: ClassVar[str] = "boolean"
    empty: ClassVar[Any] = False

    def complaint(self, value: Any) -> Breach | None:
        if not isinstance(value, bool):
            return "type", f"true or false wanted, not {value!r}"
        return None


@dataclass(frozen=True)
class Date(Form):
    neutral: ClassVar[str] = "date"

    def complaint(self, value: Any) -> Breach | None:
        try:
            if isinstance(value, str) and date.fromisoformat(value).isoformat() == value:
                return _year(value)
        except ValueError:
            pass
        return "date", f"{value!r} is no day of the calendar (YYYY-MM-DD)"

    def incoming(self, raw: Any) -> Any:
        return str(raw)[:10]


@dataclass(frozen=True)
class Time(Form):
    neutral: ClassVar[str] = "time"

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
        return f"{self.canonical(value)}.000Z"

    def incoming(self, raw: Any) -> Any:
        return str(raw)[:8]


@dataclass(frozen=True)
class Instant(Form):
    """A moment in UTC by the whole second."""

    neutral: ClassVar[str] = "datetime"

    def complaint(self, value: Any) -> Breach | None:
        try:
            if isinstance(value, str) and INSTANT.fullmatch(value):
                datetime.strptime(value, "%Y-%m-%dT%H:%M:%S%z")
                return _year(value)
        except ValueError:
            pass
        return "date", f"{value!r} is no instant (YYYY-MM-DDTHH:MM:SSZ)"

    def incoming(self, raw: Any) -> Any:
        # Answers are in UTC: 2019-02-06T11:45:31.000+0000.
        return f"{str(raw)[:19]}Z"


@dataclass(frozen=True)
class Opaque(Form):
    """A type that has no neutral counterpart (compound address, location): shown, not written."""

    kind: str = "text"

    @property
    def type(self) -> str:
        return self.kind

    def complaint(self, value: Any) -> Breach | None:
        return "type", f"fields of this type cannot be written by this target (got {value!r})"

    def incoming(self, raw: Any) -> Any:
        return raw if isinstance(raw, dict) else str(raw)


@dataclass(frozen=True)
class File(Form):
    """Bytes that lie elsewhere. Read back, only their size is known."""

    neutral: ClassVar[str] = "file"

    def complaint(self, value: Any) -> Breach | None:
        if not isinstance(value, dict) or not value.get("path"):
            return "type", "a stored file with its path wanted"
        size = value.get("size")
        if size is not None and (isinstance(size, bool) or not isinstance(size, int)):
            return "type", f"size in bytes wanted, not {size!r}"
        return None

    def canonical(self, value: Any) -> Any:
        return {"size": value.get("size")} if isinstance(value, dict) else None


def _year(value: str) -> Breach | None:
    first, last = YEARS
    if not first <= int(value[:4]) <= last:
        return "range", f"{value} is not within the years {first} to {last}"
    return None
