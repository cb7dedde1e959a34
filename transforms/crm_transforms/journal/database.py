"""One database that holds a journal: how to reach it, and where SQLite and PostgreSQL differ."""

from __future__ import annotations

import abc
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeAlias

from sqlalchemy import (
    URL,
    Column,
    ColumnElement,
    Connection,
    CursorResult,
    Engine,
    Table,
    bindparam,
    event,
    inspect,
    select,
    update,
)
from sqlalchemy.exc import DBAPIError

from crm_transforms.journal import tables
from crm_transforms.journal.errors import JournalError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from sqlalchemy.dialects import postgresql, sqlite


Upsert: TypeAlias = "sqlite.Insert | postgresql.Insert"


class Database(abc.ABC):
    """A database, opened for one migration; what its driver raises leaves as a sentence."""

    def __init__(self, url: URL) -> None:
        self.place = url.render_as_string(hide_password=True)
        self.engine = self._engine(url)
        event.listen(self.engine, "connect", self._on_connect)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One consistent view of the journal."""
        with self._transaction("read") as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction: durable when the block has ended, undone when it raises."""
        with self._transaction("write") as connection:
            yield connection

    @contextmanager
    def translated(self) -> Iterator[None]:
        """Turn the driver's errors into sentences.

        Raises:
            JournalError: or the subclass that fits.
        """
        try:
            yield
        except DBAPIError as error:
            raise self._explain(error.orig or error) from error
        except self.engine.dialect.loaded_dbapi.Error as error:
            raise self._explain(error) from error

    @contextmanager
    def _transaction(self, mode: str) -> Iterator[Connection]:
        with self.translated(), self.engine.connect() as connection:
            chosen = connection.execution_options(transaction=mode)
            with chosen.begin():
                yield chosen

    def has_journal(self, connection: Connection) -> bool:
        return bool(inspect(connection).has_table(tables.migration.name))

    def close(self) -> None:
        self.engine.dispose()

    @abc.abstractmethod
    def prepare(self) -> None:
        """Make the place for tables (a private file, a schema) where it is missing."""

    @abc.abstractmethod
    def exists(self) -> bool:
        """Whether there is a place at all, so that looking does not create one."""

    @abc.abstractmethod
    def exclude_others(self, connection: Connection) -> None:
        """Within this transaction, keep others from creating the same journal."""

    @abc.abstractmethod
    def now(self, connection: Connection) -> float:
        """Seconds since 1970 by the clock that all runs of this migration share."""

    @abc.abstractmethod
    def insert(self, table: Table) -> Upsert:
        """An insert that can say what happens on conflict."""

    @abc.abstractmethod
    def member(
        self, column: Column[Any], values: Collection[str] | Collection[int]
    ) -> ColumnElement[bool]:
        """``column`` is one of ``values``: one bound parameter, however many there are."""

    @abc.abstractmethod
    def bulk_insert(
        self, connection: Connection, table: Table, rows: Sequence[tuple[object, ...]]
    ) -> None:
        """Insert rows given as tuples in the table's column order, the fastest way there is."""

    @abc.abstractmethod
    def bulk_update(
        self,
        connection: Connection,
        table: Table,
        names: Sequence[str],
        rows: Sequence[tuple[object, ...]],
    ) -> None:
        """Set columns of rows given as tuples: first the primary key, then ``names`` in order."""

    @abc.abstractmethod
    def size(self) -> int:
        """Bytes that the journal takes on disk."""

    @abc.abstractmethod
    def free(self) -> int | None:
        """Bytes free where the journal grows; ``None`` when the database does not tell."""

    @abc.abstractmethod
    def reclaim(self) -> None:
        """Rewrite what is left and give the rest of the disk back; deleted bytes are gone from it.

        Raises:
            JournalError: another process is reading, so that old pages cannot be dropped yet.
        """

    @abc.abstractmethod
    def _engine(self, url: URL) -> Engine: ...

    @abc.abstractmethod
    def _on_connect(self, connection: Any, record: Any) -> None: ...

    @abc.abstractmethod
    def _explain(self, error: BaseException) -> JournalError: ...


def allocate(connection: Connection, name: str, count: int) -> int:
    """Take ``count`` numbers from a counter, within the transaction; gives the first.

    Numbers are never given twice, also after ``purge``: the audit chain refers to them.
    """
    table = tables.counter
    connection.execute(
        update(table).where(table.c.name == name).values(value=table.c.value + bindparam("count")),
        {"count": count},
    )
    last: int = connection.execute(
        select(table.c.value).where(table.c.name == bindparam("counter")), {"counter": name}
    ).scalar_one()
    return last - count + 1


def inserted_number(result: CursorResult[Any]) -> int:
    """The number that the database gave to the one row just inserted."""
    if result.inserted_primary_key is None:
        raise JournalError("The database gave no number to an inserted row.")
    return int(result.inserted_primary_key[0])
