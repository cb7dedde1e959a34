"""Who and where: the org of the credentials and its users."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crm_transforms.destination import DestinationError, Identity, Person

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from target_salesforce.client import Client

USER_INFO = "/services/oauth2/userinfo"
ORGANIZATION = "SELECT Id, Name, OrganizationType, IsSandbox, InstanceName FROM Organization"
USERS = "SELECT Id, Name, Email, Username, IsActive, UserType FROM User"
STANDARD = "Standard"
"""The type of users that can own records; others are guests, portal users and machines.
https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/
sforce_api_objects_user.htm"""


def identity_of(client: Client) -> Identity:
    """The org, and the user of the credentials.

    Raises:
        DestinationError: it cannot be asked.
    """
    info = client.read(USER_INFO)
    rows = list(client.query(ORGANIZATION))
    if not rows or not isinstance(info, dict) or not info.get("user_id"):
        raise DestinationError("the org does not say which one it is, or who this user is")
    org: Mapping[str, Any] = rows[0]
    return Identity(
        id=str(org["Id"]),
        name=str(org.get("Name") or ""),
        url=client.base,
        details={
            "user_id": str(info["user_id"]),
            "user_name": str(info.get("name") or info.get("preferred_username") or ""),
            "edition": str(org.get("OrganizationType") or ""),
            "sandbox": "yes" if org.get("IsSandbox") else "no",
            "instance": str(org.get("InstanceName") or ""),
        },
    )


def people_of(client: Client) -> Sequence[Person]:
    """All users; those that cannot own records count as inactive."""
    return [
        Person(
            id=str(row["Id"]),
            name=str(row.get("Name") or row.get("Username") or ""),
            email=str(row.get("Email") or ""),
            active=bool(row.get("IsActive")) and row.get("UserType") in (None, STANDARD),
        )
        for row in client.query(USERS)
    ]
