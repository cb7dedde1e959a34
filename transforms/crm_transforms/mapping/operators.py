"""What compiled expressions do where Python would be unsafe, inexact or unkind to null."""

from __future__ import annotations

import operator
from decimal import Context, Decimal
from typing import TYPE_CHECKING, Any

from crm_transforms.mapping.coercion import EXACT, WrongKindError, exactly, kind_of, number_of

if TYPE_CHECKING:
    from collections.abc import Callable

DIVISION = Context(prec=28)
"""Quotients are rounded to 28 significant digits, half to even; all else is exact."""


def member(value: Any, name: str) -> Any:
    """``value.name``: null for a null row and for a missing column."""
    if value is None:
        return None
    if value.__class__ is dict:
        return value.get(name)
    raise ValueError(f'only a row has members; "{name}" was asked of {kind_of(value)}')


def item(value: Any, index: Any) -> Any:
    """``value[index]``: null where there is nothing at that place."""
    if value is None or index is None:
        return None
    if isinstance(index, str):
        return member(value, index)
    if index.__class__ is int and isinstance(value, str | list):
        return value[index] if -len(value) <= index < len(value) else None
    raise ValueError(f"{kind_of(value)} has no place [{kind_of(index)}]")


def part(value: Any, start: Any, stop: Any) -> Any:
    """``value[start:stop]`` of text or a list."""
    if value is None:
        return None
    if not isinstance(value, str | list):
        raise WrongKindError("[:]", "text or a list", value)
    for bound in (start, stop):
        if bound is not None and bound.__class__ is not int:
            raise ValueError(f"text and lists are cut at whole numbers, not at {kind_of(bound)}")
    return value[start:stop]


def each(value: Any) -> Any:
    """The elements of a list; none for null."""
    if value.__class__ is list:
        return value
    if value is None:
        return ()
    raise WrongKindError("a comprehension", "a list", value)


def within(value: Any, container: Any) -> bool | None:
    """``value in container``."""
    if container is None:
        return None
    if isinstance(container, list):
        return value in container
    if isinstance(container, str):
        if value is None:
            return None
        if isinstance(value, str):
            return value in container
        raise ValueError(f"only text can be in text, not {kind_of(value)}")
    raise WrongKindError('"in"', "a list or text", container)


def not_within(value: Any, container: Any) -> bool | None:
    """``value not in container``."""
    found = within(value, container)
    return None if found is None else not found


def _comparison(sign: str, holds: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool | None]:
    asked_by = f'"{sign}"'

    def compare(left: Any, right: Any) -> bool | None:
        if left is None or right is None:
            return None
        if left.__class__ is str and right.__class__ is str:
            return holds(left, right)
        if left.__class__ is str or right.__class__ is str:
            raise ValueError(f"{asked_by} cannot compare {kind_of(left)} with {kind_of(right)}")
        return holds(number_of(left, asked_by), number_of(right, asked_by))

    return compare


less = _comparison("<", operator.lt)
at_most = _comparison("<=", operator.le)
more = _comparison(">", operator.gt)
at_least = _comparison(">=", operator.ge)


def _arithmetic(sign: str, whole: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    asked_by = f'"{sign}"'
    exact = {"+": EXACT.add, "-": EXACT.subtract, "*": EXACT.multiply}[sign]

    def calculate(left: Any, right: Any) -> Any:
        if left is None or right is None:
            return None
        if left.__class__ is int and right.__class__ is int:
            return whole(left, right)
        return exactly(exact, number_of(left, asked_by), number_of(right, asked_by))

    return calculate


_add = _arithmetic("+", operator.add)
subtract = _arithmetic("-", operator.sub)
multiply = _arithmetic("*", operator.mul)


def add(left: Any, right: Any) -> Any:
    """``left + right`` of two numbers or two texts."""
    if left.__class__ is str and right.__class__ is str:
        return left + right
    return _add(left, right)


def divide(left: Any, right: Any) -> Decimal | None:
    """``left / right``."""
    if left is None or right is None:
        return None
    dividend, divisor = number_of(left, '"/"'), number_of(right, '"/"')
    if divisor == 0:
        raise ValueError("division by zero")
    return exactly(DIVISION.divide, dividend, divisor)


def negative(value: Any) -> int | Decimal | None:
    """``-value``."""
    if value is None:
        return None
    number = number_of(value, '"-"')
    return -number if isinstance(number, int) else number.copy_negate()


def listed(elements: list[Any]) -> list[Any] | None:
    """The elements that are not null; null when none is left."""
    return [element for element in elements if element is not None] or None


def record(members: dict[str, Any]) -> dict[str, Any] | None:
    """The members that are not null; null when none is left."""
    return {name: value for name, value in members.items() if value is not None} or None


def listed_record(members: dict[str, Any], varying: tuple[str, ...]) -> dict[str, Any] | None:
    """As :func:`record`, and null when all is null but what stands literally in the document."""
    return record(members) if any(members[name] is not None for name in varying) else None
