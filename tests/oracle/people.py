"""Who owns a migrated record: the user with the employee's e-mail address, else the fallback."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.oracle.truth import Row, Truth


@dataclass(frozen=True)
class People:
    """Users by employee.

    Attributes:
        owners: employee id to user id.
        fallback: the user who owns what no employee's user can own.
    """

    owners: Mapping[int, int]
    fallback: int

    @classmethod
    def of(cls, truth: Truth, users: Sequence[Row], fallback: str | int) -> People:
        """Match employees to users as the brief promises: by e-mail, and never by guess.

        Args:
            truth: has the employees.
            users: as ``GET /v1/users`` lists them.
            fallback: e-mail address or id of a user.
        """
        found = {_known_as(user["email"]): user["id"] for user in users} | {
            str(user["id"]): user["id"] for user in users
        }
        substitute = found[_known_as(str(fallback))]
        owners = {}
        for employee in truth.rows("employees"):
            address = _known_as(employee.get("email_address"))
            same = [
                user["id"]
                for user in users
                if address and _known_as(user["email"]) == address and user["active_flag"]
            ]
            owners[employee["id"]] = same[0] if len(same) == 1 else substitute
        return cls(owners, substitute)

    def owns(self, field: str, employee: int | None) -> dict[str, int]:
        """The owner as a field; nothing is promised where the record names nobody."""
        return {} if employee is None else {field: self.owners.get(employee, self.fallback)}


def _known_as(address: str | None) -> str:
    return (address or "").strip().casefold()
