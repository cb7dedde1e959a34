"""The schema as records: custom fields and objects, made and removed by deploys.

Their ids are their names: ``Account.Key__c``, ``Service_Job__c``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crm_transforms.destination import (
    NO_ROOM,
    BudgetExhaustedError,
    Cost,
    DestinationError,
    Handle,
    Kind,
    Operation,
    Status,
    Verdict,
)
from target_salesforce.choices import Choice
from target_salesforce.errors import RefusedError, SilenceError
from target_salesforce.metadata import deploy, tables
from target_salesforce.metadata.access import Access
from target_salesforce.metadata.draft import Draft, field_of, refused
from target_salesforce.metadata.fields import as_record, complaints, is_object, labels_of, normal
from target_salesforce.metadata.inventory import inventory
from target_salesforce.metadata.names import component_of, place_of
from target_salesforce.metadata.permissions import PermissionSet
from target_salesforce.tables import ACTIVITIES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from crm_transforms.destination import Complaint, Record
    from target_salesforce.metadata.deploy import Outcome
    from target_salesforce.org import Org

TOGETHER = 5_000
REQUESTS = 14
"""Of one batch: what the permission set holds now, the deploy, some polls, the assignment, and some
describes anew."""


class Schema:
    """The custom fields and objects of one org."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._access = Access(org)

    def unit_of(self, kind: Kind) -> int:
        """All go together."""
        del kind
        return TOGETHER

    # Judging

    def normalise(self, record: Record) -> dict[str, Any]:
        """The field as it will be described: several neutral types share one of Salesforce's."""
        return normal(record)

    def check(self, record: Record, *, whole: bool = True) -> list[Complaint]:
        """Why this cannot be made; a change is judged when it is sent."""
        return list(complaints(record)) if whole else []

    def cost(self, kind: Kind, count: int) -> Cost:
        """What changes of the schema cost: one deploy, whatever it holds."""
        del kind
        return Cost(REQUESTS, REQUESTS) if count else Cost()

    def reading_cost(self, count: int) -> Cost:
        """What reading fields back costs: an object tells all of its own at once."""
        calls = min(count, REQUESTS)
        return Cost(calls, calls)

    # Writing

    def carry_out(self, operations: Sequence[Operation]) -> Iterator[Verdict]:
        """As :meth:`write`, without handles."""
        for answer in self.write(operations):
            if isinstance(answer, Verdict):
                yield answer

    def write(self, operations: Sequence[Operation]) -> Iterator[Handle | Verdict]:
        """Carry out changes of the schema by one deploy, which does all of them or none.

        Raises:
            DestinationError: operations without a verdict certainly did not happen.
            BudgetExhaustedError: likewise.
        """
        self._forget(operations)
        draft = Draft(self._org)
        yield from draft.take(operations)
        if not draft.plan:
            return
        self._permit(draft)
        client = self._org.client
        try:
            id_ = deploy.sent(client, draft.plan.archive(client.version))
        except SilenceError as error:
            for operation in draft.fit:
                yield Verdict(operation.id, Status.UNKNOWN, code=error.code, message=str(error))
            return
        yield Handle(id_, tuple(operation.id for operation in draft.fit))
        try:
            outcome = deploy.settled(client, id_)
        except (DestinationError, BudgetExhaustedError) as error:
            yield from _unknown(draft.fit, f"deploy {id_}: {error}")
            raise
        yield from self._told(outcome, draft.fit)

    def rejoin(self, handle: str, operations: Sequence[Operation]) -> Iterator[Verdict]:
        """Go on with a deploy that a killed process had sent."""
        try:
            outcome = deploy.settled(self._org.client, handle)
        except RefusedError as error:
            yield from _unknown(operations, f"deploy {handle} cannot be asked: {error}")
            return
        yield from self._told(outcome, operations)

    def package(self, records: Sequence[Record]) -> dict[str, bytes]:
        """The files by which an administrator makes these fields and objects.

        Args:
            records: what is missing, and choices that lack options.
        """
        operations = [self._operation(number, record) for number, record in enumerate(records, 1)]
        self._forget(operations)
        draft = Draft(self._org)
        faults = [verdict.message for verdict in draft.take(operations) if verdict.message]
        if faults:
            raise DestinationError("fields that cannot be made: " + "; ".join(faults))
        self._permit(draft)
        sources = draft.plan.files(self._org.client.version)
        made = {**draft.plan.fields, **draft.plan.objects}
        listed = [
            (record, made[component])
            for record in records
            if (component := _component(record)) in made
        ]
        return {
            "package.xml": sources["package.xml"],
            "deploy.zip": draft.plan.archive(self._org.client.version),
            "fields.csv": inventory(listed),
            **{f"src/{path}": content for path, content in sources.items()},
        }

    def _operation(self, number: int, record: Record) -> Operation:
        object_name, name = str(record["object"]), str(record.get("name") or "")
        there = bool(name) and field_of(self._org, object_name, name) is not None
        key = f"{object_name}.{name}" if name else object_name
        kind = Kind.UPDATE if there else Kind.CREATE
        return Operation(number, "schema", kind, key, record)

    def _permit(self, draft: Draft) -> None:
        """Let the permission set hold what the plan makes, beside what it holds."""
        if draft.made:
            permissions = PermissionSet.read(self._org.client)
            permissions.withdraw(draft.plan.removals)
            permissions.grant(draft.made)
            draft.plan.permissions = permissions

    def _told(self, outcome: Outcome, operations: Sequence[Operation]) -> Iterator[Verdict]:
        """Verdicts by what a deploy has come to."""
        self._forget(operations)
        if not outcome.ok:
            yield from _failed(outcome, operations)
            return
        trouble: Exception | None = None
        try:
            if any(operation.kind is Kind.CREATE for operation in operations):
                self._access.give()
            if any(operation.kind is Kind.DELETE for operation in operations):
                self._access.withdraw()
        except (DestinationError, BudgetExhaustedError) as error:
            trouble = error
        for operation in operations:
            yield Verdict(operation.id, Status.LANDED, operation.destination_id or operation.key)
        if trouble is not None:
            raise trouble

    # Recognising and reading

    def resolve(self, operations: Sequence[Operation], mark: str) -> Iterator[Verdict]:
        """Describe again and look."""
        del mark  # names tell
        self._access.give()
        self._forget(operations)
        for operation in operations:
            done = self._is_done(operation)
            id_ = operation.destination_id or operation.key
            status = Status.LANDED if done else Status.ABSENT
            yield Verdict(operation.id, status, id_ if done else None)

    def _is_done(self, operation: Operation) -> bool:
        object_name, name = place_of(operation.destination_id or operation.key)
        field = field_of(self._org, object_name, name) if name else None
        there = field is not None if name else self._org.book.there(object_name)
        if operation.kind is Kind.CREATE:
            return there
        if operation.kind is Kind.DELETE:
            return not there
        if field is None:
            return not labels_of(operation.fields)
        options = field.form.options if isinstance(field.form, Choice) else {}
        doomed = labels_of(operation.fields, "remove_options")
        return all(label in options for label in labels_of(operation.fields)) and not any(
            label in options for label in doomed
        )

    def read(self, ids: Sequence[str], names: Collection[str]) -> dict[str, dict[str, Any]]:
        """Fields and objects as they are described now."""
        self._org.book.forget(*{place_of(id_)[0] for id_ in ids})
        found: dict[str, dict[str, Any]] = {}
        for id_ in ids:
            record = self._record(*place_of(id_))
            if record is not None:
                found[id_] = {k: v for k, v in record.items() if not names or k in names}
        return found

    def _record(self, object_name: str, name: str) -> dict[str, Any] | None:
        if name:
            field = field_of(self._org, object_name, name)
            return field if field is None else {"object": object_name, **as_record(field.spec())}
        if not self._org.book.there(object_name):
            return None
        raw = self._org.book.of(object_name).raw
        return {
            "object": object_name,
            "name": "",
            "type": "object",
            "label": raw.get("label"),
            "plural": raw.get("labelPlural"),
        }

    def _forget(self, operations: Sequence[Operation]) -> None:
        """See what these operations are about as it is now, whoever changed it."""
        names = {place_of(operation.key)[0] for operation in operations}
        names |= {str(one.fields["reference"]) for one in operations if one.fields.get("reference")}
        if names & set(ACTIVITIES):
            names |= set(ACTIVITIES)
        if names:
            self._org.book.forget(*names)


