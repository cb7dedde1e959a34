"""Describes as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.sandbox.salesforce.deletion import CASCADES, FORBIDS
from tests.sandbox.salesforce.described_field import described

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.sandbox.salesforce.org import Org
    from tests.sandbox.salesforce.sobject import Field, Sobject

Row = dict[str, Any]
PLURALS = {
    "Attachment": "Attachments",
    "Case": "Cases",
    "Contact": "Contacts",
    "ContentDocumentLink": "ContentDocumentLinks",
    "Event": "Events",
    "Note": "Notes",
    "Opportunity": "Opportunities",
    "OpportunityLineItem": "OpportunityLineItems",
    "Order": "Orders",
    "OrderItem": "OrderItems",
    "PricebookEntry": "PricebookEntries",
    "Task": "Tasks",
}
"""Names of child relationships."""

NEVER = {
    "actionOverrides": [],
    "compactLayoutable": True,
    "deepCloneable": False,
    "defaultImplementation": None,
    "extendedBy": None,
    "extendsInterfaces": None,
    "hasSubtypes": False,
    "implementedBy": None,
    "implementsInterfaces": None,
    "isInterface": False,
    "isSubtype": False,
    "listviewable": None,
    "lookupLayoutable": None,
    "mruEnabled": True,
    "namedLayoutInfos": [],
    "networkScopeFieldName": None,
    "searchLayoutable": True,
    "sobjectDescribeOption": "FULL",
}
"""What no object of the sandbox is or has."""


def head(org: Org, made: Sobject) -> Row:
    """What the global describe says of an object."""
    api = f"/services/data/v{org.version}/sobjects/{made.name}"
    fixed = made.name in {"Organization", "Profile", "ContentDocument"}
    return {
        **NEVER,
        "activateable": False,
        "createable": not fixed,
        "custom": made.custom,
        "customSetting": False,
        "deletable": made.name not in {"User", "Organization", "Profile"},
        "deprecatedAndHidden": False,
        "feedEnabled": made.name not in {"Event", "Task"},
        "keyPrefix": made.prefix,
        "label": made.label,
        "labelPlural": made.plural,
        "layoutable": made.name
        not in {
            "PermissionSet",
            "FieldPermissions",
            "ObjectPermissions",
            "PermissionSetAssignment",
        },
        "mergeable": made.name in {"Account", "Contact"},
        "name": made.name,
        "queryable": True,
        "replicateable": True,
        "retrieveable": True,
        "searchable": True,
        "triggerable": True,
        "undeletable": True,
        "updateable": made.name != "Profile",
        "urls": {
            "sobject": api,
            "describe": f"{api}/describe",
            "rowTemplate": f"{api}/{{ID}}",
        },
    }


def describe(org: Org, made: Sobject, user: str) -> Row:
    """The describe of one object."""
    return {
        **head(org, made),
        "childRelationships": _children(org, made),
        "fields": [
            described(
                one,
                made,
                audit=org.audit_fields,
                edits=org.access.edits(user, made.name, one),
            )
            for one in made.fields.values()
            if org.access.sees(user, made.name, one)
        ],
        "recordTypeInfos": [],
        "supportedScopes": [],
    }


def everything(org: Org) -> Row:
    """The global describe."""
    return {
        "encoding": "UTF-8",
        "maxBatchSize": 200,
        "sobjects": [
            head(org, made) for name, made in sorted(org.objects.items()) if not org.is_off(name)
        ],
    }


def child_field(org: Org, made: Sobject, relationship: str) -> tuple[Sobject, Field] | None:
    """The children behind a relationship of their parent, and the reference that they have."""
    for child, one, name in _relations(org, made):
        if name and name.lower() == relationship.lower():
            return child, one
    return None


def _relations(org: Org, made: Sobject) -> Iterator[tuple[Sobject, Field, str | None]]:
    for child in org.objects.values():
        for one in child.fields.values():
            if one.type == "reference" and made.name in one.to:
                hangs = (child.name, one.name) in {*CASCADES, *FORBIDS}
                usual = PLURALS.get(child.name) if hangs else None
                yield child, one, one.child_relationship or usual


def _children(org: Org, made: Sobject) -> list[Row]:
    return [
        {
            "cascadeDelete": (child.name, one.name) in CASCADES,
            "childSObject": child.name,
            "deprecatedAndHidden": False,
            "field": one.name,
            "junctionIdListNames": [],
            "junctionReferenceTo": [],
            "relationshipName": name,
            "restrictedDelete": (child.name, one.name) in FORBIDS,
        }
        for child, one, name in _relations(org, made)
    ]
