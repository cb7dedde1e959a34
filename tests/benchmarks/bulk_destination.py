"""A destination that takes batches of ten thousand and does next to nothing with them.

What a load into it costs is the engine's own. What it was given lies in an SQLite file, so that it
can be read back and the memory of the process is the engine's too.
"""

from __future__ import annotations

import sqlite3
import time
from typing import TYPE_CHECKING, Any

from crm_transforms.canonical import decode, encode
from crm_transforms.destination import (
    Cost,
    FieldSpec,
    Identity,
    Kind,
    Limits,
    ObjectSpec,
    Status,
    Verdict,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from typing import ParamSpec, TypeVar

    from crm_transforms.destination import Handle, Operation, Person, Record

    P = ParamSpec("P")
    T = TypeVar("T")

BATCH = 10_000
FIELDS = {
    "accounts": ("source_id", "name", "email", "city"),
    "deals": ("source_id", "title", "account_id", "status", "value", "hours", "note", "created_at"),
}


class BulkDestination:
    """Implements :class:`~crm_transforms.destination.Destination`.

    Args:
        path: the file for what is written.
        objects: the fields of each object.

    Attributes:
        seconds: processor time spent in here, which is not the engine's.
        writes: how many batches came; ``reads`` likewise.
    """

    name = "bulk"

    def __init__(self, path: str, objects: Mapping[str, Sequence[str]] = FIELDS) -> None:
        self._objects = objects
        self._file = sqlite3.connect(path, isolation_level=None)
        self._file.execute("PRAGMA synchronous = OFF")
        self._file.execute("PRAGMA journal_mode = OFF")
        self._file.execute("CREATE TABLE IF NOT EXISTS record (id INTEGER PRIMARY KEY, body BLOB)")
        self.seconds = 0.0
        self.writes = self.reads = 0

    def use(
        self, key_fields: Mapping[str, str], open_choices: Mapping[str, Collection[str]]
    ) -> None:
        pass

    def identity(self) -> Identity:
        return Identity("bulk:1", "Bulk", "https://bulk.example")

    def spent(self) -> dict[str, int]:
        return {"requests": self.writes + self.reads}

    def limits(self) -> Limits:
        return Limits()

    def describe(self, object_name: str) -> ObjectSpec:
        names = self._objects[object_name]
        return ObjectSpec(object_name, {name: FieldSpec(name, "text") for name in names})

    def people(self) -> list[Person]:
        return []

    def find(self, object_name: str, wanted: Sequence[Record]) -> list[list[str]]:
        del object_name
        return [[] for _ in wanted]

    def mark(self, object_names: Iterable[str]) -> dict[str, str]:
        return dict.fromkeys(object_names, "0")

    def batch_size(self, object_name: str) -> int:
        del object_name
        return BATCH

    def held_as(self, spec: FieldSpec) -> str:
        return spec.type

    def check(
        self, object_name: str, record: Record, *, whole: bool = True
    ) -> tuple[tuple[str, str, str], ...]:
        del object_name, record, whole
        return ()

    def write(self, operations: Sequence[Operation]) -> Iterator[Handle | Verdict]:
        self.writes += 1
        return iter(self._timed(self._write, operations))

    def rejoin(self, handle: str, operations: Sequence[Operation]) -> Iterator[Verdict]:
        del handle
        return self.resolve(operations, {})

    def resolve(
        self, operations: Sequence[Operation], marks: Mapping[str, str]
    ) -> Iterator[Verdict]:
        del marks
        return (Verdict(operation.id, Status.UNKNOWN) for operation in operations)

    def read(
        self, object_name: str, ids: Sequence[str], fields: Sequence[str]
    ) -> dict[str, Record]:
        del object_name, fields
        self.reads += 1
        return self._timed(self._read, ids)

    def normalise(self, object_name: str, record: Record) -> Record:
        del object_name
        return record

    def expect(self, object_name: str, fields: Sequence[FieldSpec]) -> None:
        del object_name, fields

    def in_use(self, object_name: str, fields: Sequence[str]) -> dict[str, int]:
        del object_name
        return dict.fromkeys(fields, 0)

    def options_in_use(self, object_name: str, field: str, labels: Sequence[str]) -> dict[str, int]:
        del object_name, field
        return dict.fromkeys(labels, 0)

    def attached(self, object_name: str, ids: Sequence[str]) -> dict[str, dict[str, int]]:
        del object_name, ids
        return {}

    def reading_cost(self, object_name: str, count: int) -> Cost:
        del object_name
        return Cost(-(-count // BATCH))

    def lasting(self, object_name: str) -> tuple[str, ...]:
        del object_name
        return ()

    def cost(self, object_name: str, kind: Kind, count: int, parents: int = 0) -> Cost:
        del object_name, kind, parents
        return Cost(-(-count // BATCH))

    def close(self) -> None:
        self._file.close()

    def _timed(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        begun = time.process_time()
        try:
            return work(*args, **kwargs)
        finally:
            self.seconds += time.process_time() - begun

    def _write(self, operations: Sequence[Operation]) -> list[Verdict]:
        self._file.execute("BEGIN")
        self._file.executemany(
            "INSERT OR REPLACE INTO record VALUES (?, ?)",
            [(int(op.destination_id or op.id), encode(op.fields)) for op in operations],
        )
        self._file.execute("COMMIT")
        return [Verdict(op.id, Status.LANDED, op.destination_id or str(op.id)) for op in operations]

    def _read(self, ids: Sequence[str]) -> dict[str, Any]:
        wanted = encode([int(one) for one in ids]).decode()
        found = self._file.execute(
            "SELECT id, body FROM record WHERE id IN (SELECT value FROM json_each(?))", [wanted]
        )
        return {str(number): decode(body) for number, body in found}
