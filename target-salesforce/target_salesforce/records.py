"""Records of one object: how they are judged, written, read, and recognised after silence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crm_transforms.destination import Cost, Kind, Status, Verdict
from target_salesforce.collection import MOST_RECORDS, Collection
from target_salesforce.resolving import resolved_changes, resolved_creates
from target_salesforce.retrieval import MOST_IDS, retrieved
from target_salesforce.tables import NEVER_REMOVED

if TYPE_CHECKING:
    from collections.abc import Collection as Some
    from collections.abc import Iterator, Sequence

    from crm_transforms.destination import Complaint, Operation, Record
    from target_salesforce.described import Described
    from target_salesforce.org import Org


class Records:
    """One object of one org.

    Args:
        org: the org.
        name: of the sObject.
    """

    unit = MOST_RECORDS
    """Records that are made together at most."""

    def __init__(self, org: Org, name: str) -> None:
        self.org = org
        self.name = name

    def unit_of(self, kind: Kind) -> int:
        """How many operations go together at most."""
        return self.unit if kind is Kind.CREATE else MOST_RECORDS

    @property
    def described(self) -> Described:
        """The object as it is now.

        Raises:
            KeyError: there is none.
        """
        return self.org.book.of(self.name)

    def normalise(self, record: Record) -> dict[str, Any]:
        """The record as it will be read back."""
        return self.described.canonical(record)

    def check(self, record: Record, *, whole: bool = True) -> list[Complaint]:
        """Why the API would refuse this record, without asking it."""
        return list(self.described.complaints(record, whole=whole))

    def cost(self, kind: Kind, count: int) -> Cost:
        """What ``count`` operations cost without a job."""
        calls = -(-count // self.unit_of(kind))
        return Cost(calls, calls)

    def reading_cost(self, count: int) -> Cost:
        """What reading so many records by id costs."""
        calls = -(-count // MOST_IDS)
        return Cost(calls, calls)

    # Writing

    def judged(self, operation: Operation) -> Verdict | None:
        """A refusal that needs no request, or ``None``."""
        if operation.kind is Kind.ACT:
            message = f"{self.name} has no action {operation.action!r}"
            return Verdict(operation.id, Status.REFUSED, code="NO_SUCH_ACTION", message=message)
        if operation.kind is Kind.DELETE:
            why = NEVER_REMOVED.get(self.name)
            if not why:
                return None
            return Verdict(operation.id, Status.REFUSED, code="NOT_REMOVED", message=why)
        whole = operation.kind is Kind.CREATE
        complaints = self.check(operation.fields, whole=whole)
        lines = [f"{one.field}: {one.message}" for one in complaints]
        fields = [one.field for one in complaints]
        rules = [one.rule for one in complaints]
        for name, label in self.described.missing_labels(operation.fields):
            lines.append(f"{name}: {label!r} is not among the options")
            fields.append(name)
            rules.append("option")
        if not rules:
            return None
        return Verdict(
            operation.id,
            Status.REFUSED,
            code=rules[0].upper().replace(" ", "_").replace("-", "_"),
            message="; ".join(lines),
            fields=tuple(dict.fromkeys(filter(None, fields))),
            rule=rules[0],
        )

    def carry_out(self, operations: Sequence[Operation]) -> Iterator[Verdict]:
        """Send operations of one kind, as many as go together.

        Raises:
            DestinationError: operations without a verdict certainly did not happen.
            BudgetExhaustedError: likewise.
        """
        fit = []
        for operation in operations:
            verdict = self.judged(operation)
            if verdict is None:
                fit.append(operation)
            else:
                yield verdict
        if fit:
            yield from self.sent(fit[0].kind, fit)

    def sent(self, kind: Kind, operations: Sequence[Operation]) -> Iterator[Verdict]:
        """Send operations without complaints."""
        yield from Collection(self.org, self.described, kind).carry_out(operations)

    # Recognising

    def resolve(self, operations: Sequence[Operation], mark: str) -> Iterator[Verdict]:
        """Find out what became of operations without an answer."""
        creates = [operation for operation in operations if operation.kind is Kind.CREATE]
        others = [operation for operation in operations if operation.kind is not Kind.CREATE]
        if creates:
            yield from resolved_creates(self.org, self.described, creates, mark)
        if others:
            yield from resolved_changes(self, others)

    def read(self, ids: Sequence[str], names: Some[str]) -> dict[str, Record]:
        """Records by id; fields that the object does not have are empty."""
        described = self.described
        expected = self.org.book.expected(self.name)
        asked = [name for name in described.readable(names) if name not in expected]
        rows = retrieved(self.org.client, described, ids, asked)
        return {id_: described.incoming(row, names) for id_, row in rows}
