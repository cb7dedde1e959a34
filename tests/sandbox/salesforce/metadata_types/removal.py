"""Taking components away: destructive changes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.sandbox.salesforce.metadata_types.component import ComponentError

if TYPE_CHECKING:
    from tests.sandbox.salesforce.org import Org

FILE = "destructiveChanges.xml"


def remove(org: Org, kind: str, name: str) -> bool:
    """Take a component away; whether it was there.

    Raises:
        ComponentError: something still needs it.
    """
    how = REMOVE.get(kind)
    if how is None:
        raise ComponentError(kind, name, FILE, f"{kind} cannot be deleted here")
    return how(org, name)


def _field(org: Org, path: str) -> bool:
    sobject, _, name = path.partition(".")
    targets = ("Task", "Event") if sobject == "Activity" else (sobject,)
    if targets[0] not in org.objects or name not in org.objects[targets[0]].fields:
        return False
    for target in targets:
        org.remove_field(target, name)
        _drop_permissions(org, f"{target}.{name}")
    return True


def _object(org: Org, name: str) -> bool:
    if name not in org.objects or not name.endswith("__c"):
        return False
    others = [other for other in org.objects.values() if other.name != name]
    for other in others:
        for one in other.fields.values():
            if one.to == (name,):
                text = f"This {one.name} field of {other.name} references {name}: delete it first"
                raise ComponentError("CustomObject", name, FILE, text)
    for other in others:
        for one in list(other.fields.values()):
            if name in one.to:
                left = tuple(target for target in one.to if target != name)
                org.add_field(other.name, replace(one, to=left))
    org.remove_object(name)
    _drop_permissions(org, f"{name}.")
    return True


def _permission_set(org: Org, name: str) -> bool:
    rows = org.rows["PermissionSet"].values()
    row = next((one for one in rows if one["Name"] == name), None)
    if row is None:
        return False
    if org.children("PermissionSetAssignment", "PermissionSetId", row["Id"]):
        text = f"Cannot delete permission set {name}: it is assigned to users"
        raise ComponentError("PermissionSet", name, FILE, text)
    for child in ("FieldPermissions", "ObjectPermissions"):
        for one in org.children(child, "ParentId", row["Id"]):
            org.remove(org.objects[child], one, hard=True)
    org.remove(org.objects["PermissionSet"], row, hard=True)
    org.access.forget()
    return True


REMOVE = {"CustomField": _field, "CustomObject": _object, "PermissionSet": _permission_set}


def _drop_permissions(org: Org, path: str) -> None:
    for row in list(org.rows["FieldPermissions"].values()):
        if row["Field"] == path or (path.endswith(".") and row["Field"].startswith(path)):
            org.remove(org.objects["FieldPermissions"], row, hard=True)
    if path.endswith("."):
        for row in list(org.rows["ObjectPermissions"].values()):
            if row["SobjectType"] == path[:-1]:
                org.remove(org.objects["ObjectPermissions"], row, hard=True)
    org.access.forget()
