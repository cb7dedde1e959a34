"""Existing records that equal what is wanted: asked by SOQL, which is consistent.

What it answers is compared exactly here, since SOQL takes upper and lower case for equal.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from target_salesforce import soql

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from crm_transforms.destination import Record
    from target_salesforce.client import Client
    from target_salesforce.described import Described

Shape = tuple[str, ...]
"""The names of the fields that count."""


def find(client: Client, described: Described, wanted: Sequence[Record]) -> list[list[str]]:
    """For each wanted record, the ids of existing ones that equal it in all its fields.

    Raises:
        KeyError: a wanted field does not exist.
        DestinationError: the query is refused.
    """
    by_shape: dict[Shape, dict[bytes, Record]] = defaultdict(dict)
    keys: list[tuple[Shape, bytes]] = []
    for record in wanted:
        shape = tuple(sorted(record))
        key = described.likeness(record)
        by_shape[shape][key] = record
        keys.append((shape, key))
    found: dict[tuple[Shape, bytes], set[str]] = defaultdict(set)
    for shape, records in by_shape.items():
        for row in _rows(client, described, shape, list(records.values())):
            key = described.likeness(described.incoming(row, shape))
            if key in records:
                found[shape, key].add(str(row["Id"]))
    return [sorted(found[key]) for key in keys]


def _rows(
    client: Client, described: Described, shape: Shape, records: Sequence[Record]
) -> Iterator[Mapping[str, Any]]:
    """Records that may equal wanted ones, each maybe more than once."""
    fields = [described.by_name[name] for name in shape]
    asked = [field for field in fields if field.row.get("filterable", True)]
    if not asked:
        return
    if len(asked) == 1:
        (field,) = asked
        values = {soql.literal(field, record[field.name]) for record in records}
        wheres = list(soql.within(field.name, sorted(values - {"null"})))
        if "null" in values:
            wheres.append(f"{field.name} = null")
    else:
        conditions = (
            "("
            + " AND ".join(f"{one.name} = {soql.literal(one, record[one.name])}" for one in asked)
            + ")"
            for record in records
        )
        wheres = [" OR ".join(some) for some in soql.cut(conditions, " OR ")]
    for where in wheres:
        yield from client.query(soql.select(shape, described.name, where))
