"""A Pipedrive account as its API shows it, as one value that can be compared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.oracle.crm import FIELDS, Crm, Row

if TYPE_CHECKING:
    from collections.abc import Iterable

STAMPS = frozenset({"update_time", "stage_change_time", "last_update_user_id", "modified"})
"""What Pipedrive sets by itself at every change, so that no way leads back."""
COUNTERS = frozenset({"order_nr"})
"""Numbers that Pipedrive hands out in rising order."""
V2 = ("organizations", "persons", "products", "deals", "deals/archived", "activities")
V1 = ("notes", "files")

Snapshot = dict[str, list[Row]]


def snapshot(crm: Crm) -> Snapshot:
    """Every object, field and value that the API shows, by list, in the order of ids."""
    shown = {name: _sorted(crm.v2(f"/api/v2/{name}")) for name in V2}
    deals = [row["id"] for name in ("deals", "deals/archived") for row in shown[name]]
    shown["deal_products"] = _sorted(crm.lines(deals))
    shown |= {name: _sorted(crm.v1(f"/v1/{name}")) for name in V1}
    for row in shown["files"]:
        row["sha256"] = crm.digest(row["id"])
    shown |= {
        name: sorted(crm.v2(f"/api/v2/{name}"), key=lambda one: one["field_code"])
        for name in FIELDS.values()
    }
    shown["users"] = _sorted(crm.users())
    return shown


def changes(before: Snapshot, after: Snapshot) -> list[str]:
    """Where two snapshots differ, as sentences."""
    told = []
    for name, rows in before.items():
        one, other = _by_id(rows), _by_id(after[name])
        told += [f"{name} {key} is gone" for key in one.keys() - other.keys()]
        told += [f"{name} {key} is new" for key in other.keys() - one.keys()]
        told += [
            f"{name} {key}: {field} was {one[key].get(field)!r}, is {other[key].get(field)!r}"
            for key in one.keys() & other.keys()
            for field in sorted(one[key].keys() | other[key].keys())
            if one[key].get(field) != other[key].get(field)
        ]
    return told


def _sorted(rows: Iterable[Row]) -> list[Row]:
    return sorted(map(_without_stamps, rows), key=lambda row: row["id"])


def _without_stamps(row: Row) -> Row:
    shown = {key: value for key, value in row.items() if key not in STAMPS | COUNTERS}
    if isinstance(shown.get("custom_fields"), dict):
        filled = {
            code: value for code, value in shown["custom_fields"].items() if value is not None
        }
        shown["custom_fields"] = filled
    return shown


def _by_id(rows: Iterable[Row]) -> dict[Any, Row]:
    return {row.get("id", row.get("field_code")): row for row in rows}
