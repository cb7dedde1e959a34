"""One pass over what was done to an object's records, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from crm_transforms.canonical import decode
from crm_transforms.journal import UNDO
from crm_transforms.journal.undoing import Extent
from crm_transforms.stages.work import Change

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from crm_transforms.destination import Kind, Record
    from crm_transforms.journal import Link, OperationRecord
    from crm_transforms.stages.load import Loader
    from crm_transforms.stages.subject import Subject
    from crm_transforms.stages.undo_dry import Imagined
    from crm_transforms.stages.undo_log import Fault, UndoLog
    from crm_transforms.stages.undo_scope import UndoScope
    from crm_transforms.stages.work import Work

CHUNK = 2_000
"""Operations looked at together; what comes of them is sent as the destination batches."""
NO_IMAGE = "the journal no longer holds what was written (compact, purge)"
NO_BEFORE = "the journal no longer holds what stood there before (compact, purge)"


@dataclass(frozen=True, slots=True)
class Undoing:
    """What all passes of one rollback share.

    Attributes:
        imagined: what would be gone by now; filled in a dry run only.
        extent: how much there was to take back.
    """

    work: Work
    scope: UndoScope
    loader: Loader
    log: UndoLog
    imagined: Imagined
    extent: Mapping[str, Extent]


class UndoPass:
    """Takes back the operations of one kind on one object.

    Each pass looks only at what is still linked, so that it can be begun again at any point.

    Attributes:
        kind: of the operations.
        kept_as: what becomes of records that must stay, for the rejects.
        counted_as: what becomes of the others, for a dry run.
    """

    kind: ClassVar[Kind]
    kept_as: ClassVar[str]
    counted_as: ClassVar[str]

    def __init__(self, undoing: Undoing, subject: Subject) -> None:
        self._undoing = undoing
        self._work = undoing.work
        self._log = undoing.log
        self._scope = undoing.scope
        self._subject = subject
        self._size = self._work.destination.batch_size(subject.target)

    def run(self) -> None:
        """Take back what is in scope.

        Raises:
            BudgetExhaustedError: the rest must wait.
            DestinationError: going on makes no sense.
        """
        batch: list[Change] = []
        for page in self._pages():
            if not {op.key for op in page}.isdisjoint(change.key for change in batch):
                self._carry_out(batch)
                batch = []
            for change in self.plan(page):
                if len(batch) == self._size:
                    self._carry_out(batch)
                    batch = []
                batch.append(change)
            self._log.flush()
        self._carry_out(batch)

    def plan(self, page: Sequence[OperationRecord]) -> Sequence[Change]:
        """What takes back operations of which no two are on one record."""
        raise NotImplementedError

    def _pages(self) -> Iterator[list[OperationRecord]]:
        """Operations, newest first; a record that comes again begins a new page."""
        journal, name, done = self._work.journal, self._subject.name, 0
        first, last = journal.run_span(self._scope.runs) if self._scope.runs else (0, 0)
        before = last + 1 if last else 0
        total = sum(self._undoing.extent.get(name, Extent())[:2])
        while found := journal.operations_back(
            self._work.identity.id,
            name,
            self._subject.target,
            self.kind,
            runs=self._scope.runs,
            first_id=first,
            before_id=before,
            limit=CHUNK,
        ):
            before = found[-1].id
            page: dict[str, OperationRecord] = {}
            for op in found:
                if op.key in page:
                    yield list(page.values())
                    page = {}
                page[op.key] = op
            yield list(page.values())
            done += len(found)
            self._work.progress(name, done, max(done, total))

    def _links(self, page: Iterable[OperationRecord]) -> dict[str, Link]:
        keys = [op.key for op in page]
        return self._work.journal.links(self._subject.name, self._work.identity.id, keys)

    def _rejected(self, keys: Sequence[str]) -> set[str]:
        """Records that were to be taken back otherwise, and have to stay as they are."""
        rejected = self._work.journal.rejected(self._subject.name, self._work.identity.id, keys)
        return {
            key for key, one in rejected.items() if one.stage == UNDO and one.rule != self.kept_as
        }

    def _images(self, links: Iterable[Link]) -> dict[str, Record]:
        """What we wrote last, by key, as far as the journal still holds it."""
        by_operation = {link.operation_id: link.key for link in links if link.operation_id}
        images = self._work.journal.after_image(list(by_operation))
        return {by_operation[number]: decode(image) for number, image in images.items()}

    def _change(self, link: Link, undoes: int | None) -> Change:
        return Change(
            self._subject,
            link.key,
            self.kind,
            fields={},
            after={},
            before=None,
            destination_id=link.destination_id,
            stream="",
            input_fp=None,
            desired_fp=None,
            origin=link.origin,
            action=UNDO,
            undoes=undoes,
        )

    def _keep(self, link: Link, faults: Iterable[Fault]) -> None:
        self._log.keep(self._subject, link.key, link.destination_id, self.kept_as, faults)

    def _carry_out(self, changes: Sequence[Change]) -> None:
        """Write, or count in a dry run what would be written."""
        if self._log.dry:
            self._log.count(self.counted_as, self._subject.name, len(changes))
        elif changes:
            self._undoing.loader.carry_out(changes)
