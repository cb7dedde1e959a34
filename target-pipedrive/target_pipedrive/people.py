"""Who and where: the company of an account and its users, as ``/v1/users`` tells them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crm_transforms.destination import Identity, Person

if TYPE_CHECKING:
    from collections.abc import Mapping

DETAILS: Mapping[str, str] = {
    "user_id": "id",
    "user_name": "name",
    "default_currency": "default_currency",
}
"""Our names of what ``/v1/users/me`` tells."""


def identity_of(me: Mapping[str, Any], base: str) -> Identity:
    """The company of the credentials' user; ``base`` is its address where it has no domain."""
    domain = me.get("company_domain") or ""
    return Identity(
        id=str(me["company_id"]),
        name=str(me.get("company_name") or domain),
        url=f"https://{domain}.pipedrive.com" if domain else base,
        details={detail: str(me[name]) for detail, name in DETAILS.items() if me.get(name)},
    )


def person_of(row: Mapping[str, Any]) -> Person:
    """A user as a possible owner."""
    return Person(
        id=str(row["id"]),
        name=str(row.get("name") or ""),
        email=str(row.get("email") or ""),
        active=bool(row.get("active_flag")) and not row.get("is_deleted"),
    )
