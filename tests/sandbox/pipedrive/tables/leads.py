"""Leads: deals that are not yet any. Of the API only the making and the lists are served.

https://developers.pipedrive.com/docs/api/v1/Leads.
"""

from __future__ import annotations

from tests.sandbox.pipedrive.tables.attribute import Attribute, Param
from tests.sandbox.pipedrive.tables.common import V1_PAGE, integers

_MONEY = (
    Attribute("amount", "number", required=True),
    Attribute("currency", "string", required=True, refers_to="currencies"),
)

LEAD = (
    Attribute("id", "string", on="r"),
    Attribute("title", "string", on="cr", required=True),
    Attribute("owner_id", "integer", on="cr", refers_to="users"),
    Attribute("creator_id", "integer", on="r"),
    Attribute("label_ids", "array", on="cr", items="string", default=[]),
    Attribute("person_id", "integer", on="cr", refers_to="persons"),
    Attribute("organization_id", "integer", on="cr", refers_to="organizations"),
    Attribute("source_name", "string", on="r", default="API"),
    Attribute("origin", "string", on="r", default="API"),
    Attribute("origin_id", "string", on="cr", nullable=True),
    Attribute("channel", "integer", on="cr", nullable=True),
    Attribute("channel_id", "string", on="cr", nullable=True),
    Attribute("source_deal_id", "integer", on="r"),
    Attribute("is_archived", "boolean", on="ur", default=False),
    Attribute("was_seen", "boolean", on="cr", default=False),
    Attribute("value", "object", on="cr", nullable=True, of=_MONEY),
    Attribute("expected_close_date", "string", on="cr", format="date"),
    Attribute("next_activity_id", "integer", on="r"),
    Attribute("add_time", "string", on="r"),
    Attribute("update_time", "string", on="r"),
    Attribute("visible_to", "string", on="cr", enum=("1", "3", "5", "7"), default="3"),
    Attribute("cc_email", "string", on="r"),
)

_SORTS = (
    "id",
    "title",
    "owner_id",
    "creator_id",
    "was_seen",
    "expected_close_date",
    "next_activity_id",
    "add_time",
    "update_time",
)

ARCHIVED_LIST = (
    *reversed([Param(param.name, param.type) for param in V1_PAGE]),
    *integers("owner_id", "person_id", "organization_id", "filter_id"),
    Param("sort", enum=_SORTS),
)
LEAD_LIST = (*ARCHIVED_LIST, Param("updated_since", format="datetime"))
