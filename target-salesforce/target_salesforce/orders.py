"""Orders: made as drafts, activated by a change of nothing but their status, and back again.

https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/
(sforce_api_objects_order.htm, sforce_api_objects_orderstatus.htm)
"""

from __future__ import annotations

import dataclasses
from functools import cached_property
from typing import TYPE_CHECKING, Any

from crm_transforms.destination import Kind, Status, Verdict
from target_salesforce.errors import RefusedError
from target_salesforce.records import Records

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from crm_transforms.destination import Complaint, Operation, Record

STATUS = "Status"
DRAFT = "Draft"
ACTIVATED = "Activated"
ACTIVATE = "activate"
RETURN = "return to draft"
ACTS: Mapping[str, str] = {ACTIVATE: ACTIVATED, RETURN: DRAFT}
"""The status category that an act leads to."""
INVERSE: Mapping[str, str] = {ACTIVATE: RETURN, RETURN: ACTIVATE}


class Orders(Records):
    """The orders of one org."""

    @cached_property
    def statuses(self) -> Mapping[str, str]:
        """Categories by status: an org may have several of one category."""
        try:
            rows = list(self.org.client.query("SELECT ApiName, StatusCode FROM OrderStatus"))
        except RefusedError:
            rows = []
        told = {str(row["ApiName"]): str(row["StatusCode"]) for row in rows}
        return told or {DRAFT: DRAFT, ACTIVATED: ACTIVATED}

    def status_of(self, category: str) -> str:
        """The status that stands for a category."""
        named = [status for status, of in self.statuses.items() if of == category]
        return category if category in named or not named else named[0]

    def check(self, record: Record, *, whole: bool = True) -> list[Complaint]:
        return super().check(self._as_draft(record) if whole else record, whole=whole)

    def judged(self, operation: Operation) -> Verdict | None:
        if operation.kind is Kind.ACT and operation.action in ACTS:
            return None
        return super().judged(operation)

    def sent(self, kind: Kind, operations: Sequence[Operation]) -> Iterator[Verdict]:
        if kind is Kind.CREATE:
            operations = [
                dataclasses.replace(operation, fields=self._as_draft(operation.fields))
                for operation in operations
            ]
        elif kind is Kind.ACT:
            operations = [self._act(operation) for operation in operations]
            kind = Kind.UPDATE
        elif kind is Kind.DELETE:
            undrafted = list(self._made_drafts(operations))
            yield from undrafted
            held_back = {verdict.operation_id for verdict in undrafted}
            operations = [one for one in operations if one.id not in held_back]
        if operations:
            yield from super().sent(kind, operations)

    def resolve(self, operations: Sequence[Operation], mark: str) -> Iterator[Verdict]:
        """Find out what became of operations; of acts, by the status that is there now."""
        acts = [operation for operation in operations if operation.kind is Kind.ACT]
        ids = [str(operation.destination_id) for operation in acts]
        there = self.read(ids, [STATUS]) if ids else {}
        for operation in acts:
            held = str(there.get(str(operation.destination_id), {}).get(STATUS) or "")
            done = self.statuses.get(held) == ACTS.get(operation.action or "")
            status = Status.LANDED if done else Status.ABSENT
            yield Verdict(operation.id, status, operation.destination_id if done else None)
        yield from super().resolve([one for one in operations if one.kind is not Kind.ACT], mark)

    def _as_draft(self, record: Record) -> dict[str, Any]:
        return {STATUS: self.status_of(DRAFT), **{k: v for k, v in record.items() if v is not None}}

    def _act(self, operation: Operation) -> Operation:
        status = self.status_of(ACTS[str(operation.action)])
        return dataclasses.replace(operation, kind=Kind.UPDATE, fields={STATUS: status})

    def _made_drafts(self, deletes: Sequence[Operation]) -> Iterator[Verdict]:
        """Make drafts of activated orders that are to go; verdicts on those that stay as they are.

        An activated order is not removed, nor are its lines.
        """
        there = self.read([str(operation.destination_id) for operation in deletes], [STATUS])
        active = [
            operation
            for operation in deletes
            if self.statuses.get(str(there.get(str(operation.destination_id), {}).get(STATUS)))
            == ACTIVATED
        ]
        if not active:
            return
        fields = {STATUS: self.status_of(DRAFT)}
        changes = [
            dataclasses.replace(operation, kind=Kind.UPDATE, fields=fields) for operation in active
        ]
        for verdict in super().sent(Kind.UPDATE, changes):
            if verdict.status is not Status.LANDED:
                yield dataclasses.replace(
                    verdict,
                    # The order itself is certainly still there.
                    status=Status.ABSENT if verdict.status is Status.UNKNOWN else verdict.status,
                    message=f"it cannot be made a draft first: {verdict.message}",
                )
