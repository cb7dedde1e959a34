"""Scratch: a database for the length of one run, on disk, so that memory stays flat."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import msgspec

from crm_transforms.journal import JournalFullError
from crm_transforms.journal.text import is_storable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from types import TracebackType

    from typing_extensions import Self


class Scratch:
    """A temporary SQLite file that nobody else can open and that goes when it is closed.

    Args:
        tables: the statements that make its tables.

    Raises:
        JournalFullError: by every method, where the disk of temporary files is full.
    """

    def __init__(self, tables: str) -> None:
        # A database without a name: https://sqlite.org/inmemorydb.html#temp_db.
        self.connection = sqlite3.connect("", isolation_level=None)
        self.connection.executescript(f"PRAGMA journal_mode = OFF; {tables}")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the disk back."""
        self.connection.close()

    def write(self, *statements: tuple[str, Sequence[tuple[Any, ...]]]) -> None:
        """Carry out statements, each for many rows, at once."""
        with _explained():
            self.connection.execute("BEGIN")
            for statement, rows in statements:
                self.connection.executemany(statement, rows)
            self.connection.execute("COMMIT")

    def read(self, query: str, *values: Any) -> list[Any]:
        """All rows of a query."""
        with _explained():
            return self.connection.execute(query, values).fetchall()


def listed(values: Collection[str]) -> str:
    """Values for ``IN (SELECT value FROM json_each(?))``: one parameter, however many they are."""
    return msgspec.json.encode([value for value in values if is_storable(value)]).decode()


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        raise JournalFullError(
            f"The folder for temporary files cannot be used ({error}); the environment variable "
            "SQLITE_TMPDIR names another one."
        ) from error
