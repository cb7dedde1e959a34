"""The permission set by which fields and objects of ours are seen.

Fields made by the API are seen by nobody until somebody says so:
https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/
(sforce_api_objects_fieldpermissions.htm, sforce_api_objects_permissionsetassignment.htm)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crm_transforms.destination import DestinationError
from target_salesforce import soql
from target_salesforce.errors import SilenceError
from target_salesforce.metadata.components import PERMISSION_SET, Grant

if TYPE_CHECKING:
    from target_salesforce.org import Org

ASSIGNMENT = "PermissionSetAssignment"


class Access:
    """The permission set of one org, there or not.

    Args:
        org: the org.
    """

    def __init__(self, org: Org) -> None:
        self._org = org

    def id(self) -> str | None:
        """Its id; ``None`` when it is not there."""
        where = f"Name = {soql.text(PERMISSION_SET)}"
        rows = list(self._org.client.query(soql.select(["Name"], "PermissionSet", where)))
        return str(rows[0]["Id"]) if rows else None

    def granted(self, id_: str) -> tuple[list[Grant], list[str]]:
        """What it allows now: fields and objects."""
        where = f"ParentId = {soql.text(id_)}"
        fields = ["Field", "PermissionsRead", "PermissionsEdit"]
        grants = [
            Grant(str(row["Field"]), bool(row["PermissionsRead"]), bool(row["PermissionsEdit"]))
            for row in self._org.client.query(soql.select(fields, "FieldPermissions", where))
        ]
        rows = self._org.client.query(soql.select(["SobjectType"], "ObjectPermissions", where))
        objects = [str(row["SobjectType"]) for row in rows]
        return grants, [name for name in objects if name.endswith("__c")]

    def give(self) -> None:
        """See that the user of the credentials has it, if it is there.

        Raises:
            DestinationError: it cannot be given.
        """
        id_ = self.id()
        if id_ is None or self._assignments(id_, mine=True):
            return
        json = {"PermissionSetId": id_, "AssigneeId": self._org.user_id}
        try:
            reply = self._org.client.send("POST", f"sobjects/{ASSIGNMENT}", json=json)
        except SilenceError:
            if self._assignments(id_, mine=True):
                return
            raise DestinationError(f"{PERMISSION_SET} could not be assigned: no answer") from None
        if not reply.ok and reply.code != "DUPLICATE_VALUE":
            raise DestinationError(
                f"{PERMISSION_SET} could not be assigned to the user of the credentials: "
                f"{reply.code}: {reply.words}"
            )

    def remove_if_empty(self) -> None:
        """Take the permission set away once it grants nothing any more.

        What stays of it does no harm, so a refusal is none.
        """
        id_ = self.id()
        if id_ is None or any(self.granted(id_)):
            return
        try:
            for assignment in self._assignments(id_):
                self._org.client.send("DELETE", f"sobjects/{ASSIGNMENT}/{assignment}")
            self._org.client.send("DELETE", f"sobjects/PermissionSet/{id_}")
        except SilenceError:
            return

    def _assignments(self, id_: str, *, mine: bool = False) -> list[str]:
        where = f"PermissionSetId = {soql.text(id_)}"
        if mine:
            where += f" AND AssigneeId = {soql.text(self._org.user_id)}"
        rows = self._org.client.query(soql.select(["AssigneeId"], ASSIGNMENT, where))
        return [str(row["Id"]) for row in rows]