def _component(record: Record) -> str:
    name = "" if is_object(record) else str(record["name"])
    return component_of(str(record["object"]), name)


def _failed(outcome: Outcome, operations: Sequence[Operation]) -> Iterator[Verdict]:
    """Verdicts on a deploy that was taken back as a whole: some components are to blame."""
    at_fault: set[int] = set()
    for operation in operations:
        component = component_of(*place_of(operation.destination_id or operation.key))
        words = outcome.faults.get(component) or outcome.faults.get(_own(operation))
        if words:
            at_fault.add(operation.id)
            full = any(said in words.lower() for said in tables.NO_ROOM_WORDS)
            yield refused(operation, NO_ROOM if full else "DEPLOY_FAILED", words)
    if not at_fault:
        told = [f"{name}: {words}" for name, words in outcome.faults.items()] or [outcome.words]
        raise DestinationError("the schema cannot be deployed: " + "; ".join(told))
    for operation in operations:
        if operation.id not in at_fault:
            message = "taken back with others that were refused"
            yield Verdict(operation.id, Status.ABSENT, None, "ROLLED_BACK", message)


def _own(operation: Operation) -> str:
    """The value set that an operation is about, or nothing that has a name."""
    return tables.VALUE_SETS.get(place_of(operation.key), "-")


def _unknown(operations: Sequence[Operation], why: str) -> Iterator[Verdict]:
    for operation in operations:
        yield Verdict(operation.id, Status.UNKNOWN, None, "NO_ANSWER", why)
