"""Dry run: a load that writes nothing, neither there nor in the journal.

It plans in the very way of :class:`~crm_transforms.stages.run.LoadRun`, with a ledger of its own in
place of the journal: what would be made counts as there, and what becomes of each record is noted
in a roster.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from crm_transforms.stages.act import Acting
from crm_transforms.stages.dry_ledger import DryLedger
from crm_transforms.stages.dry_schema import DryChoices, expected_fields
from crm_transforms.stages.load import Loader
from crm_transforms.stages.people import People, match_people
from crm_transforms.stages.plan import Planner
from crm_transforms.stages.preparation import check_names, has_key_field, prepare_mapping
from crm_transforms.stages.recognition import Recogniser
from crm_transforms.stages.references import ReferenceResolver
from crm_transforms.stages.schema import SchemaStage
from crm_transforms.stages.scope import ScopeReader
from crm_transforms.stages.undo_scope import require_finished

if TYPE_CHECKING:
    from crm_transforms.stages.manifest import Manifest
    from crm_transforms.stages.roster import Roster
    from crm_transforms.stages.subject import Plannable, PlannedSubject
    from crm_transforms.stages.work import Work
    from crm_transforms.stages.writes import FileCounts, Writes


@dataclass(slots=True)
class Outlook:
    """What a load would do, beside the roster.

    Attributes:
        mapping: with the columns that it discovers.
        manifests: what the account lacks; options that only the data brings are in ``options``.
        faults: custom fields that no account can have; nothing can be loaded then.
        people: ``None`` where the mapping has no people.
        writes: by mapping object, what would be sent.
        vanished: by mapping object, records whose row is gone.
        options: requests that add options to choices.
        files: those that would be carried over.
        findings: as in :class:`~crm_transforms.stages.work.Work`.
    """

    mapping: Plannable
    manifests: list[Manifest]
    faults: list[str]
    people: People | None
    files: FileCounts
    writes: dict[str, Writes] = field(default_factory=dict)
    vanished: dict[str, int] = field(default_factory=dict)
    options: int = 0
    findings: Counter[tuple[str, str]] = field(default_factory=Counter)


class DryRun:
    """Goes over every mapping object in load order and notes what would become of its records.

    Args:
        work: the run; left as it is, its tallies and findings included.
        roster: takes the records.
    """

    def __init__(self, work: Work, roster: Roster) -> None:
        # A run of its own, so that nobody takes for done what is only planned.
        self._work = work = replace(
            work,
            tallies={},
            dropped={},
            optionless={},
            unwritable={},
            conflicts=[],
            findings=Counter(),
        )
        self._roster = roster
        self._scopes = ScopeReader(work.journal)
        self._schema = SchemaStage(work, self._scopes, Loader(work))

    def run(self) -> Outlook:
        """Plan everything.

        Raises:
            UnfinishedRollbackError: somebody began to take this migration back.
            MappingError: the mapping names columns that no stream has.
            UnknownNameError: it names objects or fields that the destination does not have.
            DestinationError: the destination cannot be asked.
        """
        work = self._work
        require_finished(work)
        prepare_mapping(work, self._scopes)
        objects = [work.mapping.objects[name] for name in work.mapping.order]
        people = match_people(work, self._scopes, objects)
        objects = [obj for obj in objects if not obj.people]
        check_names(work, objects)
        there = {obj.name: has_key_field(work, obj) for obj in objects}
        manifests = self._schema.manifests()
        ledger = DryLedger(work, self._roster)
        outlook = Outlook(
            work.mapping,
            manifests,
            self._schema.faults(manifests),
            people,
            ledger.files,
            findings=work.findings,
        )
        references = ReferenceResolver(work, ledger)
        if people is not None:
            references.take_people(people)
        choices = DryChoices(work)
        recogniser = Recogniser(work, ledger)
        planner = Planner(work, self._scopes, ledger, references, recogniser, choices)
        try:
            for manifest in manifests:
                self._expect(manifest, ledger)
            for obj in objects:
                self._scopes.prepare(obj.joins)
                recogniser.begin(obj, key_field_was_there=there[obj.name])
                outlook.writes[obj.name] = self._plan(obj, planner, ledger)
                outlook.vanished[obj.name] = work.tally(obj.name).vanished
            acting = Acting(work, self._scopes, ledger)
            for obj in objects:
                outlook.writes[obj.name].acts = acting.count(obj)
        finally:
            for manifest in manifests:
                work.destination.expect(manifest.target, ())
        outlook.options = choices.requests
        return outlook

    def _expect(self, manifest: Manifest, ledger: DryLedger) -> None:
        fields = expected_fields(self._work.mapping, manifest)
        known = self._work.destination.describe(manifest.target).fields
        self._schema.leave_out(manifest)
        self._work.destination.expect(manifest.target, fields)
        ledger.expect(manifest.target, {spec.name for spec in fields} - known.keys())

    def _plan(self, obj: PlannedSubject, planner: Planner, ledger: DryLedger) -> Writes:
        work = self._work
        ledger.begin(obj)
        total = self._scopes.count(obj)
        for batch in planner.changes(obj):
            ledger.carry_out(batch)
            work.progress(obj.name, planner.rows, total)
        work.progress(obj.name, total, total)
        return ledger.finish()
