"""The way back of what we made: it is removed if it still is as we left it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from crm_transforms.destination import Kind, Status
from crm_transforms.stages.undo_compare import Comparison
from crm_transforms.stages.undo_pass import NO_IMAGE, UndoPass

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crm_transforms.destination import Record, Value
    from crm_transforms.journal import Link, OperationRecord
    from crm_transforms.stages.subject import Subject
    from crm_transforms.stages.undo_log import Fault
    from crm_transforms.stages.undo_pass import Undoing
    from crm_transforms.stages.work import Change


class Removal(UndoPass):
    """Removes what one object's creates have made."""

    kind: ClassVar[Kind] = Kind.CREATE
    kept_as: ClassVar[str] = "not removed"
    counted_as: ClassVar[str] = "removed"
    waiting = 0
    """What had to stay for the sake of others of the same object, which may be gone by now."""

    def run(self) -> None:
        """Remove what can be removed.

        What was refused because another record of the object still needed it goes in another round.
        """
        tally = self._work.tally(self._subject.name)
        while True:
            removed, refused, self.waiting = tally.deleted, tally.rejected, 0
            super().run()
            if tally.deleted == removed or not (self.waiting or tally.rejected > refused):
                return

    def plan(self, page: Sequence[OperationRecord]) -> Sequence[Change]:
        links = self._links(page)
        made = {op.key: op for op in page if op.key in links and _has_made(op, links[op.key])}
        links = {key: links[key] for key in made}
        there = self.read([link.destination_id for link in links.values()])
        gone = [key for key, link in links.items() if link.destination_id not in there]
        self._log.let_go("gone", self._subject, gone)
        left = {key: link for key, link in links.items() if link.destination_id in there}
        faults = self.faults(left, there)
        changes: list[Change] = []
        for key, link in left.items():
            if key in faults:
                self._keep(link, faults[key])
                continue
            change = self._change(link, made[key].id)
            change.kind = Kind.DELETE
            change.before = self.lost(there[link.destination_id])
            changes.append(change)
        return changes

    def read(self, ids: Sequence[str]) -> Mapping[str, Record]:
        """What is there now, in the fields that are compared."""
        raise NotImplementedError

    def faults(
        self, links: Mapping[str, Link], there: Mapping[str, Record]
    ) -> Mapping[str, list[Fault]]:
        """Why some of it has to stay, by key."""
        raise NotImplementedError

    def lost(self, now: Record) -> dict[str, Value] | None:  # noqa: ARG002 - fields have none
        """What the journal has to keep because nothing else will hold it any more."""
        return None


class RecordRemoval(Removal):
    """Removes records that nobody has touched since, and on which nothing hangs."""

    def __init__(self, undoing: Undoing, subject: Subject) -> None:
        super().__init__(undoing, subject)
        self._comparison = Comparison(self._work, subject, dry=self._log.dry)
        self._force = self._work.options.force

    def read(self, ids: Sequence[str]) -> Mapping[str, Record]:
        return self._comparison.read(ids)

    def faults(
        self, links: Mapping[str, Link], there: Mapping[str, Record]
    ) -> Mapping[str, list[Fault]]:
        faults = {} if self._force else self._faults(links, there)
        if self._log.dry:
            going = [there[link.destination_id] for key, link in links.items() if key not in faults]
            specs = self._comparison.specs
            self._undoing.imagined.remove(self._subject.target, specs, going)
        return faults

    def _faults(
        self, links: Mapping[str, Link], there: Mapping[str, Record]
    ) -> dict[str, list[Fault]]:
        images = self._images(links.values())
        faults: dict[str, list[Fault]] = {
            key: [("", NO_IMAGE)] for key in links.keys() - images.keys()
        }
        faults |= self._comparison.faults(
            {key: (image, there[links[key].destination_id]) for key, image in images.items()}
        )
        free = {link.destination_id: key for key, link in links.items() if key not in faults}
        if free:
            attached = self._work.destination.attached(self._subject.target, list(free))
            left = self._undoing.imagined.left(self._subject.target, attached)
            for id_, children in left.items():
                told = ", ".join(f"{count} {kind}" for kind, count in sorted(children.items()))
                if told:
                    self.waiting += self._subject.target in children
                    why = f"still holds what is not ours or was kept: {told}"
                    faults[free[id_]] = [("", why)]
        return faults

    def lost(self, now: Record) -> dict[str, Value] | None:
        if not self._force:
            return None
        return {name: value for name, value in now.items() if value is not None}


def _has_made(op: OperationRecord, link: Link) -> bool:
    """Whether this operation made the record that is linked now.

    It may have been taken for absent and been found later.
    """
    if link.origin != "created":
        return False
    if op.id == link.operation_id:
        return True
    return op.status is Status.LANDED and op.destination_id == link.destination_id
