"""The way back of changes: fields get back what stood there, where it is ours that stands there."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from crm_transforms.canonical import decode
from crm_transforms.destination import Kind, Status
from crm_transforms.journal import UNDO
from crm_transforms.stages.undo_compare import shown
from crm_transforms.stages.undo_pass import NO_BEFORE, UndoPass
from crm_transforms.stages.verify import same

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crm_transforms.destination import Record, Value
    from crm_transforms.journal import Link, OperationRecord
    from crm_transforms.stages.undo_log import Fault
    from crm_transforms.stages.work import Change


class Restoring(UndoPass):
    """Restores the fields of records that were there before us, or that other runs made."""

    kind: ClassVar[Kind] = Kind.UPDATE
    kept_as: ClassVar[str] = "not restored"
    counted_as: ClassVar[str] = "restored"

    def plan(self, page: Sequence[OperationRecord]) -> Sequence[Change]:
        open_ = self._open(page)
        links = self._links(open_)
        todo = [
            (op, links[op.key])
            for op in open_
            if op.key in links and self._is_meant(op, links[op.key])
        ]
        kept = self._rejected([link.key for _, link in todo])
        todo = [(op, link) for op, link in todo if link.key not in kept]
        images = self._images([link for _, link in todo])
        fit: list[tuple[OperationRecord, Link]] = []
        for op, link in todo:
            if op.payload.is_whole and op.before is not None and link.key in images:
                fit.append((op, link))
            else:
                self._keep(link, [("", NO_BEFORE)])
        there = self._read(fit)
        changes: list[Change] = []
        for op, link in fit:
            now = there.get(link.destination_id)
            if now is None:
                continue  # nobody can give a record back to those who deleted it
            change = self._restored(op, link, images[link.key], now)
            if change.fields:
                changes.append(change)
            if self._log.dry:
                emptied = [name for name, value in change.fields.items() if value is None]
                self._undoing.imagined.empty(self._subject.target, emptied)
        return changes

    def _open(self, page: Sequence[OperationRecord]) -> list[OperationRecord]:
        """What landed and was not taken back yet."""
        landed = [op for op in page if op.status is Status.LANDED and op.action != UNDO]
        undone = self._work.journal.undone([op.id for op in landed])
        return [op for op in landed if op.id not in undone]

    def _is_meant(self, op: OperationRecord, link: Link) -> bool:
        """Of what we made, a whole rollback removes or keeps the record; it restores no fields."""
        if op.destination_id != link.destination_id:
            return False
        if self._scope.runs:
            return True
        # In a dry run nothing lands, so that only the last change finds what it wrote.
        return link.origin != "created" and (not self._log.dry or op.id == link.operation_id)

    def _read(self, todo: Sequence[tuple[OperationRecord, Link]]) -> dict[str, Record]:
        if not todo:
            return {}
        destination, target = self._work.destination, self._subject.target
        names = sorted({name for op, _ in todo for name in decode(op.fields)})
        found = destination.read(target, [link.destination_id for _, link in todo], names)
        return {id_: destination.normalise(target, record) for id_, record in found.items()}

    def _restored(self, op: OperationRecord, link: Link, image: Record, now: Record) -> Change:
        """The change that restores all fields that may be; the others are listed."""
        normalise, target = self._work.destination.normalise, self._subject.target
        last, wrote = normalise(target, image), normalise(target, _decoded(op.after))
        before, after = _decoded(op.before), dict(image)
        change = self._change(link, op.id)
        change.before = {}
        faults: list[Fault] = []
        for name in decode(op.fields):
            value, there = before.get(name), now.get(name)
            if not same(value, there):
                why = self._obstacle(wrote.get(name), last.get(name), there)
                if why:
                    faults.append((name, why))
                    continue
                change.fields[name], change.before[name] = value, there
            after[name] = value
        change.after = {name: value for name, value in after.items() if value is not None}
        if faults:
            change.undoes = None
            self._keep(link, faults)
        return change

    def _obstacle(self, wrote: Value, last: Value, there: Value) -> str:
        """Why a field has to stay as it is: what we wrote is not what stands there."""
        if self._work.options.force:
            return ""
        if not same(last, there):
            return f"we wrote {shown(last)}; somebody set {shown(there)}"
        if not same(wrote, last):
            return f"a later run wrote {shown(last)}"
        return ""


def _decoded(text: bytes | None) -> dict[str, Value]:
    return {} if text is None else dict(decode(text))
