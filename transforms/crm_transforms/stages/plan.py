"""Plan: the changes that bring one object's records to what the mapping wants."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from crm_transforms.canonical import decode
from crm_transforms.destination import Kind
from crm_transforms.stages.difference import Difference
from crm_transforms.stages.draft import CONFLICT, Draft, Drafter
from crm_transforms.stages.work import Change

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Sequence

    from crm_transforms.journal import Link
    from crm_transforms.stages.ledger import Ledger
    from crm_transforms.stages.recognition import Recogniser
    from crm_transforms.stages.references import ReferenceResolver
    from crm_transforms.stages.scope import ScopedRow, ScopeReader
    from crm_transforms.stages.subject import PlannedSubject
    from crm_transforms.stages.work import Work

CHUNK = 500
"""Rows planned together: one query per join and per kind of link for each chunk."""


class ChoiceKeeper(Protocol):
    """Gives choice fields the options that records bring."""

    def ensure(self, obj: PlannedSubject, drafts: Sequence[Draft]) -> None: ...


class Planner:
    """Plans one mapping object after the other."""

    def __init__(
        self,
        work: Work,
        scopes: ScopeReader,
        ledger: Ledger,
        references: ReferenceResolver,
        recogniser: Recogniser,
        choices: ChoiceKeeper,
    ) -> None:
        self._work = work
        self._scopes = scopes
        self._ledger = ledger
        self._references = references
        self._recogniser = recogniser
        self._choices = choices
        self._pending: set[str] = set()
        """Keys of changes that were handed out and not carried out yet: no link tells of them."""
        self.rows = 0
        """Rows of the object under way that were planned, the second pass left aside."""

    def changes(self, obj: PlannedSubject) -> Iterator[list[Change]]:
        """The changes of an object, in batches of what the destination takes at once.

        The changes of one source row come together. A batch has been carried out when the next one
        is asked for.
        """
        self.rows = 0
        return self._batches(obj, self._all(obj))

    def deferred_changes(self, obj: PlannedSubject) -> Iterator[list[Change]]:
        """The second pass: references in circles, whose records have all landed by now."""
        return self._batches(obj, self._planned(obj, self._work.mapping.deferred[obj.name]))

    def _batches(
        self, obj: PlannedSubject, planned: Iterable[list[Change]]
    ) -> Iterator[list[Change]]:
        size = self._work.destination.batch_size(obj.target)
        batch: list[Change] = []
        for changes in planned:
            if batch and len(batch) + len(changes) > size:
                yield batch
                self._pending.difference_update(change.key for change in batch)
                batch = []
            batch += changes
        if batch:
            yield batch
        self._pending.clear()

    def _all(self, obj: PlannedSubject) -> Iterator[list[Change]]:
        yield from self._planned(obj)
        if self._work.only is None:
            yield from self._vanished(obj)

    def _planned(
        self, obj: PlannedSubject, deferred: frozenset[str] = frozenset()
    ) -> Iterator[list[Change]]:
        """The changes of one source row at a time, so that a batch need not part them."""
        plan = _ObjectPlan(
            self._work,
            self._ledger,
            self._references,
            self._recogniser,
            self._choices,
            obj,
            deferred,
        )
        for rows in self._scopes.chunks(obj, CHUNK):
            self.rows += 0 if deferred else len(rows)
            for changes in plan.chunk(rows, self._pending):
                self._pending.update(change.key for change in changes)
                yield changes

    def _vanished(self, obj: PlannedSubject) -> Iterator[list[Change]]:
        """Records whose row is gone from a stream read whole, or is no longer wanted."""
        journal, identity = self._work.journal, self._work.identity.id
        for keys in self._scopes.unwanted(obj, CHUNK):
            links = journal.links(obj.name, identity, list(keys))
            self._work.tally(obj.name).vanished += len(links)
            if obj.vanished != "remove":
                continue
            ours = {key: link for key, link in links.items() if link.origin == "created"}
            images = journal.after_image(
                [one.operation_id for one in ours.values() if one.operation_id]
            )
            for key, link in ours.items():
                image = images.get(link.operation_id or 0)
                before = None if image is None else decode(image)
                yield [
                    Change(
                        obj,
                        key,
                        Kind.DELETE,
                        {},
                        {},
                        before,
                        link.destination_id,
                        keys[key],
                        b"",
                        b"",
                    )
                ]


class _ObjectPlan:
    """What stays the same from chunk to chunk of one object."""

    def __init__(
        self,
        work: Work,
        ledger: Ledger,
        references: ReferenceResolver,
        recogniser: Recogniser,
        choices: ChoiceKeeper,
        obj: PlannedSubject,
        deferred: frozenset[str],
    ) -> None:
        self._work = work
        self._ledger = ledger
        self._obj = obj
        self._deferred = deferred
        self._references = references
        self._choices = choices
        self._drafter = Drafter(work, references, ledger, obj)
        self._difference = Difference(work, recogniser, self._drafter, ledger, obj)
        self._last_operation = work.journal.last_operation(work.identity.id, obj.name)
        self._frozen = ledger.frozen(obj.name)

    def chunk(self, rows: Sequence[ScopedRow], pending: Container[str]) -> Iterator[list[Change]]:
        """The changes that a chunk of rows needs, those of one row together."""
        drafts: list[Draft] = []
        drafted = self._drafter.drafts(rows)
        taken = self._ledger.taken(self._obj.name, [draft.key for draft in drafted])
        for draft in drafted:
            if draft.key in pending or draft.key in taken:
                self._drafter.reject_double(draft)
            else:
                drafts.append(draft)
        if self._deferred:
            drafts = [draft for draft in drafts if any(map(draft.ref_keys.get, self._deferred))]
        self._references.gather(drafts)
        fresh, changed = self._stale(drafts)
        self._choices.ensure(self._obj, [*fresh, *(draft for draft, _ in changed)])
        changes = self._difference.creates(fresh) | self._difference.updates(changed)
        self._drafter.flush()
        group: list[Change] = []
        row: ScopedRow | None = None
        for draft in drafts:
            if (change := changes.get(draft.key)) is None:
                continue
            if group and draft.scoped is not row:
                yield group
                group = []
            row = draft.scoped
            group.append(change)
            self._ledger.planned(self._obj, draft, change)
        if group:
            yield group

    def _stale(self, drafts: Sequence[Draft]) -> tuple[list[Draft], list[tuple[Draft, Link]]]:
        """Mapped drafts that are not linked yet, and linked ones that are wanted otherwise now."""
        name = self._obj.name
        keys = [draft.key for draft in drafts]
        links = self._ledger.links(name, keys)
        rejected = self._ledger.rejected(name, keys)
        tally = self._work.tally(name)
        fresh: list[Draft] = []
        changed: list[tuple[Draft, Link]] = []
        unchanged: list[Draft] = []
        touched: list[Draft] = []
        for draft in drafts:
            tally.seen += not self._deferred
            if draft.key in self._frozen or not self._drafter.resolve(draft):
                continue
            link = links.get(draft.key)
            if self._deferred and link is None:
                continue
            if (
                link is not None
                and link.input_fp == draft.input_fp
                and not self._work.options.force
            ):
                tally.unchanged += not self._deferred
                unchanged.append(draft)
                continue
            known = rejected.get(draft.key)
            if known is not None and known.input_fp == draft.input_fp and not self._again:
                tally.conflicts += known.stage == CONFLICT
                tally.rejected += known.stage != CONFLICT
                self._ledger.rejected_still(self._obj, draft, known)
                continue
            draft.repair = known is not None and known.stage == "verify"
            if not self._drafter.build(draft):
                continue
            if link is None:
                fresh.append(draft)
            elif link.desired_fp == draft.desired_fp and not self._work.options.force:
                touched.append(draft)
                tally.unchanged += not self._deferred
            else:
                changed.append((draft, link))
        self._ledger.unchanged(self._obj, unchanged)
        self._ledger.touched(self._obj, touched)
        return fresh, self._without_doubles(changed)

    def _without_doubles(self, changed: Sequence[tuple[Draft, Link]]) -> list[tuple[Draft, Link]]:
        """Leave out records whose key another row took, in this run or in an earlier one."""
        own_keys = [draft.own_key for draft, _ in changed]
        known = self._ledger.rejected(self._obj.name, own_keys)
        single: list[tuple[Draft, Link]] = []
        for draft, link in changed:
            taken_now = (link.operation_id or 0) > self._last_operation
            if taken_now or (draft.own_key in known and not self._again):
                self._drafter.reject_double(draft)
            else:
                single.append((draft, link))
        return single

    @property
    def _again(self) -> bool:
        return self._work.options.retry or self._work.options.force
