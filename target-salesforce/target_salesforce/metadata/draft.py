"""Drafts: operations on the schema, gathered into the plan of one deploy."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from crm_transforms.destination import Kind, Status, Verdict
from target_salesforce.choices import Choice
from target_salesforce.metadata import options
from target_salesforce.metadata.fields import (
    CHOICES,
    complaints,
    field_xml,
    is_object,
    labels_of,
    object_xml,
    type_of,
)
from target_salesforce.metadata.names import component_of, place_of
from target_salesforce.metadata.plan import Plan

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crm_transforms.destination import Operation, Record
    from target_salesforce.field import Field
    from target_salesforce.org import Org

GONE = "ALREADY_GONE"


class Draft:
    """A plan in the making.

    Args:
        org: the org, whose describes are fresh.

    Attributes:
        plan: what has been gathered.
        fit: operations that the plan carries out.
        made: full names of what it makes.
    """

    def __init__(self, org: Org) -> None:
        self._org = org
        self.plan = Plan()
        self.fit: list[Operation] = []
        self.made: list[str] = []
        self._records: dict[str, Record] = {}

    def take(self, operations: Sequence[Operation]) -> Iterator[Verdict]:
        """Gather operations; verdicts on those that need no deploy."""
        changes: dict[str, list[Operation]] = defaultdict(list)
        for operation in operations:
            if operation.kind is Kind.UPDATE:
                changes[component_of(*place_of(operation.key))].append(operation)
                continue
            judge = {Kind.CREATE: self._create, Kind.DELETE: self._remove}.get(operation.kind)
            verdict = (
                judge(operation)
                if judge
                else refused(operation, "NO_SUCH_ACTION", f"no action {operation.action!r}")
            )
            if verdict is not None:
                yield verdict
            else:
                self.fit.append(operation)
        for some in changes.values():
            yield from self._change(some)

    def _create(self, operation: Operation) -> Verdict | None:
        object_name, name = place_of(operation.key)
        record = {"object": object_name, "name": name, **operation.fields}
        found = list(complaints(record))
        if found:
            words = "; ".join(complaint.message for complaint in found)
            return refused(operation, "FIELD_TYPE", words)
        if is_object(record):
            if self._org.book.there(object_name):
                return refused(operation, "OBJECT_EXISTS", "the org has such an object already")
            self.plan.objects[object_name] = object_xml(record)
            self.made.append(object_name)
            return None
        if self.field_of(object_name, name) is not None:
            return refused(operation, "FIELD_EXISTS", f"{object_name} has such a field already")
        return self._add(operation, record)

    def _add(self, operation: Operation, record: dict[str, Any]) -> Verdict | None:
        """Plan a field; tasks and events may both want the same one."""
        object_name, name = place_of(operation.key)
        component = component_of(object_name, name)
        other = self._records.get(component)
        if other is not None:
            if type_of(other) != type_of(record):
                message = f"tasks and events share it, and want {type_of(other)} as well"
                return refused(operation, "FIELD_TYPE", f"{type_of(record)}: {message}")
            if type_of(record) in CHOICES:
                record["options"] = list(dict.fromkeys([*labels_of(other), *labels_of(record)]))
        else:
            self.made.append(component)
        is_key = self._org.book.key_fields.get(object_name) == name
        self._records[component] = record
        self.plan.fields[component] = field_xml(record, is_key=is_key)
        return None

    def _change(self, operations: Sequence[Operation]) -> Iterator[Verdict]:
        """Plan changes of one field's options, all of them at once."""
        object_name, name = place_of(operations[0].key)
        field = self.field_of(object_name, name)
        for operation in operations:
            if field is None and operation.destination_id and not labels_of(operation.fields):
                yield gone(operation)
            elif field is None:
                message = f"{object_name} has no such field"
                yield refused(operation, "NO_SUCH_FIELD", message)
            elif not isinstance(field.form, Choice):
                yield refused(operation, "NO_OPTIONS", "it has no options")
        if field is None or not isinstance(field.form, Choice):
            return
        merged: dict[str, Any] = {
            part: [label for one in operations for label in labels_of(one.fields, part)]
            for part in ("options", "remove_options")
        }
        if not any(options.wanted_options(field, merged)):
            for operation in operations:
                yield Verdict(operation.id, Status.LANDED, operation.key)
            return
        refusal = options.change(self._org.client, self.plan, object_name, field, merged)
        if refusal is not None:
            for operation in operations:
                yield refused(operation, refusal.code, refusal.message)
            return
        self.fit += operations

    def _remove(self, operation: Operation) -> Verdict | None:
        object_name, name = place_of(operation.destination_id or operation.key)
        component = component_of(object_name, name)
        if not name:
            if not self._org.book.there(object_name):
                return gone(operation)
        else:
            field = self.field_of(object_name, name)
            if field is None:
                return gone(operation)
            if not field.row.get("custom"):
                return refused(operation, "SYSTEM_FIELD", "it is Salesforce's own field")
        if component not in self.plan.removals:
            self.plan.removals.append(component)
        return None

    def field_of(self, object_name: str, name: str) -> Field | None:
        """A field that is there, or ``None``."""
        return field_of(self._org, object_name, name)


def field_of(org: Org, object_name: str, name: str) -> Field | None:
    """A field that is there and seen, not one that is only expected; or ``None``."""
    if not org.book.there(object_name) or name in org.book.expected(object_name):
        return None
    return org.book.of(object_name).by_name.get(name)


def gone(operation: Operation) -> Verdict:
    """What is not there any more counts as removed."""
    id_ = operation.destination_id or operation.key
    return Verdict(operation.id, Status.LANDED, id_, GONE)


def refused(operation: Operation, code: str, message: str) -> Verdict:
    """A refusal of a change of the schema."""
    name = place_of(operation.key)[1]
    words = f"{operation.key}: {message}"
    return Verdict(operation.id, Status.REFUSED, None, code, words, (name,) if name else ())
