"""Products, activities, pipelines and stages.

https://developers.pipedrive.com/docs/api/v1/Products, …/Activities, …/Pipelines, …/Stages.
"""

from __future__ import annotations

from tests.sandbox.pipedrive.tables.attribute import Attribute, Param
from tests.sandbox.pipedrive.tables.common import (
    ADDRESS,
    CURSOR,
    CUSTOM_FIELD_KEYS,
    CUSTOM_FIELDS,
    FILTER_ID,
    ID,
    IDS,
    IS_DELETED,
    LIMIT,
    OWNER,
    PAGE,
    READ_ADD_TIME,
    SORT_DIRECTION,
    UPDATE_TIME,
    UPDATED_SINCE,
    UPDATED_UNTIL,
    VISIBILITY,
    integers,
    sort_by,
)
from tests.sandbox.pipedrive.tables.deals import BILLING

NOTE_BYTES = 100_000  # "100 KB", in the published text of the notes and of activities

# `prices` is published as an array of plain objects; its keys stand in the description.
PRICE = (
    Attribute("currency", "string", required_by_docs=True, refers_to="currencies"),
    Attribute("price", "number", required_by_docs=True),
    Attribute("cost", "number"),
    Attribute("direct_cost", "number", nullable=True),
    Attribute("notes", "string"),
)

PRODUCT = (
    ID,
    Attribute("name", "string", required=True, min_length=1, max_length=255, field_type="varchar"),
    Attribute("code", "string", clears=True, field_type="varchar"),
    Attribute("description", "string", clears=True, field_type="text"),
    Attribute("unit", "string", clears=True, field_type="varchar"),
    Attribute("tax", "number", field_type="double", default=0),
    Attribute("category", "number", clears=True, chooses_from="products", field_type="enum"),
    OWNER,
    Attribute("is_linkable", "boolean", field_type="boolean", default=True),
    IS_DELETED,
    Attribute("visible_to", "number", enum=VISIBILITY, field_type="visible_to", default=3),
    READ_ADD_TIME,
    UPDATE_TIME,
    *BILLING,
    Attribute("prices", "array", of=PRICE, field_type="price_list"),
    CUSTOM_FIELDS,
)

PRODUCT_LIST = (
    *integers("owner_id"),
    IDS,
    FILTER_ID,
    *PAGE,
    sort_by("id", "name", "add_time", "update_time"),
    SORT_DIRECTION,
    UPDATED_SINCE,
    CUSTOM_FIELD_KEYS,
)

PARTICIPANT = (
    Attribute("person_id", "integer", required_by_docs=True, refers_to="persons"),
    Attribute("primary", "boolean"),
)
ATTENDEE = (
    Attribute("email", "string"),
    Attribute("name", "string"),
    Attribute("status", "string"),
    Attribute("is_organizer", "boolean"),
    Attribute("person_id", "integer", refers_to="persons"),
    Attribute("user_id", "integer", refers_to="users"),
)

ACTIVITY = (
    ID,
    Attribute("subject", "string", max_length=255, field_type="varchar"),
    Attribute("type", "string", refers_to="activity_types", field_type="varchar"),
    OWNER,
    Attribute("creator_user_id", "integer", on="r", field_type="user"),
    IS_DELETED,
    READ_ADD_TIME,
    UPDATE_TIME,
    Attribute("deal_id", "integer", refers_to="deals", clears=True, field_type="deal"),
    Attribute("lead_id", "string", refers_to="leads", clears=True, field_type="lead"),
    # https://pipedrive.readme.io/docs/pipedrive-api-v2-migration-guide calls it read-only.
    Attribute(
        "person_id",
        "integer",
        refused="is read-only: the primary participant becomes the activity's person",
        field_type="people",
    ),
    Attribute("org_id", "integer", refers_to="organizations", clears=True, field_type="org"),
    Attribute("project_id", "integer", refers_to="projects", clears=True, field_type="project"),
    Attribute("due_date", "string", format="date", clears=True, field_type="date"),
    Attribute("due_time", "string", format="time", clears=True, field_type="time"),
    Attribute("duration", "string", format="duration", clears=True, field_type="time"),
    Attribute("busy", "boolean", field_type="boolean", default=False),
    Attribute("done", "boolean", field_type="boolean", default=False),
    Attribute("marked_as_done_time", "string", on="r", field_type="date"),
    Attribute("location", "object", of=ADDRESS, clears=True, field_type="address"),
    Attribute("participants", "array", of=PARTICIPANT, default=[]),
    Attribute("attendees", "array", of=ATTENDEE, default=[]),
    Attribute("conference_meeting_client", "string", on="r", field_type="varchar"),
    Attribute("conference_meeting_url", "string", on="r", field_type="varchar"),
    Attribute("conference_meeting_id", "string", on="r", field_type="varchar"),
    Attribute("public_description", "string", clears=True, field_type="text"),
    Attribute("priority", "integer", clears=True, chooses_from="activities", field_type="enum"),
    Attribute("note", "string", clears=True, format="note", field_type="text"),
)

_ACTIVITY_EXTRAS = Param("include_fields", many=True, enum=("attendees",))
ACTIVITY_GET = (_ACTIVITY_EXTRAS,)
ACTIVITY_LIST = (
    FILTER_ID,
    IDS,
    *integers("owner_id", "deal_id"),
    Param("lead_id"),
    *integers("person_id", "org_id"),
    Param("done", "boolean"),
    UPDATED_SINCE,
    UPDATED_UNTIL,
    sort_by("id", "update_time", "add_time", "due_date"),
    SORT_DIRECTION,
    _ACTIVITY_EXTRAS,
    *PAGE,
)

PIPELINE = (
    ID,
    Attribute("name", "string", required=True, min_length=1, max_length=255),
    Attribute("order_nr", "integer", on="r", default=1),
    IS_DELETED,
    Attribute("is_deal_probability_enabled", "boolean", default=False),
    READ_ADD_TIME,
    UPDATE_TIME,
)
PIPELINE_LIST = (sort_by("id", "update_time", "add_time"), SORT_DIRECTION, LIMIT, CURSOR)

STAGE = (
    ID,
    Attribute("order_nr", "integer", on="r", default=1),
    Attribute("name", "string", required=True, min_length=1, max_length=255),
    IS_DELETED,
    Attribute("deal_probability", "integer", minimum=0, maximum=100, default=100),
    Attribute("pipeline_id", "integer", required=True, refers_to="pipelines"),
    Attribute("is_deal_rot_enabled", "boolean", default=False),
    Attribute("days_to_rotten", "integer", clears=True, minimum=1),
    READ_ADD_TIME,
    UPDATE_TIME,
)
STAGE_LIST = (
    *integers("pipeline_id"),
    sort_by("id", "update_time", "add_time", "order_nr"),
    SORT_DIRECTION,
    LIMIT,
    CURSOR,
)
