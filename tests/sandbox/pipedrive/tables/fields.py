"""Custom fields: their types, the shape of their values, and the bodies that define them.

https://developers.pipedrive.com/docs/api/v1/DealFields and the v2 migration guide.
"""

from __future__ import annotations

from dataclasses import dataclass

from tests.sandbox.pipedrive.tables.attribute import Attribute, Body, Param, on
from tests.sandbox.pipedrive.tables.common import ADDRESS, PAGE


@dataclass(frozen=True)
class FieldType:
    """A custom field type.

    Args:
        name: As in `field_type`.
        value: Shape of its value: string, number, option, options, id, object.
        max_length: Most characters of a string.
        format: Text format of a string, or of an object's `value` and `until`.
        members: Keys an object value may have; those in `needed` must be there.
        needed: See `members`.
        refers_to: Object whose ids the value names.
        searchable: Whether the search endpoints look into it.
    """

    name: str
    value: str
    max_length: int | None = None
    format: str = ""
    members: tuple[str, ...] = ()
    needed: tuple[str, ...] = ("value",)
    refers_to: str = ""
    searchable: bool = False


# "14 digits": https://intercom.help/pipedrive/en/articles/13519785
NUMBERS_END = 1e14

_ZONE = ("timezone_id", "timezone_name")

# "up to 65k characters": the published text leaves open which 65k, the smaller is taken.
FIELD_TYPES = {
    kind.name: kind
    for kind in (
        FieldType("varchar", "string", max_length=255, searchable=True),
        FieldType("varchar_auto", "string", max_length=255, searchable=True),
        FieldType("text", "string", max_length=65_000, searchable=True),
        FieldType("double", "number", searchable=True),
        FieldType("phone", "string", max_length=255, searchable=True),
        FieldType("date", "string", format="date"),
        FieldType(
            "daterange",
            "object",
            format="date",
            members=("value", "until"),
            needed=("value", "until"),
        ),
        FieldType("time", "object", format="time", members=("value", *_ZONE)),
        FieldType(
            "timerange",
            "object",
            format="time",
            members=("value", "until", *_ZONE),
            needed=("value", "until"),
        ),
        FieldType("enum", "option"),
        FieldType("set", "options"),
        FieldType("address", "object", members=tuple(a.name for a in ADDRESS), searchable=True),
        FieldType(
            "monetary",
            "object",
            members=("value", "currency"),
            needed=("value", "currency"),
            searchable=True,
        ),
        FieldType("org", "id", refers_to="organizations"),
        FieldType("people", "id", refers_to="persons"),
        FieldType("user", "id", refers_to="users"),
    )
}

# object -> (its list of fields, its name in refusals)
FIELD_LISTS = {
    "deals": ("dealFields", "deal"),
    "persons": ("personFields", "person"),
    "organizations": ("organizationFields", "organization"),
    "products": ("productFields", "product"),
    "activities": ("activityFields", "activity"),
}

_PUBLISHED_TYPES = (
    "varchar text double phone date daterange time timerange set enum varchar_auto address "
    "monetary org people user"
)

_NAME = Attribute("field_name", "string", required=True, min_length=1, max_length=255)
_TYPE = Attribute(
    "field_type", "string", on="c", required=True, enum=tuple(_PUBLISHED_TYPES.split())
)
_LABEL = Attribute("label", "string", required=True)
_OPTIONS = Attribute("options", "array", on="c", of=(_LABEL,))
_DESCRIPTION = Attribute("description", "string", nullable=True)
_FLAGS = (Attribute("add_visible_flag", "boolean"), Attribute("details_visible_flag", "boolean"))
_DIALOG = (
    Attribute("show", "boolean"),
    Attribute("order", "integer", nullable=True),
)
_STAGES = (
    Attribute("enabled", "boolean"),
    Attribute("stage_ids", "array", items="integer", refers_to="stages"),
)
_IMPORTANT = Attribute("important_fields", "object", of=_STAGES)
_REQUIRED = Attribute("required_fields", "object", of=(Attribute("enabled", "boolean"),))


def _visibility(*more: Attribute) -> Attribute:
    return Attribute("ui_visibility", "object", of=(*_FLAGS, *more))


DEAL_FIELD = (
    _NAME,
    _TYPE,
    _OPTIONS,
    _visibility(
        Attribute("projects_detail_visible_flag", "boolean"),
        Attribute(
            "show_in_pipelines",
            "object",
            of=(
                Attribute("show_in_all", "boolean"),
                Attribute("pipeline_ids", "array", items="integer", refers_to="pipelines"),
            ),
        ),
    ),
    _IMPORTANT,
    Attribute("required_fields", "object", of=(*_STAGES, Attribute("statuses", "object"))),
    _DESCRIPTION,
)
PERSON_FIELD = (
    _NAME,
    _TYPE,
    _OPTIONS,
    _visibility(Attribute("show_in_add_deal_dialog", "object", of=_DIALOG)),
    _IMPORTANT,
    _REQUIRED,
)
ORGANIZATION_FIELD = (
    _NAME,
    _TYPE,
    _OPTIONS,
    _visibility(
        Attribute("show_in_add_deal_dialog", "object", of=_DIALOG),
        Attribute("show_in_add_person_dialog", "object", of=_DIALOG),
    ),
    _IMPORTANT,
    _REQUIRED,
)
PRODUCT_FIELD = (_NAME, _TYPE, _OPTIONS, _visibility())

OPTION_ID = Attribute("id", "integer", required=True)
OPTION_LABEL = Attribute("label", "string", required=True, min_length=1, max_length=255)
ADD_OPTIONS = Body(on("c", (OPTION_LABEL,)), bare_array=True)
UPDATE_OPTIONS = Body(on("c", (OPTION_ID, OPTION_LABEL)), bare_array=True)
DELETE_OPTIONS = Body(on("c", (OPTION_ID,)), bare_array=True)

_NAMESPACES = ("ui_visibility", "important_fields", "required_fields")
FIELD_GET = (Param("include_fields", many=True, enum=_NAMESPACES),)
PLAIN_FIELD_GET = (Param("include_fields", many=True, enum=_NAMESPACES[:1]),)
FIELD_LIST = (*FIELD_GET, *PAGE)
PLAIN_FIELD_LIST = (*PLAIN_FIELD_GET, *PAGE)

# v1 noteFields, as the published example lists them.
NOTE_FIELDS = (
    ("content", "Content", "text"),
    ("pinned_to_deal_flag", "Note is pinned to deal", "enum"),
    ("pinned_to_person_flag", "Note is pinned to person", "enum"),
    ("pinned_to_organization_flag", "Note is pinned to organization", "enum"),
    ("add_time", "Add time", "date"),
    ("update_time", "Update time", "date"),
    ("user_id", "User", "user"),
)
