"""One object of the API: how its records are written, and recognised again after silence.

The behaviour that most objects share; what differs is declared in the tables and overridden where
an object goes its own way (deal products, notes, files).
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from crm_transforms.destination import Complaint, Cost, Kind, Operation, Status, Verdict
from target_pipedrive.costs import TOKENS
from target_pipedrive.forms import Text
from target_pipedrive.listing import Listing
from target_pipedrive.shapes import Row, is_a

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from crm_transforms.destination import Record
    from target_pipedrive.account import Account
    from target_pipedrive.answers import Outcome
    from target_pipedrive.table import Table

Unit = tuple[Operation, ...]
"""Operations that go together, in one request or one after the other."""
Likeness = tuple[tuple[str, ...], bytes]
"""What a record is recognised by: the names of some fields, and what they hold."""


class Resource(Listing):
    """One object of one account."""

    def __init__(self, table: Table, account: Account) -> None:
        super().__init__(table, account)
        self._capped: Outcome | None = None

    def normalise(self, record: Record) -> dict[str, Any]:
        """The record as it will be read back."""
        return self.fields.canonical(record)

    def check(self, record: Record, *, whole: bool = True) -> list[Complaint]:
        """Why the API would refuse this record, without asking it."""
        return list(self.fields.complaints(record, whole=whole))

    def cost(self, kind: Kind, count: int, parents: int = 0) -> Cost:
        """What ``count`` operations cost; ``parents`` counts where only lines have parents."""
        del parents
        method = {Kind.CREATE: "POST", Kind.DELETE: "DELETE"}.get(kind, self.table.update)
        place = "" if kind is Kind.CREATE else "/{id}"
        return Cost(count, count * TOKENS[f"{method} {self.table.path}{place}"])

    # Writing

    def prepare(self, operations: Iterable[Operation]) -> None:  # noqa: ARG002 - schemas need them
        """Forget what was known of the object before this batch."""
        self._capped = self.seen_last = None
        self.shown.clear()

    def units(self, operations: Iterable[Operation]) -> Iterator[Unit]:
        """Cut a batch into what can be sent side by side."""
        for operation in operations:
            yield (operation,)

    def carry_out(self, unit: Unit) -> Iterator[Verdict]:
        """Send a unit.

        Raises:
            DestinationError: operations without a verdict certainly did not happen.
            BudgetExhaustedError: likewise.
        """
        for operation in unit:
            yield self.judged(operation) or self.carried_out(operation)

    def judged(self, operation: Operation) -> Verdict | None:
        """A refusal that needs no request, or ``None``."""
        if operation.kind is Kind.ACT:
            message = f"{self.table.name} have no action {operation.action!r}"
            return Verdict(operation.id, Status.REFUSED, code="NO_SUCH_ACTION", message=message)
        whole = operation.kind is Kind.CREATE
        if whole and self._capped:
            return self.verdict(operation, self._capped)
        if operation.kind is Kind.DELETE:
            return None
        complaints = list(self.fields.complaints(operation.fields, whole=whole))
        for name, label in self.fields.missing_labels(operation.fields):
            words = self.account.refused_labels.get((self.table.name, name, label))
            why = "is not among the options" if words is None else f"could not be added: {words}"
            complaints.append(Complaint(name, "option", f"{label!r} {why}"))
        if not complaints:
            return None
        rule = complaints[0].rule
        return Verdict(
            operation.id,
            Status.REFUSED,
            code=rule.upper().replace(" ", "_").replace("-", "_"),
            message="; ".join(f"{one.field}: {one.message}" for one in complaints),
            fields=tuple(dict.fromkeys(one.field for one in complaints)),
            rule=rule,
        )

    def carried_out(self, operation: Operation) -> Verdict:
        """Send one operation that has no complaints."""
        if operation.kind is Kind.CREATE:
            return self.create(operation)
        if operation.kind is Kind.UPDATE:
            return self.verdict(operation, self.update(operation), operation.destination_id)
        return self.delete(operation)

    def create(self, operation: Operation) -> Verdict:
        """Create a record."""
        body = self.fields.outgoing(operation.fields, whole=True)
        outcome = self.client.send(f"POST {self.table.path}", body)
        if outcome.capped:
            self._capped = outcome
        return self.created(operation, outcome)

    def created(self, operation: Operation, outcome: Outcome) -> Verdict:
        """The verdict on a create, which has landed only if its answer shows that record."""
        if outcome.status is not Status.LANDED:
            return self.verdict(operation, outcome)
        if not is_a(Row, outcome.data) or not self.is_echo(operation, outcome.data):
            message = "the answer does not show the record that was sent"
            return Verdict(operation.id, Status.UNKNOWN, code="STRANGE_ANSWER", message=message)
        return Verdict(operation.id, Status.LANDED, str(outcome.data["id"]))

    def is_echo(self, operation: Operation, data: Mapping[str, Any]) -> bool:
        """Whether an answer is about this operation: a connection may carry another's reply."""
        for name in (*self.key_fields(operation), *self.table.parents):
            field = self.fields.by_name[name]
            sent, answered = field.form.canonical(operation.fields.get(name)), field.of(data)
            if sent is not None and answered is not None and sent != answered:
                return False
        return True

    def update(self, operation: Operation) -> Outcome:
        """Change a record."""
        body = self.fields.outgoing(operation.fields, whole=False)
        endpoint = f"{self.table.update} {self.table.path}/{{id}}"
        return self.client.send(endpoint, body, id=operation.destination_id)

    def delete(self, operation: Operation) -> Verdict:
        """Delete a record; one that is gone already counts as deleted."""
        outcome = self.client.send(f"DELETE {self.table.path}/{{id}}", id=operation.destination_id)
        if outcome.status is Status.REFUSED and outcome.gone:
            return Verdict(
                operation.id, Status.LANDED, operation.destination_id, "ALREADY_GONE", outcome.words
            )
        return self.verdict(operation, outcome, operation.destination_id)

    def verdict(
        self, operation: Operation, outcome: Outcome, destination_id: str | None = None
    ) -> Verdict:
        """An outcome in the mapping's words."""
        if outcome.status is Status.LANDED:
            return Verdict(operation.id, Status.LANDED, destination_id)
        words, blamed = self.fields.translated(outcome.words)
        if outcome.capped:
            words = f"the plan holds no more {self.table.name}: {words}"
        sent = tuple(name for name in blamed if name in operation.fields)
        return Verdict(operation.id, outcome.status, None, outcome.code, words, sent)

    # Recognising

    def key_fields(self, operation: Operation) -> tuple[str, ...]:
        """The custom fields of a record that carry its external key.

        The one that the account's settings name, or else every text that equals the key.
        """
        named = self.account.key_fields.get(self.table.name, "")
        if named in operation.fields:
            return (named,)
        fields = self.fields.by_name
        return tuple(
            name
            for name, value in operation.fields.items()
            if operation.key
            and value == operation.key
            and name in fields
            and fields[name].custom
            and isinstance(fields[name].form, Text)
        )

    def resolve(self, operations: Sequence[Operation], mark: str) -> Iterator[Verdict]:
        """Find out what became of operations without an answer."""
        creates = [operation for operation in operations if operation.kind is Kind.CREATE]
        others = [operation for operation in operations if operation.kind is not Kind.CREATE]
        if creates:
            yield from self.resolve_creates(creates, mark)
        yield from self.resolve_changes(others)

    def resolve_creates(self, operations: Sequence[Operation], mark: str) -> Iterator[Verdict]:
        """Look for the records behind the mark in the list itself, never in the search index."""
        wanted = self.by_likeness(operations)
        hits: dict[Likeness, set[int]] = {likeness: set() for likeness in wanted}
        names = sorted({name for recognised_by, _ in wanted for name in recognised_by})
        self.collect(self.behind(mark, names), hits)
        if any(len(hits[likeness]) < len(group) for likeness, group in wanted.items()):
            self.collect(self.left_out(mark, names), hits)
        for likeness, group in wanted.items():
            if likeness[0]:
                yield from self.shared_out(group, [str(id_) for id_ in sorted(hits[likeness])])
            else:
                message = f"nothing in the record tells it from other {self.table.name}"
                yield from (Verdict(op.id, Status.UNKNOWN, message=message) for op in group)

    def collect(self, rows: Iterable[dict[str, Any]], hits: dict[Likeness, set[int]]) -> None:
        """Add the ids of records that are like wanted ones."""
        shapes = {names for names, _ in hits}
        for count, row in enumerate(rows, 1):
            self.account.progress(self.table.name, count, 0)
            for names in shapes:
                likeness = names, self.fields.likeness(self.fields.incoming(row, names))
                if likeness in hits:
                    hits[likeness].add(int(row["id"]))

    def by_likeness(self, operations: Sequence[Operation]) -> dict[Likeness, list[Operation]]:
        """Operations by what their records are recognised by: the key, else their content."""
        wanted: dict[Likeness, list[Operation]] = defaultdict(list)
        for operation in operations:
            identity = self.key_fields(operation) or self.table.identity
            normal = self.normalise(operation.fields)
            names = tuple(name for name in identity if normal.get(name) is not None)
            wanted[names, self.fields.likeness({n: normal[n] for n in names})].append(operation)
        return wanted

    def behind(self, mark: str, names: Collection[str]) -> Iterator[dict[str, Any]]:
        """Records made since the mark; the first one will do as the next mark."""
        newest = "0"
        for row in self.newest(names=names):
            newest = max(newest, str(row["id"]), key=int)
            self.seen_last = newest
            if int(row["id"]) <= int(mark or 0):
                return
            yield row
        self.seen_last = newest

    def left_out(self, mark: str, names: Collection[str]) -> Iterator[dict[str, Any]]:  # noqa: ARG002
        """Records made since the mark that the list leaves out."""
        return iter(())

    def shared_out(self, operations: Sequence[Operation], ids: Sequence[str]) -> Iterator[Verdict]:
        """Give each of some equal operations one of the records that equal them.

        All other such records are named as duplicates: nothing in them tells whose they are, but
        the caller knows which of them are other operations' already.
        """
        for index, operation in enumerate(operations):
            if index < len(ids):
                others = (*ids[:index], *ids[index + 1 :])
                yield Verdict(operation.id, Status.LANDED, ids[index], duplicates=others)
            else:
                message = f"there is no such record among the {self.table.name} made since"
                yield Verdict(operation.id, Status.ABSENT, message=message)

    def resolve_changes(self, operations: Sequence[Operation]) -> Iterator[Verdict]:
        """Read the records of updates and deletes, and compare."""
        ids = [op.destination_id for op in operations if op.destination_id]
        there = self.read(ids, ()) if ids else {}
        self.shown.update(there)
        for operation in operations:
            record = there.get(operation.destination_id or "")
            if operation.kind is Kind.DELETE:
                done = record is None
            else:
                done = record is not None and self.fields.likeness(
                    operation.fields
                ) == self.fields.likeness({name: record.get(name) for name in operation.fields})
            status = Status.LANDED if done else Status.ABSENT
            yield Verdict(operation.id, status, operation.destination_id if done else None)
