"""Rules of single objects that no describe tells.

https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from tests.sandbox.salesforce import content
from tests.sandbox.salesforce.deletion import obstacle
from tests.sandbox.salesforce.problem import Problem
from tests.sandbox.salesforce.values import parse_moment, show_moment

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.sandbox.salesforce.org import Org
    from tests.sandbox.salesforce.sobject import Sobject

Row = dict[str, Any]
PERMISSIONS = frozenset({"PermissionSet", "PermissionSetAssignment", "FieldPermissions"})
CLOSED_CASES = frozenset({"Closed"})
STAGES = {"Closed Won": (True, True), "Closed Lost": (True, False)}


def before_insert(org: Org, made: Sobject, values: Row, told: Mapping[str, Any]) -> Problem | None:
    """Why a record cannot be made."""
    check = INSERT.get(made.name)
    return check(org, values, told) if check else None


def before_update(org: Org, made: Sobject, row: Row, values: Row) -> Problem | None:
    """Why a record cannot be changed so."""
    check = UPDATE.get(made.name)
    return check(org, row, values) if check else None


def before_delete(org: Org, made: Sobject, row: Row) -> Problem | None:
    """Why a record cannot be deleted."""
    if made.name in {"User", "Organization", "Profile"} or row.get("IsStandard"):
        code = "CANNOT_DELETE_USER" if made.name == "User" else "INSUFFICIENT_ACCESS_OR_READONLY"
        return Problem(code, f"{made.label} cannot be deleted")
    if made.name == "ContentVersion":
        return Problem("INSUFFICIENT_ACCESS_OR_READONLY", "delete the ContentDocument instead")
    order = row if made.name == "Order" else org.find("Order", row.get("OrderId", ""))
    if made.name in {"Order", "OrderItem"} and order and order.get("StatusCode") == "Activated":
        return Problem("FAILED_ACTIVATION", "unable to modify activated or superseded order")
    why = obstacle(org, made, row)
    if why:
        message = (
            f"Your attempt to delete {row.get('Name', row['Id'])} could not be completed because "
            f"it is associated with the following {why}."
        )
        return Problem("DELETE_FAILED", message)
    return None


def complete(org: Org, made: Sobject, row: Row) -> None:
    """What the platform computes of a record's own fields."""
    if made.name == "Contact" or made.name == "User":
        row["Name"] = " ".join(filter(None, (row.get("FirstName"), row.get("LastName"))))
    elif made.name == "Case":
        row["IsClosed"] = row.get("Status") in CLOSED_CASES
    elif made.name == "Opportunity":
        row["IsClosed"], row["IsWon"] = STAGES.get(row.get("StageName", ""), (False, False))
    elif made.name == "Task":
        row["IsClosed"] = row.get("Status") == "Completed"
        _account_of(org, row)
    elif made.name == "Event":
        _event_times(row)
        _account_of(org, row)
    elif made.name == "Order":
        row["StatusCode"] = row.get("Status")
        row.setdefault("TotalAmount", 0.0)
    elif made.name in {"OpportunityLineItem", "OrderItem"}:
        _line(org, made.name, row)
    elif made.name == "PricebookEntry":
        product = org.find("Product2", row["Product2Id"])
        row["Name"] = product["Name"] if product else None


def after_insert(org: Org, made: Sobject, row: Row) -> None:
    """What follows for other records."""
    if made.name in PERMISSIONS:
        org.access.forget()
    _sum(org, made, row)
    if made.name == "OpportunityLineItem":
        opportunity = org.rows["Opportunity"][row["OpportunityId"]]
        if not opportunity.get("Pricebook2Id"):
            entry = org.rows["PricebookEntry"][row["PricebookEntryId"]]
            opportunity["Pricebook2Id"] = entry["Pricebook2Id"]
    elif made.name == "Contact" and row.get("AccountId"):
        org.insert_quietly(
            "AccountContactRelation",
            {
                "AccountId": row["AccountId"],
                "ContactId": row["Id"],
                "IsDirect": True,
                "IsActive": True,
            },
        )
    elif made.name in {"ContentVersion", "ContentNote"}:
        content.after_insert(org, made.name, row)


