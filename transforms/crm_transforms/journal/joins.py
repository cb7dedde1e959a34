"""Rows found by what they refer to: the children of a parent, without reading the stream."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection, delete, insert, select, update

from crm_transforms.journal import tables
from crm_transforms.journal.errors import JournalError
from crm_transforms.journal.rows import COLUMNS, Row
from crm_transforms.journal.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

PAGE = 5000


class Joins(Store):
    """The journal's join indexes."""

    def index_join(self, stream_id: int, field: str, extract: Callable[[bytes], str | None]) -> int:
        """Bring the index of one field of a stream up to date; only rows changed since are read.

        Args:
            stream_id: the stream of the children.
            field: names the index.
            extract: takes a record's JSON bytes and gives the value to be found by, or ``None``.

        Returns:
            how many rows were looked at.
        """
        join_id, seq, last = self._join(stream_id, field)
        looked_at = 0
        while seq < last:
            page = self._changed(stream_id, seq)
            values = [(row.key, None if row.gone else extract(row.body)) for row in page]
            seq = page[-1].seq if page else last
            with self._writing() as connection:
                self._replace_entries(connection, join_id, values)
                table = tables.join
                connection.execute(update(table).where(table.c.id == join_id).values(seq=seq))
            looked_at += len(page)
        return looked_at

    def joined(self, stream_id: int, field: str, values: Iterable[str]) -> dict[str, list[Row]]:
        """The rows that have one of these values, by value, each list in the order of keys.

        Raises:
            JournalError: the field was never indexed.
        """
        join_id, *_ = self._join(stream_id, field, create=False)
        entry, row = tables.join_entry, tables.staged
        wanted = (
            select(entry.c.value, *COLUMNS)
            .join(row, (row.c.key == entry.c.key) & (row.c.stream_id == stream_id))
            .where(entry.c.join_id == join_id, self._database.member(entry.c.value, list(values)))
            .order_by(entry.c.value, entry.c.key)
        )
        found: dict[str, list[Row]] = {}
        with self._reading() as connection:
            for value, *columns in connection.execute(wanted).all():
                found.setdefault(value, []).append(Row(self._codec, columns))
        return found

    def _join(self, stream_id: int, field: str, *, create: bool = True) -> tuple[int, int, int]:
        table = tables.join
        mine = (table.c.stream_id == stream_id) & (table.c.field == field)
        stream = tables.stream
        wanted = (
            select(table.c.id, table.c.seq, stream.c.last_seq)
            .join(stream, stream.c.id == table.c.stream_id)
            .where(mine)
        )
        with self._reading() as connection:
            known = connection.execute(wanted).one_or_none()
        if known is not None:
            return known.id, known.seq, known.last_seq
        if not create:
            raise JournalError(
                f"Stream {stream_id} has no index of {field!r}: call index_join first."
            )
        with self._writing() as connection:
            connection.execute(insert(table).values(stream_id=stream_id, field=field, seq=0))
            made = connection.execute(wanted).one()
        return made.id, made.seq, made.last_seq

    def _changed(self, stream_id: int, seq: int) -> list[Row]:
        table = tables.staged
        wanted = (
            select(*COLUMNS)
            # "+ 0" keeps SQLite from the key index, which would read and sort the whole stream.
            .where(table.c.seq > seq, table.c.stream_id + 0 == stream_id)
            .order_by(table.c.seq)
            .limit(PAGE)
        )
        with self._reading() as connection:
            return [Row(self._codec, row) for row in connection.execute(wanted).all()]

    def _replace_entries(
        self, connection: Connection, join_id: int, values: list[tuple[str, str | None]]
    ) -> None:
        if not values:
            return
        table = tables.join_entry
        keys = [key for key, _ in values]
        connection.execute(
            delete(table).where(
                table.c.join_id == join_id, self._database.member(table.c.key, keys)
            )
        )
        entries = [(join_id, key, value) for key, value in values if value is not None]
        if entries:
            self._database.bulk_insert(connection, table, entries)
