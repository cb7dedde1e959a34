"""The way back of acts: confirmed, posted, activated; by the inverse that the destination names."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from crm_transforms.destination import Kind, Reversible, Status
from crm_transforms.stages.undo_pass import UndoPass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crm_transforms.journal import Link, OperationRecord
    from crm_transforms.stages.work import Change


class Reverting(UndoPass):
    """Reverts what was done to records, before they are removed or restored."""

    kind: ClassVar[Kind] = Kind.ACT
    kept_as: ClassVar[str] = "not reverted"
    counted_as: ClassVar[str] = "reverted"

    def plan(self, page: Sequence[OperationRecord]) -> Sequence[Change]:
        done = [op for op in page if op.status is Status.LANDED and op.undoes is None]
        undone = self._work.journal.undone([op.id for op in done])
        links = self._links(done)
        changes: list[Change] = []
        for op in done:
            link = links.get(op.key)
            if link is None or op.id in undone:
                continue
            action = op.action or ""
            inverse = self._inverse(action)
            if inverse is not None:
                change = self._change(link, op.id)
                change.action = inverse
                changes.append(change)
            elif not self._goes_anyway(link):
                why = f"{self._work.destination.name} has no inverse of {action!r}"
                self._keep(link, [("", why)])
        return changes

    def _inverse(self, action: str) -> str | None:
        destination = self._work.destination
        if not isinstance(destination, Reversible):
            return None
        return destination.inverse(self._subject.target, action)

    def _goes_anyway(self, link: Link) -> bool:
        """A record that is removed takes with it what was done to it, if it can be removed."""
        return link.origin == "created" and not self._scope.runs
