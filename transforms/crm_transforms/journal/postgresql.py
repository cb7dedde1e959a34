"""A journal in a PostgreSQL database: one schema per migration."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    ARRAY,
    URL,
    Column,
    ColumnElement,
    Connection,
    Engine,
    Table,
    create_engine,
    func,
    literal,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateSchema

from crm_transforms.journal import tables
from crm_transforms.journal.database import Database
from crm_transforms.journal.errors import JournalBusyError, JournalError, JournalFullError

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

CREATION_LOCK = 0x63726D6A
"""Any number will do, as long as nobody else's advisory lock in that database is the same."""
MAX_IDENTIFIER = 63
FIRST_ANALYZE = 1000
"""Rows written to a table before the planner is told, then each time they have doubled."""
# https://www.postgresql.org/docs/current/errcodes-appendix.html
FULL = {"53100", "53000", "54000"}
BUSY = {"55P03"}

# Said where the table is defined, it would load this dialect for SQLite as well.
tables.operation_open.kwargs["postgresql_where"] = tables.IS_OPEN


class PostgresqlDatabase(Database):
    """One schema of a database: ``?schema=`` of the URL, else ``default``."""

    def __init__(self, url: URL, default: str) -> None:
        wanted = str(url.query.get("schema", default))
        self.schema = re.sub(r"\W+", "_", wanted).lower()[:MAX_IDENTIFIER]
        self._grown: dict[str, int] = {}
        self._analyze_at: dict[str, int] = {}
        super().__init__(url)

    @classmethod
    def schemas(cls, url: URL) -> list[str]:
        """The schemas of the database that may hold a journal."""
        database = cls(url, "public")
        known = text(
            "SELECT table_schema FROM information_schema.tables WHERE table_name IN (:a, :b) "
            "GROUP BY table_schema HAVING count(*) = 2 ORDER BY table_schema"
        )
        names = {"a": tables.migration.name, "b": tables.payload.name}
        with database.reading() as connection:
            found = list(connection.execute(known, names).scalars())
        database.close()
        return found

    def prepare(self) -> None:
        with self.writing() as connection:
            self.exclude_others(connection)
            if not self._has_schema(connection):
                connection.execute(CreateSchema(self.schema))

    def exists(self) -> bool:
        with self.reading() as connection:
            return self._has_schema(connection)

    def exclude_others(self, connection: Connection) -> None:
        connection.execute(select(func.pg_advisory_xact_lock(CREATION_LOCK)))

    def now(self, connection: Connection) -> float:
        seconds = select(func.extract("epoch", func.clock_timestamp()))
        return float(connection.execute(seconds).scalar_one())

    def insert(self, table: Table) -> postgresql.Insert:
        return postgresql.insert(table)

    def member(
        self, column: Column[Any], values: Collection[str] | Collection[int]
    ) -> ColumnElement[bool]:
        return column.in_(select(func.unnest(literal(list(values), ARRAY(column.type)))))

    def bulk_insert(
        self, connection: Connection, table: Table, rows: Sequence[tuple[object, ...]]
    ) -> None:
        name = self.engine.dialect.identifier_preparer.format_table(table)
        cursor = connection.connection.cursor()
        try:
            with cursor.copy(f"COPY {name} FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        finally:
            cursor.close()
        self._note_growth(connection, table, len(rows))

    def bulk_update(
        self,
        connection: Connection,
        table: Table,
        names: Sequence[str],
        rows: Sequence[tuple[object, ...]],
    ) -> None:
        (key,) = table.primary_key
        columns = [key, *(table.c[name] for name in names)]
        lists = (
            literal([row[place] for row in rows], ARRAY(column.type))
            for place, column in enumerate(columns)
        )
        new = func.unnest(*lists).table_valued(*(column.name for column in columns))
        new = new.render_derived(name="new")
        connection.execute(
            update(table)
            .where(key == new.c[key.name])
            .values({name: new.c[name] for name in names})
        )

    def size(self) -> int:
        total = text(
            "SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0) FROM pg_class c "
            "JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE n.nspname = current_schema() AND c.relkind = 'r'"
        )
        with self.reading() as connection:
            return int(connection.execute(total).scalar_one())

    def free(self) -> None:
        """A client cannot see the server's disk."""

    def reclaim(self) -> None:
        with self.translated(), self.engine.connect() as connection:
            alone = connection.execution_options(isolation_level="AUTOCOMMIT")
            for table in tables.metadata.tables.values():
                name = self.engine.dialect.identifier_preparer.format_table(table)
                alone.execute(text(f"VACUUM (FULL, ANALYZE) {name}"))

    def _note_growth(self, connection: Connection, table: Table, count: int) -> None:
        # A load fills empty tables within seconds; autovacuum tells the planner a minute later.
        grown = self._grown.get(table.name, 0) + count
        if grown >= self._analyze_at.get(table.name, FIRST_ANALYZE):
            name = self.engine.dialect.identifier_preparer.format_table(table)
            connection.execute(text(f"ANALYZE {name}"))
            self._analyze_at[table.name] = grown * 2
        self._grown[table.name] = grown

    def _has_schema(self, connection: Connection) -> bool:
        known = select(func.to_regnamespace(f'"{self.schema}"').is_not(None))
        return bool(connection.execute(known).scalar_one())

    def _engine(self, url: URL) -> Engine:
        # A prepared statement's plan does not know how many values it will be asked for.
        return create_engine(
            url.set(drivername="postgresql+psycopg").difference_update_query(["schema"]),
            connect_args={"prepare_threshold": None},
        )

    def _on_connect(self, connection: Any, record: Any) -> None:  # noqa: ARG002 - SQLAlchemy's signature
        # A SET inside a transaction would be undone with it.
        connection.autocommit = True
        connection.execute(f'SET search_path TO "{self.schema}"')
        connection.execute("SET synchronous_commit TO on")
        connection.autocommit = False

    def _explain(self, error: BaseException) -> JournalError:
        words = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        state = getattr(error, "sqlstate", None)
        if state in FULL:
            return JournalFullError(f"The journal {self.place} cannot grow: {words}.")
        if state in BUSY:
            return JournalBusyError(f"The journal {self.place} is kept locked: {words}.")
        return JournalError(f"The journal {self.place} cannot be used: {words}.")
