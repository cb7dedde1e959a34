"""Deals and the products attached to them.

https://developers.pipedrive.com/docs/api/v1/Deals; `add_time` left the bodies on 2025-06-25
(pipedrive/client-nodejs, CHANGELOG 28.0.1).
"""

from __future__ import annotations

from tests.sandbox.pipedrive.tables.attribute import Attribute, Param
from tests.sandbox.pipedrive.tables.common import (
    CURSOR,
    CUSTOM_FIELD_KEYS,
    CUSTOM_FIELDS,
    FILTER_ID,
    ID,
    IDS,
    LABEL_PARAMS,
    LIMIT,
    OWNER,
    READ_ADD_TIME,
    SORT_DIRECTION,
    UPDATE_TIME,
    UPDATED_SINCE,
    UPDATED_UNTIL,
    VISIBLE_TO,
    integers,
    labels_of,
    sort_by,
)

STATUSES = ("open", "won", "lost")

DEAL = (
    ID,
    # 255: https://integrately.com/integrations/pipedrive/error quotes the refusal.
    Attribute("title", "string", required=True, min_length=1, max_length=255, field_type="varchar"),
    Attribute("creator_user_id", "integer", on="r", field_type="user"),
    OWNER,
    Attribute("person_id", "integer", refers_to="persons", clears=True, field_type="people"),
    Attribute("org_id", "integer", refers_to="organizations", clears=True, field_type="org"),
    Attribute("pipeline_id", "integer", refers_to="pipelines", field_type="int"),
    Attribute("stage_id", "integer", refers_to="stages", field_type="stage"),
    Attribute("value", "number", field_type="monetary", default=0),
    Attribute("currency", "string", refers_to="currencies", field_type="varchar"),
    READ_ADD_TIME,
    UPDATE_TIME,
    Attribute("stage_change_time", "string", on="r", field_type="date"),
    Attribute("is_deleted", "boolean", field_type="boolean", default=False),
    Attribute("is_archived", "boolean", field_type="boolean", default=False),
    Attribute("archive_time", "string", format="archive_time", field_type="date"),
    Attribute("status", "string", one_of=STATUSES, field_type="status", default="open"),
    Attribute("probability", "number", nullable=True, minimum=0, maximum=100, field_type="double"),
    Attribute("lost_reason", "string", nullable=True, field_type="varchar_options"),
    VISIBLE_TO,
    Attribute("close_time", "string", nullable=True, format="datetime", field_type="date"),
    Attribute("won_time", "string", format="datetime", field_type="date"),
    Attribute("lost_time", "string", format="datetime", field_type="date"),
    Attribute("local_won_date", "string", on="r", field_type="date"),
    Attribute("local_lost_date", "string", on="r", field_type="date"),
    Attribute("local_close_date", "string", on="r", field_type="date"),
    Attribute("expected_close_date", "string", format="date", clears=True, field_type="date"),
    labels_of("deals"),
    Attribute("origin", "string", on="r", field_type="varchar", default="API"),
    Attribute("origin_id", "string", on="r", field_type="varchar"),
    Attribute("channel", "integer", on="r", field_type="enum"),
    Attribute("channel_id", "string", on="r", field_type="varchar"),
    Attribute("source_lead_id", "string", on="r", field_type="lead"),
    Attribute("acv", "number", on="r", field_type="monetary"),
    Attribute("arr", "number", on="r", field_type="monetary"),
    Attribute("mrr", "number", on="r", field_type="monetary"),
    CUSTOM_FIELDS,
)

DEAL_EXTRAS = (
    "next_activity_id",
    "last_activity_id",
    "first_won_time",
    "products_count",
    "files_count",
    "notes_count",
    "followers_count",
    "email_messages_count",
    "activities_count",
    "done_activities_count",
    "undone_activities_count",
    "participants_count",
    "last_incoming_mail_time",
    "last_outgoing_mail_time",
    "smart_bcc_email",
    "source_lead_id",
)

_EXTRAS = Param("include_fields", many=True, enum=DEAL_EXTRAS)
DEAL_GET = (_EXTRAS, CUSTOM_FIELD_KEYS, *LABEL_PARAMS)
ARCHIVED_LIST = (
    FILTER_ID,
    IDS,
    *integers("owner_id", "person_id", "org_id", "pipeline_id", "stage_id"),
    Param("status", many=True, enum=(*STATUSES, "deleted")),
    UPDATED_SINCE,
    UPDATED_UNTIL,
    sort_by("id", "update_time", "add_time"),
    SORT_DIRECTION,
    _EXTRAS,
    CUSTOM_FIELD_KEYS,
    LIMIT,
    CURSOR,
)
DEAL_LIST = (*ARCHIVED_LIST, *LABEL_PARAMS)

BILLING_FREQUENCIES = (
    "one-time",
    "annually",
    "semi-annually",
    "quarterly",
    "monthly",
    "weekly",
)

# "Only available in Growth and above plans", says the published description of each.
BILLING = (
    Attribute(
        "billing_frequency",
        "string",
        enum=BILLING_FREQUENCIES,
        field_type="billing_frequency",
        default="one-time",
    ),
    Attribute(
        "billing_frequency_cycles",
        "integer",
        nullable=True,
        minimum=1,
        maximum=208,
        field_type="int",
    ),
)

DEAL_PRODUCT = (
    ID,
    Attribute("sum", "number", on="r"),
    Attribute("tax", "number", default=0),
    Attribute("deal_id", "integer", on="r"),
    Attribute("name", "string", on="r"),
    Attribute("product_id", "integer", required=True, refers_to="products"),
    Attribute("product_variation_id", "integer", nullable=True, refers_to="variations"),
    Attribute("order_nr", "integer", on="r"),
    READ_ADD_TIME,
    UPDATE_TIME,
    Attribute("comments", "string", default=""),
    Attribute("currency", "string", on="r"),
    Attribute("discount", "number", default=0),
    Attribute("quantity", "number", required=True),
    Attribute("item_price", "number", required=True),
    Attribute("tax_method", "string", enum=("exclusive", "inclusive", "none")),
    Attribute("discount_type", "string", enum=("percentage", "amount"), default="percentage"),
    Attribute("is_enabled", "boolean", default=True),
    *BILLING,
    Attribute("billing_start_date", "string", nullable=True, format="date"),
)

LINE_LIST = (LIMIT, CURSOR, sort_by("id", "add_time", "update_time", "order_nr"), SORT_DIRECTION)
LINES_OF_DEALS = (
    Param("deal_ids", "array", required=True, most=100),
    LIMIT,
    CURSOR,
    sort_by("id", "deal_id", "add_time", "update_time", "order_nr"),
    SORT_DIRECTION,
)
