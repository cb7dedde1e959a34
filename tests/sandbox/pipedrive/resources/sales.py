"""Products and activities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from typing_extensions import override

from tests.sandbox.pipedrive.resources.contacts import whole_address
from tests.sandbox.pipedrive.resources.deal_products import settle_billing
from tests.sandbox.pipedrive.resources.records import Records
from tests.sandbox.pipedrive.tables.sales import ACTIVITY, PRODUCT
from tests.sandbox.pipedrive.tables.starting import DEFAULT_CURRENCY

if TYPE_CHECKING:
    from tests.sandbox.pipedrive.account import Account
    from tests.sandbox.pipedrive.call import Call
    from tests.sandbox.pipedrive.refusal import Faults

    Row = dict[str, Any]


class Products(Records):
    name = "products"
    singular = "Product"
    attributes = PRODUCT
    column = "product_id"
    created_status = 201

    @override
    def settle(self, call: Call, before: Row | None, values: Row) -> None:
        settle_billing(call.account, before, values, call.faults)
        if before is None:
            values.setdefault("prices", [{"currency": DEFAULT_CURRENCY, "price": 0}])
        currencies = [price.get("currency") for price in values.get("prices", ())]
        if len(set(currencies)) < len(currencies):
            call.faults.add("prices", "There can only be one price per currency.")
        if "prices" in values:
            values["prices"] = [
                {"cost": 0, "direct_cost": None, "notes": "", **price} for price in values["prices"]
            ]

    @override
    def shown(self, call: Call, row: Row) -> Row:
        shown = super().shown(call, row)
        shown["prices"] = [{"product_id": row["id"], **price} for price in row["prices"]]
        return shown


class Activities(Records):
    name = "activities"
    singular = "Activity"
    attributes = ACTIVITY
    stamped_with = ("owner_id", "creator_user_id")
    filters = ("deal_id", "person_id", "org_id", "owner_id", "lead_id", "done")

    @override
    def settle(self, call: Call, before: Row | None, values: Row) -> None:
        account = call.account
        if before is None:
            kind = min(account.tables["activity_types"], key=lambda row: row["order_nr"])
            values.setdefault("type", kind["key_string"])
            values.setdefault("subject", kind["name"])
        if "participants" in values:
            values["participants"] = _participants(values["participants"], call.faults)
            values["person_id"] = next(
                (p.get("person_id") for p in values["participants"] if p["primary"]), None
            )
        if "done" in values and values["done"] != bool(before and before["done"]):
            values["marked_as_done_time"] = account.now() if values["done"] else None
        whole_address(values, "location")

    @override
    def shown(self, call: Call, row: Row) -> Row:
        shown = super().shown(call, row)
        if call.body is None and "attendees" not in call.query.get("include_fields", ()):
            del shown["attendees"]
        return shown

    @override
    def included(self, account: Account, row: Row, name: str) -> Any:
        return row[name]


def _participants(sent: list[Row], faults: Faults) -> list[Row]:
    primaries = sum(bool(p.get("primary")) for p in sent)
    if primaries > 1:
        faults.add("participants", "Only one participant can be primary.")
    return [
        {**p, "primary": p.get("primary", False) if primaries else number == 0}
        for number, p in enumerate(sent)
    ]
