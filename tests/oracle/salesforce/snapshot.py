"""An org as its API shows it, as one value that can be compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.oracle.salesforce.reader import Reader, Row

if TYPE_CHECKING:
    from collections.abc import Iterable

STAMPS = frozenset(
    {
        "SystemModstamp",
        "LastModifiedDate",
        "LastModifiedById",
        "LastViewedDate",
        "LastReferencedDate",
        "LastActivityDate",
        "LastLoginDate",
    }
)
"""What Salesforce sets by itself at every change or look, so that no way leads back."""
BY_DOCUMENT = "ContentDocumentLink"
"""A query for these has to say of which documents."""

Snapshot = dict[str, dict[str, Row]]


def snapshot(reader: Reader) -> Snapshot:
    """Every object, field and record that the API shows, by object and id."""
    shown: Snapshot = {}
    names = reader.names()
    for name, listed in names.items():
        described = reader.describe(name)
        shown[f"{name} fields"] = {one["name"]: _field(one) for one in described["fields"]}
        if listed["queryable"] and name != BY_DOCUMENT:
            shown[name] = _by_id(reader.rows(name))
    for row in shown.get("ContentVersion", {}).values():
        row["sha256"] = reader.digest(row["Id"])
    if BY_DOCUMENT in names:
        shown[BY_DOCUMENT] = _by_id(reader.links(shown.get("ContentDocument", {})))
    return shown


def changes(before: Snapshot, after: Snapshot) -> list[str]:
    """Where two snapshots differ, as sentences."""
    told = [f"{name} is gone" for name in before.keys() - after.keys()]
    told += [f"{name} is new" for name in after.keys() - before.keys()]
    for name in before.keys() & after.keys():
        one, other = before[name], after[name]
        told += [f"{name} {key} is gone" for key in one.keys() - other.keys()]
        told += [f"{name} {key} is new" for key in other.keys() - one.keys()]
        told += [
            f"{name} {key}: {field} was {one[key].get(field)!r}, is {other[key].get(field)!r}"
            for key in one.keys() & other.keys()
            for field in sorted(one[key].keys() | other[key].keys())
            if one[key].get(field) != other[key].get(field)
        ]
    return sorted(told)


def _by_id(rows: Iterable[Row]) -> dict[str, Row]:
    return {
        row["Id"]: {name: value for name, value in row.items() if name not in STAMPS}
        for row in rows
    }


def _field(told: Row) -> Row:
    """What makes a field another one."""
    return {name: told.get(name) for name in ("label", "type", "length", "scale", "unique")} | {
        "values": [one["value"] for one in told.get("picklistValues") or ()]
    }
