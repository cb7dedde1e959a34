"""From what a caller says of a record to the values that it is to have, or what is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.sandbox.salesforce.problem import Problem
from tests.sandbox.salesforce.sobject import AUDIT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.sandbox.salesforce.org import Org
    from tests.sandbox.salesforce.shape import Shape
    from tests.sandbox.salesforce.sobject import Field, Sobject

Row = dict[str, Any]
ANYTHING = ("*",)
"""What a reference leads to that may lead to every object."""


class Intake:
    """Checks field by field, as far as a field alone can tell."""

    def __init__(self, org: Org) -> None:
        self._org = org

    def taken(
        self, shape: Shape, told: Mapping[str, Any], user: str, *, creating: bool
    ) -> tuple[Row, Problem | None]:
        """The values of a record; None empties a field."""
        made, checks = shape.made, shape.checks
        values: Row = {}
        hidden: list[str] = []
        for name, value in told.items():
            if name == "attributes":
                continue
            if isinstance(value, dict):
                one, value, problem = self._related(shape, name, value, user)  # noqa: PLW2901
                if problem is not None:
                    return {}, problem
            else:
                one = self._org.field(made, name, user)
            if one is None:
                message = f"No such column '{name}' on sobject of type {made.name}"
                return {}, Problem("INVALID_FIELD", message)
            if not self._settable(made, one, user, creating=creating):
                hidden.append(one.name)
                continue
            taken, problem = self._value(one, checks[one.name], value)
            if problem is not None:
                return {}, problem
            values[one.name] = taken
        if hidden:
            listed = ", ".join(hidden)
            message = (
                f"Unable to create/update fields: {listed}. Please check the security settings of"
                " this field and verify that it is read/write for your profile or permission set."
            )
            return {}, Problem("INVALID_FIELD_FOR_INSERT_UPDATE", message, tuple(hidden))
        return values, None

    def _settable(self, made: Sobject, one: Field, user: str, *, creating: bool) -> bool:
        if one.made and not self._org.access.edits(user, made.name, one):
            return False
        if one.has("c" if creating else "u"):
            return True
        return creating and self._org.audit_fields and one.name in AUDIT and made.keeps_audit

    def _value(self, one: Field, check: Any, value: Any) -> tuple[Any, Problem | None]:
        if value is None:
            taken, problem = False if one.type == "boolean" else None, None
        else:
            taken, problem = check(value)
        if problem is not None or one.type != "reference":
            return taken, problem
        if taken is not None:
            return taken, self._reference(one, taken)
        if one.name == "OwnerId":
            message = "Owner ID: owner cannot be blank"
            return None, Problem("INVALID_CROSS_REFERENCE_KEY", message, ("OwnerId",))
        return None, None

    def _reference(self, one: Field, record_id: str) -> Problem | None:
        org = self._org
        targets = org.objects if one.to == ANYTHING else one.to
        meant = [
            name
            for name in targets
            if name in org.objects and org.objects[name].prefix == record_id[:3]
        ]
        if not meant:
            message = f"{one.label}: id value of incorrect type: {record_id}"
            return Problem("MALFORMED_ID", message, (one.name,))
        for name in meant:
            row = org.rows[name].get(record_id)
            if row is not None:
                return self._owner(row) if one.name == "OwnerId" else None
            if record_id in org.binned[name]:
                return Problem("ENTITY_IS_DELETED", "entity is deleted", (one.name,))
        message = "invalid cross reference id"
        return Problem("INVALID_CROSS_REFERENCE_KEY", message, (one.name,))

    def _owner(self, row: Row) -> Problem | None:
        if row.get("IsActive", True) or self._org.inactive_owners:
            return None
        message = f"operation performed with inactive user [{row['Id'][:15]}] as owner"
        return Problem("INACTIVE_OWNER_OR_USER", message, ("OwnerId",))

    def _related(
        self, shape: Shape, name: str, value: Row, user: str
    ) -> tuple[Field | None, Any, Problem | None]:
        """The parent that a nested object names by an external id."""
        org, made = self._org, shape.made
        one = shape.relations.get(name.lower())
        if one is None or not org.access.sees(user, made.name, one):
            return None, None, None
        told = (value.get("attributes") or {}).get("type")
        keys = [(key, each) for key, each in value.items() if key != "attributes"]
        target = told or one.to[0]
        if len(keys) != 1 or (len(one.to) > 1 and not told):
            message = (
                f"The external foreign key reference does not reference a valid entity: {name}"
            )
            return one, None, Problem("INVALID_FIELD", message)
        key, wanted = keys[0]
        parent = org.objects.get(target) if target in one.to else None
        column = None if parent is None else org.field(parent, key, user)
        if parent is None or column is None or not (column.has("x") or column.has("i")):
            message = f"{key} is not an External ID or indexed field for {target}"
            return one, None, Problem("INVALID_FIELD", message)
        return one, *self._parent(parent, column, wanted)

    def _parent(
        self, parent: Sobject, column: Field, wanted: Any
    ) -> tuple[str | None, Problem | None]:
        """The one record that has this value."""
        if wanted is None:
            return None, None
        found = self._org.with_value(parent, column, wanted)
        if len(found) == 1:
            return found[0], None
        key = column.name
        if found:
            message = f"{key}: more than one record found for external id field: {found}"
            return None, Problem("DUPLICATE_EXTERNAL_ID", message, (key,))
        message = (
            f"Foreign key external ID: {wanted} not found for field {key} in entity {parent.name}"
        )
        return None, Problem("INVALID_FIELD", message)
