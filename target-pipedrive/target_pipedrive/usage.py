"""What of an account's schema is in use: records that hold a value in a field, or an option.

Counted from the lists themselves, all fields in one pass. Leads have no fields of their own but
those of the deals (https://developers.pipedrive.com/docs/api/v1/Leads), so theirs count as well.
"""

from __future__ import annotations

from collections import Counter
from itertools import chain
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from target_pipedrive.client import Client
    from target_pipedrive.resource import Resource

LEADS: Mapping[str, tuple[str, ...]] = {"deals": ("/v1/leads", "/v1/leads/archived")}
"""Lists of records that hold the custom fields of an object too, each under the field's code."""
PAGE = 500


def in_use(resource: Resource, names: Sequence[str]) -> dict[str, int]:
    """How many live records hold a value in each of these custom fields."""
    codes = {name: resource.fields.custom_codes(name) for name in names}
    fields = resource.fields.by_code

    def held(row: Mapping[str, Any]) -> Iterator[str]:
        for name, some in codes.items():
            if any(fields[code].of(row) is not None for code in some):
                yield name

    def held_by_lead(row: Mapping[str, Any]) -> Iterator[str]:
        for name, some in codes.items():
            if any(row.get(code) not in (None, "", [], {}) for code in some):
                yield name

    asked = [name for name, some in codes.items() if some]
    return _counted(resource, asked, names, held, held_by_lead)


def options_in_use(resource: Resource, name: str, labels: Sequence[str]) -> dict[str, int]:
    """How many live records hold each of these options of a choice."""
    field = resource.fields.by_name.get(name)
    known = {} if field is None else resource.fields.options_of(name)
    ids = {str(id_): label for label, id_ in known.items() if label in set(labels)}

    def held(row: Mapping[str, Any]) -> Iterator[str]:
        if field is not None:
            value = field.of(row)
            yield from set(labels).intersection(value if isinstance(value, list) else [value])

    def held_by_lead(row: Mapping[str, Any]) -> Iterator[str]:
        # v1 spells one option as its id and several as their ids with commas between.
        if field is not None and field.custom:
            held = str(row.get(field.code) or "").split(",")
            yield from {ids[id_] for id_ in map(str.strip, held) if id_ in ids}

    return _counted(resource, [name] if ids else [], labels, held, held_by_lead)


def _counted(
    resource: Resource,
    asked: Sequence[str],
    wanted: Iterable[str],
    held: Callable[[Mapping[str, Any]], Iterator[str]],
    held_by_lead: Callable[[Mapping[str, Any]], Iterator[str]],
) -> dict[str, int]:
    """Count what each record holds; without a field to ask about nothing is read."""
    counts: Counter[str] = Counter()
    if asked:
        for row in resource.everything(asked):
            counts.update(held(row))
        for row in chain.from_iterable(
            _leads(resource.client, path) for path in LEADS.get(resource.table.name, ())
        ):
            counts.update(held_by_lead(row))
    return {name: counts[name] for name in wanted}


def _leads(client: Client, path: str) -> Iterator[dict[str, Any]]:
    start = 0
    while True:
        body = client.read(f"GET {path}", {"start": start, "limit": PAGE})
        rows = body["data"] or ()
        yield from rows
        start += len(rows)
        additional = body.get("additional_data") or {}
        paging = additional.get("pagination") or additional
        if not rows or not paging.get("more_items_in_collection"):
            return
