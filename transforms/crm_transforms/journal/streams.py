"""The streams that were staged: their schemas, their passes, their counts."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from crm_transforms.journal import tables
from crm_transforms.journal.clock import instant
from crm_transforms.journal.database import Database, allocate, inserted_number
from crm_transforms.journal.errors import JournalError
from crm_transforms.journal.passes import Pass
from crm_transforms.journal.store import Store

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

PAGE = 10_000


class Counts(NamedTuple):
    """Rows of a stream: those the source has, and those it had."""

    records: int
    gone: int


@dataclass(frozen=True, slots=True)
class StreamInfo:
    """One stream.

    Attributes:
        id: the journal's number of it.
        name: the tap's name of it.
        schema: JSON Schema as the tap announced it last.
        keys: names of the key properties; empty where the stream has none.
        records: rows that the source has.
        gone: rows that a whole pass no longer saw.
        last_seq: the highest ``seq`` of its rows.
        current_pass: the pass begun last; 0 for none.
        completed_pass: the pass completed last; 0 says that it was never read whole.
        completed_at: UTC instant of that, or ``None``.
    """

    id: int
    name: str
    schema: Mapping[str, Any]
    keys: tuple[str, ...]
    records: int
    gone: int
    last_seq: int
    current_pass: int
    completed_pass: int
    completed_at: str | None


class Streams(Store):
    """The journal's streams."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._passes: dict[int, Pass] = {}
        self._one_batch = threading.Lock()

    def stream(self, name: str, schema: Mapping[str, Any], key_properties: Sequence[str]) -> int:
        """Register a stream, or note that its schema or keys have changed; gives its number."""
        table = tables.stream
        shape = {"schema": json.dumps(schema), "keys": json.dumps(list(key_properties))}
        with self._reading() as connection:
            known = connection.execute(select(table).where(table.c.name == name)).one_or_none()
        if known is not None and known.schema == shape["schema"] and known.keys == shape["keys"]:
            return int(known.id)
        with self._writing() as connection:
            if known is None:
                result = connection.execute(insert(table).values(name=name, **shape))
                stream_id = inserted_number(result)
            else:
                stream_id = int(known.id)
                connection.execute(update(table).where(table.c.id == stream_id).values(**shape))
            connection.execute(
                insert(tables.schema_change).values(
                    stream_id=stream_id, changed_at=instant(), **shape
                )
            )
        return stream_id

    def streams(self) -> dict[str, StreamInfo]:
        """All streams by name, in the order in which they were first met."""
        with self._reading() as connection:
            rows = connection.execute(select(tables.stream).order_by(tables.stream.c.id)).all()
        return {
            row.name: StreamInfo(
                id=row.id,
                name=row.name,
                schema=json.loads(row.schema),
                keys=tuple(json.loads(row.keys)),
                records=row.records,
                gone=row.gone,
                last_seq=row.last_seq,
                current_pass=row.current_pass,
                completed_pass=row.completed_pass,
                completed_at=row.completed_at,
            )
            for row in rows
        }

    def counts(self, stream_id: int) -> Counts:
        table = tables.stream
        wanted = select(table.c.records, table.c.gone).where(table.c.id == stream_id)
        with self._reading() as connection:
            return Counts(*connection.execute(wanted).one())

    def last_seq(self) -> int:
        """The highest ``seq`` given so far, in any stream."""
        with self._reading() as connection:
            return _last_seq(connection)

    def changed_since(self, stream_id: int, seq: int) -> bool:
        """Whether any row of the stream was added, changed, went or came back after ``seq``."""
        table = tables.stream
        wanted = select(table.c.last_seq > seq).where(table.c.id == stream_id)
        with self._reading() as connection:
            return bool(connection.execute(wanted).scalar_one())

    def begin_pass(self, stream_id: int) -> int:
        """Begin to read a stream whole; an unfinished pass before it counts for nothing."""
        table = tables.stream
        with self._writing() as connection:
            mine = table.c.id == stream_id
            connection.execute(
                update(table).where(mine).values(current_pass=table.c.current_pass + 1)
            )
            number = connection.execute(select(table.c.current_pass).where(mine)).scalar_one()
            horizon = _last_seq(connection)
        self._passes[stream_id] = Pass(int(number), horizon)
        return int(number)

    def complete_pass(self, stream_id: int, pass_id: int, most: int | None = None) -> int:
        """The stream was read whole: rows that this pass has not seen become gone.

        If they are more than ``most``, none becomes gone: they are noted as missing, until
        :meth:`accept_missing` or another whole pass.

        Where the pass met a record that could not be read or recognised, nothing becomes gone: that
        record may be any of the missing ones.

        Returns:
            how many rows went, or are missing.

        Raises:
            JournalError: the pass was not begun by this journal object, or another one was since.
        """
        current = self._pass(stream_id, pass_id)
        table = tables.stream
        with self._writing() as connection:
            connection.execute(
                delete(tables.missing).where(tables.missing.c.stream_id == stream_id)
            )
            count = 0 if current.is_blind else self._note_missing(connection, stream_id, current)
            connection.execute(
                update(table)
                .where(table.c.id == stream_id)
                .values(completed_pass=pass_id, completed_at=instant())
            )
            if most is None or count <= most:
                self._bury(connection, stream_id)
        del self._passes[stream_id]
        return count

    def accept_missing(self, stream_id: int) -> int:
        """A person confirms that the rows which the last whole pass did not see are gone."""
        with self._writing() as connection:
            return self._bury(connection, stream_id)

    def forget_rows(self, stream_ids: Collection[int]) -> None:
        """Drop staged rows altogether; what became of them stays in links and operations."""
        staged, stream = tables.staged, tables.stream
        with self._writing() as connection:
            connection.execute(
                delete(staged).where(self._database.member(staged.c.stream_id, list(stream_ids)))
            )
            connection.execute(
                update(stream)
                .where(self._database.member(stream.c.id, list(stream_ids)))
                .values(records=0, gone=0)
            )

    def _pass(self, stream_id: int, pass_id: int) -> Pass:
        current = self._passes.get(stream_id)
        if current is None or current.number != pass_id:
            raise JournalError(
                f"Pass {pass_id} of stream {stream_id} is not the one under way in this run, so "
                "absence cannot be judged by it. Read the stream again from its beginning."
            )
        return current

    def _note_missing(self, connection: Connection, stream_id: int, current: Pass) -> int:
        table = tables.staged
        count = 0
        after: str | None = None
        # Rows of this pass are seen without looking. What is asked for stands in the key index, so
        # bodies are not read.
        mine = select(table.c.seq, table.c.key).where(
            table.c.stream_id == stream_id, table.c.seq <= current.horizon
        )
        while True:
            where = mine if after is None else mine.where(table.c.key > after)
            page = connection.execute(where.order_by(table.c.key).limit(PAGE)).all()
            if not page:
                return count
            after = page[-1].key
            unseen = [row.seq for row in page if not current.has_seen(row.seq)]
            if not unseen:
                continue
            alive = select(table.c.key).where(
                self._database.member(table.c.seq, unseen), ~table.c.gone
            )
            keys = [(stream_id, key) for key in connection.execute(alive).scalars()]
            if keys:
                self._database.bulk_insert(connection, tables.missing, keys)
            count += len(keys)

    def _bury(self, connection: Connection, stream_id: int) -> int:
        staged, missing, stream = tables.staged, tables.missing, tables.stream
        wanted = (
            select(staged.c.seq)
            .join(
                missing,
                (missing.c.stream_id == staged.c.stream_id) & (missing.c.key == staged.c.key),
            )
            .where(missing.c.stream_id == stream_id, ~staged.c.gone)
            .limit(PAGE)
        )
        went = 0
        while lost := list(connection.execute(wanted).scalars()):
            first = allocate(connection, "seq", len(lost))
            connection.execute(
                update(staged)
                .where(staged.c.seq == bindparam("old"))
                .values(seq=bindparam("new"), gone=True),
                [{"old": old, "new": new} for new, old in enumerate(lost, first)],
            )
            went += len(lost)
        connection.execute(delete(missing).where(missing.c.stream_id == stream_id))
        if went:
            connection.execute(
                update(stream)
                .where(stream.c.id == stream_id)
                .values(
                    records=stream.c.records - went,
                    gone=stream.c.gone + went,
                    last_seq=_last_seq(connection),
                )
            )
        return went


def _last_seq(connection: Connection) -> int:
    table = tables.counter
    last = select(table.c.value).where(table.c.name == "seq")
    return int(connection.execute(last).scalar_one())
