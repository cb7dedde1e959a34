"""What the describes of single objects do not say, as data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

Row = dict[str, Any]

ACTIVITY = "Activity"
"""The object that Task and Event have their custom fields of."""
ACTIVITIES = ("Task", "Event")

PSEUDO: Mapping[str, tuple[Row, ...]] = {
    "ContentNote": (
        {
            "name": "Content",
            "label": "Content",
            "type": "textarea",
            "extraTypeInfo": "richtextarea",
            "createable": True,
            "updateable": True,
            "nillable": True,
        },
        {
            "name": "LinkedEntityId",
            "label": "Linked record",
            "type": "reference",
            "referenceTo": [],
            "createable": True,
            "updateable": False,
            "nillable": False,
        },
    ),
    "ContentVersion": (
        {
            "name": "file",
            "label": "File",
            "type": "file",
            "createable": True,
            "updateable": False,
            "nillable": False,
        },
    ),
}
"""Fields as mappings have them, in place of those of the same name: a note with the record that it
is linked to, a version with its bytes."""

COMPUTED: Mapping[str, frozenset[str]] = {
    # Draft on create; only acts change it.
    "Order": frozenset({"Status"}),
    # The first follow from the lines, once there are some, the others from the stage.
    "Opportunity": frozenset(
        {
            "Amount",
            "TotalOpportunityQuantity",
            "Pricebook2Id",
            "Probability",
            "ForecastCategory",
            "ForecastCategoryName",
        }
    ),
    # Each price follows from the other one.
    "OpportunityLineItem": frozenset({"TotalPrice", "UnitPrice"}),
    # From the contact.
    "Case": frozenset({"AccountId"}),
    # Each time follows from the others.
    "Event": frozenset(
        {"ActivityDate", "ActivityDateTime", "DurationInMinutes", "EndDateTime", "EndDate"}
    ),
}
"""Fields that Salesforce fills from others where nobody does.

https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/
(sforce_api_objects_opportunity.htm, …_opportunitylineitem.htm, …_case.htm, …_event.htm)
"""

PARENTS: Mapping[str, str] = {
    "Contact": "AccountId",
    "Opportunity": "AccountId",
    "Case": "AccountId",
    "Order": "AccountId",
    "Asset": "AccountId",
    "Contract": "AccountId",
    "OpportunityLineItem": "OpportunityId",
    "OpportunityContactRole": "OpportunityId",
    "OrderItem": "OrderId",
    "PricebookEntry": "Product2Id",
    "AccountContactRelation": "AccountId",
    "Task": "WhatId",
    "Event": "WhatId",
    "CaseComment": "ParentId",
    "Note": "ParentId",
    "Attachment": "ParentId",
}
"""The parent that a write locks first. Of other objects it is the first reference that a record
holds. https://developer.salesforce.com/docs/atlas.en-us.record_locking_cheatsheet.meta"""

NATURAL_KEYS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "PricebookEntry": (
        ("Pricebook2Id", "Product2Id", "CurrencyIsoCode"),
        ("Pricebook2Id", "Product2Id"),
    ),
    "AccountContactRelation": (("AccountId", "ContactId"),),
    "OpportunityContactRole": (("OpportunityId", "ContactId", "Role"),),
    "ContentDocumentLink": (("ContentDocumentId", "LinkedEntityId"),),
    "FieldPermissions": (("ParentId", "SobjectType", "Field"),),
    "ObjectPermissions": (("ParentId", "SobjectType"),),
    "PermissionSetAssignment": (("PermissionSetId", "AssigneeId"),),
}
"""Fields of which an org holds no two equal sets; the first set that a record has all of counts."""

BULK_WITHOUT = frozenset(
    {
        "User",
        "ContentNote",
        "ContentVersion",
        "ContentDocument",
        "ContentDocumentLink",
        "Note",
        "Attachment",
        "Document",
        "FieldPermissions",
        "ObjectPermissions",
        "PermissionSet",
        "PermissionSetAssignment",
        "AccountContactRelation",
    }
)
"""Objects that are never sent by a job: they carry bytes, are few, or depend on each other.
https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/bulk_api_2_limits.htm
"""

NEVER_MADE: Mapping[str, str] = {
    "User": "users are matched, not made: each one takes a licence",
    "Organization": "there is one, and it is not made",
    "Profile": "profiles are made by administrators",
}
NEVER_REMOVED: Mapping[str, str] = {
    "User": "Salesforce removes no users; deactivate this one in Setup",
    "Organization": "there is one, and it stays",
}

WITHOUT_CUSTOM_FIELDS = frozenset(
    {"ContentNote", "ContentDocument", "ContentDocumentLink", "Note", "Attachment"}
)
"""Objects that nobody can add fields to, of those that are loaded."""
