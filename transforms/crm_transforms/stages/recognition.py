"""Recognition: records that were there before this journal knew them.

They are adopted instead of made again: records of ours when the journal was lost, and records that
the mapping says to match.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crm_transforms.destination import SCHEMA, Kind, Operation, Status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crm_transforms.stages.draft import Draft
    from crm_transforms.stages.ledger import Ledger
    from crm_transforms.stages.subject import PlannedSubject
    from crm_transforms.stages.work import Work

FROM_THE_BEGINNING = "0"
"""The mark behind which everything lies that the account has ever held."""


class Recogniser:
    """Looks for records in the destination that no link tells of."""

    def __init__(self, work: Work, ledger: Ledger) -> None:
        self._work = work
        self._ledger = ledger
        self._name = f"lost.{work.identity.id}"
        stored: dict[str, Any] = work.journal.get(self._name) or {}
        self._lost: set[str] = set(stored.get("objects", ()))
        self._journal_is_lost: bool = stored.get("found", False)

    def begin(self, obj: PlannedSubject, *, key_field_was_there: bool) -> None:
        """Decide whether the journal of one object was lost.

        It was if the journal has never written such a record and did not make its key field, and
        yet the account has that field; an object without a key field follows those that have one.
        """
        journal, identity = self._work.journal, self._work.identity.id
        if journal.last_operation(identity, obj.name):
            return
        if not obj.key_field:
            self._lost.add(obj.name)
        elif key_field_was_there:
            key = f"{obj.target}.{obj.key_field}"
            if not journal.links(SCHEMA, identity, [key]):
                self._lost.add(obj.name)

    def keep(self, obj: PlannedSubject) -> None:
        """Note what was decided: once part of its records is written, nobody could tell any more.

        The note stays until :meth:`end`.
        """
        if obj.name in self._lost:
            self._note()

    def end(self, obj: PlannedSubject) -> None:
        """All its records were looked for."""
        if obj.name in self._lost:
            self._lost.remove(obj.name)
            self._note()

    def _note(self) -> None:
        noted = {"objects": sorted(self._lost), "found": self._journal_is_lost}
        self._work.journal.put(self._name, noted if self._lost else None)

    def find(self, obj: PlannedSubject, drafts: Sequence[Draft]) -> dict[str, list[str]]:
        """Ids of existing records by key: by our key in them, their content, or the match."""
        found: dict[str, list[str]] = {}
        if drafts and obj.name in self._lost:
            found = self._by_key(obj, drafts) if obj.key_field else self._by_likeness(obj, drafts)
        if drafts and obj.match:
            found |= self._by_match(obj, [one for one in drafts if one.key not in found])
        return found

    def _by_key(self, obj: PlannedSubject, drafts: Sequence[Draft]) -> dict[str, list[str]]:
        wanted = [{obj.key_field or "": draft.key} for draft in drafts]
        ids = self._work.destination.find(obj.target, wanted)
        found = {draft.key: some for draft, some in zip(drafts, ids, strict=True) if some}
        self._journal_is_lost = self._journal_is_lost or bool(found)
        return found

    def _by_likeness(self, obj: PlannedSubject, drafts: Sequence[Draft]) -> dict[str, list[str]]:
        """Records without a key of ours are known by all that they hold, each taken once."""
        if not self._journal_is_lost:
            return {}
        drafts = [draft for draft in drafts if self._ledger.may_be_there(draft)]
        operations = [
            Operation(number, obj.target, Kind.CREATE, draft.key, draft.desired)
            for number, draft in enumerate(drafts)
        ]
        marks = {obj.target: FROM_THE_BEGINNING}
        found: dict[str, list[str]] = {}
        taken: set[str] = set()
        for verdict in self._work.destination.resolve(operations, marks):
            if verdict.status is not Status.LANDED or verdict.destination_id is None:
                continue
            ids = [verdict.destination_id, *verdict.duplicates]
            taken |= self._ours(obj.target, ids)
            free = [one for one in ids if one not in taken]
            if free:
                taken.add(free[0])
                found[drafts[verdict.operation_id].key] = free[:1]
        return found

    def _by_match(self, obj: PlannedSubject, drafts: Sequence[Draft]) -> dict[str, list[str]]:
        parents = {ref.field for ref in obj.refs}.intersection(obj.match)
        if parents:  # where a parent is yet to be made, there is nothing below it
            drafts = [
                draft
                for draft in drafts
                if self._ledger.may_be_there(draft) and all(map(draft.refs.get, parents))
            ]
        values = [
            obj.match_values(
                draft.scoped.row, draft.scoped.joined, draft.item, draft.index, draft.refs
            )
            for draft in drafts
        ]
        found: dict[str, list[str]] = {}
        for draft, ids in zip(drafts, self._work.destination.find(obj.target, values), strict=True):
            ours = self._ours(obj.target, ids)
            found[draft.key] = [one for one in ids if one not in ours]
        return found

    def _ours(self, target: str, ids: Sequence[str]) -> set[str]:
        return {
            destination_id
            for other in self._work.mapping.objects.values()
            if other.target == target
            for destination_id in self._work.journal.link_keys(
                other.name, self._work.identity.id, ids
            )
        }
