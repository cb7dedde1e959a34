"""Verify the way back: what was removed is gone, and what was restored holds what it held."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crm_transforms.canonical import decode
from crm_transforms.destination import SCHEMA, Kind
from crm_transforms.journal import UNDO, Reject
from crm_transforms.stages.undo_compare import shown
from crm_transforms.stages.verify import BATCH, differences

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crm_transforms.destination import Record
    from crm_transforms.journal import OperationRecord
    from crm_transforms.stages.subject import Subject
    from crm_transforms.stages.undo_log import UndoLog
    from crm_transforms.stages.work import Work


class UndoVerifier:
    """Reads back what a rollback did, also what an earlier attempt at it did."""

    def __init__(self, work: Work, log: UndoLog) -> None:
        self._work = work
        self._log = log

    def verify(self, subject: Subject) -> None:
        """Read back all that was done to one object and has not been read back yet."""
        after = 0
        journal, identity = self._work.journal, self._work.identity.id
        while batch := journal.unconfirmed_undoing(identity, subject.name, after, BATCH):
            after = batch[-1].id
            rejects = self._verified(subject, batch)
            journal.confirm([op.id for op in batch], rejects)
            self._log.count("verified", subject.name, len(batch) - len(rejects))
            self._log.flush()

    def _verified(self, subject: Subject, batch: Sequence[OperationRecord]) -> list[Reject]:
        restored = self._restored(subject, [op for op in batch if op.kind is Kind.UPDATE])
        names = sorted(set().union(*restored.values())) or self._any_field(subject)
        ids = [op.destination_id for op in batch if op.destination_id]
        found = self._work.destination.read(subject.target, ids, names)
        rejects: list[Reject] = []
        for op in batch:
            record = found.get(op.destination_id or "")
            field, why = "", ""
            if op.kind is Kind.DELETE and record is not None:
                why = "it was removed and is there all the same"
                self._link_again(subject, op)
            elif op.kind is Kind.UPDATE and subject.target == SCHEMA:
                field, why = "options", _not_taken(op, record or {})
            elif op.id in restored:
                field, why = self._not_restored(subject, restored[op.id], record)
            if why:
                rejects.append(self._reject(subject, op, field, why))
        return rejects

    def _restored(self, subject: Subject, updates: Sequence[OperationRecord]) -> dict[int, Record]:
        """What restored fields hold by now, by operation: a later one may have restored further."""
        if subject.target == SCHEMA:
            return {}
        journal = self._work.journal
        links = journal.links(subject.name, self._work.identity.id, [op.key for op in updates])
        numbers = [link.operation_id for link in links.values() if link.operation_id]
        images = {number: decode(image) for number, image in journal.after_image(numbers).items()}
        restored: dict[int, Record] = {}
        for op in updates:
            link = links.get(op.key)
            if link is not None and link.operation_id in images:
                image = images[link.operation_id]
                restored[op.id] = {name: image.get(name) for name in decode(op.fields)}
        return restored

    def _link_again(self, subject: Subject, op: OperationRecord) -> None:
        """It is ours and there: without a link the next load would make a second one."""
        ours = (op.key, op.destination_id or "", None)
        self._work.journal.link_matched(
            subject.name,
            self._work.identity.id,
            [ours],
            origin="created",
            operation_id=op.undoes,
        )

    def _not_restored(
        self, subject: Subject, wanted: Record, record: Record | None
    ) -> tuple[str, str]:
        if record is None:
            return "", "the record cannot be read back"
        normalise = self._work.destination.normalise
        shown_now = {name: record.get(name) for name in wanted}
        for fault in differences(
            normalise(subject.target, wanted), normalise(subject.target, shown_now)
        )[:1]:
            return fault.field, f"restored to {shown(fault.wanted)}, it holds {shown(fault.found)}"
        return "", ""

    def _any_field(self, subject: Subject) -> list[str]:
        if subject.target == SCHEMA:
            return ["name", "options"]
        return sorted(self._work.destination.describe(subject.target).fields)[:1]

    def _reject(self, subject: Subject, op: OperationRecord, field: str, why: str) -> Reject:
        self._work.tally(subject.name).mismatched += 1
        return Reject(
            stage=UNDO,
            object=subject.name,
            key=op.key,
            field=field,
            rule="read back",
            message=why,
            place=subject.place(field),
            identity=self._work.identity.id,
        )


def _not_taken(op: OperationRecord, field: Record) -> str:
    """Which options that were taken away are there all the same."""
    there = field.get("options")
    left = [
        label
        for label in decode(op.fields).get("remove_options") or ()
        if isinstance(there, list) and label in there
    ]
    return f"taken away and there all the same: {', '.join(left)}" if left else ""
