"""Who owns a migrated record, and who is kept as a contact instead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.oracle.salesforce.reader import Row
    from tests.oracle.truth import Truth


@dataclass(frozen=True)
class People:
    """Users by employee.

    Attributes:
        users: employee id to the id of the one active user with that e-mail address.
        fallback: the user who owns what no employee's user can own.
    """

    users: Mapping[int, str]
    fallback: str

    @classmethod
    def of(cls, truth: Truth, users: Sequence[Row], fallback: str) -> People:
        """Match employees to users as the brief promises: by e-mail, and never by guess.

        Args:
            truth: has the employees.
            users: of the org.
            fallback: e-mail address or id of a user.
        """
        active = [user for user in users if user["IsActive"]]
        [substitute] = [
            user["Id"]
            for user in active
            if fallback == user["Id"] or _known_as(fallback) == _known_as(user["Email"])
        ]
        matched = {}
        for employee in truth.rows("employees"):
            address = _known_as(employee.get("email_address"))
            same = [user["Id"] for user in active if address == _known_as(user["Email"])]
            if address and len(same) == 1:
                matched[employee["id"]] = same[0]
        return cls(matched, substitute)

    def owns(self, employee: int | None) -> dict[str, str]:
        """The owner; nothing is promised where the record names nobody."""
        return {} if employee is None else {"OwnerId": self.users.get(employee, self.fallback)}

    def is_user(self, employee: int | None) -> bool:
        """Whether an employee works on as a user."""
        return employee in self.users


def _known_as(address: str | None) -> str:
    return (address or "").strip().casefold()
