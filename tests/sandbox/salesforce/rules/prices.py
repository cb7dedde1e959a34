"""Price books: a standard price first, and one price of a product in each book.

https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/
sforce_api_objects_pricebookentry.htm
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.sandbox.salesforce.problem import Problem

if TYPE_CHECKING:
    from tests.sandbox.salesforce.org import Org

Row = dict[str, Any]


def insert_entry(org: Org, values: Row) -> Problem | None:
    others = org.children("PricebookEntry", "Product2Id", values["Product2Id"])
    books = {one["Pricebook2Id"] for one in others}
    if values["Pricebook2Id"] in books:
        text = "This price definition already exists in this price book"
        return Problem("DUPLICATE_VALUE", text)
    if values["Pricebook2Id"] == org.standard_book:
        return _price(values)
    if org.standard_book not in books:
        text = "No standard price defined for this product"
        return Problem("STANDARD_PRICE_NOT_DEFINED", text)
    return _price(values)


def _price(values: Row) -> Problem | None:
    """A price of its own, or the standard one, but not both."""
    if values.get("UseStandardPrice"):
        if values.get("UnitPrice") is not None:
            text = "UnitPrice cannot be set where the standard price is used"
            return Problem("FIELD_INTEGRITY_EXCEPTION", text, ("UnitPrice",))
        return None
    if values.get("UnitPrice") is None:
        text = "Required fields are missing: [UnitPrice]"
        return Problem("REQUIRED_FIELD_MISSING", text, ("UnitPrice",))
    return None


def update_entry(org: Org, row: Row, values: Row) -> Problem | None:
    del org
    if {**row, **values}.get("UseStandardPrice") and "UnitPrice" in values:
        text = "UnitPrice cannot be set where the standard price is used"
        return Problem("FIELD_INTEGRITY_EXCEPTION", text, ("UnitPrice",))
    return None


def complete_entry(org: Org, row: Row) -> None:
    product = org.find("Product2", row["Product2Id"]) or {}
    row["Name"] = product.get("Name")
    if product.get("ProductCode"):
        row["ProductCode"] = product["ProductCode"]
    if row.get("UseStandardPrice"):
        for one in org.children("PricebookEntry", "Product2Id", row["Product2Id"]):
            if one["Pricebook2Id"] == org.standard_book:
                row["UnitPrice"] = one["UnitPrice"]


def usable(org: Org, entry: Row) -> Problem | None:
    """Why a line cannot have this price: it or its book is not active."""
    book = org.find("Pricebook2", entry["Pricebook2Id"]) or {}
    for holder, text in ((entry, "pricebook entry is inactive"), (book, "pricebook is inactive")):
        if not holder.get("IsActive"):
            return Problem("FIELD_INTEGRITY_EXCEPTION", text, ("PricebookEntryId",))
    return None


def complete_line(org: Org, row: Row) -> None:
    """What the line of an opportunity or an order takes from its price."""
    entry = org.find("PricebookEntry", row.get("PricebookEntryId", ""))
    if entry is None:
        return
    product = org.find("Product2", entry["Product2Id"]) or {}
    row["Product2Id"], row["ListPrice"] = entry["Product2Id"], entry.get("UnitPrice")
    if product.get("ProductCode"):
        row["ProductCode"] = product["ProductCode"]