def after_update(org: Org, made: Sobject, row: Row, values: Row) -> None:
    """What follows for other records."""
    del values
    if made.name in PERMISSIONS:
        org.access.forget()
    _sum(org, made, row)


def after_delete(org: Org, made: Sobject, row: Row) -> None:
    """What follows for other records."""
    _sum(org, made, row)


def _sum(org: Org, made: Sobject, row: Row) -> None:
    """Parents whose amounts are the sum of their lines."""
    if made.name == "OpportunityLineItem":
        parent = org.find("Opportunity", row["OpportunityId"])
        lines = org.children("OpportunityLineItem", "OpportunityId", row["OpportunityId"])
        if parent is not None:
            parent["HasOpportunityLineItem"] = bool(lines)
            if lines:
                parent["Amount"] = round(sum(one.get("TotalPrice", 0) for one in lines), 2)
            else:
                parent.pop("Amount", None)
    elif made.name == "OrderItem":
        parent = org.find("Order", row["OrderId"])
        if parent is not None:
            lines = org.children("OrderItem", "OrderId", row["OrderId"])
            parent["TotalAmount"] = round(sum(one.get("TotalPrice", 0) for one in lines), 2)


def _account_of(org: Org, row: Row) -> None:
    """The account of an activity is derived from what it is about."""
    what = row.get("WhatId")
    row.pop("AccountId", None)
    if what and what[:3] == "001":
        row["AccountId"] = what
    elif what:
        parent = org.find(org.sobject_of(what) or "", what)
        if parent and parent.get("AccountId"):
            row["AccountId"] = parent["AccountId"]


