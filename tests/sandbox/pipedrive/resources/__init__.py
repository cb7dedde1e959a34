"""What the API can do with each object."""

from __future__ import annotations

from typing import Any

from tests.sandbox.pipedrive.resources.activity_types import ActivityTypes
from tests.sandbox.pipedrive.resources.contacts import Organizations, Persons
from tests.sandbox.pipedrive.resources.deal_products import DealProducts
from tests.sandbox.pipedrive.resources.deals import Deals
from tests.sandbox.pipedrive.resources.fields import Fields
from tests.sandbox.pipedrive.resources.files import Files
from tests.sandbox.pipedrive.resources.leads import Leads
from tests.sandbox.pipedrive.resources.notes import Notes
from tests.sandbox.pipedrive.resources.pipelines import Pipelines, Stages
from tests.sandbox.pipedrive.resources.relationships import Relationships
from tests.sandbox.pipedrive.resources.sales import Activities, Products
from tests.sandbox.pipedrive.tables.fields import FIELD_LISTS

RESOURCES: dict[str, Any] = {
    resource.name: resource
    for resource in (
        Organizations(),
        Persons(),
        Deals(),
        DealProducts(),
        Products(),
        Activities(),
        Pipelines(),
        Stages(),
        Notes(),
        Files(),
        Relationships(),
        ActivityTypes(),
        Leads(),
    )
}
FIELDS = {name: Fields(name) for name in FIELD_LISTS}
