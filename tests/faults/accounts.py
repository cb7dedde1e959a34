"""A Pipedrive account as a value in which ids do not matter, and a way back to an earlier state."""

from __future__ import annotations

import copy
import hashlib
from collections import Counter
from typing import TYPE_CHECKING, Any

from tests.sandbox.pipedrive.tables.fields import FIELD_LISTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.sandbox.pipedrive import Account

    Row = dict[str, Any]
    Contents = dict[str, list[str]]

KEY = "ks_source_id"
NAMES = ("name", "title", "subject", "content")
LOADED = (
    "organizations",
    "persons",
    "products",
    "deals",
    "deal_products",
    "activities",
    "notes",
    "files",
)
UNTOLD = {
    "deal_products": {"order_nr"},  # lines that were added again stand elsewhere
    "files": {"file_name", "remote_id"},  # Pipedrive's own names of the stored bytes
}


def contents(account: Account) -> Contents:
    """Every record as text, by object, sorted: ids, codes and option ids as what they stand for."""
    shown = account.snapshot()
    fields = {
        name: {field["field_code"]: field for field in shown[listed]}
        for name, (listed, _) in FIELD_LISTS.items()
    }
    names = {
        row["id"]: f"{name}:{_name(row, fields.get(name, {}))}"
        for name in account.tables
        for row in shown[name]
    }
    found = {
        name: sorted(
            str(_told(account, name, row, fields.get(name, {}), names)) for row in shown[name]
        )
        for name in LOADED
    }
    for name, known in fields.items():
        found[f"fields of {name}"] = sorted(
            f"{f['field_name']} ({f['field_type']}): {sorted(label for _, label in f['options'])}"
            for f in known.values()
        )
    return found


def differences(wanted: Contents, found: Contents) -> list[str]:
    """What is missing, what is too much, as sentences; a changed record is both."""
    told = []
    for name, rows in wanted.items():
        missing = Counter(rows) - Counter(found[name])
        surplus = Counter(found[name]) - Counter(rows)
        told += [f"missing among {name}: {row}" for row in missing.elements()]
        told += [f"too much among {name}: {row}" for row in surplus.elements()]
    return told


def commits(account: Account, since: int = 0) -> Counter[str]:
    """How often what was done, e.g. ``create deals``."""
    return Counter(f"{commit.action} {commit.object}" for commit in account.commits[since:])


def keep(account: Account) -> Callable[[], None]:
    """Remember an account as it is; the result brings it back, as often as called."""

    def copied(state: Any) -> Any:
        return copy.deepcopy(state, {id(account): account})

    state = copied(vars(account))
    return lambda: vars(account).update(copied(state))


def _name(row: Row, fields: dict[str, Row]) -> str:
    custom = row.get("custom_fields") or {}
    key = next((value for code, value in custom.items() if fields[code]["field_name"] == KEY), None)
    return str(key or next((row[name] for name in NAMES if row.get(name)), row["id"]))


def _told(
    account: Account, name: str, row: Row, fields: dict[str, Row], names: dict[int, str]
) -> Row:
    told = {}
    for field, value in row.items():
        if field == "id" or field in UNTOLD.get(name, ()):
            continue
        if field == "custom_fields":
            told |= {
                fields[code]["field_name"]: _labelled(held, fields[code], names)
                for code, held in value.items()
            }
        elif field.endswith("_id"):
            told[field] = names.get(value, value)
        else:
            told[field] = _labelled(value, fields.get(field, {}), {})
    if name == "files":
        told["sha256"] = hashlib.sha256(account.contents[row["id"]]).hexdigest()
    return dict(sorted(told.items()))


def _labelled(value: Any, field: Row, names: dict[int, str]) -> Any:
    if isinstance(value, list) and field.get("options"):
        return sorted(_labelled(item, field, names) for item in value)
    if field.get("options"):
        return dict(field["options"]).get(value, value)
    if field.get("field_type") in {"org", "people", "deal", "product"}:
        return names.get(value, value)
    return value
