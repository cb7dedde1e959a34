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
"""Digits before or after the point; ``1E+999999999`` would be a gigabyte of text."""

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
    """The decimal itself.

    Raises:
        ValueError: not finite, or more than 400 digits before or after the point.
    """
    if not value.is_finite():
        raise ValueError(f"{value} is no number")
    exponent = value.as_tuple().exponent
    if value.adjusted() > MAX_DIGITS or (isinstance(exponent, int) and exponent < -MAX_DIGITS):
        raise ValueError(f"a number may have {MAX_DIGITS} digits on each side of its point")
    return value


def exactly(operation: Callable[..., Decimal], *operands: int | Decimal) -> Decimal:
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
    if value.__class__ is int:
        return value
    if isinstance(value, Decimal):
        return bounded(value)
    if isinstance(value, float):
        return bounded(Decimal(repr(value)))
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
    if isinstance(value, int | float | Decimal):
        number = number_of(value, "text")
        return f"{number:f}" if isinstance(number, Decimal) else str(number)
    raise WrongKindError("a text", "text, a number, true or false", value)


def canonical_number(value: Decimal | float) -> int | Decimal:
    """``int`` when integral, else the decimal without trailing zeros; the value never changes."""
    value = bounded(value if isinstance(value, Decimal) else Decimal(repr(value)))
    if value == value.to_integral_value():
        return int(value)
    return value.normalize(EXACT)


def canonical(value: Any) -> Any:
    """A value as destinations get it: equal values are equal JSON.

    Integral decimals become ``int``, others lose trailing zeros, dates are ISO text, instants are
    ``YYYY-MM-DDTHH:MM:SSZ``. Text is never touched.

    Raises:
        ValueError: no JSON value, or an instant without an offset.
    """
    if value.__class__ in _UNCHANGED:
        return value
    if isinstance(value, Decimal | float):
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
    if not isinstance(value, list | tuple):
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


def labelled_lines(*labelled: tuple[str, Any]) -> str | None:
    """One line ``label: value`` for each value that is there."""
    values = ((label, column_value(value)) for label, value in labelled)
    return "\n".join(f"{label}: {text_of(v)}" for label, v in values if v is not None) or None
