"""Links: where documents are shown.

https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/
sforce_api_objects_contentdocumentlink.htm
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from target_salesforce import soql
from target_salesforce.ids import checked

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from target_salesforce.client import Client

LINK = "ContentDocumentLink"
SHARE_TYPE = "V"
"""People who see the record may read the document, which is what Salesforce itself chooses for
``FirstPublishLocationId``. Who may see it beside them (``Visibility``) stays the org's default."""

PLACES = {
    "005": "the user who owns it",
    "058": "a library",
    "00D": "the whole org",
    "0F9": "a group",
}
"""Prefixes of ids that a document is linked to by itself, not because it belongs to a record."""


def link_to(document_id: str, entity_id: str) -> dict[str, Any]:
    """The record of a link."""
    return {
        "ContentDocumentId": document_id,
        "LinkedEntityId": entity_id,
        "ShareType": SHARE_TYPE,
    }


def shown_at(client: Client, document_ids: Sequence[str]) -> Mapping[str, str]:
    """The record that each document was linked to first, by the document's id (15 characters)."""
    found: dict[str, str] = {}
    for where in soql.within("ContentDocumentId", map(soql.text, document_ids)):
        names = ["ContentDocumentId", "LinkedEntityId"]
        for row in sorted(client.query(soql.select(names, LINK, where)), key=_number):
            entity = str(row["LinkedEntityId"])
            if entity[:3] not in PLACES:
                found.setdefault(str(row["ContentDocumentId"])[:15], checked(entity))
    return found


def documents_of(client: Client, version_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Versions with the document that each is one of, by the version's id (15 characters)."""
    found = {}
    for where in soql.within("Id", map(soql.text, version_ids)):
        names = ["ContentDocumentId", "IsLatest"]
        for row in client.query(soql.select(names, "ContentVersion", where)):
            found[str(row["Id"])[:15]] = row
    return found


def _number(row: Mapping[str, Any]) -> str:
    return str(row["Id"])
