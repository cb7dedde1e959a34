"""Operations: what is intended, durable before any request leaves."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row as SqlRow
from sqlalchemy import Select, insert, select, update

from crm_transforms.destination import Kind, Status
from crm_transforms.journal import tables
from crm_transforms.journal.clock import instant
from crm_transforms.journal.database import allocate, inserted_number
from crm_transforms.journal.payload import Payload, payload_digest
from crm_transforms.journal.store import Store
from crm_transforms.journal.text import require_storable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from crm_transforms.journal.links import Origin

PAGE = 1000


@dataclass(frozen=True, slots=True)
class Intent:
    """One change that is about to be requested.

    Attributes:
        object: the mapping's object.
        target: the destination's name of the object.
        kind: create, update, delete or act.
        key: the record's key within the mapping's object.
        destination_id: the record's id; ``None`` for a create.
        fields: what is sent: the whole record of a create, of an update only what changes.
        before: the record as it was there, where it was read (for undo).
        after: the record as it will be; for a create, ``fields`` when not given.
        action: the declared action's name, for :attr:`Kind.ACT`.
        input_fp: fingerprint of everything the record was mapped from.
        desired_fp: fingerprint of the record that is wanted.
        origin: what the link says once a create has landed.
    """

    object: str
    target: str
    kind: Kind
    key: str
    destination_id: str | None = None
    fields: bytes = b"{}"
    before: bytes | None = None
    after: bytes | None = None
    action: str | None = None
    input_fp: bytes | None = None
    desired_fp: bytes | None = None
    origin: Origin = "created"


@dataclass(frozen=True, slots=True)
class OperationRecord:
    """One journalled operation; what it shares with :class:`Intent` means the same.

    Attributes:
        id: the journal's number, rising.
        run_id: the run that intended it.
        identity: the destination.
        status: the latest verdict; ``None`` while there is none.
        code: the API's code, with ``message`` and ``fault_fields`` as it gave them.
        handle: what to rejoin, where one was told.
        intended_at: UTC instant.
        decided_at: UTC instant; ``None`` while the operation is open.
    """

    id: int
    run_id: int
    identity: str
    object: str
    target: str
    kind: Kind
    key: str
    action: str | None
    origin: Origin
    destination_id: str | None
    input_fp: bytes | None
    desired_fp: bytes | None
    status: Status | None
    code: str
    message: str
    fault_fields: tuple[str, ...]
    handle: str | None
    intended_at: str
    decided_at: str | None
    payload: Payload

    @property
    def fields(self) -> bytes:
        return self.payload.fields

    @property
    def before(self) -> bytes | None:
        return self.payload.before

    @property
    def after(self) -> bytes | None:
        return self.payload.after


@dataclass(frozen=True, slots=True)
class OpenOperation(OperationRecord):
    """One that was intended and of which nobody knows yet what became of it.

    Attributes:
        marks: high-water marks by object, taken before it was sent.
    """

    marks: Mapping[str, str]


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
        bodies = [self._pack_payload(intent) for intent in intents]
        with self._writing() as connection:
            mark_id = None
            if marks:
                noted = insert(tables.mark).values(json=json.dumps(dict(marks)))
                mark_id = inserted_number(connection.execute(noted))
            first = allocate(connection, "operation", len(intents))
            rows = [
                {
                    "id": number,
                    "run_id": run_id,
                    "identity": identity,
                    "object": intent.object,
                    "target": intent.target,
                    "kind": Kind(intent.kind).value,
                    "key": intent.key,
                    "action": intent.action,
                    "origin": intent.origin,
                    "destination_id": intent.destination_id,
                    "input_fp": intent.input_fp,
                    "desired_fp": intent.desired_fp,
                    "payload_digest": digest,
                    "intended_at": now,
                    "mark_id": mark_id,
                }
                for number, (intent, (digest, *_)) in enumerate(
                    zip(intents, bodies, strict=True), first
                )
            ]
            connection.execute(insert(tables.operation), rows)
            self._database.bulk_insert(
                connection,
                tables.payload,
                [
                    (number, fields, before, after, False)
                    for number, (_, fields, before, after) in enumerate(bodies, first)
                ],
            )
        return list(range(first, first + len(intents)))

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
            _selected(tables.mark.c.json.label("marks"))
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
                yield OpenOperation(**self._attributes(row), marks=json.loads(row.marks or "{}"))
            after = page[-1].id

    def operations(  # noqa: PLR0913 - filters and paging of one list
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
        wanted = _selected().order_by(table.c.id.desc() if newest_first else table.c.id)
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
        return [OperationRecord(**self._attributes(row)) for row in page]

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

    def _pack_payload(
        self, intent: Intent
    ) -> tuple[bytes, bytes | None, bytes | None, bytes | None]:
        after = intent.after
        if after is None and intent.kind == Kind.CREATE:
            after = intent.fields
        sent = None if intent.fields == after else intent.fields
        parts = (sent, intent.before, after)
        packed = iter(
            self._codec.pack(
                f"object {intent.object}", [part for part in parts if part is not None]
            )
        )
        fields, before, written = (None if part is None else next(packed) for part in parts)
        return payload_digest(intent.fields, intent.before, after), fields, before, written

    def _attributes(self, row: SqlRow[Any]) -> dict[str, Any]:
        return {
            "id": row.id,
            "run_id": row.run_id,
            "identity": row.identity,
            "object": row.object,
            "target": row.target,
            "kind": Kind(row.kind),
            "key": row.key,
            "action": row.action,
            "origin": row.origin,
            "destination_id": row.destination_id,
            "input_fp": row.input_fp,
            "desired_fp": row.desired_fp,
            "status": None if row.status is None else Status(row.status),
            "code": row.code or "",
            "message": row.message or "",
            "fault_fields": tuple(json.loads(row.fault_fields or "[]")),
            "handle": row.handle,
            "intended_at": row.intended_at,
            "decided_at": row.decided_at,
            "payload": Payload(self._codec, row.fields, row.before, row.after, row.reduced),
        }


def _selected(*more: Any) -> Select[Any]:
    payload = tables.payload
    return (
        select(
            tables.operation,
            payload.c.fields,
            payload.c.before,
            payload.c.after,
            payload.c.reduced,
            *more,
        )
        .select_from(tables.operation)
        .outerjoin(payload, payload.c.operation_id == tables.operation.c.id)
    )
