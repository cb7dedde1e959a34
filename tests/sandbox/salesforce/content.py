"""Files and notes: versions, the documents that they belong to, and where those are shown."""

from __future__ import annotations

import hashlib
import html
import re
from typing import TYPE_CHECKING, Any

import nh3

from tests.sandbox.salesforce.problem import Problem

if TYPE_CHECKING:
    from tests.sandbox.salesforce.org import Org

Row = dict[str, Any]
SAFE = {"a", "b", "br", "div", "em", "h1", "h2", "i", "img", "li", "ol", "p", "span", "strike",
        "strong", "u", "ul"}  # fmt: skip
"""Tags that a note keeps; a guess, documents say "unsafe HTML" only."""


def before_version(org: Org, values: Row) -> Problem | None:
    """Why a version cannot be made."""
    missing = []
    if not values.get("PathOnClient"):
        missing.append("PathOnClient")
    if org.blob is None and not values.get("ContentUrl"):
        missing.append("VersionData")
    if missing:
        message = f"Required fields are missing: [{', '.join(missing)}]"
        return Problem("REQUIRED_FIELD_MISSING", message, tuple(missing))
    if values.get("ContentDocumentId") and values.get("FirstPublishLocationId"):
        message = "FirstPublishLocationId can only be set when the document is made"
        return Problem("FIELD_INTEGRITY_EXCEPTION", message, ("FirstPublishLocationId",))
    used = sum(map(len, org.blobs.values())) + len(org.blob or b"")
    if used > org.file_storage_mb * 1024 * 1024:
        return Problem("STORAGE_LIMIT_EXCEEDED", "storage limit exceeded")
    return None


def before_link(org: Org, values: Row) -> Problem | None:
    """Why a document cannot be shown there."""
    if values.get("ShareType") is None:
        # Nillable by its describe, and required by its page.
        text = "Required fields are missing: [ShareType]"
        return Problem("REQUIRED_FIELD_MISSING", text, ("ShareType",))
    values.setdefault("Visibility", "AllUsers")
    for row in org.children(
        "ContentDocumentLink", "ContentDocumentId", values["ContentDocumentId"]
    ):
        if row["LinkedEntityId"] == values["LinkedEntityId"]:
            message = (
                "duplicate value found: <unknown> duplicates value on record with id:"
                f" {row['Id'][:15]}"
            )
            return Problem("DUPLICATE_VALUE", message)
    return None


def after_version(org: Org, row: Row) -> None:
    """The document of a new version."""
    body = org.blobs.get(row["Id"], b"")
    path = str(row.get("PathOnClient", "")).replace("\\", "/").rpartition("/")[2]
    extension = path.rpartition(".")[2] if "." in path else ""
    row |= {
        "ContentSize": len(body),
        "Checksum": hashlib.md5(body, usedforsecurity=False).hexdigest(),
        "FileExtension": extension,
        "FileType": extension.upper() or "UNKNOWN",
        "IsLatest": True,
        "VersionNumber": "1",
    }
    row.setdefault("Title", path.rpartition(".")[0] or path)
    document = row.get("ContentDocumentId")
    if document is None:
        made = org.insert_quietly(
            "ContentDocument",
            {
                "Title": row["Title"],
                "OwnerId": row["OwnerId"],
                "LatestPublishedVersionId": row["Id"],
                "FileType": row["FileType"],
                "FileExtension": extension,
                "ContentSize": len(body),
                "PublishStatus": "P",
            },
        )
        org.index.drop(org.objects["ContentVersion"], row)
        row["ContentDocumentId"] = made["Id"]
        org.index.add(org.objects["ContentVersion"], row)
        link(org, made["Id"], row["OwnerId"], "I")
        if row.get("FirstPublishLocationId") not in {None, row["OwnerId"]}:
            link(org, made["Id"], row["FirstPublishLocationId"], "V")
    else:
        for other in org.children("ContentVersion", "ContentDocumentId", document):
            other["IsLatest"] = other is row
        org.rows["ContentDocument"][document]["LatestPublishedVersionId"] = row["Id"]


def after_note(org: Org, row: Row) -> None:
    """A note is a document, and its text the version of one."""
    document = {**row, "PublishStatus": "P", "IsArchived": False}
    org.store.put(org.objects["ContentDocument"], document)
    version = org.insert_quietly(
        "ContentVersion",
        {
            "OwnerId": row["OwnerId"],
            "ContentDocumentId": row["Id"],
            "IsLatest": True,
            "VersionNumber": "1",
        },
    )
    row["LatestPublishedVersionId"] = document["LatestPublishedVersionId"] = version["Id"]
    link(org, row["Id"], row["OwnerId"], "I")
    renew_note(org, row)


def renew_note(org: Org, row: Row) -> None:
    """A note's text is kept without what is unsafe, and without line breaks."""
    body = kept(org.blobs.get(row["Id"], b"").decode("utf-8", "replace"))
    plain = html.unescape(re.sub(r"<[^>]+>", " ", body))
    shared = {
        "Title": row["Title"],
        "FileType": "SNOTE",
        "FileExtension": "snote",
        "ContentSize": len(body.encode()),
    }
    version = org.rows["ContentVersion"][row["LatestPublishedVersionId"]]
    preview = {"TextPreview": " ".join(plain.split())[:255]}
    org.store.change(org.objects["ContentNote"], row, {**shared, **preview})
    path = {"PathOnClient": f"{row['Title']}.snote"}
    org.store.change(org.objects["ContentVersion"], version, {**shared, **path})
    document = org.rows["ContentDocument"][row["Id"]]
    org.store.change(org.objects["ContentDocument"], document, shared)
    for record in (row, version):
        org.store.put_blob(record["Id"], body.encode())


def kept(text: str) -> str:
    """What is kept of a note's HTML: https://developer.salesforce.com/docs/
    atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_contentnote.htm
    """
    return nh3.clean(re.sub(r"[\r\n]+", "", text), tags=SAFE, link_rel=None)


def link(org: Org, document: str, entity: str, share: str) -> None:
    """Show a document somewhere."""
    org.insert_quietly(
        "ContentDocumentLink",
        {
            "ContentDocumentId": document,
            "LinkedEntityId": entity,
            "ShareType": share,
            "Visibility": "AllUsers",
        },
    )
