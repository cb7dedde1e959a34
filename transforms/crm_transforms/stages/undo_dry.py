"""What a dry run has to imagine: which records would be gone by now."""

from __future__ import annotations

import sqlite3
from collections import Counter
from typing import TYPE_CHECKING

from crm_transforms.canonical import encode

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from crm_transforms.destination import FieldSpec, Record

CHOICES = frozenset({"choice", "choices"})
ANY = "*"
"""The parent of a reference that may lead to several objects: its ids tell them apart."""
TABLE = """
CREATE TABLE child (
    parent TEXT, id TEXT, kind TEXT, number INTEGER, PRIMARY KEY (parent, id, kind)
) WITHOUT ROWID
"""
ADD = """
INSERT INTO child VALUES (?, ?, ?, 1)
ON CONFLICT (parent, id, kind) DO UPDATE SET number = number + 1
"""
OF = """
SELECT id, kind, number FROM child
WHERE parent IN (?, '*') AND id IN (SELECT value FROM json_each(?))
"""


class Imagined:
    """Records that would be gone, by what they hung on and by the fields in which they held values.

    On disk, in a file that SQLite removes by itself: there may be millions.
    """

    def __init__(self) -> None:
        self._file = sqlite3.connect("", isolation_level=None)
        self._file.execute(TABLE)
        self._held: Counter[tuple[str, str]] = Counter()
        self._chosen: Counter[tuple[str, str, str]] = Counter()

    def close(self) -> None:
        self._file.close()

    def remove(
        self, target: str, specs: Mapping[str, FieldSpec], records: Iterable[Record]
    ) -> None:
        """Imagine records of one object gone."""
        for record in records:
            filled = {name for name, value in record.items() if value is not None}
            self._held.update((target, name) for name in (*filled, ""))
            for name in filled & specs.keys():
                if specs[name].type in CHOICES:
                    value = record[name]
                    labels = value if isinstance(value, list) else [value]
                    self._chosen.update((target, name, str(label)) for label in labels)
            parents = {
                (specs[name].reference or ANY, record[name])
                for name in filled & specs.keys()
                if specs[name].type == "reference" and isinstance(record[name], str)
            }
            self._file.executemany(ADD, [(*parent, target) for parent in parents])

    def empty(self, target: str, fields: Iterable[str]) -> None:
        """Imagine fields of one record emptied."""
        self._held.update((target, name) for name in fields)

    def left(
        self, target: str, attached: Mapping[str, Mapping[str, int]]
    ) -> dict[str, dict[str, int]]:
        """What would still hang on records of one object."""
        gone: Counter[tuple[str, str]] = Counter()
        ids = encode(list(attached)).decode()
        for id_, kind, number in self._file.execute(OF, [target, ids]):
            gone[id_, kind] = number
        return {
            id_: {
                kind: number - gone[id_, kind]
                for kind, number in children.items()
                if number > gone[id_, kind]
            }
            for id_, children in attached.items()
        }

    def held(self, target: str, field: str) -> int:
        """How many records hold a value in a field now and would not any more; "" counts all."""
        return self._held[target, field]

    def chosen(self, target: str, field: str, label: str) -> int:
        """How many of the records that would be gone have chosen an option."""
        return self._chosen[target, field, label]
