"""What a run has changed in Pipedrive, field by field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.sandbox.pipedrive.account import Account

Values = dict[tuple[str, int], dict[str, Any]]


def values(account: Account) -> Values:
    """Every field of every record, custom ones under their names."""
    found: Values = {}
    for name, rows in account.snapshot().items():
        if name not in account.tables:
            continue
        codes = account.fields.custom_codes(name)
        for row in rows:
            plain = dict(row)
            custom = plain.pop("custom_fields", {})
            plain |= {codes[code]["field_name"]: value for code, value in custom.items()}
            found[name, row["id"]] = plain
    return found


def differences(before: Values, after: Values) -> dict[tuple[str, int], set[str]]:
    """The names of the fields that differ, by object and id, in records that are in both."""
    return {
        place: names
        for place in before.keys() & after.keys()
        if (names := _differ(before[place], after[place]))
    }


def _differ(one: dict[str, Any], other: dict[str, Any]) -> set[str]:
    return {name for name in one.keys() | other.keys() if one.get(name) != other.get(name)}
