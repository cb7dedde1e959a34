"""Records that could not land, each with its latest reasons."""

from __future__ import annotations

import dataclasses
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from crm_transforms.journal import tables
from crm_transforms.journal.clock import instant
from crm_transforms.journal.database import allocate
from crm_transforms.journal.store import Store

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

OPEN = "open"
CLEARED = "cleared"
DOMAIN = "rejects"
RECORD_STAGES = ("map", "check", "load", "verify")
"""The stages that refuse a record as a whole."""


@dataclass(frozen=True, slots=True)
class Reject:
    """Why one record did not land.

    Attributes:
        stage: the verb that refused it.
        stream: the source's stream; empty where a line could not even be read.
        object: the mapping's object; empty while the record is still the source's.
        key: the key within the object, or within the stream; ``None`` where it is not known.
        row_key: the key of its row in that stream; ``None`` where it is ``key``, or not known.
        field: the field at fault, if one is.
        rule: which rule it broke.
        code: the API's own code.
        message: the API's own words, or ours.
        place: ``file:line`` of the mapping, where it has a say.
        raw: the bytes as they came, where nothing better can be kept.
        line: line number in the Singer stream.
        input_fp: the input's fingerprint, so that the same input is not tried again.
        identity: the destination that refused it; empty while none is concerned.
        id: the journal's number; this and what follows is filled in when it is read.
        state: ``open`` or ``cleared``.
        rejected_at: UTC instant.
    """

    stage: str
    stream: str = ""
    object: str = ""
    key: str | None = None
    row_key: str | None = None
    field: str = ""
    rule: str = ""
    code: str = ""
    message: str = ""
    place: str = ""
    raw: bytes | None = None
    line: int | None = None
    input_fp: bytes | None = None
    identity: str = ""
    id: int = 0
    state: str = OPEN
    rejected_at: str = ""

    @property
    def subject(self) -> str:
        """What is rejected: a record of an object or a stream, or else the line itself."""
        if self.key is None:
            return _digest("line", self.stream, self.raw or str(self.line))
        if self.object:
            return object_subject(self.object, self.identity, self.key)
        return stream_subject(self.stream, self.key)


def object_subject(object_name: str, identity: str, key: str) -> str:
    """The subject of a mapped record at one destination."""
    return _digest("object", object_name, identity, key)


def stream_subject(stream: str, key: str) -> str:
    """The subject of a record of the source."""
    return _digest("stream", stream, key)


def _digest(*parts: str | bytes) -> str:
    encoded = (
        part if isinstance(part, bytes) else part.encode(errors="surrogatepass") for part in parts
    )
    digest = hashlib.blake2b(digest_size=16)
    for part in encoded:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


