"""What an edition allows, as Salesforce's documentation tells it; no endpoint does.

Custom fields per object: https://help.salesforce.com/s/articleView?id=sf.custom_field_allocations.htm.
Requests and storage: https://developer.salesforce.com/docs/atlas.en-us.salesforce_app_limits_cheatsheet.meta
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from crm_transforms.destination import Limits
from target_salesforce.tables import ACTIVITIES, ACTIVITY

if TYPE_CHECKING:
    from collections.abc import Mapping


class Edition(NamedTuple):
    """An edition by the ``OrganizationType`` of its orgs.

    Attributes:
        custom_fields: per object.
    """

    custom_fields: int


EDITIONS: Mapping[str, Edition] = {
    "Team Edition": Edition(custom_fields=100),
    "Essentials Edition": Edition(custom_fields=100),
    "Professional Edition": Edition(custom_fields=100),
    "Enterprise Edition": Edition(custom_fields=500),
    "Developer Edition": Edition(custom_fields=500),
    "Partner Developer Edition": Edition(custom_fields=500),
    "Performance Edition": Edition(custom_fields=800),
    "Unlimited Edition": Edition(custom_fields=800),
}
SMALLEST_EDITION = Edition(custom_fields=100)
"""For an edition that this table does not know, and for activities in every edition."""

ACTIVITY_FIELDS = 100
"""Task and Event share the custom fields of activities, in every edition."""

SMALLEST = Limits(budget_total=15_000)
"""A Developer Edition: requests in 24 hours. Its sandboxes and paid editions have more."""

RECORD_BYTES = 2_048
"""What a record takes of the data storage, whatever it holds; e-mails and campaigns take more.
https://help.salesforce.com/s/articleView?id=000383664"""


def room(organization_type: str, object_name: str, there: int) -> int:
    """Custom fields that an object may still have.

    Args:
        organization_type: of the org.
        object_name: the sObject.
        there: custom fields that it has, as far as this user sees them.
    """
    allowed = EDITIONS.get(organization_type, SMALLEST_EDITION).custom_fields
    if pool(object_name):
        allowed = min(allowed, ACTIVITY_FIELDS)
    return max(0, allowed - there)


def pool(object_name: str) -> str:
    """The object whose room this one shares; empty where it has its own."""
    return ACTIVITY if object_name in (*ACTIVITIES, ACTIVITY) else ""
