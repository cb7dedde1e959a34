"""The way back of options: what we added to a choice goes if no record has chosen it."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, ClassVar

from crm_transforms.canonical import decode
from crm_transforms.destination import SCHEMA, Kind, Status
from crm_transforms.journal import UNDO
from crm_transforms.stages.undo_pass import NO_BEFORE, UndoPass

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from crm_transforms.journal import Link, OperationRecord
    from crm_transforms.stages.subject import Subject
    from crm_transforms.stages.undo_pass import Undoing
    from crm_transforms.stages.work import Change


class OptionRemoval(UndoPass):
    """Takes away the options that we added to fields which stay."""

    kind: ClassVar[Kind] = Kind.UPDATE
    kept_as: ClassVar[str] = "not restored"
    counted_as: ClassVar[str] = "restored"

    def __init__(self, undoing: Undoing, subject: Subject) -> None:
        super().__init__(undoing, subject)
        self._used: dict[str, Mapping[str, int]] = {}

    def run(self) -> None:
        """Ask once for each field which options are chosen: the answer takes a whole list."""
        added: dict[str, dict[str, None]] = defaultdict(dict)
        for page in self._pages():
            for op, link in self._meant(page):
                if op.payload.is_whole:
                    added[op.key].update(dict.fromkeys(_added(op)))
                else:
                    self._keep(link, [("options", NO_BEFORE)])
        for key, labels in added.items():
            target, _, name = key.partition(".")
            used = self._work.destination.options_in_use(target, name, list(labels))
            left = {
                label: count - self._undoing.imagined.chosen(target, name, label)
                for label, count in used.items()
            }
            self._used[key] = {label: count for label, count in left.items() if count > 0}
        super().run()

    def plan(self, page: Sequence[OperationRecord]) -> Sequence[Change]:
        meant = [(op, link) for op, link in self._meant(page) if op.payload.is_whole]
        ids = [link.destination_id for _, link in meant]
        found = self._work.destination.read(SCHEMA, ids, ["options"]) if ids else {}
        changes: list[Change] = []
        for op, link in meant:
            there = _labels(found.get(link.destination_id, {}))
            used = self._used[op.key]
            ours = [label for label in _added(op) if label in there]
            faults = [
                ("options", f"{used[label]} records hold {label!r}")
                for label in ours
                if label in used
            ]
            self._keep(link, faults)
            free = [label for label in ours if label not in used]
            if free:
                change = self._change(link, None if faults else op.id)
                change.before = {"options": list(there)}
                change.after = {"options": [label for label in there if label not in free]}
                change.fields = {"remove_options": list(free)}
                changes.append(change)
        return changes

    def _meant(self, page: Iterable[OperationRecord]) -> list[tuple[OperationRecord, Link]]:
        """Options of fields that stay: a field of ours goes, or is kept, with all it has."""
        landed = [op for op in page if op.status is Status.LANDED and op.action != UNDO]
        undone = self._work.journal.undone([op.id for op in landed])
        links = self._links(landed)
        kept = self._rejected(list(links))
        return [
            (op, links[op.key])
            for op in landed
            if op.id not in undone
            and op.key in links
            and op.key not in kept
            and (links[op.key].origin != "created" or self._scope.runs)
        ]


def _labels(record: Mapping[str, Any]) -> list[Any]:
    return list(record.get("options") or ())


def _added(op: OperationRecord) -> list[str]:
    before = _labels(decode(op.before or b"{}"))
    return [label for label in _labels(decode(op.fields)) if label not in before]
