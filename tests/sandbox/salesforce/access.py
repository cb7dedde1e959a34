"""Field-level security: who sees fields that were made by the API, and who may fill them.

https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/
sforce_api_objects_fieldpermissions.htm
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.sandbox.salesforce.org import Org
    from tests.sandbox.salesforce.sobject import Field


class Access:
    """What users may see, by permission sets that are assigned to them."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._known: dict[str, dict[str, bool]] = {}

    def sees(self, user: str, sobject: str, one: Field) -> bool:
        """Whether a user sees a field: those of old always, made ones by permission."""
        if not one.made or one.required or user == self._org.admin:
            return True
        return f"{sobject}.{one.name}" in self._granted(user)

    def edits(self, user: str, sobject: str, one: Field) -> bool:
        """Whether a user who sees a field may fill it as well."""
        if not one.made or one.required or user == self._org.admin:
            return True
        return self._granted(user).get(f"{sobject}.{one.name}", False)

    def forget(self) -> None:
        """Permissions have changed."""
        self._known.clear()

    def _granted(self, user: str) -> dict[str, bool]:
        """Fields that a user sees by a permission set, and whether for filling them."""
        known = self._known.get(user)
        if known is None:
            rows = self._org.rows
            sets = {
                row["PermissionSetId"]
                for row in rows["PermissionSetAssignment"].values()
                if row.get("AssigneeId") == user
            }
            known = self._known[user] = {}
            for row in rows["FieldPermissions"].values():
                if row["ParentId"] in sets and row.get("PermissionsRead"):
                    edits = known.get(row["Field"], False) or row.get("PermissionsEdit", False)
                    known[row["Field"]] = edits
        return known
