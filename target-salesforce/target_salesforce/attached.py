"""What hangs on records: children by the relations of their describe, counted by SOQL.

Only what people do counts, and what would be lost with a record or torn off it: histories, feeds,
shares and the like are kept by Salesforce itself.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, NamedTuple

from target_salesforce import soql
from target_salesforce.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from target_salesforce.client import Client
    from target_salesforce.described import Described

KINDS: Mapping[str, Mapping[str, str]] = {
    "Account": {
        "Account": "ParentId",
        "Contact": "AccountId",
        "Case": "AccountId",
        "Opportunity": "AccountId",
        "Order": "AccountId",
        "Contract": "AccountId",
        "Asset": "AccountId",
        "Entitlement": "AccountId",
        "AccountTeamMember": "AccountId",
    },
    "Contact": {
        "Contact": "ReportsToId",
        "Case": "ContactId",
        "OpportunityContactRole": "ContactId",
        "CampaignMember": "ContactId",
        "Asset": "ContactId",
    },
    "Case": {
        "Case": "ParentId",
        "CaseComment": "ParentId",
        "EmailMessage": "ParentId",
        "CaseTeamMember": "ParentId",
    },
    "Opportunity": {
        "OpportunityLineItem": "OpportunityId",
        "OpportunityContactRole": "OpportunityId",
        "OpportunityTeamMember": "OpportunityId",
        "Quote": "OpportunityId",
        "Order": "OpportunityId",
    },
    "Order": {"OrderItem": "OrderId"},
    "Product2": {
        "PricebookEntry": "Product2Id",
        "OpportunityLineItem": "Product2Id",
        "OrderItem": "Product2Id",
        "Asset": "Product2Id",
    },
    "PricebookEntry": {
        "OpportunityLineItem": "PricebookEntryId",
        "OrderItem": "PricebookEntryId",
    },
    "Pricebook2": {
        "PricebookEntry": "Pricebook2Id",
        "Opportunity": "Pricebook2Id",
        "Order": "Pricebook2Id",
    },
}
"""Children by object and the field that names their parent, where an org has them."""

ANY_RECORD: Mapping[str, str] = {
    "Task": "WhatId",
    "Event": "WhatId",
    "Note": "ParentId",
    "Attachment": "ParentId",
    "ContentDocumentLink": "LinkedEntityId",
}
"""Children that many objects have."""
PEOPLE: Mapping[str, str] = {**ANY_RECORD, "Task": "WhoId", "Event": "WhoId"}


class Relation(NamedTuple):
    """A kind of child and the field that names its parent."""

    child: str
    field: str


def relations_of(described: Described) -> Iterator[Relation]:
    """Kinds of children that count, as far as this org has them."""
    told = {
        (str(one["childSObject"]), str(one["field"]))
        for one in described.raw.get("childRelationships", ())
        if not one.get("deprecatedAndHidden")
    }
    usual = PEOPLE if described.name in {"Contact", "Lead"} else ANY_RECORD
    for child, field in {**KINDS.get(described.name, {}), **usual}.items():
        if (child, field) in told:
            yield Relation(child, field)
    for child, field in sorted(told):
        # Custom objects, the account's own and those of packages.
        if child.endswith("__c"):
            yield Relation(child, field)


def attached(client: Client, described: Described, ids: Sequence[str]) -> dict[str, dict[str, int]]:
    """What hangs on records, by id; only what there is."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    known = {id_[:15]: id_ for id_ in ids}
    for relation in relations_of(described) if ids else ():
        for where in soql.within(relation.field, map(soql.text, ids)):
            query = soql.count(["Id"], relation.child, where, relation.field)
            try:
                for row in client.query(query):
                    parent = known.get(str(row[relation.field])[:15])
                    if parent is not None and row["n0"]:
                        found[parent][relation.child] += int(row["n0"])
            except RefusedError as error:
                # An object that the describe names may be hidden from this user.
                if error.reply.code not in {"INVALID_TYPE", "INVALID_FIELD"}:
                    raise
                break
    return {id_: dict(counts) for id_, counts in found.items()}
