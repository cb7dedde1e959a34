"""Verify: read back what landed and compare it, field by field, with what the mapping wanted."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from crm_transforms.canonical import decode
from crm_transforms.destination import Kind
from crm_transforms.journal import Reject
from crm_transforms.stages.defaults import Defaults

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crm_transforms.destination import Record, Value
    from crm_transforms.journal import OperationRecord
    from crm_transforms.stages.subject import PlannedSubject
    from crm_transforms.stages.work import Work

BATCH = 2_000
"""Operations verified at a time; the destination splits them as its API wants."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that does not hold what was wanted."""

    field: str
    wanted: Value
    found: Value


def same(wanted: Value, found: Value) -> bool:
    """Equality of neutral values: numbers by value, an absent field as null."""
    if type(wanted) is type(found) and not isinstance(wanted, (dict, list)):
        return wanted == found
    if isinstance(wanted, dict) and isinstance(found, dict):
        return all(same(value, found.get(name)) for name, value in wanted.items())
    if isinstance(wanted, list) and isinstance(found, list):
        return len(wanted) == len(found) and all(map(same, wanted, found))
    if isinstance(wanted, bool) or isinstance(found, bool):
        return wanted is found
    if isinstance(wanted, (int, Decimal)) and isinstance(found, (int, Decimal)):
        return Decimal(wanted) == Decimal(found)
    return wanted == found


def differences(wanted: Record, found: Record) -> list[Difference]:
    """The wanted fields that differ."""
    return [
        Difference(name, value, found.get(name))
        for name, value in wanted.items()
        if not same(value, found.get(name))
    ]


class Verifier:
    """Confirms landed operations; only then do their fingerprints count."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def verify(self, obj: PlannedSubject) -> None:
        """Read back every record of one object that has landed and was not confirmed yet."""
        journal, identity = self._work.journal, self._work.identity.id
        after_id = 0
        defaults = Defaults(self._work, obj.name)
        while batch := journal.unconfirmed(identity, obj.name, after_id=after_id, limit=BATCH):
            after_id = batch[-1].id
            self._verify_batch(obj, batch, defaults)
        defaults.save()

    def _verify_batch(
        self, obj: PlannedSubject, batch: Sequence[OperationRecord], defaults: Defaults
    ) -> None:
        destination, tally = self._work.destination, self._work.tally(obj.name)
        wanted = {op.id: decode(op.fields) for op in batch if op.kind is not Kind.DELETE}
        fields = sorted(self._fields(obj, batch).union(*wanted.values()))
        ids = [op.destination_id for op in batch if op.id in wanted and op.destination_id]
        found = destination.read(obj.target, ids, fields) if ids else {}
        confirmed: list[int] = []
        rejects: list[Reject] = []
        for op in batch:
            if op.id not in wanted:
                confirmed.append(op.id)
                continue
            record = found.get(op.destination_id or "")
            if record is None:
                rejects.append(self._reject(obj, op, "", "the record cannot be read back"))
                continue
            if op.kind is Kind.CREATE:
                defaults.learn(record, wanted[op.id])
            faults = differences(
                destination.normalise(obj.target, wanted[op.id]),
                destination.normalise(
                    obj.target, {name: record.get(name) for name in wanted[op.id]}
                ),
            )
            if not faults:
                confirmed.append(op.id)
                continue
            for fault in faults[:1]:
                others = ", ".join(other.field for other in faults[1:])
                message = f"wanted {fault.wanted!r}, the destination holds {fault.found!r}"
                rejects.append(
                    self._reject(
                        obj, op, fault.field, f"{message}; also: {others}" if others else message
                    )
                )
        tally.verified += len(confirmed)
        tally.mismatched += len(rejects)
        self._work.journal.confirm([op.id for op in batch], rejects)

    def _fields(self, obj: PlannedSubject, batch: Sequence[OperationRecord]) -> set[str]:
        """What is read besides what was sent: of new records all that a person could fill."""
        known = self._work.destination.describe(obj.target).fields
        if any(op.kind is Kind.CREATE for op in batch):
            return {name for name, spec in known.items() if spec.writable}
        return {name for name in obj.field_names if name in known}

    def _reject(self, obj: PlannedSubject, op: OperationRecord, field: str, message: str) -> Reject:
        return Reject(
            stage="verify",
            stream=obj.stream or "",
            object=obj.name,
            key=op.key,
            row_key=op.row_key,
            field=field,
            rule="read back",
            message=message,
            place=obj.place(field),
            input_fp=op.input_fp,
            identity=self._work.identity.id,
        )
