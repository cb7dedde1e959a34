"""The search endpoints: https://developers.pipedrive.com/docs/api/v1/ItemSearch."""

from __future__ import annotations

from tests.sandbox.pipedrive.tables.attribute import Param
from tests.sandbox.pipedrive.tables.common import CURSOR, LIMIT, integers

_TERM = Param("term", required=True)
_EXACT = Param("exact_match", "boolean")

# item type -> (object, key of its title, texts that `fields` may name)
ITEMS = {
    "deal": ("deals", "title", ("custom_fields", "notes", "title")),
    "person": ("persons", "name", ("custom_fields", "email", "notes", "phone", "name")),
    "organization": ("organizations", "name", ("address", "custom_fields", "notes", "name")),
    "product": ("products", "name", ("code", "custom_fields", "name", "description")),
}


def _search(
    fields: tuple[str, ...], *filters: Param, extras: tuple[str, ...] = ()
) -> tuple[Param, ...]:
    included = (Param("include_fields", many=True, enum=extras),) if extras else ()
    return (
        _TERM,
        Param("fields", many=True, enum=fields),
        _EXACT,
        *filters,
        *included,
        LIMIT,
        CURSOR,
    )


DEALS = _search(
    ITEMS["deal"][2],
    *integers("person_id", "organization_id"),
    Param("status", enum=("open", "won", "lost")),
    extras=("deal.cc_email",),
)
PERSONS = _search(ITEMS["person"][2], *integers("organization_id"), extras=("person.picture",))
ORGANIZATIONS = _search(ITEMS["organization"][2])
PRODUCTS = _search(("code", "custom_fields", "name"), extras=("product.price",))

ALL = (
    _TERM,
    Param(
        "item_types",
        many=True,
        enum=(
            "deal",
            "person",
            "organization",
            "product",
            "lead",
            "file",
            "mail_attachment",
            "project",
        ),
    ),
    Param(
        "fields",
        many=True,
        enum=(
            "address",
            "code",
            "custom_fields",
            "email",
            "name",
            "notes",
            "phone",
            "title",
            "description",
        ),
    ),
    Param("search_for_related_items", "boolean"),
    _EXACT,
    Param("include_fields", many=True, enum=("deal.cc_email", "person.picture", "product.price")),
    Param("limit", "integer", maximum=100),
    CURSOR,
)

ONE_FIELD = (
    _TERM,
    Param(
        "entity_type",
        enum=("deal", "lead", "person", "organization", "product", "project"),
        required=True,
    ),
    Param("match", enum=("exact", "beginning", "middle")),
    Param("field", required=True),
    LIMIT,
    CURSOR,
)
