"""Plan: the difference between what the mapping wants and what was written last."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from crm_transforms.canonical import decode, encode, fingerprint
from crm_transforms.destination import Kind
from crm_transforms.journal import Reject
from crm_transforms.mapping import RowError, overflow_text
from crm_transforms.stages.references import MissingParentError, ReferenceResolver
from crm_transforms.stages.scope import ScopedRow
from crm_transforms.stages.threeway import changed_fields, merge
from crm_transforms.stages.work import Change

if TYPE_CHECKING:
    from crm_transforms.destination import Value
    from crm_transforms.journal import Link
    from crm_transforms.mapping import MappedObject
    from crm_transforms.stages.scope import ScopeReader
    from crm_transforms.stages.work import Work

logger = logging.getLogger(__name__)

CONFLICT = "changed by a person"
CHUNK = 500
"""Rows planned together: one query per join and per kind of link for each chunk."""


@dataclass(slots=True)
class Draft:
    """One record on its way from a row to a change."""

    scoped: ScopedRow
    key: str
    item: Any
    index: int
    ref_keys: dict[str, Any]
    refs: dict[str, Any] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    input_fp: bytes = b""
    desired: dict[str, Value] = field(default_factory=dict)
    desired_fp: bytes = b""


class Planner:
    """Turns staged rows of one mapping object into the changes that are needed, in chunks."""

    def __init__(self, work: Work, scopes: ScopeReader, references: ReferenceResolver) -> None:
        self._work = work
        self._scopes = scopes
        self._references = references
        self._base = b""
        self._frozen: frozenset[str] = frozenset()

    def changes(self, obj: MappedObject) -> Iterator[list[Change]]:
        """Yield the changes of one source row at a time, so that a batch need not part them."""
        dropped = self._work.dropped.get(obj.name, {})
        self._base = fingerprint(obj.hash.encode(), *(name.encode() for name in sorted(dropped)))
        self._frozen = self._work.journal.open_keys(self._work.identity.id, obj.name)
        for rows in self._scopes.chunks(obj, CHUNK):
            yield from self._chunk(obj, rows)
        yield from self._vanished(obj)

    def _chunk(self, obj: MappedObject, rows: Sequence[ScopedRow]) -> Iterator[list[Change]]:
        rejects: list[Reject] = []
        drafts = self._drafts(obj, rows, rejects)
        journal, identity = self._work.journal, self._work.identity.id
        links = journal.links(obj.name, identity, [draft.key for draft in drafts])
        rejected = journal.rejected(obj.name, identity, [draft.key for draft in drafts])
        self._references.gather(drafts)
        tally = self._work.tally(obj.name)
        creates: list[Draft] = []
        updates: list[tuple[Draft, Link]] = []
        touched: list[tuple[str, bytes]] = []
        for draft in drafts:
            tally.seen += 1
            if draft.key in self._frozen:
                continue
            link = links.get(draft.key)
            try:
                draft.refs, draft.missing = self._references.resolve(obj, draft.ref_keys)
            except MissingParentError as error:
                draft.input_fp = fingerprint(self._base, *draft.scoped.fingerprints)
                rejects.append(
                    self._reject(obj, draft, error.field, error.rule, str(error), code=error.code)
                )
                continue
            draft.input_fp = fingerprint(
                self._base, *draft.scoped.fingerprints, encode(draft.refs), encode(draft.missing)
            )
            if link is not None and link.input_fp == draft.input_fp:
                tally.unchanged += 1
                continue
            known = rejected.get(draft.key)
            if (
                known is not None
                and known.input_fp == draft.input_fp
                and not self._work.options.retry
            ):
                if known.stage == "conflict":
                    tally.conflicts += 1
                else:
                    tally.rejected += 1
                continue
            if not self._build(obj, draft, rejects):
                continue
            if link is None:
                creates.append(draft)
            elif link.desired_fp == draft.desired_fp:
                touched.append((draft.key, draft.input_fp))
                tally.unchanged += 1
            else:
                updates.append((draft, link))
        changes = self._creates(obj, creates, rejects)
        changes.update(self._updates(obj, updates, touched))
        if touched:
            journal.touch_links(obj.name, identity, touched)
        if rejects:
            journal.reject(rejects)
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
        if group:
            yield group

    def _drafts(
        self, obj: MappedObject, rows: Sequence[ScopedRow], rejects: list[Reject]
    ) -> list[Draft]:
        drafts: list[Draft] = []
        keys: set[str] = set()
        for scoped in rows:
            try:
                if scoped.error is not None:
                    raise scoped.error
                for key, item, index in obj.records(scoped.row, scoped.joined):
                    draft = Draft(
                        scoped,
                        key,
                        item,
                        index,
                        obj.ref_keys(scoped.row, scoped.joined, item, index),
                    )
                    if key in keys:
                        rejects.append(
                            self._reject(
                                obj, draft, "", "key", "two records have this external key"
                            )
                        )
                        continue
                    keys.add(key)
                    drafts.append(draft)
            except RowError as error:
                draft = Draft(scoped, scoped.key, None, 0, {})
                draft.input_fp = fingerprint(self._base, *scoped.fingerprints)
                rejects.append(self._reject(obj, draft, error.field, error.rule, error.message))
        return drafts

    def _build(self, obj: MappedObject, draft: Draft, rejects: list[Reject]) -> bool:
        scoped = draft.scoped
        try:
            desired = obj.build(scoped.row, scoped.joined, draft.item, draft.index, draft.refs)
        except RowError as error:
            rejects.append(self._reject(obj, draft, error.field, error.rule, error.message))
            return False
        for name in (*draft.missing, *self._work.unwritable.get(obj.name, ())):
            desired.pop(name, None)
        dropped = self._work.dropped.get(obj.name)
        if dropped and obj.overflow is not None:
            text = overflow_text(desired, dropped)
            for name in dropped:
                desired.pop(name, None)
            desired[obj.overflow.name] = text
        draft.desired = {name: value for name, value in desired.items() if value is not None}
        draft.desired_fp = fingerprint(encode(draft.desired))
        return True

    def _creates(
        self, obj: MappedObject, drafts: Sequence[Draft], rejects: list[Reject]
    ) -> dict[str, Change]:
        found = self._references.find(obj, drafts)
        changes: dict[str, Change] = {}
        adopted: list[tuple[Draft, str]] = []
        for draft in drafts:
            ids = found.get(draft.key, [])
            if len(ids) == 1:
                adopted.append((draft, ids[0]))
            elif ids:
                names = ", ".join(ids)
                rejects.append(
                    self._reject(obj, draft, "", "match", f"several records match: {names}")
                )
            elif obj.match and not obj.create:
                rejects.append(self._reject(obj, draft, "", "match", "no record there matches"))
            else:
                changes[draft.key] = self._change(obj, draft, Kind.CREATE, draft.desired)
        changes.update(self._adopt(obj, adopted))
        return changes

    def _adopt(self, obj: MappedObject, adopted: Sequence[tuple[Draft, str]]) -> dict[str, Change]:
        """Link records that were there before us; fill only what is empty in them."""
        if not adopted:
            return {}
        current = self._read(
            obj, [(destination_id, draft.desired) for draft, destination_id in adopted]
        )
        changes: dict[str, Change] = {}
        links: list[tuple[str, str, bytes]] = []
        for draft, destination_id in adopted:
            there = current.get(destination_id, {})
            wanted = self._work.destination.normalise(obj.target, draft.desired)
            merged = merge({}, there, wanted, wanted, force=self._work.options.force)
            self._conflicts(obj, draft, merged.conflicts)
            if merged.fields:
                change = self._change(obj, draft, Kind.UPDATE, merged.fields, destination_id)
                change.after, change.before, change.origin = merged.after, merged.before, "adopted"
                changes[draft.key] = change
            else:
                links.append((draft.key, destination_id, draft.input_fp))
        self._work.journal.link_matched(obj.name, self._work.identity.id, links)
        self._work.tally(obj.name).matched += len(links)
        return changes

    def _updates(
        self,
        obj: MappedObject,
        updates: Sequence[tuple[Draft, Link]],
        touched: list[tuple[str, bytes]],
    ) -> dict[str, Change]:
        if not updates:
            return {}
        images = self._work.journal.after_image(
            [link.operation_id for _, link in updates if link.operation_id is not None]
        )
        fixed = self._fixed(obj)
        todo: list[tuple[Draft, Link, dict[str, Any], dict[str, Value]]] = []
        for draft, link in updates:
            image = images.get(link.operation_id) if link.operation_id is not None else None
            last = {} if image is None else decode(image)
            changed = changed_fields(last, draft.desired)
            for name in draft.missing:
                changed.pop(name, None)
            for name in fixed & changed.keys():
                self._work.findings[(obj.name, f"{name} cannot be changed once written")] += 1
                del changed[name]
            if changed:
                todo.append((draft, link, last, changed))
            else:
                touched.append((draft.key, draft.input_fp))
                self._work.tally(obj.name).unchanged += 1
        current = self._read(obj, [(link.destination_id, changed) for _, link, _, changed in todo])
        normalise = self._work.destination.normalise
        changes: dict[str, Change] = {}
        for draft, link, last, changed in todo:
            there = current.get(link.destination_id)
            if there is None:
                gone = [("", "", "the record was deleted in the destination")]
                self._conflicts(obj, draft, gone)
                continue
            merged = merge(
                normalise(obj.target, last),
                there,
                normalise(obj.target, draft.desired),
                normalise(obj.target, changed),
                force=self._work.options.force,
            )
            self._conflicts(obj, draft, merged.conflicts)
            if not merged.fields:
                touched.append((draft.key, draft.input_fp))
                continue
            sent = {name: changed[name] for name in merged.fields}
            change = self._change(obj, draft, Kind.UPDATE, sent, link.destination_id)
            change.after, change.before, change.origin = merged.after, merged.before, link.origin
            changes[draft.key] = change
        return changes

    def _vanished(self, obj: MappedObject) -> Iterator[list[Change]]:
        """Records whose row is gone from a stream that was read whole, or is no longer wanted."""
        journal, identity = self._work.journal, self._work.identity.id
        for keys in self._scopes.unwanted(obj, CHUNK):
            links = journal.links(obj.name, identity, list(keys))
            self._work.tally(obj.name).vanished += len(links)
            if obj.vanished != "remove":
                continue
            images = journal.after_image(
                [link.operation_id for link in links.values() if link.operation_id]
            )
            for key, link in links.items():
                if link.origin != "created":
                    continue
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

    def _fixed(self, obj: MappedObject) -> set[str]:
        fields = self._work.destination.describe(obj.target).fields
        return {name for name, spec in fields.items() if not spec.updatable}

    def _read(self, obj: MappedObject, wanted: Sequence[tuple[str, Any]]) -> dict[str, Any]:
        if not wanted:
            return {}
        fields = sorted({name for _, record in wanted for name in record})
        destination = self._work.destination
        found = destination.read(
            obj.target, [destination_id for destination_id, _ in wanted], fields
        )
        return {
            destination_id: destination.normalise(obj.target, record)
            for destination_id, record in found.items()
        }

    def _change(
        self,
        obj: MappedObject,
        draft: Draft,
        kind: Kind,
        fields: dict[str, Value],
        destination_id: str | None = None,
    ) -> Change:
        return Change(
            obj,
            draft.key,
            kind,
            fields,
            draft.desired,
            None,
            destination_id,
            (obj.stream or "", draft.scoped.key),
            draft.input_fp,
            draft.desired_fp,
        )

    def _conflicts(
        self, obj: MappedObject, draft: Draft, conflicts: Sequence[tuple[str, Any, Any]]
    ) -> None:
        """Remember them until the rest of the record has landed, which clears what was rejected."""
        for name, wanted, there in conflicts:
            message = f"wanted {wanted!r}; somebody set {there!r}" if name else str(there)
            self._work.conflicts.append(
                self._reject(obj, draft, name, CONFLICT, message, stage="conflict")
            )

    def _reject(
        self,
        obj: MappedObject,
        draft: Draft,
        field_name: str,
        rule: str,
        message: str,
        *,
        code: str = "",
        stage: str = "map",
    ) -> Reject:
        tally = self._work.tally(obj.name)
        if stage == "conflict":
            tally.conflicts += 1
        elif code.startswith("PARENT"):
            tally.waiting += 1
        else:
            tally.rejected += 1
        return Reject(
            stage=stage,
            stream=obj.stream or "",
            object=obj.name,
            key=draft.key,
            field=field_name,
            rule=rule,
            code=code,
            message=message,
            place=obj.place(field_name),
            input_fp=draft.input_fp,
            identity=self._work.identity.id,
        )
