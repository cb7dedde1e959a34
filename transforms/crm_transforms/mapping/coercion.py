"""What the values of a row are, and how they are written as text, number, key and output."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timezone
from decimal import Context, Decimal, DivisionByZero, Inexact, InvalidOperation, Overflow
from typing import Any, TypeAlias

import msgspec

Row: TypeAlias = "Mapping[str, Any]"
Scalar: TypeAlias = "bool | int | Decimal | str | None"

MAX_DIGITS = 400
"""Places between a number's first digit and its point: ``1E+999999999`` is a gigabyte of text."""

MAX_SHOWN = 80
"""Characters of a value that an error message repeats."""

EXACT = Context(prec=2 * MAX_DIGITS, traps=[Inexact, InvalidOperation, DivisionByZero, Overflow])

_UNCHANGED = frozenset({str, int, bool, type(None)})
_json = msgspec.json.Encoder(decimal_format="number", order="sorted")


def kind_of(value: object) -> str:
    """The kind of a value in the words of an error message."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float | Decimal):
        return "a number"
    if isinstance(value, str):
        return "text"
    if isinstance(value, list | tuple):
        return "a list"
    return "a row" if isinstance(value, Mapping) else f"a {type(value).__name__}"


class WrongKindError(ValueError):
    """A value is of a kind that cannot be used here, e.g. text where a number is needed."""

    def __init__(self, asked_by: str, needed: str, value: object, hint: str = "") -> None:
        super().__init__(f"{asked_by} needs {needed}, not {kind_of(value)}{hint}")


def shown(value: object) -> str:
    """A value as it stands in an error message."""
    if isinstance(value, str):
        text = f'"{value}"'
    elif isinstance(value, bool | int | Decimal):
        text = str(value)
    else:
        return kind_of(value)
    return text if len(text) <= MAX_SHOWN else f"{text[: MAX_SHOWN - 2]} …"


def bounded(value: Decimal) -> Decimal:
    """The decimal itself, if writing it out takes no more room than it took to send it.

    Raises:
        ValueError: not finite, or its first digit is over 400 places from the point.
    """
    if value.is_finite() and -MAX_DIGITS <= value.adjusted() <= MAX_DIGITS:
        return value
    raise ValueError(f"{value:.6e} is no number that can be written out")


def exactly(operation: Callable[..., Decimal], *operands: Any) -> Decimal:
    """Carry out a decimal operation.

    Raises:
        ValueError: the exact result has more digits than :data:`EXACT` holds.
    """
    try:
        return operation(*operands)
    except ArithmeticError as error:
        raise ValueError(f"the result has more than {EXACT.prec} digits") from error


def number_of(value: object, asked_by: str) -> int | Decimal:
    """A number as a number; text is not taken for one.

    Raises:
        ValueError: anything else, with a hint at the conversion.
    """
    if value.__class__ is int or value.__class__ is Decimal:
        return value
    if isinstance(value, float):
        return Decimal(repr(value))
    hint = "; convert it with decimal(…)" if isinstance(value, str) else ""
    raise WrongKindError(asked_by, "a number", value, hint)


def text_of(value: object) -> str:
    """A scalar as text: text unchanged, ``true``/``false``, numbers without an exponent.

    Raises:
        ValueError: a list, a row or null.
    """
    if value.__class__ is str:
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float | Decimal):
        return f"{bounded(value if isinstance(value, Decimal) else Decimal(repr(value))):f}"
    raise WrongKindError("a text", "text, a number, true or false", value)


def canonical_number(value: Decimal | float) -> int | Decimal:
    """``int`` when integral, else the decimal without trailing zeros; the value never changes."""
    number = bounded(value if value.__class__ is Decimal else Decimal(repr(value)))
    whole = int(number)
    return whole if whole == number else exactly(number.normalize, EXACT)


def canonical(value: Any) -> Any:
    """A value as destinations get it: equal values are equal JSON.

    Integral decimals become ``int``, others lose trailing zeros, dates are ISO text, instants are
    ``YYYY-MM-DDTHH:MM:SSZ``. Text is never touched.

    Raises:
        ValueError: no JSON value, or an instant without an offset.
    """
    if value.__class__ in _UNCHANGED:
        return value
    if value.__class__ is Decimal or isinstance(value, float):
        return canonical_number(value)
    if isinstance(value, list | tuple):
        return [canonical(element) for element in value]
    if isinstance(value, Mapping):
        return {name: canonical(member) for name, member in value.items()}
    return _canonical_moment(value)


def _canonical_moment(value: object) -> str:
    if isinstance(value, datetime):
        if value.utcoffset() is None:
            raise ValueError(f"{value.isoformat()} has no UTC offset")
        instant = value.astimezone(timezone.utc).replace(tzinfo=None, microsecond=0)
        return f"{instant.isoformat()}Z"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.replace(microsecond=0).isoformat()
    raise WrongKindError("a field", "something that JSON can say", value)


def scalar_key(value: object) -> str:
    """A scalar as the text under which value maps and records are found: 5, 5.0 and "5" are one.

    Raises:
        ValueError: a list, a row or null.
    """
    if isinstance(value, Decimal | float):
        value = canonical_number(value)
    return text_of(value)


def record_key(value: object) -> str | None:
    """The key of a record as text; null and blank text are no key.

    Raises:
        ValueError: a list, a row, true or false.
    """
    if value.__class__ is int:
        return str(value)
    if value.__class__ is str:
        return value if value.strip() else None
    if value is None:
        return None
    if isinstance(value, bool):
        raise WrongKindError("a key", "text or a number", value)
    return scalar_key(value)


def reference_keys(value: object) -> str | tuple[str, ...] | None:
    """The key or, for a list, the distinct keys of the records that are meant; none is null.

    Raises:
        ValueError: something that cannot be a key.
    """
    if value.__class__ is not list:
        return record_key(value)
    keys = (record_key(element) for element in value)
    return tuple(dict.fromkeys(key for key in keys if key is not None)) or None


def column_value(value: Any) -> Any:
    """A column carried by rule: scalars as they are, lists of scalars and rows as one text."""
    if isinstance(value, list):
        if not any(isinstance(element, list | Mapping) for element in value):
            return ", ".join(text_of(element) for element in value if element is not None) or None
        return _json.encode(canonical(value)).decode()
    if isinstance(value, Mapping):
        return _json.encode(canonical(value)).decode() if value else None
    return canonical(value)


def column_text(value: Any) -> str | None:
    """A column carried by rule into a field of text."""
    carried = column_value(value)
    return None if carried is None else text_of(carried)


def filled_text(value: Any) -> str | None:
    """Any value as one text; null, blank text and an empty list are none."""
    text = column_text(value)
    return text if text is not None and text.strip() else None


def labelled_lines(*labelled: tuple[str, Any]) -> str | None:
    """One line ``label: value`` for each value that is there."""
    values = ((label, column_text(value)) for label, value in labelled)
    return "\n".join(f"{label}: {text}" for label, text in values if text is not None) or None
