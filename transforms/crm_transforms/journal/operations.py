"""Operations: what is intended, durable before any request leaves."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row as SqlRow
from sqlalchemy import Select, insert, select, update

from crm_transforms.destination import Kind, Status
from crm_transforms.journal import tables
from crm_transforms.journal.clock import instant
from crm_transforms.journal.database import allocate, inserted_number
from crm_transforms.journal.operation import OpenOperation, OperationRecord
from crm_transforms.journal.payload import Payload, payload_digest
from crm_transforms.journal.store import Store
from crm_transforms.journal.text import require_storable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from crm_transforms.journal.operation import Intent

PAGE = 1000
COLUMNS = tuple(OperationRecord.__dataclass_fields__)[:-1]
"""All but the payload, whose columns follow."""
KIND, STATUS, PAYLOAD = COLUMNS.index("kind"), COLUMNS.index("status"), len(COLUMNS)
KINDS = {kind.value: kind for kind in Kind}
STATUSES = {status.value: status for status in Status}
NO_VERDICT = (None,) * 6
"""Handle, status, code, message, fields at fault, time of the verdict."""


class Operations(Store):
    """The journal's operations."""

    def intend(
        self, run_id: int, identity: str, intents: Sequence[Intent], marks: Mapping[str, str]
    ) -> list[int]:
        """Note what is about to be requested; durable on return. Gives the operations' numbers.

        Args:
            run_id: the run that does it.
            identity: the destination that it goes to.
            intents: in the order in which they will be sent.
            marks: the destination's high-water marks, taken before.
        """
        if not intents:
            return []
        require_storable([intent.key for intent in intents], f"object {intents[0].object}")
        now = instant()
        payloads = self._pack_payloads(intents)
        with self._writing() as connection:
            mark_id = None
            if marks:
                noted = insert(tables.mark).values(json=json.dumps(dict(marks)))
                mark_id = inserted_number(connection.execute(noted))
            first = allocate(connection, "operation", len(intents))
            numbers = range(first, first + len(intents))
            self._database.bulk_insert(
                connection,
                tables.operation,
                [
                    (
                        number,
                        run_id,
                        identity,
                        intent.object,
                        intent.target,
                        Kind(intent.kind).value,
                        intent.key,
                        intent.row_key,
                        intent.action,
                        intent.undoes,
                        intent.origin,
                        intent.destination_id,
                        intent.input_fp,
                        intent.desired_fp,
                        digest,
                        now,
                        mark_id,
                        *NO_VERDICT,
                    )
                    for number, intent, (digest, _) in zip(numbers, intents, payloads, strict=True)
                ],
            )
            self._database.bulk_insert(
                connection,
                tables.payload,
                [
                    (number, *three, False)
                    for number, (_, three) in zip(numbers, payloads, strict=True)
                ],
            )
        return list(numbers)

    def handle(self, operation_ids: Collection[int], handle: str) -> None:
        """Note what to rejoin for these operations after a crash; durable on return."""
        table = tables.operation
        mine = self._database.member(table.c.id, list(operation_ids))
        with self._writing() as connection:
            connection.execute(update(table).where(mine).values(handle=handle))

    def open_operations(self, identity: str) -> Iterator[OpenOperation]:
        """Operations on a destination without a final verdict, in the order of intent.

        They may be decided while this goes on.
        """
        after = 0
        table = tables.operation
        wanted = (
            selected(tables.mark.c.json.label("marks"))
            .outerjoin(tables.mark, tables.mark.c.id == table.c.mark_id)
            .where(table.c.identity == identity, table.c.decided_at.is_(None))
            .order_by(table.c.id)
            .limit(PAGE)
        )
        while True:
            with self._reading() as connection:
                page = connection.execute(wanted.where(table.c.id > after)).all()
            if not page:
                return
            for row in page:
                yield self._open_operation(row)
            after = page[-1].id

    def operations(
        self,
        run_id: int | None = None,
        object: str | None = None,  # noqa: A002 - the attribute's name
        after_id: int = 0,
        limit: int = 1000,
        *,
        newest_first: bool = False,
        identity: str | None = None,
    ) -> list[OperationRecord]:
        """Operations by their numbers, a page at a time.

        Args:
            run_id: only those of one run.
            object: only those of one object of the mapping.
            after_id: the last number of the page before; 0 begins.
            limit: most operations to give.
            newest_first: backwards, as an undo needs them.
            identity: only those on one destination.
        """
        table = tables.operation
        wanted = selected().order_by(table.c.id.desc() if newest_first else table.c.id)
        if after_id:
            wanted = wanted.where(table.c.id < after_id if newest_first else table.c.id > after_id)
        for column, only in (
            (table.c.run_id, run_id),
            (table.c.object, object),
            (table.c.identity, identity),
        ):
            if only is not None:
                wanted = wanted.where(column == only)
        with self._reading() as connection:
            page = connection.execute(wanted.limit(limit)).all()
        return [self._operation(row) for row in page]

    def after_image(self, operation_ids: Collection[int]) -> dict[int, bytes]:
        """The record that each operation wrote, by number; none where it is unknown or dropped."""
        table = tables.payload
        wanted = select(table.c.operation_id, table.c.after).where(
            self._database.member(table.c.operation_id, list(operation_ids)),
            table.c.after.is_not(None),
        )
        with self._reading() as connection:
            found = connection.execute(wanted).all()
        return {row.operation_id: self._codec.unpack(row.after) for row in found}

    def _pack_payloads(
        self, intents: Sequence[Intent]
    ) -> list[tuple[bytes, tuple[bytes | None, ...]]]:
        parts = []
        for intent in intents:
            after = intent.after
            if after is None and intent.kind == Kind.CREATE:
                after = intent.fields
            sent = None if intent.fields == after else intent.fields
            digest = payload_digest(intent.fields, intent.before, after)
            parts.append((intent.object, digest, (sent, intent.before, after)))
        packed = {}
        for object_name in {intent.object for intent in intents}:
            bodies = [
                body
                for owner, _, three in parts
                if owner == object_name
                for body in three
                if body is not None
            ]
            packed[object_name] = iter(self._codec.pack(f"object {object_name}", bodies))
        return [
            (digest, tuple(None if body is None else next(packed[owner]) for body in three))
            for owner, digest, three in parts
        ]

    def _operation(self, row: SqlRow[Any]) -> OperationRecord:
        return OperationRecord(*self._columns(row))

    def _open_operation(self, row: SqlRow[Any]) -> OpenOperation:
        return OpenOperation(*self._columns(row, json.loads(row[-1] or "{}")))

    def _columns(self, row: SqlRow[Any], *more: Any) -> tuple[Any, ...]:
        """A row of :func:`selected` as :class:`OperationRecord` wants it, and ``more``.

        By position: an attribute of SQLAlchemy's rows costs a look-up for each column.
        """
        verdict = row[STATUS]
        return (
            *row[:KIND],
            KINDS[row[KIND]],
            *row[KIND + 1 : STATUS],
            None if verdict is None else STATUSES[verdict],
            row[STATUS + 1] or "",
            row[STATUS + 2] or "",
            _names(row[STATUS + 3]),
            *row[STATUS + 4 : PAYLOAD],
            Payload(self._codec, *row[PAYLOAD : PAYLOAD + 4]),
            *more,
        )


def _names(text: str | None) -> tuple[str, ...]:
    return () if text is None or text == "[]" else tuple(json.loads(text))


def selected(*more: Any) -> Select[Any]:
    """Operations with their payloads, and ``more`` columns."""
    payload = tables.payload
    return (
        select(
            *(tables.operation.c[name] for name in COLUMNS),
            payload.c.fields,
            payload.c.before,
            payload.c.after,
            payload.c.reduced,
            *more,
        )
        .select_from(tables.operation)
        .outerjoin(payload, payload.c.operation_id == tables.operation.c.id)
    )
