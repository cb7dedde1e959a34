"""Difference: from drafts to the changes that are needed, and no more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crm_transforms.canonical import decode
from crm_transforms.destination import Kind
from crm_transforms.stages.defaults import Defaults
from crm_transforms.stages.ledger import Stale
from crm_transforms.stages.threeway import changed_fields, merge
from crm_transforms.stages.work import Change

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crm_transforms.destination import Record, Value
    from crm_transforms.journal import Link
    from crm_transforms.stages.draft import Draft, Drafter
    from crm_transforms.stages.ledger import Ledger
    from crm_transforms.stages.recognition import Recogniser
    from crm_transforms.stages.subject import PlannedSubject
    from crm_transforms.stages.work import Work


class Difference:
    """Compares drafts of one object with what was written last and what stands there now."""

    def __init__(
        self,
        work: Work,
        recogniser: Recogniser,
        drafter: Drafter,
        ledger: Ledger,
        obj: PlannedSubject,
    ) -> None:
        self._work = work
        self._recogniser = recogniser
        self._drafter = drafter
        self._ledger = ledger
        self._obj = obj
        self._defaults = Defaults(work, obj.name)
        self._fixed = {
            name
            for name, spec in work.destination.describe(obj.target).fields.items()
            if not spec.updatable
        }

    def creates(self, drafts: Sequence[Draft]) -> dict[str, Change]:
        """Records that are not linked yet: made, or adopted where they were there before us."""
        found = self._recogniser.find(self._obj, drafts)
        changes: dict[str, Change] = {}
        adopted: list[tuple[Draft, str]] = []
        for draft in drafts:
            ids = found.get(draft.key, [])
            if len(ids) == 1:
                adopted.append((draft, ids[0]))
            elif ids:
                message = f"several records match: {', '.join(ids)}"
                self._drafter.reject(draft, rule="match", message=message)
            elif self._obj.match and not self._obj.create:
                self._drafter.reject(draft, rule="match", message="no record there matches")
            else:
                changes[draft.key] = self._change(draft, Kind.CREATE, draft.desired)
        changes.update(self._adopt(adopted))
        return changes

    def updates(self, drafts: Sequence[tuple[Draft, Link]]) -> dict[str, Change]:
        """Records that were written before and are wanted otherwise now."""
        journal, tally = self._work.journal, self._work.tally(self._obj.name)
        images = journal.after_image([link.operation_id for _, link in drafts if link.operation_id])
        todo: list[Stale] = []
        touched: list[Draft] = []
        for draft, link in drafts:
            image = images.get(link.operation_id or 0)
            last = {} if image is None else decode(image)
            if changed := self._changed(draft, last):
                todo.append(Stale(draft, link, last, changed))
            else:
                touched.append(draft)
                tally.unchanged += 1
        current = self._ledger.standing(self._obj, todo)
        normalise = self._work.destination.normalise
        changes: dict[str, Change] = {}
        for draft, link, last, changed in todo:
            there = current.get(link.destination_id)
            if there is None:
                gone = ("", "", "the record was deleted in the destination")
                self._drafter.conflicts(draft, [gone])
                self._ledger.unchanged(self._obj, [draft])
                continue
            merged = merge(
                self._defaults.untouched(normalise(self._obj.target, last), there),
                there,
                normalise(self._obj.target, draft.desired),
                normalise(self._obj.target, changed),
                force=self._work.options.force or draft.repair,
            )
            self._drafter.conflicts(draft, merged.conflicts)
            if not merged.fields:
                touched.append(draft)
                continue
            sent = {name: changed[name] for name in merged.fields}
            change = self._change(draft, Kind.UPDATE, sent, link.destination_id)
            change.after, change.before, change.origin = merged.after, merged.before, link.origin
            changes[draft.key] = change
        self._ledger.touched(self._obj, touched)
        return changes

    def _changed(self, draft: Draft, last: Record) -> dict[str, Value]:
        changed = dict(draft.desired) if draft.repair else changed_fields(last, draft.desired)
        for name in draft.missing:
            changed.pop(name, None)
        for name in self._fixed & changed.keys():
            if not draft.repair:
                message = f"{name} cannot be changed once written"
                self._work.findings[(self._obj.name, message)] += 1
            del changed[name]
        return changed

    def _adopt(self, adopted: Sequence[tuple[Draft, str]]) -> dict[str, Change]:
        """Link records that were there before us; fill only what is empty in them."""
        wanted_of = [(destination_id, draft.desired) for draft, destination_id in adopted]
        current = self._ledger.read(self._obj, wanted_of)
        changes: dict[str, Change] = {}
        matched: list[tuple[Draft, str]] = []
        for draft, destination_id in adopted:
            there = current.get(destination_id, {})
            wanted = {
                name: value
                for name, value in self._work.destination.normalise(
                    self._obj.target, draft.desired
                ).items()
                if name not in self._fixed
            }
            # A box that nobody ticked is as empty as a field that nobody filled.
            empty = {name: value for name, value in there.items() if value is False}
            merged = merge(empty, there, wanted, wanted, force=self._work.options.force)
            self._drafter.conflicts(draft, merged.conflicts)
            if merged.fields:
                sent = {name: draft.desired[name] for name in merged.fields}
                change = self._change(draft, Kind.UPDATE, sent, destination_id)
                change.after, change.before, change.origin = merged.after, merged.before, "adopted"
                changes[draft.key] = change
            else:
                matched.append((draft, destination_id))
        self._ledger.matched(self._obj, matched)
        self._work.tally(self._obj.name).matched += len(matched)
        return changes

    def _change(
        self, draft: Draft, kind: Kind, fields: dict[str, Value], destination_id: str | None = None
    ) -> Change:
        return Change(
            self._obj,
            draft.key,
            kind,
            fields,
            draft.desired,
            None,
            destination_id,
            self._obj.stream or "",
            draft.input_fp,
            draft.desired_fp,
            row_key=draft.row_key,
        )
