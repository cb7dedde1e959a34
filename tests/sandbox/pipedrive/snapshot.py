"""An account as one value that can be compared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.sandbox.pipedrive.tables.fields import FIELD_LISTS

if TYPE_CHECKING:
    from tests.sandbox.pipedrive.account import Account

    Row = dict[str, Any]

# What Pipedrive stamps by itself, and so no rollback can bring back.
STAMPS = frozenset({"update_time", "last_update_user_id", "stage_change_time", "modified"})


def snapshot(account: Account) -> dict[str, Any]:
    """Every object, field and value the API shows, sorted, without `STAMPS`.

    Deleted rows and the lines of deleted deals are not in it, nor empty custom fields.
    """
    everything: dict[str, Any] = {
        name: [_canonical(account, name, row) for row in table]
        for name, table in account.tables.items()
    }
    deals = account.tables["deals"].rows
    everything["deal_products"] = [
        line for line in everything["deal_products"] if line["deal_id"] in deals
    ]
    everything["users"] = [_canonical(account, "users", user) for user in account.users]
    for name, (listed, _) in FIELD_LISTS.items():
        fields = account.fields.of(name)
        everything[listed] = [_field(fields[code]) for code in sorted(fields)]
    return dict(sorted(everything.items()))


def _canonical(account: Account, name: str, row: Row) -> Row:
    shown = {key: row[key] for key in sorted(row) if key not in STAMPS}
    if "custom_fields" in shown:
        live = account.fields.custom_codes("deals" if name == "leads" else name)
        shown["custom_fields"] = {
            code: value
            for code, value in sorted(row["custom_fields"].items())
            if code in live and value is not None
        }
    return shown


def _field(field: Row) -> Row:
    options = [(option["id"], option["label"]) for option in field["options"] or ()]
    return dict(sorted({**field, "options": options}.items()))
