"""The permission set through which what is made can be seen: new fields are hidden from everybody.

A deploy replaces a permission set as a whole, so it is always sent as it will be:
https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_permissionset.htm
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from target_salesforce import soql
from target_salesforce.metadata.names import place_of
from target_salesforce.metadata.tables import PERMISSION_SET, PERMISSION_SET_LABEL
from target_salesforce.metadata.xml import flag
from target_salesforce.tables import ACTIVITIES, ACTIVITY

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from target_salesforce.client import Client
    from target_salesforce.metadata.xml import Element

DESCRIPTION = "Access to what a migration has made. Kept by target-salesforce: edits are lost."

OBJECT_RIGHTS: Mapping[str, str] = {
    "allowCreate": "PermissionsCreate",
    "allowDelete": "PermissionsDelete",
    "allowEdit": "PermissionsEdit",
    "allowRead": "PermissionsRead",
    # Records are given to other owners, and must be read back and taken back all the same:
    "modifyAllRecords": "PermissionsModifyAllRecords",
    "viewAllRecords": "PermissionsViewAllRecords",
}
ALL_RIGHTS = dict.fromkeys(OBJECT_RIGHTS, True)


@dataclass
class PermissionSet:
    """The permission set as it is, or as it will be.

    Attributes:
        id: of its record; empty where there is none.
        fields: whether it may be edited, by full name (``Account.Key__c``).
        objects: rights, by object.
        assignments: ids of assignments, by the user's id.
    """

    id: str = ""
    fields: dict[str, bool] = field(default_factory=dict)
    objects: dict[str, dict[str, bool]] = field(default_factory=dict)
    assignments: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, client: Client) -> PermissionSet:
        """The permission set as the org has it."""
        where = f"Name = {soql.text(PERMISSION_SET)}"
        rows = list(client.query(soql.select(["Name"], "PermissionSet", where)))
        if not rows:
            return cls()
        parent = soql.text(str(rows[0]["Id"]))
        rights = list(OBJECT_RIGHTS.values())
        fields = client.query(
            soql.select(["Field", "PermissionsEdit"], "FieldPermissions", f"ParentId = {parent}")
        )
        objects = client.query(
            soql.select(["SobjectType", *rights], "ObjectPermissions", f"ParentId = {parent}")
        )
        assigned = client.query(
            soql.select(["AssigneeId"], "PermissionSetAssignment", f"PermissionSetId = {parent}")
        )
        return cls(
            str(rows[0]["Id"]),
            {str(row["Field"]): bool(row["PermissionsEdit"]) for row in fields},
            {
                str(row["SobjectType"]): {
                    name: bool(row[column]) for name, column in OBJECT_RIGHTS.items()
                }
                for row in objects
            },
            {str(row["AssigneeId"]): str(row["Id"]) for row in assigned},
        )

    def grant(self, components: Iterable[str]) -> None:
        """Give all rights on fields and objects."""
        for name in components:
            if "." in name:
                self.fields.update(dict.fromkeys(seen_as(name), True))
            else:
                self.objects[name] = dict(ALL_RIGHTS)

    def withdraw(self, components: Iterable[str]) -> None:
        """Take away what is about fields and objects that go."""
        for name in components:
            if "." in name:
                for one in seen_as(name):
                    self.fields.pop(one, None)
            else:
                self.objects.pop(name, None)
                self.fields = {
                    one: editable
                    for one, editable in self.fields.items()
                    if place_of(one)[0] != name
                }

    @property
    def is_empty(self) -> bool:
        """Nothing is left that it is about."""
        return not self.fields and not self.objects

    def xml(self) -> list[Element]:
        """The elements of its file."""
        return [
            ("description", DESCRIPTION),
            *(
                (
                    "fieldPermissions",
                    [("editable", flag(editable)), ("field", name), ("readable", "true")],
                )
                for name, editable in sorted(self.fields.items())
            ),
            ("hasActivationRequired", "false"),
            ("label", PERMISSION_SET_LABEL),
            *(
                ("objectPermissions", _rights(name, self.objects[name]))
                for name in sorted(self.objects)
            ),
        ]


def seen_as(component: str) -> Iterator[str]:
    """A field by the names under which rights on it are given: of activities, both."""
    home, name = place_of(component)
    for object_name in ACTIVITIES if home == ACTIVITY else (home,):
        yield f"{object_name}.{name}"


def assignment(set_id: str, user_id: str) -> dict[str, Any]:
    """The record that gives a user the permission set."""
    return {"AssigneeId": user_id, "PermissionSetId": set_id}


def _rights(name: str, rights: Mapping[str, bool]) -> list[Element]:
    told: dict[str, str] = {one: flag(rights.get(one)) for one in OBJECT_RIGHTS}
    return sorted({**told, "object": name}.items())
