"""Rows of one object, with ids that only ever grow."""

from __future__ import annotations

from bisect import insort
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    Row = dict[str, Any]


class Table:
    """Live rows, deleted rows, and the ids per value of the indexed columns.

    A row is never changed in place: a write puts a new dict, so that whoever kept the old one
    (the search index) keeps the old state.
    """

    def __init__(self, first_id: int, indexed: tuple[str, ...] = ()) -> None:
        self.rows: dict[int, Row] = {}
        self.deleted: dict[int, tuple[Row, datetime]] = {}
        self.ids: list[int] = []
        self._next_id = first_id
        self._indexes: dict[str, dict[int, list[int]]] = {column: {} for column in indexed}

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Row]:
        return (row for number in self.ids if (row := self.rows.get(number)) is not None)

    def next_id(self) -> int:
        self._next_id += 1
        return self._next_id - 1

    def put(self, row: Row) -> None:
        number = row["id"]
        before = self.rows.get(number)
        if before is None and number not in self.deleted:
            self.ids.append(number)
        self.deleted.pop(number, None)
        self.rows[number] = row
        for column, index in self._indexes.items():
            old, new = before and before[column], row[column]
            if old == new:
                continue
            if old is not None:
                index[old].remove(number)
            if new is not None:
                insort(index.setdefault(new, []), number)

    def remove(self, number: int, at: datetime) -> Row:
        row = self.rows.pop(number)
        for column, index in self._indexes.items():
            if row[column] is not None:
                index[row[column]].remove(number)
        self.deleted[number] = (row, at)
        return row

    def is_indexed(self, column: str) -> bool:
        return column in self._indexes

    def ids_where(self, column: str, value: int) -> Sequence[int]:
        """Ids of the live rows whose indexed `column` holds `value`, ascending."""
        return self._indexes[column].get(value, ())

    def where(self, column: str, value: int) -> Iterator[Row]:
        return (self.rows[number] for number in self.ids_where(column, value))
