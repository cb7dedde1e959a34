"""One run from a staged journal to a verified destination."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from crm_transforms.destination import BudgetExhaustedError
from crm_transforms.mapping import Mapping, MappingError
from crm_transforms.stages.columns import with_discoveries
from crm_transforms.stages.load import Loader
from crm_transforms.stages.people import PeopleIndex
from crm_transforms.stages.plan import Planner
from crm_transforms.stages.recognition import Recogniser
from crm_transforms.stages.references import ReferenceResolver
from crm_transforms.stages.schema import SchemaStage
from crm_transforms.stages.scope import ScopeReader
from crm_transforms.stages.settle import Settler
from crm_transforms.stages.verify import Verifier

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crm_transforms.mapping import Join
    from crm_transforms.stages.subject import PlannedSubject
    from crm_transforms.stages.work import Change, Work

logger = logging.getLogger(__name__)


class UnknownNameError(Exception):
    """The mapping names what the destination does not have; the message says where."""


class LoadRun:
    """Plans and loads every mapping object in dependency order, then verifies."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._scopes = ScopeReader(work.journal)
        self._references = ReferenceResolver(work)
        self._loader = Loader(work)
        self._settler = Settler(work)
        self._schema = SchemaStage(work, self._scopes, self._loader)
        self._recogniser = Recogniser(work)
        self._planner = Planner(
            work, self._scopes, self._references, self._recogniser, self._schema
        )
        self._verifier = Verifier(work)

    def run(self) -> None:
        """Bring the destination to what the mapping wants.

        Raises:
            BudgetExhaustedError: the rest must wait; what landed is verified all the same.
            DestinationError: the destination cannot be used.
        """
        work = self._work
        if isinstance(work.mapping, Mapping):
            self._check_streams(work.mapping)
            work.mapping = with_discoveries(work.mapping, work.journal, self._scopes)
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

    def _load_stale(self, objects: list[PlannedSubject]) -> None:
        """Load every object whose input has moved, also while its parents were loaded."""
        work = self._work
        self._check_objects(objects)
        self._check_fields(objects)
        there = {obj.name: self._has_key_field(obj) for obj in objects}
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
            work.journal.put(self._watermark_name(obj), self._watermark(obj, seq))
        if not work.journal.count_rejects():
            work.journal.mark_landed(seq)

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

    def _carry_out(self, obj: PlannedSubject, planned: Iterator[list[Change]]) -> None:
        work = self._work
        size = work.destination.batch_size(obj.target)
        total = self._scopes.count(obj)
        batch: list[Change] = []
        for changes in planned:
            if batch and len(batch) + len(changes) > size:
                self._loader.carry_out(batch)
                self._planner.pending.clear()
                batch = []
                work.progress(obj.name, work.tally(obj.name).seen, total)
            batch += changes
        if batch:
            self._loader.carry_out(batch)
        self._planner.pending.clear()
        work.journal.reject(work.conflicts)
        work.conflicts.clear()
        work.progress(obj.name, total, total)

    def _match_people(self, objects: list[PlannedSubject]) -> None:
        work = self._work
        wanted = [obj for obj in objects if obj.people]
        if not wanted:
            return
        index = PeopleIndex(
            work.destination.people(),
            work.options.fallback_owner,
            work.identity.details.get("user_id", ""),
        )
        for obj in wanted:
            matches = []
            for scoped_rows in self._scopes.chunks(obj, 1_000):
                for scoped in scoped_rows:
                    for key, item, place in obj.records(scoped.row, scoped.joined):
                        values = obj.match_values(scoped.row, scoped.joined, item, place)
                        email = next(iter(values.values()), None)
                        matches.append(index.match(key, None if email is None else str(email)))
            self._references.add_people(obj.name, matches, index.fallback)
            tally = work.tally(obj.name)
            tally.seen = len(matches)
            tally.matched = sum(match.verdict == "matched" for match in matches)
            for match in matches:
                if match.verdict != "matched":
                    work.findings[(obj.name, f"{match.verdict}: falls to the fallback owner")] += 1
            work.journal.put(f"people.{obj.name}", [match.as_json() for match in matches])

    def _check_streams(self, mapping: Mapping) -> None:
        """Columns that no stream offers are the document's fault, before anything is written.

        A stream that has not come at all (a selection, a tap without it) counts as empty.

        Raises:
            MappingError: with every such place.
        """
        schemas = {name: info.schema for name, info in self._work.journal.streams().items()}
        if problems := mapping.check(schemas, whole=False):
            raise MappingError(problems)
        for name in sorted(mapping.streams - schemas.keys()):
            self._work.findings[(name, "this stream has never come and counts as empty")] += 1

    def _has_key_field(self, obj: PlannedSubject) -> bool:
        if not obj.key_field:
            return False
        return obj.key_field in self._work.destination.describe(obj.target).fields

    def _check_objects(self, objects: list[PlannedSubject]) -> None:
        for obj in objects:
            try:
                self._work.destination.describe(obj.target)
            except KeyError as error:
                name = self._work.destination.name
                message = f"{obj.place('')}: {name} has no object {obj.target!r}, or none to load"
                raise UnknownNameError(message) from error

    def _check_fields(self, objects: list[PlannedSubject]) -> None:
        """Fields that the destination does not know stop the run before anything is written.

        Raises:
            UnknownNameError: with every such place.
        """
        work = self._work
        faults: list[str] = []
        for obj in objects:
            known = work.destination.describe(obj.target).fields
            wanted = {custom.spec.name for custom in obj.custom}
            for name in obj.field_names:
                if name in known and not known[name].writable:
                    work.findings[(obj.name, f"{name} may not be set with these rights")] += 1
                    work.unwritable.setdefault(obj.name, set()).add(name)
                elif name not in known and name not in wanted:
                    faults.append(f"{obj.place(name)}: {obj.target} has no field {name}")
        if faults:
            raise UnknownNameError("; ".join(faults))

    def _is_fresh(self, obj: PlannedSubject) -> bool:
        """Nothing that this object's records are made from has moved since the last whole load."""
        work = self._work
        if work.options.retry or work.options.force:
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
