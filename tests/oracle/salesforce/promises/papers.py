"""Notes keep their words, authors and times, files their names and bytes."""

from __future__ import annotations

import hashlib
import html
from typing import TYPE_CHECKING, Any

from tests.oracle.pictured import content
from tests.oracle.pictured import images as pictures
from tests.oracle.plain import clock, day, filled, put_together
from tests.oracle.salesforce.promises.wanted import Wanted, parent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.oracle.salesforce.promises.wanted import Parent, Promise
    from tests.oracle.truth import Row


def notes(promise: Promise) -> Iterator[Wanted]:
    modern = promise.ways.notes == "ContentNote"
    for row in promise.truth.rows("notes"):
        author = promise.truth.get("employees", row.get("created_by")) or {}
        title = put_together(
            " ",
            "Public note" if row.get("public") else "Note",
            str(row["id"]),
            f"by {author['name']}" if author.get("name") else None,
            day(row["created_at"]),
            clock(row["created_at"]),
        )
        told = _told(promise, row) if modern else row.get("note") or "(empty note)"
        yield Wanted(
            promise.ways.notes,
            "note" if modern else "classic_note",
            "notes",
            str(row["id"]),
            {
                "Title": title,
                "Content" if modern else "Body": told,
                **promise.people.owns(row.get("created_by")),
                **promise.made(promise.ways.notes, row["created_at"]),
            },
            {"LinkedEntityId" if modern else "ParentId": _place(promise, row)},
        )


def _told(promise: Promise, row: Row) -> str:
    """The note, which tells of the pictures that it has lost."""
    found = pictures(promise.truth, row)
    lost = [
        f"[An image could not be carried over: {html.escape(one.address[:200])} ]"
        for one in found
        if one.content is None
    ]
    if found and not promise.truth.brings_files:
        lost = ["[Images were not carried over]"]
    return "<br>".join([content(promise.truth, row), *lost])


def images(promise: Promise) -> Iterator[Wanted]:
    for row in promise.truth.rows("notes") if promise.truth.brings_files else ():
        for number, image in enumerate(pictures(promise.truth, row)):
            named = {} if image.name is None else {"Title": image.name, "PathOnClient": image.name}
            yield Wanted(
                "ContentVersion",
                "note_image",
                "notes",
                f"note-{row['id']}-{number}",
                {
                    **named,
                    **_bytes(image.content),
                    "Description": f"Image of note {row['id']}",
                    **promise.people.owns(row.get("created_by")),
                    **_made(promise, row),
                },
                {"FirstPublishLocationId": _place(promise, row)},
                row=str(row["id"]),
                impossible="" if image.content is not None else "the image cannot be had",
            )


def attachments(promise: Promise) -> Iterator[Wanted]:
    for row in _files(promise, "attachments"):
        name = filled(row["file_name"], f"Attachment {row['id']}")
        yield _file(promise, "attachment", row, {"Title": name, "PathOnClient": name})


def signatures(promise: Promise) -> Iterator[Wanted]:
    for row in _files(promise, "signatures"):
        signed = f"of {row['signed_by']}" if row.get("signed_by") else None
        by = f"by {row['signed_by']}" if row.get("signed_by") else None
        moment = filled(row.get("signed_at"), row["created_at"])
        told = {
            "Title": put_together(" ", "Signature", signed, f"({row['file_name']})"),
            "PathOnClient": row["file_name"],
            "Description": put_together(" ", "Signed", by, moment),
            "ks_signed_by__c": row.get("signed_by"),
            "ks_signed_at__c": row.get("signed_at"),
        }
        yield _file(promise, "signature", row, told)


def _files(promise: Promise, stream: str) -> list[Row]:
    return promise.truth.rows(stream) if promise.truth.brings_files else []


def _file(promise: Promise, name: str, row: Row, told: dict[str, Any]) -> Wanted:
    stored = promise.truth.files[row["id"]]
    return Wanted(
        "ContentVersion",
        name,
        f"{name}s",
        f"{name}-{row['id']}",
        {**told, **_bytes(stored), **_made(promise, row)},
        {"FirstPublishLocationId": promise.job(row["job_id"])},
        row=str(row["id"]),
        impossible="" if stored is not None else "the file cannot be had",
    )


def _made(promise: Promise, row: Row) -> dict[str, Any]:
    moment = row["created_at"]
    return {"ks_created_at__c": moment, **promise.made("ContentVersion", moment)}


def _bytes(stored: bytes | None) -> dict[str, str]:
    return {} if stored is None else {"sha256": hashlib.sha256(stored).hexdigest()}


def _place(promise: Promise, row: Row) -> Parent:
    if row["noteable_type"] == "Job":
        return promise.job(row["noteable_id"])
    return parent("Account", row["noteable_id"])
