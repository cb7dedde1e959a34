"""Records by their ids, two thousand in one request.

https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/
resources_composite_sobjects_collections_retrieve.htm
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crm_transforms.destination import DestinationError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from target_salesforce.client import Client
    from target_salesforce.described import Described

MOST_IDS = 2_000
DELETED = "IsDeleted"


def retrieved(
    client: Client, described: Described, ids: Sequence[str], names: Collection[str]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Records as the API answers them, with the id under which each was asked for.

    Those that are gone or in the recycle bin are left out.

    Args:
        client: the org's API.
        described: the object.
        ids: of the records.
        names: fields that the object has.
    """
    asked = ["Id", *(name for name in names if name != "Id")]
    if DELETED in described.by_name and DELETED not in asked:
        asked.append(DELETED)
    path = f"composite/sobjects/{described.name}"
    for start in range(0, len(ids), MOST_IDS):
        some = list(ids[start : start + MOST_IDS])
        rows = client.ask("POST", path, {"ids": some, "fields": asked})
        if not isinstance(rows, list):
            raise DestinationError(f"POST {path}: an answer that is not as documented: no list")
        there = {str(row["Id"])[:15]: row for row in rows if row and row.get("Id")}
        for id_ in some:
            row = there.get(id_[:15])
            if row is not None and not row.get(DELETED):
                yield id_, row
