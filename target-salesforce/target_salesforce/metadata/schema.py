"""The schema of one org: custom fields and objects as operations, all of a batch in one deploy."""

from __future__ import annotations

from dataclasses import asdict
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
from target_salesforce.metadata import deploy
from target_salesforce.metadata.access import Access
from target_salesforce.metadata.archive import Archive
from target_salesforce.metadata.components import PERMISSION_SET
from target_salesforce.metadata.package import package
from target_salesforce.metadata.wanted import (
    CHOICES,
    OBJECT,
    complaints,
    component_of,
    is_object,
    labels_of,
    normal,
    place_of,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from crm_transforms.destination import Complaint, Record
    from target_salesforce.field import Field
    from target_salesforce.org import Org

FULL = ("maximum number of", "too many custom fields", "reached the maximum")
"""Parts of what a deploy says once an object may have no more fields."""
DEPLOY_REQUESTS = 12
"""One deploy, a few looks at it, and what it takes to see and give the permission set."""


class Schema:
    """Custom fields and objects; ids are ``object.field`` and ``object``.

    Args:
        org: the org.
    """

    def __init__(self, org: Org) -> None:
        self._org = org
        self._access = Access(org)

    def unit_of(self, kind: Kind) -> int:
        """All go together."""
        del kind
        return 5_000

    def normalise(self, record: Record) -> dict[str, Any]:
        """The field as it will be described."""
        return normal(record)

    def check(self, record: Record, *, whole: bool = True) -> list[Complaint]:
        """Why this field cannot be made; a change is judged when it is sent."""
        return list(complaints(record)) if whole else []

    def cost(self, kind: Kind, count: int) -> Cost:
        """One deploy, however much there is in it."""
        del kind
        calls = DEPLOY_REQUESTS if count else 0
        return Cost(calls, calls)

    def reading_cost(self, count: int) -> Cost:
        """Fields are described object by object."""
        calls = min(count, 20)
        return Cost(calls, calls)

    def package(self, wanted: Sequence[Record]) -> Mapping[str, bytes]:
        """Files by which an administrator makes fields and objects."""
        return package(wanted, self._org.client.version, self._is_key)

    # Writing

    def carry_out(self, operations: Sequence[Operation]) -> Iterator[Verdict]:
        """As :meth:`write`, for callers that want no handles."""
        for answer in self.write(operations):
            if isinstance(answer, Verdict):
                yield answer

    def write(self, operations: Sequence[Operation]) -> Iterator[Handle | Verdict]:
        """Carry out changes of the schema in one deploy, of which all lands or nothing.

        Raises:
            DestinationError: operations without a verdict certainly did not happen.
        """
        self._refresh(operations)
        archive = Archive(self._org.client.version)
        id_ = self._access.id()
        if id_ is not None:
            archive.grants, archive.granted_objects = self._access.granted(id_)
        sent: list[Operation] = []
        for operation in operations:
            verdict = self._judged(operation)
            if verdict is not None:
                yield verdict
                continue
            self._put(archive, operation)
            sent.append(operation)
        if not sent:
            return
        try:
            handle = deploy.begun(self._org.client, archive.zipped())
        except SilenceError as error:
            for operation in sent:
                yield Verdict(operation.id, Status.UNKNOWN, code=error.code, message=str(error))
            return
        except RefusedError as error:
            for operation in sent:
                yield _refused(operation, error.reply.code, error.reply.words)
            return
        yield Handle(handle, tuple(operation.id for operation in sent))
        yield from self._ended(handle, sent)

    def rejoin(self, handle: str, operations: Sequence[Operation]) -> Iterator[Verdict]:
        """Wait for a deploy that a killed process had begun."""
        yield from self._ended(handle, operations)

    def _refresh(self, operations: Sequence[Operation]) -> None:
        """See the schema as it is now, whoever changed it."""
        self._access.give()
        self._org.book.forget(*{place_of(operation.key)[0] for operation in operations})

    def _judged(self, operation: Operation) -> Verdict | None:
        """What needs no deploy: a refusal, or that it is as wanted already."""
        if operation.kind is Kind.ACT:
            return _refused(operation, "NO_SUCH_ACTION", f"no action {operation.action!r}")
        if operation.kind is Kind.UPDATE:
            return self._unchangeable(operation)
        there = self._is_there(operation)
        if operation.kind is Kind.CREATE:
            return self._unmakeable(operation, there=there)
        if there:
            return None
        id_ = operation.destination_id or operation.key
        return Verdict(operation.id, Status.LANDED, id_, "ALREADY_GONE")

    @staticmethod
    def _unmakeable(operation: Operation, *, there: bool) -> Verdict | None:
        if there:
            return _refused(operation, "EXISTS", f"{operation.key} is there already")
        object_name = place_of(operation.key)[0]
        found = list(complaints({"object": object_name, **operation.fields}))
        if not found:
            return None
        words = "; ".join(complaint.message for complaint in found)
        return _refused(operation, "FIELD_TYPE", words)

    def _unchangeable(self, operation: Operation) -> Verdict | None:
        field = self._field(operation)
        if field is None:
            return _refused(operation, "NO_SUCH_FIELD", f"there is no {operation.key}")
        if not isinstance(field.form, Choice):
            return _refused(operation, "NO_OPTIONS", "it is no picklist")
        if not field.row.get("custom"):
            message = "a picklist of Salesforce's own: add its values in Setup"
            return _refused(operation, "STANDARD_PICKLIST", message)
        if self._has_options(field.form, operation.fields):
            return Verdict(operation.id, Status.LANDED, operation.key)
        return None

    def _put(self, archive: Archive, operation: Operation) -> None:
        object_name, name = place_of(operation.key)
        if operation.kind is Kind.DELETE:
            archive.remove(operation.key)
        elif not name:
            archive.make_object(operation.fields)
        elif operation.kind is Kind.CREATE:
            record = {**operation.fields, "name": name, "object": object_name}
            archive.make_field(object_name, record, is_key=self._is_key(object_name, name))
        else:
            archive.make_field(object_name, *self._grown(operation))

    def _grown(self, operation: Operation) -> tuple[Record]:
        """A picklist with its options, those that are new, and without those that go."""
        field = self._field(operation)
        form = field.form if field is not None else None
        known = list(form.options) if isinstance(form, Choice) else []
        doomed = set(labels_of(operation.fields, "remove_options"))
        labels = dict.fromkeys([*known, *labels_of(operation.fields)])
        object_name, name = place_of(operation.key)
        return (
            {
                "object": object_name,
                "name": name,
                "type": CHOICES[1] if isinstance(form, Choice) and form.many else CHOICES[0],
                "label": (field.row.get("label") if field is not None else "") or name,
                "options": [label for label in labels if label not in doomed],
            },
        )

    def _is_key(self, object_name: str, name: str) -> bool:
        return self._org.book.key_fields.get(object_name) == name

    def _ended(self, handle: str, operations: Sequence[Operation]) -> Iterator[Verdict]:
        self._org.book.forget()
        try:
            outcome = deploy.waited_for(self._org.client, handle)
        except (DestinationError, BudgetExhaustedError) as error:
            for operation in operations:
                message = f"deploy {handle}: {error}"
                yield Verdict(operation.id, Status.UNKNOWN, code="NO_ANSWER", message=message)
            raise
        if outcome is None:
            for operation in operations:
                message = f"there is no deploy {handle}"
                yield Verdict(operation.id, Status.UNKNOWN, code="NO_DEPLOY", message=message)
            return
        if outcome.landed:
            for operation in operations:
                yield Verdict(operation.id, Status.LANDED, operation.key)
            self._access.give()
            if any(operation.kind is Kind.DELETE for operation in operations):
                self._access.remove_if_empty()
            return
        blamed = False
        for operation in operations:
            fault = outcome.faults.get(component_of(operation.key))
            if fault is None:
                message = f"taken back with the deploy: {outcome.words}"
                yield Verdict(operation.id, Status.ABSENT, code="ROLLED_BACK", message=message)
            else:
                blamed = True
                full = any(words in fault.lower() for words in FULL)
                yield _refused(operation, NO_ROOM if full else "DEPLOY_FAILED", fault)
        if not blamed:
            words = outcome.faults.get(PERMISSION_SET) or outcome.words
            others = "; ".join(f"{name}: {fault}" for name, fault in outcome.faults.items())
            raise DestinationError(f"the schema cannot be deployed: {others or words}")

    # Recognising and reading

    def resolve(self, operations: Sequence[Operation], mark: str) -> Iterator[Verdict]:
        """Describe the objects again and look."""
        del mark
        self._refresh(operations)
        for operation in operations:
            there = self._is_there(operation)
            if operation.kind is Kind.CREATE:
                done = there
            elif operation.kind is Kind.DELETE:
                done = not there
            else:
                field = self._field(operation)
                form = field.form if field is not None else None
                done = isinstance(form, Choice) and self._has_options(form, operation.fields)
            status = Status.LANDED if done else Status.ABSENT
            yield Verdict(operation.id, status, operation.key if done else None)

    def read(self, ids: Sequence[str], names: Collection[str]) -> dict[str, Record]:
        """Fields as records of :class:`FieldSpec`, objects likewise."""
        self._org.book.forget(*{place_of(id_)[0] for id_ in ids})
        found: dict[str, Record] = {}
        for id_ in ids:
            record = self._record(id_)
            if record is not None:
                found[id_] = {n: v for n, v in record.items() if not names or n in names}
        return found

    def _record(self, id_: str) -> dict[str, Any] | None:
        object_name, name = place_of(id_)
        if not self._org.book.there(object_name):
            return None
        described = self._org.book.of(object_name)
        if not name:
            label, plural = (described.raw.get(one) for one in ("label", "labelPlural"))
            told = {"type": OBJECT, "label": label, "plural": plural}
            return {"object": object_name, "name": "", **told}
        field = described.by_name.get(name)
        if field is None or name in self._org.book.expected(object_name):
            return None
        spec = field.spec()
        return {"object": object_name, **asdict(spec), "options": list(spec.options)}

    def _is_there(self, operation: Operation) -> bool:
        if is_object(operation):
            return self._org.book.there(place_of(operation.key)[0])
        return self._field(operation) is not None

    def _field(self, operation: Operation) -> Field | None:
        """The field that is meant; ``None`` if there is none that this user sees."""
        object_name, name = place_of(operation.key)
        if not self._org.book.there(object_name):
            return None
        if name in self._org.book.expected(object_name):
            return None
        return self._org.book.of(object_name).by_name.get(name)

    @staticmethod
    def _has_options(form: Choice, wanted: Record) -> bool:
        doomed = labels_of(wanted, "remove_options")
        return all(label in form.options for label in labels_of(wanted)) and not any(
            label in form.options for label in doomed
        )


def _refused(operation: Operation, code: str, message: str) -> Verdict:
    name = place_of(operation.key)[1]
    words = f"{operation.key}: {message}"
    return Verdict(operation.id, Status.REFUSED, None, code, words, (name,) if name else ())
