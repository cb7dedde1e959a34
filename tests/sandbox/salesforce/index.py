"""Indexes: which records hold a value in a field that is looked up by its value."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.sandbox.salesforce.shape import Shapes
    from tests.sandbox.salesforce.sobject import Field, Sobject

Row = dict[str, Any]


class Index:
    """External ids, unique fields and references, each by value."""

    def __init__(self, shapes: Shapes) -> None:
        self._shapes = shapes
        # A value that only one record has is kept without a dict of its own.
        self._found: dict[str, dict[str, dict[Any, str | dict[str, None]]]] = defaultdict(
            lambda: defaultdict(dict)
        )

    def ids(self, sobject: str, one: Field, value: Any) -> list[str]:
        """The records that hold this value."""
        held = self._found[sobject][one.name].get(_key(one, value))
        if held is None:
            return []
        return [held] if isinstance(held, str) else list(held)

    def add(self, made: Sobject, row: Row) -> None:
        found = self._found[made.name]
        for one in self._shapes.of(made).indexed:
            value = row.get(one.name)
            if value is None:
                continue
            by_value, key = found[one.name], _key(one, value)
            held = by_value.setdefault(key, row["Id"])
            if isinstance(held, dict):
                held[row["Id"]] = None
            elif held != row["Id"]:
                by_value[key] = {held: None, row["Id"]: None}

    def drop(self, made: Sobject, row: Row) -> None:
        found = self._found[made.name]
        for one in self._shapes.of(made).indexed:
            value = row.get(one.name)
            if value is None:
                continue
            by_value, key = found[one.name], _key(one, value)
            held = by_value.get(key)
            if isinstance(held, dict):
                held.pop(row["Id"], None)
            if held == row["Id"] or held == {}:
                del by_value[key]

    def rebuild(self, made: Sobject, rows: Iterable[Row]) -> None:
        self.forget(made.name)
        for row in rows:
            self.add(made, row)

    def forget(self, sobject: str) -> None:
        self._found.pop(sobject, None)


def _key(one: Field, value: Any) -> Any:
    """Texts are looked up without regard to capitals, unless the field says otherwise."""
    if isinstance(value, str) and one.type != "reference" and not one.has("Q"):
        return value.lower()
    return value
