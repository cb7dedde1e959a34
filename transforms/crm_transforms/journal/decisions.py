"""Decisions: the verdict, and everything that follows from it, in one transaction."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import Connection, select

from crm_transforms.destination import Kind, Status
from crm_transforms.journal import tables
from crm_transforms.journal.chain import Chain, Covered
from crm_transforms.journal.clock import instant
from crm_transforms.journal.errors import JournalError
from crm_transforms.journal.links import Link, Links
from crm_transforms.journal.operation import UNDO
from crm_transforms.journal.rejects import Reject, Rejects
from crm_transforms.journal.text import storable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

INTENDED = Covered._fields.index("destination_id")
FINAL = (Status.LANDED, Status.REFUSED, Status.ABSENT)


class Decision(NamedTuple):
    """The verdict on one operation, to be journalled.

    Attributes:
        operation_id: the operation.
        status: see :class:`~crm_transforms.destination.Status`; only ``unknown`` may be followed by
            another decision.
        destination_id: the record's id, when landed; the intended one when not given.
        code: the API's code.
        message: the API's words.
        fields: the fields at fault.
        reject: the row for the rejects, where the record is given up.
    """

    operation_id: int
    status: Status
    destination_id: str | None = None
    code: str = ""
    message: str = ""
    fields: tuple[str, ...] = ()
    reject: Reject | None = None


class Verdict(NamedTuple):
    """The columns of an operation that its verdict sets, as the audit chain covers them."""

    destination_id: str | None
    status: str
    code: str
    message: str
    fault_fields: str
    decided_at: str | None


class Decisions(Links, Rejects, Chain):
    """The journal's verdicts."""

    def decide(self, decisions: Sequence[Decision]) -> None:
        """Journal verdicts; all of them with their consequences are durable on return, or none.

        A landed create or update writes the link, a landed delete of the linked record removes it,
        and what was rejected of a record that landed no longer is. The same final verdict again
        changes nothing; of two on one operation the last counts.

        Raises:
            JournalError: no such operation; another final verdict stands; a record landed without
                anybody knowing its id.
        """
        if not decisions:
            return
        latest = {decision.operation_id: decision for decision in decisions}
        packed = self._pack_rejects([d.reject for d in latest.values() if d.reject is not None])
        now = instant()
        with self._writing() as connection:
            operations = self._read_operations(connection, list(latest))
            decided = [
                _decided(operations[number], decision, now)
                for number, decision in sorted(latest.items())
                if not _stands(operations[number], decision)
            ]
            if decided:
                verdicts = [(operation.id, *verdict) for operation, verdict in decided]
                self._database.bulk_update(connection, tables.operation, Verdict._fields, verdicts)
                self._follow(connection, decided)
                self._await_confirmation(connection, decided)
            self._write_rejects(connection, packed)
            self._append(
                connection,
                (
                    (*operation[:INTENDED], *verdict)
                    for operation, verdict in decided
                    if verdict[-1]
                ),
            )

    def _read_operations(
        self, connection: Connection, numbers: Sequence[int]
    ) -> dict[int, Covered]:
        table = tables.operation
        wanted = select(*(table.c[name] for name in Covered._fields))
        wanted = wanted.where(self._database.member(table.c.id, numbers))
        operations = map(Covered._make, connection.execute(wanted).all())
        found = {operation.id: operation for operation in operations}
        for number in numbers:
            if number not in found:
                raise JournalError(f"There is no operation {number} to decide.")
        return found

    def _await_confirmation(
        self, connection: Connection, decided: Iterable[tuple[Covered, Verdict]]
    ) -> None:
        waiting = [
            (operation.id, operation.identity, operation.object)
            for operation, verdict in decided
            if verdict.status == Status.LANDED and _is_to_be_seen(operation)
        ]
        if waiting:
            self._database.bulk_insert(connection, tables.unconfirmed, waiting)

    def _follow(self, connection: Connection, decided: Iterable[tuple[Covered, Verdict]]) -> None:
        groups: dict[tuple[str, str], list[tuple[Covered, Verdict]]] = {}
        for operation, verdict in decided:
            if verdict.status == Status.LANDED:
                group = groups.setdefault((operation.object, operation.identity), [])
                group.append((operation, verdict))
        for (object_name, identity), landed in groups.items():
            keys = [operation.key for operation, _ in landed]
            before = self._read_links(connection, object_name, identity, keys)
            after = dict(before)
            for operation, verdict in landed:
                _follow_one(after, operation, verdict.destination_id)
            old = [link for key, link in before.items() if after.get(key) is not link]
            new = [link for key, link in after.items() if before.get(key) is not link]
            self._replace_links(connection, identity, old, new)
            restored = {operation.key for operation, _ in landed if _is_restoring(operation)}
            if restored:
                self._clear_landed(connection, object_name, identity, restored, but=UNDO)
                keys = [key for key in keys if key not in restored]
            self._clear_landed(connection, object_name, identity, keys)


def _is_to_be_seen(operation: Covered) -> bool:
    """Whether reading back tells something: of a removal, that a rollback did what it says."""
    return operation.kind in {Kind.CREATE, Kind.UPDATE} or (
        operation.kind == Kind.DELETE and operation.action == UNDO
    )


def _is_restoring(operation: Covered) -> bool:
    """Whether it restores some fields, while others may have been listed as kept."""
    return operation.kind == Kind.UPDATE and operation.action == UNDO


def _stands(operation: Covered, decision: Decision) -> bool:
    if operation.decided_at is None:
        return False
    if operation.status == decision.status:
        return True
    raise JournalError(
        f"Operation {operation.id} was decided already: {operation.status}, "
        f"not {decision.status.value}."
    )


def _decided(operation: Covered, decision: Decision, now: str) -> tuple[Covered, Verdict]:
    return operation, Verdict(
        destination_id=decision.destination_id or operation.destination_id,
        status=decision.status.value,
        code=storable(decision.code),
        message=storable(decision.message),
        fault_fields=storable(json.dumps(decision.fields)) if decision.fields else "[]",
        decided_at=now if decision.status in FINAL else None,
    )


def _follow_one(links: dict[str, Link], operation: Covered, destination_id: str | None) -> None:
    key = operation.key
    known = links.get(key)
    if operation.kind == Kind.DELETE:
        # The second record of a key may be the one that went: a late duplicate of ours.
        if known is not None and known.destination_id == operation.destination_id:
            del links[key]
        return
    if operation.kind == Kind.ACT:
        return
    if destination_id is None and known is not None:
        destination_id = known.destination_id
    if destination_id is None:
        raise JournalError(
            f"Operation {operation.id} ({operation.kind} {operation.object} {key!r}) landed, but "
            "nobody said under which id."
        )
    keeps_origin = known is not None and operation.kind == Kind.UPDATE
    links[key] = Link(
        object=operation.object,
        key=key,
        destination_id=destination_id,
        origin=known.origin if known is not None and keeps_origin else operation.origin,
        input_fp=operation.input_fp,
        desired_fp=operation.desired_fp,
        operation_id=operation.id,
    )
