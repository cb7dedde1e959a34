"""The journal: the only state of a migration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, insert, make_url, select
from sqlalchemy.exc import ArgumentError

from crm_transforms.journal import tables
from crm_transforms.journal.census import Census
from crm_transforms.journal.clock import instant
from crm_transforms.journal.confirmations import Confirmations
from crm_transforms.journal.decisions import Decisions
from crm_transforms.journal.errors import JournalError
from crm_transforms.journal.joins import Joins
from crm_transforms.journal.retention import Retention
from crm_transforms.journal.rows import Rows
from crm_transforms.journal.runs import Runs
from crm_transforms.journal.sqlite import SqliteDatabase
from crm_transforms.journal.staging import Staging
from crm_transforms.journal.undoing import Undoing

if TYPE_CHECKING:
    from types import TracebackType

    from sqlalchemy import Connection, Row
    from typing_extensions import Self

    from crm_transforms.journal.database import Database
    from crm_transforms.journal.postgresql import PostgresqlDatabase

COUNTERS = ("seq", "operation", "reject", "dictionary", "purged")


class Journal(Runs, Staging, Rows, Joins, Confirmations, Decisions, Undoing, Retention, Census):
    """Staged rows, links, operations, rejects and runs of one migration, in one database.

    Made by :meth:`open`. One object may be used by several threads; what it writes needs the lease.

    Attributes:
        url: as it was given.
        source: name of the source.
        target: name of the destination.
    """

    def __init__(self, url: str, database: Database, source: str, target: str) -> None:
        super().__init__(database)
        self.url = url
        self.source = source
        self.target = target

    @classmethod
    def open(cls, url: str, *, source: str, target: str, create: bool = True) -> Journal:
        """Open the journal of a migration.

        Args:
            url: SQLAlchemy URL of an SQLite file or a PostgreSQL database. ``?schema=`` names the
                schema in PostgreSQL, ``?timeout=`` the seconds to wait for a lock in SQLite.
            source: name of the source, e.g. ``kickserv``.
            target: name of the destination, e.g. ``pipedrive``.
            create: make it when it is missing.

        Raises:
            JournalError: missing, of another migration, of a newer version, or unreadable.
        """
        database = _database(url, source, target)
        try:
            if create:
                database.prepare()
                with database.writing() as connection:
                    database.exclude_others(connection)
                    if not database.has_journal(connection):
                        _create(connection, source, target)
            _check(database, source, target)
        except BaseException:
            database.close()
            raise
        return cls(url, database, source, target)

    @classmethod
    def migrations(cls, url: str) -> list[tuple[str, str]]:
        """The (source, target) of every migration that has its journal at ``url``."""
        found = []
        for database in _databases(url):
            row = _read_migration(database)
            database.close()
            if row is not None:
                found.append((row.source, row.target))
        return sorted(found)

    def close(self) -> None:
        """Close all connections. The journal is complete at any time, closed or not."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _database(url: str, source: str, target: str) -> Database:
    parsed = _parse(url)
    if parsed.get_backend_name() == "sqlite":
        return SqliteDatabase(parsed)
    return _postgresql()(parsed, f"{source}_{target}")


def _databases(url: str) -> list[Database]:
    parsed = _parse(url)
    if parsed.get_backend_name() == "sqlite":
        return [SqliteDatabase(parsed)]
    bare = parsed.difference_update_query(["schema"])
    kind = _postgresql()
    return [kind(bare, schema) for schema in kind.schemas(parsed)]


def _postgresql() -> type[PostgresqlDatabase]:
    from crm_transforms.journal.postgresql import (  # noqa: PLC0415 - 60 ms that SQLite need not pay
        PostgresqlDatabase,
    )

    return PostgresqlDatabase


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise JournalError("The journal's setting is no URL such as sqlite:///path.db.") from error
    if parsed.get_backend_name() not in {"sqlite", "postgresql"}:
        raise JournalError(
            f"A journal lives in SQLite or PostgreSQL, not in {parsed.get_backend_name()}."
        )
    if parsed.drivername not in {"sqlite", "postgresql", "postgresql+psycopg"}:
        raise JournalError(
            f"The journal's setting names a driver that is not used: {parsed.drivername}."
        )
    timeout = parsed.query.get("timeout", "0")
    if not isinstance(timeout, str) or not timeout.replace(".", "", 1).isdigit():
        raise JournalError("The journal's timeout is no number of seconds.")
    return parsed


def _create(connection: Connection, source: str, target: str) -> None:
    tables.metadata.create_all(connection, checkfirst=False)
    connection.execute(
        insert(tables.migration).values(
            id=1, source=source, target=target, version=tables.VERSION, created_at=instant()
        )
    )
    connection.execute(
        insert(tables.lease).values(
            id=1,
            epoch=0,
            held=False,
            verb="",
            host="",
            machine="",
            pid=0,
            started=0.0,
            since="",
            renewed=0.0,
            lifetime=0.0,
        )
    )
    connection.execute(insert(tables.counter), [{"name": name, "value": 0} for name in COUNTERS])


def _check(database: Database, source: str, target: str) -> None:
    found = _read_migration(database)
    if found is None:
        raise JournalError(f"There is no journal at {database.place}.")
    if found.version > tables.VERSION:
        raise JournalError(
            f"The journal {database.place} was written by a newer release (layout {found.version}, "
            f"this one knows {tables.VERSION}): upgrade."
        )
    if (found.source, found.target) != (source, target):
        raise JournalError(
            f"The journal {database.place} belongs to the migration from {found.source} to "
            f"{found.target}, not from {source} to {target}."
        )


def _read_migration(database: Database) -> Row[Any] | None:
    if not database.exists():
        return None
    with database.reading() as connection:
        if not database.has_journal(connection):
            return None
        return connection.execute(select(tables.migration)).one()
