"""Indexes: which records hold a value in a field that is looked up by its value."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.sandbox.salesforce.sobject import Field, Sobject

Row = dict[str, Any]


class Index:
    """External ids, unique fields and references, each by value."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], dict[Any, dict[str, None]]] = defaultdict(dict)
        self._fields: dict[str, tuple[int, list[Field], list[Field]]] = {}

    def ids(self, sobject: str, one: Field, value: Any) -> list[str]:
        """The records that hold this value."""
        return list(self._found[sobject, one.name].get(_key(one, value), ()))

    def unique(self, made: Sobject) -> list[Field]:
        """Fields of which no two records may hold one value."""
        return self._known(made)[1]

    def add(self, made: Sobject, row: Row) -> None:
        for one in self._known(made)[0]:
            value = row.get(one.name)
            if value is not None:
                key = _key(one, value)
                self._found[made.name, one.name].setdefault(key, {})[row["Id"]] = None

    def drop(self, made: Sobject, row: Row) -> None:
        for one in self._known(made)[0]:
            value = row.get(one.name)
            if value is not None:
                held = self._found[made.name, one.name].get(_key(one, value))
                if held is not None:
                    held.pop(row["Id"], None)
                    if not held:
                        del self._found[made.name, one.name][_key(one, value)]

    def rebuild(self, made: Sobject, rows: Iterable[Row]) -> None:
        self.forget(made.name)
        for row in rows:
            self.add(made, row)

    def forget(self, sobject: str) -> None:
        self._fields.pop(sobject, None)
        for key in [key for key in self._found if key[0] == sobject]:
            del self._found[key]

    def _known(self, made: Sobject) -> tuple[list[Field], list[Field]]:
        known = self._fields.get(made.name)
        if known is None or known[0] != len(made.fields):
            unique = [one for one in made.fields.values() if one.has("q") or one.has("Q")]
            looked_up = [
                one
                for one in made.fields.values()
                if one.has("x")
                or (one.has("i") and one.name != "Id")
                or one.has("q")
                or one.has("Q")
                or (one.type == "reference" and not one.name.endswith("ById"))
            ]
            known = self._fields[made.name] = (len(made.fields), looked_up, unique)
        return known[1], known[2]


def _key(one: Field, value: Any) -> Any:
    """Texts are looked up without regard to capitals, unless the field says otherwise."""
    if isinstance(value, str) and one.type != "reference" and not one.has("Q"):
        return value.lower()
    return value
