"""What hangs on records: counted by Pipedrive itself, for a hundred records in one request.

Followers are no work of anybody and do not count.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from target_pipedrive.listing import HUNDRED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from target_pipedrive.lines import DealProducts
    from target_pipedrive.resource import Resource

Sums = tuple[tuple[str, ...], ...]
"""Sums of counts, of which the largest holds."""

SHARED: Mapping[str, Sums] = {
    "activities": (("activities_count",),),
    "notes": (("notes_count",),),
    "files": (("files_count",),),
    "emails": (("email_messages_count",),),
}
CHILDREN: Mapping[str, Mapping[str, Sums]] = {
    "organizations": {
        **SHARED,
        "persons": (("people_count",),),
        "deals": (("open_deals_count", "closed_deals_count"),),
    },
    "persons": {
        **SHARED,
        # Whether who is the contact of a deal counts as its participant too is said nowhere.
        "deals": (
            ("open_deals_count", "closed_deals_count"),
            ("participant_open_deals_count", "participant_closed_deals_count"),
        ),
    },
    "deals": {
        **SHARED,
        "deal_products": (("products_count",),),
        "participants": (("participants_count",),),
    },
}
"""Kinds of children by object, and the ``include_fields`` that count them.

https://developers.pipedrive.com/docs/api/v1/Deals, …/Organizations, …/Persons.
"""


def attached(resource: Resource, ids: Sequence[str]) -> dict[str, dict[str, int]]:
    """What hangs on records of an object of which lists tell it, by id; only what there is."""
    children = CHILDREN.get(resource.table.name, {})
    include = sorted({name for sums in children.values() for some in sums for name in some})
    found: dict[str, dict[str, int]] = {}
    for start in range(0, len(ids) if children else 0, HUNDRED):
        for row in resource.hundred(ids[start : start + HUNDRED], include=include):
            counts = {kind: _largest(row, sums) for kind, sums in children.items()}
            if row.get("person_id") and counts.get("participants"):
                # A deal's own contact is one of them in all published examples; a guess all the
                # same. Participants are "the secondary contacts associated to a deal":
                # https://support.pipedrive.com/hc/en-us/articles/115001109689
                counts["participants"] -= 1
            if some := {kind: count for kind, count in counts.items() if count}:
                found[str(row["id"])] = some
    return found


def attached_to_products(
    deals: Resource, lines: DealProducts, ids: Sequence[str]
) -> dict[str, dict[str, int]]:
    """The lines in which products are used.

    Only the deals know: those that have lines at all are listed, and then their lines. Asking for
    each product (``GET /v1/products/{id}/deals``) costs 20 tokens and leaves open whether archived
    deals count; this costs 10 for 500 deals and 10 for the lines of a hundred that have any.
    """
    wanted = set(ids)
    counts: Counter[str] = Counter()
    for some in _hundreds(_with_lines(deals)):
        for row in lines.listed(some, 0):
            if str(row["product_id"]) in wanted:
                counts[str(row["product_id"])] += 1
    return {id_: {lines.table.name: count} for id_, count in counts.items()}


def _largest(row: Mapping[str, Any], sums: Sums) -> int:
    return max(sum(int(row.get(name) or 0) for name in names) for names in sums)


def _with_lines(deals: Resource) -> Iterator[str]:
    for row in deals.everything((), ["products_count"]):
        if row.get("products_count"):
            yield str(row["id"])


def _hundreds(ids: Iterator[str]) -> Iterator[list[str]]:
    some: list[str] = []
    for id_ in ids:
        some.append(id_)
        if len(some) == HUNDRED:
            yield some
            some = []
    if some:
        yield some
