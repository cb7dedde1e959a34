"""Names of people, users' names that nobody else has, and accounts that contacts belong to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.sandbox.salesforce.problem import Problem
from tests.sandbox.salesforce.values import EMAIL

if TYPE_CHECKING:
    from tests.sandbox.salesforce.org import Org

Row = dict[str, Any]
# https://help.salesforce.com/s/articleView?id=000385224
TAKEN = (
    "Duplicate Username.<br>The username already exists in this or another Salesforce"
    " organization. Usernames must be unique across all Salesforce organizations. To resolve, use a"
    " different username (it doesn't need to match the user's email address)."
)


def insert_user(org: Org, values: Row) -> Problem | None:
    name = str(values["Username"]).lower()
    if not EMAIL.fullmatch(name):
        text = "Username: invalid email address: " + name
        return Problem("INVALID_EMAIL_ADDRESS", text, ("Username",))
    users = org.rows["User"].values()
    if any(str(row["Username"]).lower() == name for row in users):
        return Problem("DUPLICATE_USERNAME", TAKEN, ("Username",))
    active = sum(bool(row.get("IsActive")) for row in users)
    if values.get("IsActive") and active >= org.user_licenses:
        return Problem("LICENSE_LIMIT_EXCEEDED", "license limit exceeded")
    return None


def complete_person(org: Org, row: Row) -> None:
    del org
    row["Name"] = " ".join(filter(None, (row.get("FirstName"), row.get("LastName"))))


def relate_contact(org: Org, row: Row) -> None:
    """Where contacts may have several accounts, the first one is a relation as well."""
    if row.get("AccountId") and org.contacts_to_many_accounts:
        org.insert_quietly(
            "AccountContactRelation",
            {
                "AccountId": row["AccountId"],
                "ContactId": row["Id"],
                "IsDirect": True,
                "IsActive": True,
            },
        )
