"""Permissions that make fields visible.

https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/
sforce_api_objects_fieldpermissions.htm
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.sandbox.salesforce.problem import Problem

if TYPE_CHECKING:
    from tests.sandbox.salesforce.org import Org

Row = dict[str, Any]
UNKNOWN = "duplicate value found: <unknown> duplicates value on record with id: <unknown>"


def insert_assignment(org: Org, values: Row) -> Problem | None:
    rows = org.children("PermissionSetAssignment", "PermissionSetId", values["PermissionSetId"])
    if any(row["AssigneeId"] == values["AssigneeId"] for row in rows):
        return Problem("DUPLICATE_VALUE", UNKNOWN)
    return None


def insert_field(org: Org, values: Row) -> Problem | None:
    sobject, _, name = str(values["Field"]).partition(".")
    made = org.objects.get(values["SobjectType"])
    if made is None or sobject != values["SobjectType"] or name not in made.fields:
        text = f"Field Name: bad value for restricted picklist field: {values['Field']}"
        return Problem("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", text, ("Field",))
    if made.fields[name].required:
        text = f"You cannot deploy to a required field: {values['Field']}"
        return Problem("FIELD_INTEGRITY_EXCEPTION", text, ("Field",))
    rows = org.children("FieldPermissions", "ParentId", values["ParentId"])
    if any(row["Field"] == values["Field"] for row in rows):
        return Problem("DUPLICATE_VALUE", UNKNOWN)
    return None


def forget(org: Org, row: Row) -> None:
    """Who may see what has changed."""
    del row
    org.access.forget()