class Rejects(Store):
    """The journal's rejects."""

    def reject(self, rejects: Sequence[Reject]) -> None:
        """Keep rejects. What was open for the same records is replaced by these."""
        packed = self._pack_rejects(rejects)
        with self._writing() as connection:
            self._write_rejects(connection, packed)

    def rejects(
        self,
        state: str | None = OPEN,
        after_id: int = 0,
        limit: int = 1000,
        *,
        stage: str | None = None,
        identity: str | None = None,
    ) -> list[Reject]:
        """Rejects in the order in which they came, a page at a time.

        Args:
            state: ``open``, ``cleared``, or ``None`` for both.
            after_id: the last :attr:`Reject.id` of the page before.
            limit: most rejects to give.
            stage: only those of one stage.
            identity: only those of one destination.
        """
        table = tables.reject
        wanted = select(table).where(table.c.id > after_id).order_by(table.c.id).limit(limit)
        for column, only in (
            (table.c.state, state),
            (table.c.stage, stage),
            (table.c.identity, identity),
        ):
            if only is not None:
                wanted = wanted.where(column == only)
        with self._reading() as connection:
            rows = connection.execute(wanted).all()
        return [self._read_reject(row) for row in rows]

    def rejected(self, object_name: str, identity: str, keys: Iterable[str]) -> dict[str, Reject]:
        """The open rejects among records of an object, by key; the first where one has several."""
        table = tables.reject
        with self._reading() as connection:
            if not self._has_open(connection, object_name):
                return {}
            subjects = {object_subject(object_name, identity, key): key for key in keys}
            wanted = select(table).where(table.c.state == OPEN, table.c.object == object_name)
            wanted = wanted.where(self._database.member(table.c.subject, list(subjects)))
            rows = connection.execute(wanted.order_by(table.c.id.desc())).all()
        return {subjects[row.subject]: self._read_reject(row) for row in rows}

    def torn_rows(self, identity: str, stream: str, row_keys: Collection[str]) -> frozenset[str]:
        """Rows of a stream of which some record is rejected for good or waits for another."""
        table = tables.reject
        open_ones = (
            select(table.c.row_key, table.c.key)
            .where(table.c.state == OPEN, table.c.stream == stream, table.c.identity == identity)
            .where(table.c.stage.in_(RECORD_STAGES))
        )
        keys = list(row_keys)
        by_key = table.c.row_key.is_(None) & self._database.member(table.c.key, keys)
        wanted = open_ones.where(self._database.member(table.c.row_key, keys) | by_key)
        with self._reading() as connection:
            return frozenset(row.row_key or row.key for row in connection.execute(wanted))

    def count_rejects(self, by: Sequence[str] = ("object", "rule")) -> dict[tuple[str, ...], int]:
        """How many records are rejected, grouped by attributes of :class:`Reject`."""
        table = tables.reject
        columns = [table.c[name] for name in by]
        wanted = (
            select(*columns, func.count(table.c.subject.distinct()))
            .where(table.c.state == OPEN)
            .group_by(*columns)
            .order_by(*columns)
        )
        with self._reading() as connection:
            return {tuple(row[:-1]): row[-1] for row in connection.execute(wanted)}

    def clear_rejects(self, object_name: str, identity: str, keys: Iterable[str]) -> int:
        """The records are no longer rejected; gives the number of rejects cleared."""
        subjects = [object_subject(object_name, identity, key) for key in keys]
        with self._writing() as connection:
            return self._clear_subjects(connection, subjects)

    def clear_stage(self, stage: str, identity: str) -> None:
        """Rejects of one stage at one destination no longer count."""
        table = tables.reject
        mine = (table.c.state == OPEN) & (table.c.stage == stage) & (table.c.identity == identity)
        with self._writing() as connection:
            connection.execute(
                update(table).where(mine).values(state=CLEARED, cleared_at=instant(), raw=None)
            )

    def _pack_rejects(self, rejects: Sequence[Reject]) -> list[dict[str, Any]]:
        # Packing may have to store a dictionary, so it comes before the transaction.
        lines = iter(self._codec.pack(DOMAIN, [r.raw for r in rejects if r.raw is not None]))
        filled = {"state": OPEN, "rejected_at": instant()}
        return [
            {
                **dataclasses.asdict(reject),
                **filled,
                "subject": reject.subject,
                "raw": None if reject.raw is None else next(lines),
            }
            for reject in rejects
        ]

    def _write_rejects(self, connection: Connection, packed: Sequence[dict[str, Any]]) -> None:
        if not packed:
            return
        table = tables.reject
        subjects = list({row["subject"] for row in packed})
        connection.execute(
            delete(table).where(
                table.c.state == OPEN, self._database.member(table.c.subject, subjects)
            )
        )
        first = allocate(connection, "reject", len(packed))
        connection.execute(
            insert(table), [{**row, "id": number} for number, row in enumerate(packed, first)]
        )

    def _clear_subjects(
        self, connection: Connection, subjects: Sequence[str], but: str = ""
    ) -> int:
        if not subjects:
            return 0
        table = tables.reject
        mine = (table.c.state == OPEN) & self._database.member(table.c.subject, subjects)
        if but:
            mine &= table.c.stage != but
        cleared = connection.execute(
            update(table).where(mine).values(state=CLEARED, cleared_at=instant(), raw=None)
        )
        return cleared.rowcount

    def _clear_landed(
        self,
        connection: Connection,
        object_name: str,
        identity: str,
        keys: Iterable[str],
        but: str = "",
    ) -> None:
        """Nothing that came before counts against these records, except what one stage said."""
        if self._has_open(connection, object_name):
            subjects = [object_subject(object_name, identity, key) for key in keys]
            self._clear_subjects(connection, subjects, but)

    def _has_open(self, connection: Connection, object_name: str, stream: str = "") -> bool:
        table = tables.reject
        one = select(table.c.id).where(table.c.state == OPEN, table.c.object == object_name)
        if stream:
            one = one.where(table.c.stream == stream)
        return connection.execute(one.limit(1)).scalar() is not None

    def _read_reject(self, row: Row[Any]) -> Reject:
        kept = {field.name: getattr(row, field.name) for field in dataclasses.fields(Reject)}
        if row.raw is not None:
            kept["raw"] = self._codec.unpack(row.raw)
        return Reject(**kept)
