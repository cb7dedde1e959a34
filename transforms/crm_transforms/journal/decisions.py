"""Decisions: the verdict, and everything that follows from it, in one transaction."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, bindparam, select, update

from crm_transforms.destination import Kind, Status
from crm_transforms.journal import tables
from crm_transforms.journal.chain import Chain
from crm_transforms.journal.clock import instant
from crm_transforms.journal.errors import JournalError
from crm_transforms.journal.links import Link, Links
from crm_transforms.journal.rejects import Reject, Rejects, object_subject
from crm_transforms.journal.text import storable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

FINAL = (Status.LANDED, Status.REFUSED, Status.ABSENT)


@dataclass(frozen=True, slots=True)
class Decision:
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


class Decisions(Links, Rejects, Chain):
    """The journal's verdicts."""

    def decide(self, decisions: Sequence[Decision]) -> None:
        """Journal verdicts; all of them with their consequences are durable on return, or none.

        A landed create or update writes the link, a landed delete removes it, and what was rejected
        of a record that landed no longer is. The same final verdict again changes nothing.

        Raises:
            JournalError: no such operation; another final verdict stands; a record landed without
                anybody knowing its id.
        """
        packed = self._pack_rejects([d.reject for d in decisions if d.reject is not None])
        with self._writing() as connection:
            operations = self._read_operations(connection, [d.operation_id for d in decisions])
            decided = [
                _decided(operations[decision.operation_id], decision)
                for decision in sorted(decisions, key=lambda decision: decision.operation_id)
                if not _stands(operations, decision)
            ]
            if decided:
                _write_verdicts(connection, decided)
            landed = [row for row in decided if row["status"] == Status.LANDED]
            self._follow(connection, landed)
            self._clear_subjects(
                connection,
                [object_subject(row["object"], row["identity"], row["key"]) for row in landed],
            )
            self._write_rejects(connection, packed)
            self._append(connection, [row for row in decided if row["decided_at"]])

    def _read_operations(
        self, connection: Connection, numbers: Sequence[int]
    ) -> dict[int, dict[str, Any]]:
        table = tables.operation
        wanted = select(table).where(self._database.member(table.c.id, numbers))
        found = {row["id"]: dict(row) for row in connection.execute(wanted).mappings()}
        for number in numbers:
            if number not in found:
                raise JournalError(f"There is no operation {number} to decide.")
        return found

    def _follow(self, connection: Connection, landed: Sequence[Mapping[str, Any]]) -> None:
        groups: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
        for row in landed:
            groups.setdefault((row["object"], row["identity"]), []).append(row)
        for (object_name, identity), rows in groups.items():
            keys = [row["key"] for row in rows]
            before = self._read_links(connection, object_name, identity, keys)
            after = dict(before)
            for row in rows:
                _follow_one(after, row)
            removed = [key for key in before if key not in after]
            self._remove_links(connection, object_name, identity, removed)
            written = [link for key, link in after.items() if link != before.get(key)]
            self._write_links(connection, identity, written)


def _stands(operations: Mapping[int, Mapping[str, Any]], decision: Decision) -> bool:
    operation = operations[decision.operation_id]
    if operation["decided_at"] is None:
        return False
    if operation["status"] == decision.status.value:
        return True
    raise JournalError(
        f"Operation {decision.operation_id} was decided already: {operation['status']}, "
        f"not {decision.status.value}."
    )


def _decided(operation: Mapping[str, Any], decision: Decision) -> dict[str, Any]:
    return {
        **operation,
        "status": decision.status.value,
        "destination_id": decision.destination_id or operation["destination_id"],
        "code": storable(decision.code),
        "message": storable(decision.message),
        "fault_fields": json.dumps(list(decision.fields)),
        "decided_at": instant() if decision.status in FINAL else None,
    }


def _write_verdicts(connection: Connection, decided: Iterable[Mapping[str, Any]]) -> None:
    table = tables.operation
    changed = ("status", "destination_id", "code", "message", "fault_fields", "decided_at")
    connection.execute(
        update(table)
        .where(table.c.id == bindparam("number"))
        .values({name: bindparam(f"new_{name}") for name in changed}),
        [
            {"number": row["id"], **{f"new_{name}": row[name] for name in changed}}
            for row in decided
        ],
    )


def _follow_one(links: dict[str, Link], row: Mapping[str, Any]) -> None:
    key = row["key"]
    known = links.get(key)
    if row["kind"] == Kind.DELETE:
        links.pop(key, None)
        return
    if row["kind"] == Kind.ACT:
        return
    destination_id = row["destination_id"] or (known.destination_id if known else None)
    if destination_id is None:
        raise JournalError(
            f"Operation {row['id']} ({row['kind']} {row['object']} {key!r}) landed, but nobody "
            "said under which id."
        )
    is_ours = row["kind"] == Kind.CREATE or known is None
    links[key] = Link(
        object=row["object"],
        key=key,
        destination_id=destination_id,
        origin=row["origin"] if is_ours or known is None else known.origin,
        input_fp=row["input_fp"],
        desired_fp=row["desired_fp"],
        operation_id=row["id"],
    )
