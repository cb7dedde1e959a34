"""Deleting: what goes along, what is emptied, what forbids it.

https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_delete.htm
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.sandbox.salesforce.org import Org
    from tests.sandbox.salesforce.sobject import Sobject

Row = dict[str, Any]

CASCADES = {
    ("Contact", "AccountId"),
    ("Opportunity", "AccountId"),
    ("Task", "WhatId"),
    ("Event", "WhatId"),
    ("Note", "ParentId"),
    ("Attachment", "ParentId"),
    ("ContentDocumentLink", "LinkedEntityId"),
    ("ContentDocumentLink", "ContentDocumentId"),
    ("ContentVersion", "ContentDocumentId"),
    ("OpportunityLineItem", "OpportunityId"),
    ("OrderItem", "OrderId"),
    ("PricebookEntry", "Product2Id"),
    ("PricebookEntry", "Pricebook2Id"),
    ("AccountContactRelation", "AccountId"),
    ("AccountContactRelation", "ContactId"),
    ("FieldPermissions", "ParentId"),
    ("ObjectPermissions", "ParentId"),
}
"""Children that go with their parent."""

FORBIDS = {
    ("Case", "AccountId"): "cases",
    ("Case", "ContactId"): "cases",
    ("Order", "AccountId"): "orders",
    ("OpportunityLineItem", "PricebookEntryId"): "opportunity products",
    ("OrderItem", "PricebookEntryId"): "order products",
    ("PermissionSetAssignment", "PermissionSetId"): "assignments",
}
"""Children that forbid it."""


def children(org: Org, made: Sobject, record_id: str) -> list[tuple[Sobject, str, str]]:
    """(object, field, id) of all that refers to a record."""
    found = []
    for child in org.objects.values():
        for one in child.fields.values():
            if one.type == "reference" and (made.name in one.to or one.to == ("*",)):
                found += [
                    (child, one.name, each) for each in org.index.ids(child.name, one, record_id)
                ]
    return found


def obstacle(org: Org, made: Sobject, row: Row) -> str:
    """What forbids to delete it or what goes with it, by the name that people know it by."""
    for child, name, record_id in children(org, made, row["Id"]):
        if (child.name, name) in FORBIDS:
            return FORBIDS[child.name, name]
        if (child.name, name) in CASCADES and (other := org.find(child.name, record_id)):
            deeper = obstacle(org, child, other)
            if deeper:
                return deeper
    return ""


def delete(org: Org, made: Sobject, row: Row, *, hard: bool) -> None:
    """Delete a record with what goes along; other references to it are emptied."""
    for child, name, record_id in children(org, made, row["Id"]):
        other = org.rows[child.name].get(record_id)
        if other is None:
            continue
        if (child.name, name) in CASCADES:
            delete(org, child, other, hard=hard)
        elif not name.endswith("ById") and name != "OwnerId":
            org.store.change(child, other, {name: None})
    org.remove(made, row, hard=hard)
    for twin in ("ContentDocument", "ContentNote"):
        if made.name in {"ContentDocument", "ContentNote"} and twin != made.name:
            other = org.rows[twin].get(row["Id"])
            if other is not None:
                delete(org, org.objects[twin], other, hard=hard)
