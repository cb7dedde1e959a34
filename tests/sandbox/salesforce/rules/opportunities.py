"""Opportunities and their products, whose prices come from one price book.

https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/
sforce_api_objects_opportunitylineitem.htm
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.sandbox.salesforce.problem import Problem
from tests.sandbox.salesforce.rules import prices

if TYPE_CHECKING:
    from tests.sandbox.salesforce.org import Org

Row = dict[str, Any]
STAGES = {
    "Prospecting": (False, False, 10, "Pipeline"),
    "Qualification": (False, False, 10, "Pipeline"),
    "Needs Analysis": (False, False, 20, "Pipeline"),
    "Value Proposition": (False, False, 50, "Pipeline"),
    "Id. Decision Makers": (False, False, 60, "Pipeline"),
    "Perception Analysis": (False, False, 70, "Pipeline"),
    "Proposal/Price Quote": (False, False, 75, "Pipeline"),
    "Negotiation/Review": (False, False, 90, "Pipeline"),
    "Closed Won": (True, True, 100, "Closed"),
    "Closed Lost": (True, False, 0, "Omitted"),
}
"""Closed, won, probability and forecast category of the stages of a new org."""
UNKNOWN = (False, False, 0, "Pipeline")
EITHER = "only one may be set: TotalPrice or UnitPrice"
# A guess: no page was found that quotes these two.
OTHER_BOOK = (
    "The pricebook entry is in a different pricebook than the one assigned to the opportunity"
)
NO_QUANTITY = "Quantity must be nonzero"


def update_opportunity(org: Org, row: Row, values: Row) -> Problem | None:
    lines = org.children("OpportunityLineItem", "OpportunityId", row["Id"])
    if lines:
        # It stays as the lines add up; the API says nothing about it.
        values.pop("Amount", None)
    if "Pricebook2Id" in values and values["Pricebook2Id"] != row.get("Pricebook2Id"):
        for line in lines:
            org.delete("OpportunityLineItem", line["Id"])
    if "StageName" in values and values["StageName"] != row["StageName"]:
        _, _, probability, forecast = STAGES.get(values["StageName"], UNKNOWN)
        values.setdefault("Probability", float(probability))
        values.setdefault("ForecastCategoryName", forecast)
    return None


def complete_opportunity(org: Org, row: Row) -> None:
    del org
    closed, won, probability, forecast = STAGES.get(row["StageName"], UNKNOWN)
    row["IsClosed"], row["IsWon"] = closed, won
    row.setdefault("Probability", float(probability))
    row.setdefault("ForecastCategoryName", forecast)
    row["ForecastCategory"] = row["ForecastCategoryName"]


def insert_line(org: Org, values: Row) -> Problem | None:
    entry = org.find("PricebookEntry", values.get("PricebookEntryId") or "")
    if entry is None:
        text = "Required fields are missing: [PricebookEntryId]"
        return Problem("REQUIRED_FIELD_MISSING", text, ("PricebookEntryId",))
    unit, total = values.get("UnitPrice"), values.get("TotalPrice")
    if unit is not None and total is not None:
        return Problem("FIELD_INTEGRITY_EXCEPTION", EITHER, ("TotalPrice", "UnitPrice"))
    if unit is None and total is None:
        text = "Required fields are missing: [UnitPrice]"
        return Problem("REQUIRED_FIELD_MISSING", text, ("UnitPrice",))
    book = org.rows["Opportunity"][values["OpportunityId"]].get("Pricebook2Id")
    if book and entry["Pricebook2Id"] != book:
        return Problem("FIELD_INTEGRITY_EXCEPTION", OTHER_BOOK, ("PricebookEntryId",))
    if values.get("Quantity") == 0:
        return Problem("FIELD_INTEGRITY_EXCEPTION", NO_QUANTITY, ("Quantity",))
    return prices.usable(org, entry)


def update_line(org: Org, row: Row, values: Row) -> Problem | None:
    del org
    if values.get("UnitPrice") is not None and values.get("TotalPrice") is not None:
        return Problem("FIELD_INTEGRITY_EXCEPTION", EITHER, ("TotalPrice", "UnitPrice"))
    if values.get("TotalPrice") is not None:
        values["UnitPrice"] = None
    elif {"UnitPrice", "Quantity", "Discount"} & set(values):
        values["TotalPrice"] = None
        values.setdefault("UnitPrice", row["UnitPrice"])
    return None


def complete_line(org: Org, row: Row) -> None:
    """The price that was told decides the other one."""
    prices.complete_line(org, row)
    parent = org.find("Opportunity", row["OpportunityId"]) or {}
    product = org.find("Product2", row.get("Product2Id", "")) or {}
    row["Name"] = f"{parent.get('Name', '')} {product.get('Name', '')}"[:376]
    quantity = row.get("Quantity") or 0
    share = 1 - (row.get("Discount") or 0) / 100
    if row.get("UnitPrice") is None:
        whole = quantity * share
        row["UnitPrice"] = round(row["TotalPrice"] / whole, 2) if whole else 0.0
    elif row.get("TotalPrice") is None:
        row["TotalPrice"] = round(quantity * row["UnitPrice"] * share, 2)


def choose_book(org: Org, row: Row) -> None:
    """The first line decides the price book of an opportunity that has none."""
    opportunity = org.rows["Opportunity"][row["OpportunityId"]]
    if not opportunity.get("Pricebook2Id"):
        entry = org.rows["PricebookEntry"][row["PricebookEntryId"]]
        book = {"Pricebook2Id": entry["Pricebook2Id"]}
        org.store.change(org.objects["Opportunity"], opportunity, book)


def add_up(org: Org, row: Row) -> None:
    """The amount of an opportunity with lines is theirs."""
    opportunity = org.find("Opportunity", row["OpportunityId"])
    if opportunity is None:
        return
    lines = org.children("OpportunityLineItem", "OpportunityId", row["OpportunityId"])
    values: Row = {"HasOpportunityLineItem": bool(lines)}
    if lines:
        values["Amount"] = round(sum(one["TotalPrice"] for one in lines), 2)
    org.store.change(org.objects["Opportunity"], opportunity, values)
