"""Which keys a run has met, and rows kept aside, in temporary databases on disk.

SQLite deletes a database without a name when it is closed, and keeps no more than its cache in
memory (https://www.sqlite.org/inmemorydb.html#temp_db).
"""

from __future__ import annotations

import sqlite3
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Hashable

    from tap_kickserv.formats import Row

IN_MEMORY_KEYS = 100_000
_SQLITE_INTEGERS = 2**63

encode_row = msgspec.json.Encoder(decimal_format="number").encode
decode_row = msgspec.json.Decoder(float_hook=Decimal).decode


def key_of(*values: Any) -> Hashable | None:
    """A row's key as SQLite can hold it; None if a part is missing."""
    if any(value is None for value in values):
        return None
    if len(values) == 1 and (type(values[0]) is not int or abs(values[0]) < _SQLITE_INTEGERS):
        return values[0] if isinstance(values[0], (int, str)) else str(values[0])
    return "/".join(map(str, values))


class SeenKeys:
    """A set of keys of which no more than `IN_MEMORY_KEYS` are in memory."""

    def __init__(self) -> None:
        self._recent: set[Hashable] = set()
        self._database: sqlite3.Connection | None = None

    def add(self, key: Hashable) -> bool:
        """Remember a key.

        Returns:
            Whether the key is new.
        """
        if key in self:
            return False
        self._recent.add(key)
        if len(self._recent) >= IN_MEMORY_KEYS:
            self._put_down()
        return True

    def __contains__(self, key: Hashable) -> bool:
        if key in self._recent:
            return True
        if self._database is None:
            return False
        query = "SELECT 1 FROM seen WHERE key = ?"
        return self._database.execute(query, (key,)).fetchone() is not None

    def close(self) -> None:
        if self._database is not None:
            self._database.close()

    def _put_down(self) -> None:
        if self._database is None:
            self._database = sqlite3.connect("", isolation_level=None)
            self._database.execute("CREATE TABLE seen (key PRIMARY KEY) WITHOUT ROWID")
            self._database.execute("BEGIN")
        self._database.executemany("INSERT INTO seen VALUES (?)", ((key,) for key in self._recent))
        self._recent.clear()


class RowStore:
    """Rows kept aside by id until the list that may hold them too has been read."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.execute("CREATE TABLE kept (id PRIMARY KEY, row BLOB) WITHOUT ROWID")
        self._database.execute("BEGIN")
        self._nameless = 0
        self._kept = 0

    def put(self, key: Hashable | None, row: Row) -> None:
        """Keep a row; one without a key is kept for itself."""
        self._kept += 1
        self._nameless += key is None
        name = f"without id {self._nameless}" if key is None else key
        self._database.execute(
            "INSERT OR REPLACE INTO kept VALUES (?, ?)",
            (name, encode_row(row)),
        )

    def pop(self, key: Hashable | None) -> Row | None:
        """Take a row out, if it is kept."""
        if not self._kept:
            return None
        query = "SELECT row FROM kept WHERE id = ?"
        found = self._database.execute(query, (key,)).fetchone()
        if found is None:
            return None
        self._database.execute("DELETE FROM kept WHERE id = ?", (key,))
        row: Row = decode_row(found[0])
        return row

    def take(self, size: int) -> list[Row]:
        """Take out the first `size` rows."""
        query = "SELECT id, row FROM kept ORDER BY id LIMIT ?"
        found = self._database.execute(query, (size,)).fetchall()
        self._database.executemany("DELETE FROM kept WHERE id = ?", ((key,) for key, _ in found))
        return [decode_row(row) for _, row in found]

    def close(self) -> None:
        self._database.close()
