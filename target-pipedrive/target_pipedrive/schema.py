"""Custom fields as records: made, extended by options, removed, and recognised after silence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crm_transforms.destination import (
    NO_ROOM,
    Cost,
    Kind,
    Operation,
    Status,
    Verdict,
)
from target_pipedrive.answers import Outcome
from target_pipedrive.choices import Choice
from target_pipedrive.costs import PLANS, TOKENS
from target_pipedrive.custom_types import CUSTOM_FORMS
from target_pipedrive.options import ALREADY_GONE, add_options, remove_options
from target_pipedrive.shapes import FieldRow, is_a
from target_pipedrive.tables import DEALS, TABLES
from target_pipedrive.wanted_field import as_record, complaints, field_type_of, labels_of, normal

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from crm_transforms.destination import Complaint, Record
    from target_pipedrive.account import Account
    from target_pipedrive.field import Field
    from target_pipedrive.resource import Unit

CAPS = ", ".join(f"{plan.name} {plan.custom_fields}" for plan in PLANS)
DESCRIBED = {"deals"}
"""Objects whose fields take a description."""


def place_of(operation: Operation) -> tuple[str, str]:
    """The object and the field's name, from the key ``object.field``."""
    object_name, _, name = operation.key.partition(".")
    return object_name, name


class Schema:
    """The custom fields of one account; ids are ``object/code``."""

    def __init__(self, account: Account) -> None:
        self.account = account

    def normalise(self, record: Record) -> dict[str, Any]:
        """The field as it will be described: several neutral types share one of Pipedrive's."""
        return normal(record)

    def reading_cost(self, count: int) -> Cost:
        """What reading fields back costs: the fields of an object are listed all at once."""
        lists = min(count, sum(table.custom for table in TABLES.values()))
        return Cost(lists, lists * TOKENS[f"GET {DEALS.fields_path}"])

    def check(self, record: Record, *, whole: bool = True) -> list[Complaint]:
        """Why this field cannot be made; a change is judged when it is sent."""
        return list(complaints(record)) if whole else []

    def cost(self, kind: Kind, count: int, parents: int = 0) -> Cost:
        """What changes of the schema cost, by the deals' fields; the others' cost the same."""
        del parents
        places = {Kind.CREATE: "", Kind.UPDATE: "/{code}/options", Kind.DELETE: "/{code}"}
        method = "DELETE" if kind is Kind.DELETE else "POST"
        endpoint = f"{method} {DEALS.fields_path}{places.get(kind, '')}"
        return Cost(count, count * TOKENS[endpoint])

    # Writing

    def prepare(self, operations: Iterable[Operation]) -> None:
        """See the fields as they are now, whoever changed them."""
        for object_name in {place_of(operation)[0] for operation in operations} & set(TABLES):
            self.account.book.forget(object_name)

    def units(self, operations: Iterable[Operation]) -> Iterator[Unit]:
        """All of a batch in turn: fields are few, and each one changes what the next one meets."""
        unit = tuple(operations)
        if unit:
            yield unit

    def carry_out(self, unit: Unit) -> Iterator[Verdict]:
        """Carry out changes of the schema; raises as :meth:`Resource.carry_out` does."""
        for operation in unit:
            yield self.judged(operation) or self.carried_out(operation)

    def judged(self, operation: Operation) -> Verdict | None:
        """What needs no request: a refusal, or that it is as wanted already."""
        object_name = place_of(operation)[0]
        table = TABLES.get(object_name)
        if table is None or not table.custom:
            return refused(operation, "NO_CUSTOM_FIELDS", f"{object_name} takes no custom fields")
        if operation.kind is Kind.ACT:
            return refused(operation, "NO_SUCH_ACTION", f"no action {operation.action!r}")
        judges = {Kind.UPDATE: self.unchangeable, Kind.DELETE: self.unremovable}
        return judges.get(operation.kind, self.unmakeable)(operation)

    def unmakeable(self, operation: Operation) -> Verdict | None:
        """A refusal of a field that cannot be made, or ``None``."""
        object_name, name = place_of(operation)
        found = self.check({"name": name, **operation.fields})
        if found:
            words = "; ".join(complaint.message for complaint in found)
            return refused(operation, "FIELD_TYPE", words)
        if name in self.account.book.of(object_name).by_name:
            message = f"{object_name} have a field {name!r} already"
            return refused(operation, "FIELD_EXISTS", message)
        return None

    def unchangeable(self, operation: Operation) -> Verdict | None:
        """A refusal of a change that is not one of options, or ``None``."""
        object_name, name = place_of(operation)
        field = self.field_of(operation)
        if field is None:
            if operation.destination_id and not labels_of(operation.fields):
                return gone(operation)
            return refused(operation, "NO_SUCH_FIELD", f"{object_name} have no field {name!r}")
        wanted = CUSTOM_FORMS.get(field_type_of(operation.fields), field.form).type
        if wanted != field.form.type:
            message = f"a field's type cannot be changed, from {field.form.type} to {wanted}"
            return refused(operation, "FIELD_TYPE", message)
        if not self.account.book.of(object_name).option_code(field.name):
            return refused(operation, "NO_OPTIONS", "it has no options of the account's own")
        return None

    def unremovable(self, operation: Operation) -> Verdict | None:
        """That a field is gone already, that it is Pipedrive's own, or ``None``."""
        field = self.field_of(operation)
        if field is None:
            return gone(operation)
        if not field.custom:
            return refused(operation, "SYSTEM_FIELD", "it is Pipedrive's own field")
        return None

    def carried_out(self, operation: Operation) -> Verdict:
        """Send one change that has no complaints."""
        object_name, name = place_of(operation)
        if operation.fields.get("open_choice"):
            self.account.book.open(object_name, [name])
        field = self.field_of(operation)
        if field is None:
            outcome, id_ = self.create(operation)
        else:
            id_ = f"{object_name}/{field.code}"
            change = self.delete if operation.kind is Kind.DELETE else self.update
            outcome = change(object_name, field, operation.fields)
        if outcome.status is Status.LANDED and id_:
            return Verdict(operation.id, Status.LANDED, id_, outcome.code)
        self.account.book.forget(object_name)
        if outcome.status is Status.LANDED:
            message = "the answer does not show the field that was sent"
            return Verdict(operation.id, Status.UNKNOWN, None, "STRANGE_ANSWER", message, (name,))
        if outcome.capped or (outcome.http == 403 and "limit" in outcome.words.lower()):
            message = f"{outcome.code} {outcome.words}; a plan holds so many: {CAPS}"
            return refused(operation, NO_ROOM, message)
        return Verdict(operation.id, outcome.status, None, outcome.code, outcome.words, (name,))

    def create(self, operation: Operation) -> tuple[Outcome, str | None]:
        """Make a field; its outcome and its id."""
        object_name, name = place_of(operation)
        body: dict[str, Any] = {"field_name": name, "field_type": field_type_of(operation.fields)}
        if body["field_type"] in {"enum", "set"}:
            body["options"] = [{"label": label} for label in labels_of(operation.fields)]
        label = operation.fields.get("label")
        if label and object_name in DESCRIBED:
            body["description"] = label
        path = TABLES[object_name].fields_path
        outcome = self.account.client.send(f"POST {path}", body)
        row = outcome.data
        if not is_a(FieldRow, row):
            return outcome, None
        self.account.book.learn(object_name, row)
        return outcome, f"{object_name}/{row['field_code']}"

    def update(self, object_name: str, field: Field, wanted: Record) -> Outcome:
        """Add options, and take away those that are named for it; each in one request."""
        outcome = add_options(self.account, object_name, field.name, labels_of(wanted))
        if outcome.status is Status.LANDED:
            doomed = labels_of(wanted, "remove_options")
            outcome = remove_options(self.account, object_name, field.name, doomed)
        return outcome

    def delete(self, object_name: str, field: Field, wanted: Record) -> Outcome:
        """Remove a field with all it holds; one that is gone already counts as removed."""
        del wanted  # it is not there to be changed
        path = TABLES[object_name].fields_path
        outcome = self.account.client.send(f"DELETE {path}/{{code}}", code=field.code)
        if outcome.status is Status.LANDED or outcome.gone:
            self.account.book.drop(object_name, field.code)
            return Outcome(Status.LANDED, code=ALREADY_GONE if outcome.gone else "")
        return outcome

    # Recognising and reading

    def resolve(self, operations: Sequence[Operation], mark: str) -> Iterator[Verdict]:
        """List the fields again and look; a name that is there twice was made twice."""
        del mark  # hashes do not rise
        self.prepare(operations)
        for operation in operations:
            object_name, name = place_of(operation)
            if operation.kind is Kind.CREATE:
                fields = self.account.book.of(object_name)
                first = fields.by_name.get(name)
                codes = fields.twice.get(name) or ([first.code] if first else [])
                ids = tuple(f"{object_name}/{code}" for code in codes)
                status = Status.LANDED if ids else Status.ABSENT
                id_ = ids[0] if ids else None
                yield Verdict(operation.id, status, id_, duplicates=ids[1:])
                continue
            field = self.field_of(operation)
            if field is None:
                done = operation.kind is Kind.DELETE or not labels_of(operation.fields)
                id_ = operation.destination_id
            else:
                done = operation.kind is Kind.UPDATE and self.has_options(field, operation)
                id_ = f"{object_name}/{field.code}"
            status = Status.LANDED if done else Status.ABSENT
            yield Verdict(operation.id, status, id_ if done else None)

    def has_options(self, field: Field, operation: Operation) -> bool:
        """Whether a change of options is there."""
        known = field.form.options if isinstance(field.form, Choice) else {}
        doomed = labels_of(operation.fields, "remove_options")
        return all(label in known for label in labels_of(operation.fields)) and not any(
            label in known for label in doomed
        )

    def field_of(self, operation: Operation) -> Field | None:
        """The field that is meant, by its id or else by its name; or ``None`` if there is none."""
        object_name, name = place_of(operation)
        if operation.destination_id:
            return self.by_id(operation.destination_id)
        return self.account.book.of(object_name).by_name.get(name)

    def by_id(self, id_: str) -> Field | None:
        """A field by its id, or ``None`` when it is gone."""
        object_name, _, code = id_.partition("/")
        if object_name not in TABLES:
            return None
        return self.account.book.of(object_name).by_code.get(code)

    def read(self, ids: Sequence[str], names: Collection[str]) -> dict[str, dict[str, Any]]:
        """Fields as records of :class:`FieldSpec`."""
        for object_name in {id_.partition("/")[0] for id_ in ids} & set(TABLES):
            self.account.book.forget(object_name)
        found = {id_: self.by_id(id_) for id_ in ids}
        return {
            id_: {n: v for n, v in as_record(field.spec()).items() if not names or n in names}
            for id_, field in found.items()
            if field is not None
        }


def gone(operation: Operation) -> Verdict:
    """What is not there any more counts as removed."""
    return Verdict(operation.id, Status.LANDED, operation.destination_id, ALREADY_GONE)


def refused(operation: Operation, code: str, message: str) -> Verdict:
    """A refusal of a change of the schema."""
    name = place_of(operation)[1]
    return Verdict(operation.id, Status.REFUSED, None, code, f"{operation.key}: {message}", (name,))
