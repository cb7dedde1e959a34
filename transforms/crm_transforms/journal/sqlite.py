"""A journal in an SQLite file: private, write-ahead logged, on disk at every commit."""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import (
    URL,
    Column,
    ColumnElement,
    Connection,
    Engine,
    Table,
    bindparam,
    create_engine,
    event,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.dialects import sqlite

from crm_transforms.journal.database import Database
from crm_transforms.journal.errors import JournalBusyError, JournalError, JournalFullError

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

PRAGMAS = {
    "page_size": 8192,  # measured: a tenth faster than 4096 at staging
    "journal_mode": "WAL",
    "synchronous": "FULL",  # with WAL: one fsync per commit, https://sqlite.org/wal.html
    "foreign_keys": "ON",
    "secure_delete": "FAST",
    "cache_size": -8192,  # measured: 16 MB are no faster, and stay resident
}
BEGIN = {"read": "BEGIN", "write": "BEGIN IMMEDIATE"}
BUSY_SECONDS = 30.0
PRIVATE_FILE = 0o600
PRIVATE_FOLDER = 0o700
SIDE_FILES = ("", "-wal", "-shm")

# Python 3.10 has no error codes, so the words of https://sqlite.org/rescode.html must do. A quota
# and a file size limit show as an I/O error.
FULL = ("database or disk is full", "disk I/O error")
BUSY = ("database is locked", "database table is locked")
UNREADABLE = ("file is not a database", "malformed")
DENIED = ("readonly database", "unable to open")


class SqliteDatabase(Database):
    """One file, one migration."""

    def __init__(self, url: URL) -> None:
        if not url.database or url.database == ":memory:":
            raise JournalError(
                "A journal must outlive the process: name a file, sqlite:///path.db."
            )
        self.path = Path(url.database)
        super().__init__(url)

    def prepare(self) -> None:
        try:
            if not self.path.parent.is_dir():
                self.path.parent.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
            os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, PRIVATE_FILE))
            self._make_private()
        except OSError as error:
            raise JournalError(f"The journal {self.path} cannot be made: {error}") from error

    def exists(self) -> bool:
        return self.path.is_file()

    def exclude_others(self, connection: Connection) -> None:
        """BEGIN IMMEDIATE has done it."""

    def now(self, connection: Connection) -> float:  # noqa: ARG002 - the clock is the machine's
        return time.time()

    def insert(self, table: Table) -> sqlite.Insert:
        return sqlite.insert(table)

    def member(
        self, column: Column[Any], values: Collection[str] | Collection[int]
    ) -> ColumnElement[bool]:
        packed = msgspec.json.encode(values).decode()
        wanted = func.json_each(bindparam(None, packed)).table_valued("value")
        return column.in_(select(wanted.c.value))

    def bulk_insert(
        self, connection: Connection, table: Table, rows: Sequence[tuple[object, ...]]
    ) -> None:
        connection.exec_driver_sql(_insert_text(table), rows)

    def bulk_update(
        self,
        connection: Connection,
        table: Table,
        names: Sequence[str],
        rows: Sequence[tuple[object, ...]],
    ) -> None:
        # The driver binds in the order of the text: the key stands last.
        in_order = [(*row[1:], row[0]) for row in rows]
        connection.exec_driver_sql(_update_text(table, tuple(names)), in_order)

    def size(self) -> int:
        files = (Path(f"{self.path}{suffix}") for suffix in SIDE_FILES)
        return sum(file.stat().st_size for file in files if file.exists())

    def free(self) -> int:
        return shutil.disk_usage(self.path.parent).free

    def reclaim(self) -> None:
        with self.translated():
            connection = self.engine.raw_connection()
            try:
                cursor = connection.cursor()
                cursor.execute("VACUUM")
                busy, *_ = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            finally:
                connection.close()
        if busy:
            raise JournalBusyError(
                f"Another process reads {self.path}; its -wal file still holds old pages. "
                "End that process and give the command again."
            )

    def _make_private(self) -> None:
        # SQLite gives -wal and -shm the rights of the file itself, but not to ones that exist.
        for suffix in SIDE_FILES:
            file = Path(f"{self.path}{suffix}")
            if file.exists() and file.stat().st_mode & 0o077:
                file.chmod(PRIVATE_FILE)

    def _engine(self, url: URL) -> Engine:
        seconds = float(str(url.query.get("timeout", BUSY_SECONDS)))
        engine = create_engine(
            url.difference_update_query(["timeout"]), connect_args={"timeout": seconds}
        )
        event.listen(engine, "begin", _begin)
        return engine

    def _on_connect(self, connection: Any, record: Any) -> None:  # noqa: ARG002 - SQLAlchemy's signature
        # The driver's own idea of when a transaction begins leaves reads outside of one:
        # https://docs.sqlalchemy.org/en/20/dialects/sqlite.html#serializable-isolation-savepoints-transactional-ddl
        connection.isolation_level = None
        for name, setting in PRAGMAS.items():
            connection.execute(f"PRAGMA {name} = {setting}")

    def _explain(self, error: BaseException) -> JournalError:
        words = str(error)
        if any(phrase in words for phrase in FULL):
            return JournalFullError(
                f"The journal {self.path} cannot grow ({words}): the disk is full, a quota is used "
                "up, or the disk fails. What was not confirmed is not in it."
            )
        if any(phrase in words for phrase in BUSY):
            return JournalBusyError(f"The journal {self.path} is kept locked by another process.")
        if any(phrase in words for phrase in UNREADABLE):
            return JournalError(f"{self.path} is no journal, or it is damaged ({words}).")
        if any(phrase in words for phrase in DENIED) or isinstance(error, sqlite3.OperationalError):
            return JournalError(f"The journal {self.path} cannot be used: {words}.")
        return JournalError(f"The journal {self.path} refused a write: {words}.")


def _begin(connection: Connection) -> None:
    mode = connection.get_execution_options().get("transaction", "read")
    connection.exec_driver_sql(BEGIN[mode])


@cache
def _insert_text(table: Table) -> str:
    return str(insert(table).compile(dialect=sqlite.dialect()))


@cache
def _update_text(table: Table, names: tuple[str, ...]) -> str:
    (key,) = table.primary_key
    new: dict[str, Any] = {name: bindparam(f"new_{name}") for name in names}
    changed = update(table).where(key == bindparam("the_key")).values(new)
    return str(changed.compile(dialect=sqlite.dialect()))
