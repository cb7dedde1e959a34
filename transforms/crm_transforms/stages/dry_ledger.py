"""The ledger of a dry run: notes in a roster what a load would write down in the journal."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from crm_transforms.canonical import encode
from crm_transforms.destination import Kind
from crm_transforms.mapping import RowError
from crm_transforms.stages.draft import LISTED_ONLY
from crm_transforms.stages.ledger import Ledger
from crm_transforms.stages.roster import (
    ADOPT,
    CREATE,
    REJECTED,
    UNCHANGED,
    UPDATE,
    WAITING,
    Entry,
    Parent,
)
from crm_transforms.stages.strata import stratum_fields
from crm_transforms.stages.writes import FileCounts, Writes

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from crm_transforms.destination import Complaint, Record
    from crm_transforms.journal import Link, Reject
    from crm_transforms.stages.draft import Draft
    from crm_transforms.stages.ledger import Stale
    from crm_transforms.stages.roster import Roster
    from crm_transforms.stages.subject import PlannedSubject
    from crm_transforms.stages.work import Change, Work

PLANNED = "planned:"
"""Begins the ids of records that are not there yet."""
PAGE = 1_000
TOO_LARGE = "FILE_TOO_LARGE"


class DryLedger(Ledger):
    """What counts as there is what the journal has, and what the roster says will be."""

    def __init__(self, work: Work, roster: Roster) -> None:
        super().__init__(work)
        self._roster = roster
        self._people = {name for name, obj in work.mapping.objects.items() if obj.people}
        self._expected: dict[str, set[str]] = {}
        self._linked: dict[str, Link] = {}
        self._noted: list[Entry] = []
        self._awaited: dict[str, Entry] = {}
        self.files = FileCounts()
        self.writes = Writes()

    def expect(self, target: str, names: Collection[str]) -> None:
        """Fields that an object of the destination does not have yet: nothing is read from them."""
        self._expected[target] = set(names)

    def begin(self, obj: PlannedSubject) -> None:
        """What follows is about this object."""
        self.writes = Writes()
        self._obj = obj
        self._deferred = self._work.mapping.deferred.get(obj.name, frozenset())
        self._strata = stratum_fields(obj)
        self._references = {ref.field.partition(".")[0] for ref in obj.refs}
        fields = self._work.destination.describe(obj.target).fields
        files = (name for name in obj.field_names if name in fields and fields[name].type == "file")
        self._file_field = next(files, "")

    # What counts as there

    def links(self, name: str, keys: Collection[str]) -> dict[str, Link]:
        self._linked = super().links(name, keys)
        return self._linked

    def ids(self, name: str, keys: Collection[str]) -> dict[str, str]:
        there = super().ids(name, keys)
        for key, destination_id in self._roster.ids(
            name, [key for key in keys if key not in there]
        ).items():
            there[key] = destination_id or f"{PLANNED}{name}:{key}"
        return there

    def frozen(self, name: str) -> Collection[str]:  # noqa: ARG002 - the load asks first
        return ()

    def taken(self, name: str, keys: Collection[str]) -> Collection[str]:
        return self._roster.planned(name, keys)

    def may_be_there(self, draft: Draft) -> bool:
        return not _is_planned(draft.refs)

    def standing(self, obj: PlannedSubject, stale: Sequence[Stale]) -> dict[str, Record]:
        """As we wrote them last: people's work shows only when the load looks at each record."""
        normalise = self._work.destination.normalise
        known = {one.link.destination_id: one for one in stale if one.last and not one.draft.repair}
        unknown = [one for one in stale if one.link.destination_id not in known]
        self.writes.looked_at += len(known)
        return {
            **{id_: normalise(obj.target, one.last) for id_, one in known.items()},
            **super().standing(obj, unknown),
        }

    def read(self, obj: PlannedSubject, wanted: Sequence[tuple[str, Record]]) -> dict[str, Record]:
        absent = self._expected.get(obj.target, set())
        self.writes.looked_at += len(wanted)
        return super().read(
            obj,
            [
                (id_, {name: value for name, value in record.items() if name not in absent})
                for id_, record in wanted
            ],
        )

    # What is noted

    def unchanged(self, obj: PlannedSubject, drafts: Sequence[Draft]) -> None:
        self._note(*(self._entry(obj, draft, UNCHANGED) for draft in drafts))

    def touched(self, obj: PlannedSubject, drafts: Sequence[Draft]) -> None:
        self.unchanged(obj, drafts)

    def matched(self, obj: PlannedSubject, found: Sequence[tuple[Draft, str]]) -> None:
        for draft, destination_id in found:
            entry = self._entry(obj, draft, ADOPT)
            entry.destination_id = destination_id
            self._note(entry)

    def planned(self, obj: PlannedSubject, draft: Draft, change: Change) -> None:
        """Wait with it until its batch comes: only then does a load have it there."""
        verdict = UPDATE if draft.key in self._linked else ADOPT
        entry = self._entry(obj, draft, CREATE if change.kind is Kind.CREATE else verdict)
        entry.destination_id = change.destination_id
        if change.kind is Kind.UPDATE:
            entry.changed = tuple(sorted(change.fields))
        self._awaited[draft.key] = entry

    def rejected_still(self, obj: PlannedSubject, draft: Draft, reject: Reject) -> None:
        if reject.stage in LISTED_ONLY:
            self.unchanged(obj, [draft])
        else:
            self.reject([(draft, reject)])

    def reject(self, rejects: Sequence[tuple[Draft, Reject]]) -> None:
        links = super().links(self._obj.name, [draft.key for draft, _ in rejects])
        for draft, reject in rejects:
            waits = reject.code.startswith("PARENT")
            entry = self._entry(self._obj, draft, WAITING if waits else REJECTED)
            link = links.get(draft.key)
            entry.destination_id = None if link is None else link.destination_id
            entry.field, entry.rule, entry.code = reject.field, reject.rule, reject.code
            entry.message, entry.place = reject.message, reject.place
            self._note(entry)

    # What a batch comes to

    def carry_out(self, batch: Sequence[Change]) -> None:
        """Let the destination judge a batch, and count on what it does not refuse."""
        self.writes.deletes += sum(change.kind is Kind.DELETE for change in batch)
        awaited = [(change, self._awaited.pop(change.key, None)) for change in batch]
        made: list[Entry] = []
        for change, entry in awaited:
            if entry is None:
                continue
            if complaint := self._complaint(change):
                entry.verdict = REJECTED
                entry.field, entry.rule, entry.message, entry.code = complaint
                entry.place = change.obj.place(complaint.field)
            elif change.kind is Kind.CREATE:
                made.append(entry)
                self.writes.bytes += len(encode(change.fields))
                self.files.to_send += _size(change.fields.get(self._file_field))
            else:
                self.writes.updates += 1
            self._note(entry)
        for _, of_one_row in groupby(made, key=lambda entry: entry.row_key):
            self.writes.creates[len(list(of_one_row))] += 1
        self.writes.batches += bool(made)
        self._flush()

    def finish(self) -> Writes:
        """Everything about the object has been said; what would be sent of it."""
        self._flush()
        late = self._roster.fill_late(self._obj.name) if self._deferred else 0
        self.writes.updates += late
        self.writes.looked_at += late
        return self.writes

    def _complaint(self, change: Change) -> Complaint | None:
        """What the destination would refuse; ids that it does not know yet are no reason."""
        complaints = self._work.destination.check(
            change.obj.target, change.fields, whole=change.kind is Kind.CREATE
        )
        for complaint in complaints:
            name = complaint.field.partition(".")[0]
            if name not in self._references or not _is_planned(change.fields.get(name)):
                return complaint
        return None

    def _entry(self, obj: PlannedSubject, draft: Draft, verdict: str) -> Entry:
        parents = tuple(
            Parent(field, name, key, field in draft.missing and field in self._deferred)
            for field, pairs in draft.ref_keys.items()
            for name, key in pairs or ()
            if name not in self._people
        )
        if self._file_field:
            self.files.count += 1
            self.files.bytes += _size(self._file(obj, draft))
        held = [f"{name}: {draft.desired[name]}" for name in self._strata if name in draft.desired]
        row_key, stratum = draft.scoped.key, ", ".join(held)
        return Entry(obj.name, draft.key, row_key, verdict, stratum=stratum, parents=parents)

    def _file(self, obj: PlannedSubject, draft: Draft) -> Any:
        """The file of a record, also of one that was not mapped because nothing has changed."""
        if not draft.desired and draft.refs:
            scoped = draft.scoped
            try:
                record = obj.build(scoped.row, scoped.joined, draft.item, draft.index, draft.refs)
            except RowError:
                return None
            return record.get(self._file_field)
        return draft.desired.get(self._file_field)

    def _note(self, *entries: Entry) -> None:
        for entry in entries:
            if self._file_field and entry.verdict == REJECTED:
                too_large = entry.code == TOO_LARGE
                self.files.too_large += too_large
                self.files.failed += not too_large and entry.field.startswith(self._file_field)
            entry.stratum = ", ".join(filter(None, (entry.verdict, entry.stratum)))
            self._noted.append(entry)
        if len(self._noted) >= PAGE:
            self._flush()

    def _flush(self) -> None:
        self._roster.add(self._noted)
        self._noted.clear()


def _is_planned(value: Any) -> bool:
    """Whether a record that is not there yet is named in a value."""
    if isinstance(value, str):
        return value.startswith(PLANNED)
    if isinstance(value, dict):
        return any(map(_is_planned, value.values()))
    return isinstance(value, list) and any(map(_is_planned, value))


def _size(file: Any) -> int:
    size = file.get("size") if isinstance(file, dict) else None
    return size if isinstance(size, int) else 0
