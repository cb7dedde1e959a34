"""Attributes and query parameters that several objects share."""

from __future__ import annotations

from tests.sandbox.pipedrive.tables.attribute import Attribute, Param

# https://developers.pipedrive.com/docs/api/v1/Deals: 1 owner, 3 everyone (or the owner's group),
# 5 group and sub-groups, 7 everyone on plans with groups.
VISIBILITY = (1, 3, 5, 7)

ADDRESS = (
    Attribute("value", "string", required_by_docs=True),
    *(
        Attribute(part, "string", clears=True)
        for part in (
            "country",
            "admin_area_level_1",
            "admin_area_level_2",
            "locality",
            "sublocality",
            "route",
            "street_number",
            "subpremise",
            "postal_code",
        )
    ),
)

CONTACT_ITEM = (
    Attribute("value", "string"),
    Attribute("primary", "boolean"),
    Attribute("label", "string"),
)

ID = Attribute("id", "integer", on="r", field_type="int")
OWNER = Attribute("owner_id", "integer", refers_to="users", field_type="user")
VISIBLE_TO = Attribute(
    "visible_to", "integer", one_of=VISIBILITY, field_type="visible_to", default=3
)
ADD_TIME = Attribute("add_time", "string", on="cr", format="datetime", field_type="date")
READ_ADD_TIME = Attribute("add_time", "string", on="r", field_type="date")
UPDATE_TIME = Attribute("update_time", "string", on="r", field_type="date")
IS_DELETED = Attribute("is_deleted", "boolean", on="r", field_type="boolean", default=False)
CUSTOM_FIELDS = Attribute("custom_fields", "object", default={})

LIMIT = Param("limit", "integer", maximum=500)
CURSOR = Param("cursor")
PAGE = (LIMIT, CURSOR)
SORT_DIRECTION = Param("sort_direction", enum=("asc", "desc"))
UPDATED_SINCE = Param("updated_since", format="datetime")
UPDATED_UNTIL = Param("updated_until", format="datetime")
FILTER_ID = Param("filter_id", "integer")
IDS = Param("ids", many=True, most=100)
CUSTOM_FIELD_KEYS = Param("custom_fields", many=True, most=15)
LABEL_PARAMS = (Param("include_option_labels", "boolean"), Param("include_labels", "boolean"))
V1_PAGE = (Param("start", "integer"), Param("limit", "integer", maximum=500))


def labels_of(entity: str) -> Attribute:
    """`label_ids`: ids of the options of the object's label field."""
    return Attribute(
        "label_ids", "array", items="integer", chooses_from=entity, field_type="set", default=[]
    )


def sort_by(*columns: str) -> Param:
    return Param("sort_by", enum=columns)


def integers(*names: str) -> tuple[Param, ...]:
    return tuple(Param(name, "integer") for name in names)
