"""Act: what is done to records once they and all that belongs to them are there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crm_transforms.destination import Kind
from crm_transforms.mapping import RowError
from crm_transforms.stages.load import Loader
from crm_transforms.stages.work import Change

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crm_transforms.journal import Link
    from crm_transforms.mapping.action import Action
    from crm_transforms.mapping.mapped_object import Item
    from crm_transforms.stages.ledger import Ledger
    from crm_transforms.stages.scope import ScopedRow, ScopeReader
    from crm_transforms.stages.subject import PlannedSubject
    from crm_transforms.stages.work import Work

CHUNK = 500
ACT = "act"
"""The stage of rejects that tell what could not be done to a record; the record itself is there."""


class Acting:
    """Carries out the actions of mapping objects, each once per record.

    A record whose row has given others that are rejected, or that a sample leaves out, has to wait:
    a confirmed order, for one, takes no further lines.
    """

    def __init__(self, work: Work, scopes: ScopeReader, ledger: Ledger) -> None:
        self._work = work
        self._scopes = scopes
        self._ledger = ledger
        self._loader = Loader(work, stage=ACT)

    def run(self, obj: PlannedSubject) -> None:
        """Do what is wanted and not done yet.

        Raises:
            BudgetExhaustedError: the rest must wait.
            DestinationError: going on makes no sense.
        """
        for action in obj.after:
            for batch in self.changes(obj, action):
                self._loader.carry_out(batch)

    def changes(self, obj: PlannedSubject, action: Action) -> Iterator[list[Change]]:
        """What one action is to be done to, in batches of what the destination takes at once."""
        size = self._work.destination.batch_size(obj.target)
        batch: list[Change] = []
        self._scopes.prepare(obj.joins)
        frozen = self._ledger.frozen(obj.name)
        for rows in self._scopes.chunks(obj, CHUNK):
            due = self._due(obj, action, rows)
            links = self._ledger.links(obj.name, [item[0] for _, item in due])
            for scoped, item in due:
                if item[0] in frozen or item[0] not in links:
                    continue
                change = self._change(obj, action, scoped, item, links[item[0]])
                if change is not None:
                    batch.append(change)
            while len(batch) >= size:
                yield batch[:size]
                batch = batch[size:]
        if batch:
            yield batch

    def count(self, obj: PlannedSubject) -> int:
        """How many acts a load would do, once what is planned is there."""
        return sum(
            len(self._due(obj, action, rows))
            for action in obj.after
            for rows in self._scopes.chunks(obj, CHUNK)
        )

    def _due(
        self, obj: PlannedSubject, action: Action, rows: Sequence[ScopedRow]
    ) -> list[tuple[ScopedRow, Item]]:
        """Records that are there, whole, and not acted on."""
        work, identity = self._work, self._work.identity.id
        wanted: list[tuple[ScopedRow, Item]] = []
        for scoped in self._whole(obj, rows):
            try:
                items = [] if scoped.error else obj.records(scoped.row, scoped.joined)
                wanted += [
                    (scoped, item)
                    for item in items
                    if action.wants(scoped.row, scoped.joined, item[1], item[2])
                ]
            except RowError:  # its record is rejected for the same reason
                continue
        keys = [item[0] for _, item in wanted]
        there = self._ledger.ids(obj.name, keys)
        done = work.journal.acted(identity, obj.name, action.name, keys)
        known = {} if self._again else self._ledger.rejected(obj.name, keys)
        refused = {key for key, reject in known.items() if reject.stage == ACT}
        torn = work.journal.torn_rows(identity, obj.stream or "", [one.key for one, _ in wanted])
        return [
            (scoped, item)
            for scoped, item in wanted
            if item[0] in there and item[0] not in done | refused and scoped.key not in torn
        ]

    def _whole(self, obj: PlannedSubject, rows: Sequence[ScopedRow]) -> Iterator[ScopedRow]:
        """Rows of which everything is loaded that hangs on the object's records."""
        only = self._work.only or {}
        parts = [
            only[other.name]
            for other in self._work.mapping.objects.values()
            if other.name in only
            and other.stream == obj.stream
            and any(obj.name in ref.objects for ref in other.refs)
        ]
        return (row for row in rows if all(row.key in keys for keys in parts))

    def _change(
        self, obj: PlannedSubject, action: Action, scoped: ScopedRow, item: Item, link: Link
    ) -> Change | None:
        key, element, index = item
        change = Change(
            obj,
            key,
            Kind.ACT,
            fields={},
            after={},
            before=None,
            destination_id=link.destination_id,
            stream=obj.stream or "",
            input_fp=link.input_fp,
            desired_fp=None,
            origin=link.origin,
            row_key=None if scoped.key == key else scoped.key,
            action=action.name,
        )
        try:
            change.fields = action.fields.build(scoped.row, scoped.joined, element, index, {})
        except RowError as error:
            reject = self._loader.reject(
                change, rule=error.rule, message=error.message, field=error.field
            )
            self._work.journal.reject([reject])
            return None
        return change

    @property
    def _again(self) -> bool:
        return self._work.options.retry or self._work.options.force
