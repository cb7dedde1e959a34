"""One run from a staged journal to a verified destination."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from crm_transforms.destination import BudgetExhaustedError
from crm_transforms.journal import UNDO
from crm_transforms.stages.act import Acting
from crm_transforms.stages.ledger import Ledger
from crm_transforms.stages.load import Loader
from crm_transforms.stages.people import match_people
from crm_transforms.stages.plan import Planner
from crm_transforms.stages.preparation import check_names, has_key_field, prepare_mapping
from crm_transforms.stages.recognition import Recogniser
from crm_transforms.stages.references import ReferenceResolver
from crm_transforms.stages.schema import SchemaStage
from crm_transforms.stages.scope import ScopeReader
from crm_transforms.stages.settle import Settler
from crm_transforms.stages.undo_scope import require_finished
from crm_transforms.stages.verify import Verifier

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crm_transforms.mapping import Join
    from crm_transforms.stages.subject import PlannedSubject
    from crm_transforms.stages.work import Change, Work

logger = logging.getLogger(__name__)


class LoadRun:
    """Plans and loads every mapping object in dependency order, then verifies."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._scopes = ScopeReader(work.journal, work.only)
        ledger = Ledger(work)
        self._references = ReferenceResolver(work, ledger)
        self._loader = Loader(work)
        self._settler = Settler(work)
        self._schema = SchemaStage(work, self._scopes, self._loader)
        self._recogniser = Recogniser(work, ledger)
        self._planner = Planner(
            work, self._scopes, ledger, self._references, self._recogniser, self._schema
        )
        self._verifier = Verifier(work)
        self._acting = Acting(work, self._scopes, ledger)

    def run(self) -> None:
        """Bring the destination to what the mapping wants.

        Raises:
            UnfinishedRollbackError: somebody began to take this migration back.
            JournalFullError: the disk does not hold what the plan says the journal will take.
            BudgetExhaustedError: the rest must wait; what landed is verified all the same.
            DestinationError: the destination cannot be used.
        """
        work = self._work
        require_finished(work)
        self._require_room()
        work.journal.clear_stage(UNDO, work.identity.id)
        prepare_mapping(work, self._scopes)
        objects = [work.mapping.objects[name] for name in work.mapping.order]
        self._settler.recover()
        self._settler.sweep_earlier()
        for obj in objects:
            self._verifier.verify(obj)
        self._match_people(objects)
        objects = [obj for obj in objects if not obj.people]
        if not all(self._is_fresh(obj) for obj in objects):
            self._load_stale(objects)
        for obj in objects:
            if obj.name not in work.tallies:
                count = work.journal.count_links(obj.name, work.identity.id)
                work.tally(obj.name).unchanged = count

    def pending(self) -> list[str]:
        """Objects whose rows, parents or rules have moved since they were loaded whole.

        Asks for the account's users, and writes nothing there.

        Raises:
            DestinationError: they cannot be listed.
        """
        prepare_mapping(self._work, self._scopes)
        objects = [self._work.mapping.objects[name] for name in self._work.mapping.order]
        self._match_people(objects)
        return [obj.name for obj in objects if not (obj.people or self._is_fresh(obj))]

    def _load_stale(self, objects: list[PlannedSubject]) -> None:
        """Load every object whose input has moved, also while its parents were loaded."""
        work = self._work
        check_names(work, objects)
        there = {obj.name: has_key_field(work, obj) for obj in objects}
        self._schema.apply()
        self._settler.sweep(schema=True)
        seq = work.journal.last_seq()
        loaded: list[PlannedSubject] = []
        try:
            for obj in objects:
                if not self._is_fresh(obj):
                    loaded.append(obj)
                    self._scopes.prepare(obj.joins)
                    self._recogniser.begin(obj, key_field_was_there=there[obj.name])
                    self._recogniser.keep(obj)
                    self._load(obj)
            for obj in loaded:
                if work.mapping.deferred.get(obj.name):
                    self._carry_out(obj, self._planner.deferred_changes(obj))
        except BudgetExhaustedError:
            self._settle_accounts(loaded)
            raise
        self._settler.sweep()
        for obj in loaded:
            self._verifier.verify(obj)
        for obj in loaded:  # verified before: an act changes what was written
            self._acting.run(obj)
        if work.only is None:
            self._conclude(loaded, seq)

    def _require_room(self) -> None:
        plan = self._work.journal.get(f"plan.{self._work.identity.id}")
        if plan is not None:
            self._work.journal.require_room(plan["inventory"]["bytes"])

    def _conclude(self, loaded: Sequence[PlannedSubject], seq: int) -> None:
        """Everything up to ``seq`` was looked at."""
        journal = self._work.journal
        for obj in loaded:
            journal.put(self._watermark_name(obj), self._watermark(obj, seq))
            self._recogniser.end(obj)
        if not journal.count_rejects():
            journal.mark_landed(seq)

    def _settle_accounts(self, objects: list[PlannedSubject]) -> None:
        """Check what landed before the budget ended, as far as what is left of it allows."""
        try:
            self._settler.sweep()
            for obj in objects:
                self._verifier.verify(obj)
        except BudgetExhaustedError:
            logger.warning("the budget leaves no room to verify; the next run does that first")

    def _load(self, obj: PlannedSubject) -> None:
        self._carry_out(obj, self._planner.changes(obj))

    def _carry_out(self, obj: PlannedSubject, batches: Iterator[list[Change]]) -> None:
        work = self._work
        total = self._scopes.count(obj)
        for batch in batches:
            self._loader.carry_out(batch)
            work.progress(obj.name, self._planner.rows, total)
        work.journal.reject(work.conflicts)
        work.conflicts.clear()
        work.progress(obj.name, total, total)

    def _match_people(self, objects: list[PlannedSubject]) -> None:
        work = self._work
        found = match_people(work, self._scopes, objects)
        if found is None:
            return
        self._references.take_people(found)
        for name, matches in found.matches.items():
            tally = work.tally(name)
            tally.seen = len(matches)
            tally.matched = sum(match.verdict == "matched" for match in matches)
            for match in matches:
                if match.verdict != "matched":
                    work.findings[(name, f"{match.verdict}: falls to the fallback owner")] += 1
            work.journal.put(f"people.{name}", [match.as_json() for match in matches])

    def _is_fresh(self, obj: PlannedSubject) -> bool:
        """Nothing that this object's records are made from has moved since the last whole load."""
        work = self._work
        if work.options.retry or work.options.force or work.only is not None:
            return False
        mark = work.journal.get(self._watermark_name(obj))
        if not isinstance(mark, dict):
            return False
        now = self._watermark(obj, mark["seq"])
        if any(mark[name] != now[name] for name in now):
            return False
        streams = work.journal.streams()
        return not any(
            name in streams and work.journal.changed_since(streams[name].id, mark["seq"])
            for name in _streams(obj)
        )

    def _watermark_name(self, obj: PlannedSubject) -> str:
        return f"loaded.{self._work.identity.id}.{obj.name}"

    def _watermark(self, obj: PlannedSubject, seq: int) -> dict[str, Any]:
        journal, identity = self._work.journal, self._work.identity.id
        parents = sorted({name for ref in obj.refs for name in ref.objects})
        return {
            "seq": seq,
            "hash": obj.hash,
            "people": self._references.people_digest(),
            "parents": [[name, journal.last_operation(identity, name)] for name in parents],
            "open": len(journal.open_keys(identity, obj.name)),
        }


def _streams(obj: PlannedSubject) -> set[str]:
    names = set() if obj.stream is None else {obj.stream}

    def add(joins: Sequence[Join]) -> None:
        for join in joins:
            names.add(join.stream)
            add(join.joins)

    add(obj.joins)
    return names
