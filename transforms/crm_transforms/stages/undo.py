"""Undo: takes a load back from the journal, children first, the schema last."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crm_transforms.destination import SCHEMA
from crm_transforms.journal import UNDO
from crm_transforms.journal.clock import instant
from crm_transforms.stages.load import Loader
from crm_transforms.stages.settle import Settler
from crm_transforms.stages.subject import SCHEMA_OBJECT
from crm_transforms.stages.undo_acts import Reverting
from crm_transforms.stages.undo_dry import Imagined
from crm_transforms.stages.undo_fields import FieldRemoval
from crm_transforms.stages.undo_log import UndoLog
from crm_transforms.stages.undo_options import OptionRemoval
from crm_transforms.stages.undo_pass import Undoing
from crm_transforms.stages.undo_release import release
from crm_transforms.stages.undo_remove import RecordRemoval
from crm_transforms.stages.undo_restore import Restoring
from crm_transforms.stages.undo_verify import UndoVerifier

if TYPE_CHECKING:
    from crm_transforms.stages.subject import Subject
    from crm_transforms.stages.undo_log import UndoReport
    from crm_transforms.stages.undo_scope import UndoScope
    from crm_transforms.stages.work import Work


@dataclass(frozen=True, slots=True)
class FormerObject:
    """Stands where a mapping object stood that the document no longer has, or leads elsewhere."""

    name: str
    target: str

    def place(self, field: str) -> str:
        """Where a person can look it up."""
        return f"{self.target}, no longer in the mapping" + (f", field {field}" if field else "")


class Undo:
    """Takes back what earlier runs did on one account.

    Args:
        work: the run; its mapping gives the order.
        scope: what is taken back; see :func:`~crm_transforms.stages.undo_scope.problem`.
        dry: only say what would happen.
    """

    def __init__(self, work: Work, scope: UndoScope, *, dry: bool = False) -> None:
        self._work = work
        self._scope = scope
        self._log = UndoLog(work, scope, dry=dry)
        self._written = work.journal.written_objects(work.identity.id)
        self._settler = Settler(work, self._written)

    def run(self) -> UndoReport:
        """Take it back; begun again after a kill, it goes on.

        Raises:
            BudgetExhaustedError: the rest must wait.
            DestinationError: going on makes no sense.
        """
        if not self._log.dry:
            self._begin()
        with closing(Imagined()) as imagined:
            self._take_all_back(imagined)
        return self._end()

    def _take_all_back(self, imagined: Imagined) -> None:
        loader = Loader(self._work, self._settler, stage=UNDO)
        extent = self._work.journal.undo_extent(self._work.identity.id, self._scope.runs)
        undoing = Undoing(self._work, self._scope, loader, self._log, imagined, extent)
        verifier = UndoVerifier(self._work, self._log)
        subjects = [one for one in self._subjects() if self._scope.covers(one.name)]
        # Acts first, all of them: what was confirmed holds on to its children.
        for subject in subjects:
            if subject.target != SCHEMA and self._is_known(subject):
                Reverting(undoing, subject).run()
        for subject in subjects:
            self._take_back(undoing, subject, verifier)
        if not self._log.dry:
            late = self._settler.sweep()
            for subject in subjects:
                if subject.name in late:
                    self._take_back(undoing, subject, verifier)
        # Without the key fields nobody could recognise what landed late.
        if self._scope.covers(SCHEMA):
            self._take_back(undoing, SCHEMA_OBJECT, verifier)

    def _begin(self) -> None:
        """Forget that anything has landed, and find out what became of all that was sent."""
        journal, identity = self._work.journal, self._work.identity.id
        self._log.begin()
        journal.forget(f"loaded.{identity}.")
        journal.mark_landed(0)
        self._settler.recover()
        self._settler.sweep_earlier()

    def _take_back(self, undoing: Undoing, subject: Subject, verifier: UndoVerifier) -> None:
        if subject.target == SCHEMA:
            FieldRemoval(undoing, subject).run()
            OptionRemoval(undoing, subject).run()
        elif self._is_known(subject):
            RecordRemoval(undoing, subject).run()
            Restoring(undoing, subject).run()
        if not self._log.dry:
            verifier.verify(subject)
        if not self._scope.runs and self._ends_links(subject):
            release(self._work, subject, self._log)

    def _ends_links(self, subject: Subject) -> bool:
        """Whether nothing else is written under this name: an object may have moved elsewhere."""
        obj = self._work.mapping.objects.get(subject.name)
        return obj is None or obj.target == subject.target

    def _is_known(self, subject: Subject) -> bool:
        """Whether the destination still has the object; what we made there is listed if not."""
        try:
            return not self._work.destination.describe(subject.target).absent
        except KeyError:
            return False

    def _subjects(self) -> list[Subject]:
        """Children first: what the mapping no longer has, then the mapping backwards."""
        mapping = self._work.mapping
        known = {(obj.name, obj.target) for obj in mapping.objects.values()}
        former = [one for one in self._written if one not in known and one[0] != SCHEMA]
        names = {SCHEMA, *mapping.objects, *(name for name, _ in former)}
        linked = self._work.journal.linked_objects(self._work.identity.id)
        former += [(name, "") for name in linked if name not in names]
        backwards = [mapping.objects[name] for name in reversed(mapping.order)]
        return [
            *(FormerObject(*one) for one in former),
            *(obj for obj in backwards if not obj.people),
        ]

    def _end(self) -> UndoReport:
        journal, identity = self._work.journal, self._work.identity.id
        if self._log.dry:
            return self._log.end()
        for op in journal.open_operations(identity):
            subject = FormerObject(op.object, op.target)
            why = [("", f"nobody can say yet what became of its {op.kind.value}")]
            self._log.keep(subject, op.key, op.destination_id or "", "no answer", why)
        self._log.flush()
        journal.forget_unlinked(identity)
        journal.put(f"sweep.{identity}", None)
        if self._scope.sample:
            name = f"sample.{identity}"
            journal.put(name, {**journal.get(name), "undone_at": instant()})
        return self._log.end()
