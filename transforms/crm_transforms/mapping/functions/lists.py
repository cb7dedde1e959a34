"""Lists: the rows of a join, array columns, comprehensions; and the choice between values."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from crm_transforms.mapping.coercion import WrongKindError
from crm_transforms.mapping.operators import less, member


def _list(values: Any, asked_by: str) -> list[Any]:
    if isinstance(values, list):
        return values
    raise WrongKindError(asked_by, "a list", values)


def count(values: Any) -> int:
    """How many elements a list has."""
    return len(_list(values, "count"))


def first(values: Any) -> Any:
    """The first element of a list."""
    return next(iter(_list(values, "first")), None)


def last(values: Any) -> Any:
    """The last element of a list."""
    return next(reversed(_list(values, "last")), None)


def distinct(values: Any) -> list[Any]:
    """A list without repetitions."""
    seen: dict[Hashable, Any] = {}
    for value in _list(values, "distinct"):
        seen.setdefault(value if isinstance(value, Hashable) else repr(value), value)
    return list(seen.values())


def sorted_by(values: Any, field: str | None = None, *, descending: bool = False) -> list[Any]:
    """A list in order of a field of its rows, or of its elements; nulls come last."""
    if not (field is None or isinstance(field, str)) or not isinstance(descending, bool):
        raise ValueError("sorted_by needs the name of a field, and True or False for descending")
    elements = _list(values, "sorted_by")
    keyed = [(value if field is None else member(value, field), value) for value in elements]
    present = [pair for pair in keyed if pair[0] is not None]
    present.sort(key=_Ordered, reverse=descending)
    return [value for _, value in present] + [value for key, value in keyed if key is None]


class _Ordered:
    """Orders pairs by their first member as ``<`` of the language does; refuses mixed kinds."""

    __slots__ = ("value",)

    def __init__(self, pair: tuple[Any, Any]) -> None:
        self.value = pair[0]

    def __lt__(self, other: _Ordered) -> bool:
        return bool(less(self.value, other.value))


def coalesce(*values: Any) -> Any:
    """The first value that is neither null, blank nor an empty list."""
    for value in values:
        if isinstance(value, str):
            if value.strip():
                return value
        elif value is not None and value != []:
            return value
    return None


def need(value: Any, reason: Any) -> Any:
    """The value; where it is null the row is rejected for the `reason`."""
    if value is None:
        raise ValueError(str(reason or "a value is needed"))
    return value


def default(value: Any, fallback: Any) -> Any:
    """The value, or `fallback` when it is null."""
    return fallback if value is None else value


def smallest(*values: Any) -> Any:
    """The smallest of the values that are there; lists count as their elements."""
    result = None
    for value in _present(values):
        if result is None or less(value, result):
            result = value
    return result


def largest(*values: Any) -> Any:
    """The largest of the values that are there; lists count as their elements."""
    result = None
    for value in _present(values):
        if result is None or less(result, value):
            result = value
    return result


def _present(values: tuple[Any, ...]) -> list[Any]:
    result: list[Any] = []
    for value in values:
        if isinstance(value, list):
            result.extend(element for element in value if element is not None)
        elif value is not None:
            result.append(value)
    return result
