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
    """A set of keys that does not grow in memory."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.execute("CREATE TABLE seen (key PRIMARY KEY) WITHOUT ROWID")
        self._database.execute("BEGIN")

    def add(self, key: Hashable) -> bool:
        """Remember a key.

        Returns:
            Whether the key is new.
        """
        cursor = self._database.execute("INSERT OR IGNORE INTO seen VALUES (?)", (key,))
        return cursor.rowcount == 1

    def __contains__(self, key: Hashable) -> bool:
        query = "SELECT 1 FROM seen WHERE key = ?"
        return self._database.execute(query, (key,)).fetchone() is not None

    def close(self) -> None:
        self._database.close()


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
        found = self._database.execute(
            "DELETE FROM kept WHERE id = ? RETURNING row",
            (key,),
        ).fetchall()
        return decode_row(found[0][0]) if found else None

    def take(self, size: int) -> list[Row]:
        """Take out the first `size` rows."""
        found = self._database.execute(
            "DELETE FROM kept WHERE id IN (SELECT id FROM kept ORDER BY id LIMIT ?) RETURNING row",
            (size,),
        ).fetchall()
        return [decode_row(row) for (row,) in found]

    def close(self) -> None:
        self._database.close()
