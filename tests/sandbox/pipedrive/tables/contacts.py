"""Organizations and persons, and how organizations relate.

https://developers.pipedrive.com/docs/api/v1/Organizations and …/Persons.
"""

from __future__ import annotations

from tests.sandbox.pipedrive.tables.attribute import Attribute, Param
from tests.sandbox.pipedrive.tables.common import (
    ADD_TIME,
    ADDRESS,
    CONTACT_ITEM,
    CUSTOM_FIELD_KEYS,
    CUSTOM_FIELDS,
    FILTER_ID,
    ID,
    IDS,
    IS_DELETED,
    LABEL_PARAMS,
    OWNER,
    PAGE,
    SORT_DIRECTION,
    UPDATE_TIME,
    UPDATED_SINCE,
    UPDATED_UNTIL,
    VISIBLE_TO,
    integers,
    labels_of,
    sort_by,
)

# 255 is known of deal titles only; the same is assumed of the names here.
_NAME = {"min_length": 1, "max_length": 255, "field_type": "varchar"}

ORGANIZATION = (
    ID,
    Attribute("name", "string", required=True, **_NAME),
    OWNER,
    ADD_TIME,
    UPDATE_TIME,
    IS_DELETED,
    VISIBLE_TO,
    Attribute("address", "object", of=ADDRESS, clears=True, field_type="address"),
    labels_of("organizations"),
    Attribute("website", "string", nullable=True, field_type="varchar"),
    Attribute("linkedin", "string", nullable=True, field_type="varchar"),
    Attribute(
        "industry", "integer", nullable=True, chooses_from="organizations", field_type="enum"
    ),
    Attribute("annual_revenue", "integer", nullable=True, field_type="int"),
    Attribute("employee_count", "integer", nullable=True, field_type="int"),
    CUSTOM_FIELDS,
)

ORGANIZATION_EXTRAS = (
    "next_activity_id",
    "last_activity_id",
    "open_deals_count",
    "related_open_deals_count",
    "closed_deals_count",
    "related_closed_deals_count",
    "email_messages_count",
    "people_count",
    "activities_count",
    "done_activities_count",
    "undone_activities_count",
    "files_count",
    "notes_count",
    "followers_count",
    "won_deals_count",
    "related_won_deals_count",
    "lost_deals_count",
    "related_lost_deals_count",
    "smart_bcc_email",
)

PERSON = (
    ID,
    # Not required by the published schema, although v1 asked for it: see `Persons.settle`.
    Attribute("name", "string", **_NAME),
    Attribute("first_name", "string", on="r", field_type="varchar"),
    Attribute("last_name", "string", on="r", field_type="varchar"),
    OWNER,
    Attribute("org_id", "integer", refers_to="organizations", clears=True, field_type="org"),
    ADD_TIME,
    UPDATE_TIME,
    Attribute("emails", "array", of=CONTACT_ITEM, field_type="varchar", default=[]),
    Attribute("phones", "array", of=CONTACT_ITEM, field_type="phone", default=[]),
    IS_DELETED,
    VISIBLE_TO,
    labels_of("persons"),
    Attribute("picture_id", "integer", on="r", field_type="picture"),
    Attribute("postal_address", "object", of=ADDRESS, clears=True, feature="contact sync"),
    Attribute("notes", "string", clears=True, max_length=10_000, feature="contact sync"),
    Attribute("im", "array", of=CONTACT_ITEM, feature="contact sync", default=[]),
    Attribute("birthday", "string", clears=True, format="date", feature="contact sync"),
    Attribute("job_title", "string", clears=True, feature="contact sync"),
    Attribute(
        "marketing_status",
        "string",
        on="cu",
        enum=("no_consent", "unsubscribed", "subscribed", "archived"),
        feature="campaigns",
    ),
    CUSTOM_FIELDS,
)

PERSON_EXTRAS = (
    "next_activity_id",
    "last_activity_id",
    "open_deals_count",
    "related_open_deals_count",
    "closed_deals_count",
    "related_closed_deals_count",
    "participant_open_deals_count",
    "participant_closed_deals_count",
    "email_messages_count",
    "activities_count",
    "done_activities_count",
    "undone_activities_count",
    "files_count",
    "notes_count",
    "followers_count",
    "won_deals_count",
    "related_won_deals_count",
    "lost_deals_count",
    "related_lost_deals_count",
    "last_incoming_mail_time",
    "last_outgoing_mail_time",
    "marketing_status",
    "doi_status",
    "smart_bcc_email",
)


def _list(extras: tuple[str, ...], *filters: str) -> tuple[Param, ...]:
    return (
        FILTER_ID,
        IDS,
        *integers(*filters),
        UPDATED_SINCE,
        UPDATED_UNTIL,
        sort_by("id", "update_time", "add_time"),
        SORT_DIRECTION,
        *_get(extras),
        *PAGE,
    )


def _get(extras: tuple[str, ...]) -> tuple[Param, ...]:
    return (
        Param("include_fields", many=True, enum=extras),
        CUSTOM_FIELD_KEYS,
        *LABEL_PARAMS,
    )


ORGANIZATION_LIST = _list(ORGANIZATION_EXTRAS, "owner_id")
ORGANIZATION_GET = _get(ORGANIZATION_EXTRAS)
PERSON_LIST = _list(PERSON_EXTRAS, "owner_id", "org_id", "deal_id")
PERSON_GET = _get(PERSON_EXTRAS)

RELATIONSHIP = (
    ID,
    Attribute("org_id", "integer", on="cu", refers_to="organizations"),
    Attribute("type", "string", required=True, enum=("parent", "related")),
    Attribute("rel_owner_org_id", "integer", required=True, refers_to="organizations"),
    Attribute("rel_linked_org_id", "integer", required=True, refers_to="organizations"),
    Attribute("add_time", "string", on="r"),
    Attribute("update_time", "string", on="r"),
    Attribute("active_flag", "string", on="r", default="true"),
)