def _event_times(row: Row) -> None:
    if row.get("IsAllDayEvent"):
        day = row.get("ActivityDate") or str(row.get("StartDateTime", ""))[:10]
        row["ActivityDate"] = day
        row.setdefault("StartDateTime", f"{day}T00:00:00.000+0000")
        row.setdefault("DurationInMinutes", 1440)
        row["ActivityDateTime"] = f"{day}T00:00:00.000+0000"
        row["EndDate"] = row.get("EndDate") or day
        row.setdefault("EndDateTime", f"{row['EndDate']}T00:00:00.000+0000")
        return
    start = row.get("StartDateTime") or row.get("ActivityDateTime")
    begin = parse_moment(start)
    if begin is None:
        return
    if row.get("DurationInMinutes") is None and row.get("EndDateTime"):
        end = parse_moment(row["EndDateTime"])
        row["DurationInMinutes"] = int((end - begin).total_seconds() // 60) if end else 0
    row["StartDateTime"] = row["ActivityDateTime"] = show_moment(begin)
    end = begin + timedelta(minutes=row.get("DurationInMinutes") or 0)
    row["EndDateTime"] = show_moment(end)
    row["ActivityDate"], row["EndDate"] = row["StartDateTime"][:10], row["EndDateTime"][:10]


def _line(org: Org, sobject: str, row: Row) -> None:
    entry = org.find("PricebookEntry", row.get("PricebookEntryId", ""))
    if entry is not None:
        product = org.find("Product2", entry["Product2Id"]) or {}
        row["Product2Id"], row["ListPrice"] = entry["Product2Id"], entry.get("UnitPrice")
        if product.get("ProductCode"):
            row["ProductCode"] = product["ProductCode"]
        if sobject == "OpportunityLineItem":
            parent = org.find("Opportunity", row["OpportunityId"]) or {}
            row["Name"] = f"{parent.get('Name', '')} {product.get('Name', '')}"[:376]
    quantity = row.get("Quantity") or 0
    if row.pop("_total_told", False) or row.get("UnitPrice") is None:
        row["UnitPrice"] = round((row.get("TotalPrice") or 0) / quantity, 2) if quantity else 0.0
    else:
        share = 1 - (row.get("Discount") or 0) / 100
        row["TotalPrice"] = round(quantity * row["UnitPrice"] * share, 2)
    if sobject == "OrderItem":
        row["AvailableQuantity"] = quantity


def _insert_order(org: Org, values: Row, told: Mapping[str, Any]) -> Problem | None:
    del org, told
    if values.get("Status") != "Draft":
        message = "Choose a valid order status and save your changes. Ask your admin for details."
        return Problem("FAILED_ACTIVATION", message, ("Status",))
    if values.get("AccountId") is None and values.get("ContractId") is None:
        return Problem(
            "REQUIRED_FIELD_MISSING", "Required fields are missing: [AccountId]", ("AccountId",)
        )
    return None


def _update_order(org: Org, row: Row, values: Row) -> Problem | None:
    if values.get("Status", row["Status"]) != row["Status"]:
        if set(values) != {"Status"} and values["Status"] == "Activated":
            message = "unable to change other fields while the order is activated"
            return Problem("FAILED_ACTIVATION", message)
        if values["Status"] == "Activated" and not org.children("OrderItem", "OrderId", row["Id"]):
            message = "an order must have at least one product"
            return Problem("FAILED_ACTIVATION", message)
        if values["Status"] not in {"Draft", "Activated"}:
            return Problem(
                "FAILED_ACTIVATION", "Choose a valid order status and save your changes."
            )
    elif row["Status"] == "Activated" and {"AccountId", "Pricebook2Id"} & set(values):
        changed = [
            n for n in ("AccountId", "Pricebook2Id") if n in values and values[n] != row.get(n)
        ]
        if changed:
            return Problem("FIELD_INTEGRITY_EXCEPTION", "field integrity exception", tuple(changed))
    if "Pricebook2Id" in values and values["Pricebook2Id"] != row.get("Pricebook2Id"):
        if org.children("OrderItem", "OrderId", row["Id"]):
            message = "field integrity exception: Pricebook2Id (the order has products)"
            return Problem("FIELD_INTEGRITY_EXCEPTION", message, ("Pricebook2Id",))
    return None


def _insert_order_item(org: Org, values: Row, told: Mapping[str, Any]) -> Problem | None:
    del told
    order = org.rows["Order"][values["OrderId"]]
    if order["StatusCode"] == "Activated":
        return Problem("FAILED_ACTIVATION", "unable to modify activated or superseded order")
    entry = org.find("PricebookEntry", values.get("PricebookEntryId") or "")
    if entry is None:
        message = "Required fields are missing: [PricebookEntryId]"
        return Problem("REQUIRED_FIELD_MISSING", message, ("PricebookEntryId",))
    if not order.get("Pricebook2Id"):
        message = "field integrity exception: PricebookEntryId (pricebook entry is not in the order's price book)"
        return Problem("FIELD_INTEGRITY_EXCEPTION", message, ("PricebookEntryId",))
    if entry["Pricebook2Id"] != order["Pricebook2Id"]:
        message = (
            "The pricebook entry is in a different pricebook than the one assigned to the Order"
        )
        return Problem("FIELD_INTEGRITY_EXCEPTION", message, ("PricebookEntryId",))
    return _active(org, entry) or _price(values)


def _update_order_item(org: Org, row: Row, values: Row) -> Problem | None:
    order = org.rows["Order"][row["OrderId"]]
    if order["StatusCode"] == "Activated" and {"Quantity", "UnitPrice"} & set(values):
        return Problem("FAILED_ACTIVATION", "unable to modify activated or superseded order")
    return None


def _price(values: Row) -> Problem | None:
    if values.get("UnitPrice") is None:
        return Problem(
            "REQUIRED_FIELD_MISSING", "Required fields are missing: [UnitPrice]", ("UnitPrice",)
        )
    return None


def _active(org: Org, entry: Row) -> Problem | None:
    if not entry.get("IsActive"):
        message = "The pricebook entry is inactive"
        return Problem("FIELD_INTEGRITY_EXCEPTION", message, ("PricebookEntryId",))
    if not (org.find("Pricebook2", entry["Pricebook2Id"]) or {}).get("IsActive"):
        message = "The price book is inactive"
        return Problem("FIELD_INTEGRITY_EXCEPTION", message, ("PricebookEntryId",))
    return None


def _insert_line(org: Org, values: Row, told: Mapping[str, Any]) -> Problem | None:
    entry = org.find("PricebookEntry", values.get("PricebookEntryId") or "")
    if entry is None:
        message = "Required fields are missing: [PricebookEntryId]"
        return Problem("REQUIRED_FIELD_MISSING", message, ("PricebookEntryId",))
    unit, total = values.get("UnitPrice"), values.get("TotalPrice")
    if unit is not None and total is not None:
        message = "only one may be set: TotalPrice or UnitPrice"
        return Problem("FIELD_INTEGRITY_EXCEPTION", message, ("TotalPrice", "UnitPrice"))
    if unit is None and total is None:
        message = "Required fields are missing: [UnitPrice]"
        return Problem("REQUIRED_FIELD_MISSING", message, ("UnitPrice",))
    opportunity = org.rows["Opportunity"][values["OpportunityId"]]
    book = opportunity.get("Pricebook2Id")
    if book and entry["Pricebook2Id"] != book:
        message = "The pricebook entry is in a different pricebook than the one assigned to the opportunity"
        return Problem("FIELD_INTEGRITY_EXCEPTION", message, ("PricebookEntryId",))
    if values.get("Quantity") == 0:
        message = "Quantity must be nonzero"
        return Problem("FIELD_INTEGRITY_EXCEPTION", message, ("Quantity",))
    values["_total_told"] = total is not None
    del told
    return _active(org, entry)


def _update_line(org: Org, row: Row, values: Row) -> Problem | None:
    del org
    if values.get("UnitPrice") is not None and values.get("TotalPrice") is not None:
        message = "only one may be set: TotalPrice or UnitPrice"
        return Problem("FIELD_INTEGRITY_EXCEPTION", message, ("TotalPrice", "UnitPrice"))
    row["_total_told"] = "TotalPrice" in values
    return None


def _update_opportunity(org: Org, row: Row, values: Row) -> Problem | None:
    lines = org.children("OpportunityLineItem", "OpportunityId", row["Id"])
    if lines and "Amount" in values and values["Amount"] != row.get("Amount"):
        del values["Amount"]  # it is left as the lines add up; the API says nothing about it
    if "Pricebook2Id" in values and values["Pricebook2Id"] != row.get("Pricebook2Id"):
        for line in lines:
            org.delete("OpportunityLineItem", line["Id"])
    return None


def _insert_entry(org: Org, values: Row, told: Mapping[str, Any]) -> Problem | None:
    del told
    same = [
        one
        for one in org.children("PricebookEntry", "Product2Id", values["Product2Id"])
        if one["Pricebook2Id"] == values["Pricebook2Id"]
    ]
    if same:
        message = "This price definition already exists in this price book"
        return Problem("DUPLICATE_VALUE", message)
    if values["Pricebook2Id"] != org.standard_book and not [
        one
        for one in org.children("PricebookEntry", "Product2Id", values["Product2Id"])
        if one["Pricebook2Id"] == org.standard_book
    ]:
        message = "No standard price defined for this product"
        return Problem("STANDARD_PRICE_NOT_DEFINED", message)
    return None


def _insert_event(org: Org, values: Row, told: Mapping[str, Any]) -> Problem | None:
    del told
    start = values.get("StartDateTime") or values.get("ActivityDateTime")
    if start is None and values.get("ActivityDate") is None:
        message = "Required fields are missing: [ActivityDateTime]"
        return Problem("REQUIRED_FIELD_MISSING", message, ("ActivityDateTime",))
    if not values.get("IsAllDayEvent") and values.get("DurationInMinutes") is None:
        if values.get("EndDateTime") is None:
            message = "Required fields are missing: [DurationInMinutes]"
            return Problem("REQUIRED_FIELD_MISSING", message, ("DurationInMinutes",))
    return _event_span(values) or _activity(org, values)


def _event_span(values: Row) -> Problem | None:
    begin = parse_moment(values.get("StartDateTime") or values.get("ActivityDateTime"))
    end = parse_moment(values.get("EndDateTime"))
    minutes = values.get("DurationInMinutes")
    if begin is None:
        return None
    if end is not None:
        span = int((end - begin).total_seconds() // 60)
        if span < 0:
            message = "The end date and time must be after the start"
            return Problem("FIELD_INTEGRITY_EXCEPTION", message, ("EndDateTime",))
        if minutes is not None and minutes != span:
            message = "Duration and end do not agree"
            return Problem("FIELD_INTEGRITY_EXCEPTION", message, ("DurationInMinutes",))
        minutes = span
    if minutes is not None and minutes > 14 * 24 * 60:
        message = "The duration of an event is limited to 14 days"
        return Problem("FIELD_INTEGRITY_EXCEPTION", message, ("DurationInMinutes",))
    return None


def _update_event(org: Org, row: Row, values: Row) -> Problem | None:
    merged = {**row, **values}
    if {"StartDateTime", "ActivityDateTime"} & set(values):
        merged["StartDateTime"] = values.get("StartDateTime") or values.get("ActivityDateTime")
        if "EndDateTime" not in values:
            merged.pop("EndDateTime", None)
            row.pop("EndDateTime", None)
    if "EndDateTime" in values and "DurationInMinutes" not in values:
        merged.pop("DurationInMinutes", None)
        row.pop("DurationInMinutes", None)
    return _event_span(merged) or _activity(org, merged)


def _activity(org: Org, values: Row) -> Problem | None:
    who = values.get("WhoId") or ""
    if who[:3] == "00Q" and values.get("WhatId"):
        return Problem("FIELD_INTEGRITY_EXCEPTION", "WhatId cannot be specified with a Lead WhoId")
    del org
    return None


def _insert_task(org: Org, values: Row, told: Mapping[str, Any]) -> Problem | None:
    del told
    return _activity(org, values)


def _insert_assignment(org: Org, values: Row, told: Mapping[str, Any]) -> Problem | None:
    del told
    for row in org.children(
        "PermissionSetAssignment", "PermissionSetId", values["PermissionSetId"]
    ):
        if row["AssigneeId"] == values["AssigneeId"]:
            message = (
                "duplicate value found: <unknown> duplicates value on record with id: <unknown>"
            )
            return Problem("DUPLICATE_VALUE", message)
    return None


def _insert_field_permission(org: Org, values: Row, told: Mapping[str, Any]) -> Problem | None:
    del told
    sobject, _, name = values["Field"].partition(".")
    made = org.objects.get(values["SobjectType"])
    if made is None or sobject != values["SobjectType"] or name not in made.fields:
        message = f"Field Name: bad value for restricted picklist field: {values['Field']}"
        return Problem("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", message, ("Field",))
    if made.fields[name].required:
        message = f"You cannot deploy to a required field: {values['Field']}"
        return Problem("FIELD_INTEGRITY_EXCEPTION", message, ("Field",))
    same = [
        one
        for one in org.children("FieldPermissions", "ParentId", values["ParentId"])
        if one["Field"] == values["Field"]
    ]
    if same:
        return Problem("DUPLICATE_VALUE", "duplicate value found: <unknown>")
    return None


INSERT = {
    "Order": _insert_order,
    "OrderItem": _insert_order_item,
    "OpportunityLineItem": _insert_line,
    "PricebookEntry": _insert_entry,
    "Event": _insert_event,
    "Task": _insert_task,
    "PermissionSetAssignment": _insert_assignment,
    "FieldPermissions": _insert_field_permission,
    "ContentVersion": content.before_version,
    "ContentDocumentLink": content.before_link,
}
UPDATE = {
    "Order": _update_order,
    "OrderItem": _update_order_item,
    "OpportunityLineItem": _update_line,
    "Opportunity": _update_opportunity,
    "Event": _update_event,
}
