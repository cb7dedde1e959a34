"""Exact numbers. Nothing here goes through binary fractions."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

from crm_transforms.mapping.coercion import (
    EXACT,
    MAX_DIGITS,
    WrongKindError,
    bounded,
    canonical_number,
    exactly,
    number_of,
    shown,
)

_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?", re.ASCII)
_ROUNDING = Context(prec=EXACT.prec)
_TRUE = frozenset({"true", "t", "yes", "y", "on", "1"})
_FALSE = frozenset({"false", "f", "no", "n", "off", "0"})


def decimal(value: Any) -> int | Decimal | None:
    """An exact number from a number, or from text with a decimal point."""
    if not isinstance(value, str):
        return number_of(value, "decimal")
    text = value.strip()
    if not text:
        return None
    if not _NUMBER.fullmatch(text) or len(text) > 2 * MAX_DIGITS:
        raise ValueError(f"{shown(value)} is no number")
    return bounded(Decimal(text))


def integer(value: Any) -> int | None:
    """A whole number from a number or text."""
    number = decimal(value)
    whole = canonical_number(number) if isinstance(number, Decimal) else number
    if whole is None or isinstance(whole, int):
        return whole
    raise ValueError(f"{shown(value)} is no whole number")


def boolean(value: Any) -> bool | None:
    """True or false, from these, 1, 0 or a word.

    The words are true, yes, y, t, on and false, no, n, f, off.
    """
    if isinstance(value, bool):
        return value
    word = value.strip().casefold() if isinstance(value, str) else str(integer(value))
    if word in _TRUE or word in _FALSE:
        return word in _TRUE
    if not word:
        return None
    raise ValueError(f"{shown(value)} is neither yes nor no")


def total(values: Any) -> int | Decimal:
    """The exact sum of a list of numbers; nulls are left out."""
    if not isinstance(values, list):
        raise WrongKindError("total", "a list", values)
    result: int | Decimal = 0
    for value in values:
        if value is not None:
            result = exactly(EXACT.add, result, number_of(value, "total"))
    return result


def round_half_up(value: Any, places: int = 0) -> Decimal:
    """A number rounded to `places` after the point; halves go away from zero."""
    if places.__class__ is not int or not 0 <= places <= 20:
        raise ValueError(f"a number is rounded to 0 … 20 places, not {shown(places)}")
    number = Decimal(number_of(value, "round_half_up"))
    unit = Decimal(1).scaleb(-places)
    return exactly(lambda rounded: rounded.quantize(unit, ROUND_HALF_UP, _ROUNDING), number)


def absolute(value: Any) -> int | Decimal:
    """A number without its sign."""
    number = number_of(value, "abs")
    return abs(number) if isinstance(number, int) else number.copy_abs()
