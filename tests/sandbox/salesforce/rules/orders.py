"""Orders: drafts that get products and are activated by an update of their own.

https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_objects_order.htm
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.sandbox.salesforce.problem import Problem
from tests.sandbox.salesforce.rules import prices

if TYPE_CHECKING:
    from tests.sandbox.salesforce.org import Org

Row = dict[str, Any]
CHOOSE = "Choose a valid order status and save your changes. Ask your admin for details."
# A guess: the code is known from practice, its texts stand in no page that was found.
ALONE = "When you activate an order, no other field can be changed."
NO_ITEMS = "An order must have at least one product."
FIXED = "unable to modify activated or superseded order"
ONLY_DRAFTS = ("AccountId", "ContractId", "Pricebook2Id", "CurrencyIsoCode")
"""Fields that may only be changed while the order is a draft."""


def insert_order(org: Org, values: Row) -> Problem | None:
    if _category(org, values["Status"]) != "Draft":
        return Problem("FAILED_ACTIVATION", CHOOSE, ("Status",))
    if values.get("AccountId") is None and values.get("ContractId") is None:
        text = "Required fields are missing: [AccountId]"
        return Problem("REQUIRED_FIELD_MISSING", text, ("AccountId",))
    return None


def update_order(org: Org, row: Row, values: Row) -> Problem | None:
    items = org.children("OrderItem", "OrderId", row["Id"])
    wanted = _category(org, values.get("Status", row["Status"]))
    if wanted is None:
        return Problem("FAILED_ACTIVATION", CHOOSE, ("Status",))
    if wanted == "Activated" and row["StatusCode"] == "Draft":
        if set(values) != {"Status"}:
            return Problem("FAILED_ACTIVATION", ALONE)
        if not items:
            return Problem("FAILED_ACTIVATION", NO_ITEMS)
    changed = [name for name in ONLY_DRAFTS if name in values and values[name] != row.get(name)]
    if changed and (row["StatusCode"] == "Activated" or ("Pricebook2Id" in changed and items)):
        text = f"field integrity exception ({', '.join(changed)})"
        return Problem("FIELD_INTEGRITY_EXCEPTION", text, tuple(changed))
    return None


def insert_item(org: Org, values: Row) -> Problem | None:
    order = org.rows["Order"][values["OrderId"]]
    if order["StatusCode"] == "Activated":
        return Problem("FAILED_ACTIVATION", FIXED)
    entry = org.find("PricebookEntry", values.get("PricebookEntryId") or "")
    if entry is None:
        text = "Required fields are missing: [PricebookEntryId]"
        return Problem("REQUIRED_FIELD_MISSING", text, ("PricebookEntryId",))
    if entry["Pricebook2Id"] != order.get("Pricebook2Id"):
        text = "pricebook entry is in a different pricebook than the one assigned to the order"
        return Problem("FIELD_INTEGRITY_EXCEPTION", text, ("PricebookEntryId",))
    if values.get("UnitPrice") is None:
        text = "Required fields are missing: [UnitPrice]"
        return Problem("REQUIRED_FIELD_MISSING", text, ("UnitPrice",))
    return prices.usable(org, entry)


def update_item(org: Org, row: Row, values: Row) -> Problem | None:
    order = org.rows["Order"][row["OrderId"]]
    if order["StatusCode"] == "Activated" and {"Quantity", "UnitPrice"} & set(values):
        return Problem("FAILED_ACTIVATION", FIXED)
    return None


def before_delete(org: Org, sobject: str, row: Row) -> Problem | None:
    """Activated orders and their items stay."""
    if sobject == "Order" and row["StatusCode"] == "Activated":
        return Problem("DELETE_FAILED", "cannot delete an activated order")
    if sobject == "OrderItem":
        order = org.find("Order", row["OrderId"])
        if order is not None and order["StatusCode"] == "Activated":
            return Problem("DELETE_FAILED", FIXED)
    return None


def complete_order(org: Org, row: Row) -> None:
    row["StatusCode"] = _category(org, row["Status"])
    if row["StatusCode"] == "Activated":
        row.setdefault("ActivatedDate", row["LastModifiedDate"])
        row.setdefault("ActivatedById", row["LastModifiedById"])
    else:
        row.pop("ActivatedDate", None)
        row.pop("ActivatedById", None)
    row.setdefault("TotalAmount", 0.0)


def complete_item(org: Org, row: Row) -> None:
    prices.complete_line(org, row)
    row["TotalPrice"] = round((row.get("Quantity") or 0) * row["UnitPrice"], 2)
    row["AvailableQuantity"] = row.get("Quantity") or 0


def add_up(org: Org, row: Row) -> None:
    """An order's amount is that of its items."""
    order = org.find("Order", row["OrderId"])
    if order is not None:
        items = org.children("OrderItem", "OrderId", row["OrderId"])
        total = round(sum(one["TotalPrice"] for one in items), 2)
        org.store.change(org.objects["Order"], order, {"TotalAmount": total})


def _category(org: Org, status: str) -> str | None:
    """What a status means to the platform, by the org's own table of them."""
    rows = org.rows["OrderStatus"].values()
    return next((row["StatusCode"] for row in rows if row["ApiName"] == status), None)
