"""Existing records that equal what is wanted: a whole list, compared exactly."""

from __future__ import annotations

from decimal import Decimal
from itertools import product
from typing import TYPE_CHECKING, Any

from crm_transforms.canonical import encode

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crm_transforms.destination import Record
    from target_pipedrive.resource import Resource

PARTS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "products": {
        "price": ("prices", "price"),
        "cost": ("prices", "cost"),
        "currency": ("prices", "currency"),
    },
    "persons": {"email": ("emails", "value"), "phone": ("phones", "value")},
}
"""Names that stand for a part of a list: (field, part). Of prices the first one counts, of e-mail
addresses and phone numbers any."""


def values_of(resource: Resource, record: Mapping[str, Any], name: str) -> list[Any]:
    """The values of a record that may match under this name."""
    part = PARTS.get(resource.table.name, {}).get(name)
    if part is None:
        return [resource.fields.by_name[name].form.canonical(record.get(name))]
    field, key = part
    entries = resource.fields.by_name[field].form.canonical(record.get(field)) or [{}]
    if field == "prices":
        # A product without a price is one of price 0 to Pipedrive.
        return [entries[0].get(key, Decimal(0) if key != "currency" else None)]
    return [entry.get(key) for entry in entries]


def wanted_value(resource: Resource, name: str, value: Any) -> Any:
    """A wanted value as it compares."""
    field, key = PARTS.get(resource.table.name, {}).get(name, (name, ""))
    form = resource.fields.by_name[field].form
    if not key:
        return form.canonical(value)
    if field == "prices" and key != "currency":
        return form.canonical([{key: value or 0}])[0][key]
    entries = form.canonical([{key: value}]) if value else None
    return entries[0][key] if entries else None


def find(resource: Resource, wanted: Sequence[Record]) -> list[list[str]]:
    """For each wanted record, the ids of existing ones that equal it in all its fields.

    Raises:
        KeyError: a wanted field does not exist.
        DestinationError: the list cannot be read.
    """
    parts = PARTS.get(resource.table.name, {})
    shapes = {tuple(sorted(record)) for record in wanted}
    fields = sorted({parts.get(name, (name, ""))[0] for names in shapes for name in names})
    keys = [
        encode({name: wanted_value(resource, name, value) for name, value in record.items()})
        for record in wanted
    ]
    found: dict[bytes, set[int]] = {key: set() for key in keys}
    whole = not resource.selected(fields)
    rows = resource.newest(names=fields) if wanted else ()
    for count, row in enumerate(rows, 1):
        record = resource.fields.incoming(row, fields)
        for names in shapes:
            for values in product(*(values_of(resource, record, name) for name in names)):
                key = encode(dict(zip(names, values, strict=True)))
                if key in found:
                    found[key].add(int(row["id"]))
                    if whole:
                        resource.shown[str(row["id"])] = resource.fields.incoming(row, ())
        resource.account.progress(resource.table.name, count, 0)
    return [[str(id_) for id_ in sorted(found[key])] for key in keys]
