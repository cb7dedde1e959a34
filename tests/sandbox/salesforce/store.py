"""The records of an org: those that live, those in the recycle bin, and how to undo a change."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.sandbox.salesforce.clock import Clock
from tests.sandbox.salesforce.ids import make_id, whole_id
from tests.sandbox.salesforce.index import Index
from tests.sandbox.salesforce.problem import Problem, Saved
from tests.sandbox.salesforce.shape import Shapes
from tests.sandbox.salesforce.sobject import read_tables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.sandbox.salesforce.sobject import Field, Sobject

Row = dict[str, Any]
ALL_OR_NONE = (
    "Record rolled back because not all records were valid and the request was using AllOrNone"
    " header"
)


class Commit(NamedTuple):
    """Something that took effect: ``operation`` is insert, update or delete."""

    number: int
    operation: str
    sobject: str
    id: str
    fields: Row


class Store:
    """Objects, records by object and id, and indexes of them.

    Attributes:
        objects: all sObjects by name.
        rows: live records; binned: those in the recycle bin.
        blobs: bytes that records carry, by id.
        commits: all that took effect.
    """

    def __init__(self) -> None:
        self.objects: dict[str, Sobject] = read_tables()
        self.rows: dict[str, dict[str, Row]] = {name: {} for name in self.objects}
        self.binned: dict[str, dict[str, Row]] = {name: {} for name in self.objects}
        self.blobs: dict[str, bytes] = {}
        self.commits: list[Commit] = []
        self.clock = Clock()
        self.shapes = Shapes()
        self.index = Index(self.shapes)
        self._counters: dict[str, Iterator[int]] = {}
        self._undo: list[Callable[[], None]] | None = None

    # Looking

    def find(self, sobject: str, record_id: str) -> Row | None:
        """A live record."""
        return self.rows[sobject].get(record_id) if sobject in self.rows else None

    def sobject_of(self, record_id: str) -> str | None:
        """The object whose record this is, by its prefix; a note is a document too."""
        found = None
        for name, sobject in self.objects.items():
            if sobject.prefix == record_id[:3]:
                if record_id in self.rows[name]:
                    return name
                found = found or name
        return found

    def children(self, sobject: str, name: str, record_id: str) -> list[Row]:
        """The live records that refer to another one by this field."""
        one = self.objects[sobject].fields[name]
        return [self.rows[sobject][each] for each in self.index.ids(sobject, one, record_id)]

    def with_value(self, made: Sobject, key: Field, value: Any) -> list[str]:
        """Ids of the live records that hold a value in an indexed field."""
        if key.name == "Id":
            found = whole_id(value)
            return [found] if found in self.rows[made.name] else []
        taken, problem = self.shapes.of(made).checks[key.name](value)
        if problem is not None or taken is None:
            return []
        return self.index.ids(made.name, key, taken)

    # Changing

    def new_id(self, made: Sobject) -> str:
        return make_id(made.prefix, self.next(made.prefix))

    def next(self, of: str) -> int:
        """The next number of a row of numbers."""
        return next(self._counters.setdefault(of, count(1)))

    def counted(self, name: str, number: int) -> None:
        """So many records of an object were put in beside the API."""
        self._counters[name] = count(number + 1)
        if name in self.objects:
            self._counters[self.objects[name].prefix] = count(number + 1)

    def put(self, made: Sobject, row: Row) -> None:
        """Take a new record in."""
        self.rows[made.name][row["Id"]] = row
        self.index.add(made, row)
        if self._undo is not None:
            self._undo.append(lambda: self._forget(made, row))

    def change(self, made: Sobject, row: Row, values: Row) -> None:
        """Give a record other values; None empties a field."""
        self.keep(made, row)
        self.index.drop(made, row)
        for name, value in values.items():
            if value is None:
                row.pop(name, None)
            else:
                row[name] = value
        self.index.add(made, row)

    def put_blob(self, record_id: str, blob: bytes) -> None:
        """Give a record other bytes."""
        before = self.blobs.get(record_id)
        if self._undo is not None and before is not None:
            self._undo.append(lambda: self.blobs.__setitem__(record_id, before))
        self.blobs[record_id] = blob

    def keep(self, made: Sobject, row: Row) -> None:
        """Remember a record as it is now, should the change to come be undone."""
        if self._undo is not None:
            before = dict(row)
            self._undo.append(lambda: self._restore(made, row, before))

    def take(self, made: Sobject, row: Row, *, hard: bool) -> bool:
        """Move a record to the recycle bin, or out of it all; False where it has gone already."""
        if self.rows[made.name].pop(row["Id"], None) is None:
            return False
        self.keep(made, row)
        self.index.drop(made, row)
        if hard and self._undo is None:
            self.blobs.pop(row["Id"], None)
        if not hard:
            row |= {"IsDeleted": True, "SystemModstamp": self.clock.stamp()}
            self.binned[made.name][row["Id"]] = row
        return True

    def commit(self, operation: str, sobject: str, record_id: str, fields: Row) -> None:
        self.commits.append(Commit(len(self.commits) + 1, operation, sobject, record_id, fields))

    def saved_together(self, work: Callable[[], list[Saved]]) -> list[Saved]:
        """Do some work wholly, or not at all where one of its records is refused."""
        commits, outer = len(self.commits), self._undo
        self._undo = undo = []
        try:
            saved = work()
        finally:
            self._undo = outer
        if all(one.success for one in saved):
            if outer is not None:
                outer += undo
            return saved
        for step in reversed(undo):
            step()
        del self.commits[commits:]
        rolled = Problem("ALL_OR_NONE_OPERATION_ROLLED_BACK", ALL_OR_NONE)
        return [Saved(None, False, one.problems or (rolled,)) for one in saved]

    # Fields

    def add_object(self, made: Sobject) -> None:
        self.objects[made.name] = made
        self.rows.setdefault(made.name, {})
        self.binned.setdefault(made.name, {})

    def remove_object(self, name: str) -> None:
        for part in (self.objects, self.rows, self.binned):
            part.pop(name, None)
        self.shapes.forget(name)
        self.index.forget(name)

    def add_field(self, sobject: str, one: Field) -> None:
        """Give an object a field, or another shape to one that it has."""
        self.objects[sobject].fields[one.name] = one
        if one.type == "boolean":  # a box is ticked or not, also in records of before
            for row in self.rows[sobject].values():
                row.setdefault(one.name, bool(one.default))
        self.changed(sobject)

    def remove_field(self, sobject: str, name: str) -> None:
        self.objects[sobject].fields.pop(name, None)
        for rows in (self.rows[sobject], self.binned[sobject]):
            for row in rows.values():
                row.pop(name, None)
        self.changed(sobject)

    def changed(self, sobject: str) -> None:
        """The fields of an object have changed."""
        self.shapes.forget(sobject)
        self.index.rebuild(self.objects[sobject], self.rows[sobject].values())

    # Inside

    def _forget(self, made: Sobject, row: Row) -> None:
        self.rows[made.name].pop(row["Id"], None)
        self.index.drop(made, row)
        self.blobs.pop(row["Id"], None)

    def _restore(self, made: Sobject, row: Row, before: Row) -> None:
        self.index.drop(made, row)
        self.binned[made.name].pop(row["Id"], None)
        row.clear()
        row.update(before)
        self.rows[made.name][row["Id"]] = row
        self.index.add(made, row)
