"""Access of the running user to what has been made: the assignment of the permission set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from target_salesforce.errors import RefusedError, SilenceError
from target_salesforce.metadata.permissions import PermissionSet, assignment
from target_salesforce.people import identity_of
from target_salesforce.verdicts import DUPLICATE

if TYPE_CHECKING:
    from target_salesforce.org import Org
    from target_salesforce.reply import Reply

ASSIGNMENTS = "sobjects/PermissionSetAssignment"


class Access:
    """The running user's permission set in one org."""

    def __init__(self, org: Org) -> None:
        self._org = org

    def give(self) -> None:
        """Assign the permission set, where there is one and the user has not got it.

        Raises:
            RefusedError: this user may assign none.
            DestinationError: there is no answer.
        """
        permissions = PermissionSet.read(self._org.client)
        if not permissions.id or self._own(permissions):
            return
        wanted = assignment(permissions.id, self._user_id())
        reply = self._changed("POST", ASSIGNMENTS, wanted)
        if reply is not None and not reply.ok and reply.code != DUPLICATE:
            raise RefusedError(f"POST {ASSIGNMENTS}", reply, reply.words)

    def withdraw(self) -> None:
        """Remove the permission set once it is about nothing, unless others were given it too."""
        permissions = PermissionSet.read(self._org.client)
        if not permissions.id or not permissions.is_empty:
            return
        own = self._own(permissions)
        if len(permissions.assignments) > (1 if own else 0):
            return
        if own:
            self._changed("DELETE", f"{ASSIGNMENTS}/{own}")
        self._changed("DELETE", f"sobjects/PermissionSet/{permissions.id}")

    def _own(self, permissions: PermissionSet) -> str:
        user = self._user_id()[:15]
        return next((id_ for who, id_ in permissions.assignments.items() if who[:15] == user), "")

    def _user_id(self) -> str:
        if not self._org.user_id:
            self._org.user_id = identity_of(self._org.client).details["user_id"]
        return self._org.user_id

    def _changed(self, method: str, path: str, json: object = None) -> Reply | None:
        try:
            return self._org.client.send(method, path, json=json)
        except SilenceError:
            # Looked at again before anything depends on it: what is hidden cannot be written.
            return None
