"""Notes keep their words and times, files their names and bytes."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from tests.oracle.pictured import ANY_NAME, content, images
from tests.oracle.plain import Like
from tests.oracle.promises.wanted import Wanted, parent
from tests.sandbox.pipedrive.resources.notes import sanitized as as_pipedrive_keeps_it

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.oracle.people import People
    from tests.oracle.truth import Row, Truth

NOTE_BYTES = 100_000


def sanitized(text: str | None) -> str | None:
    """HTML as Pipedrive stores it."""
    return None if text is None else as_pipedrive_keeps_it(text)


def notes(truth: Truth, people: People) -> Iterator[Wanted]:
    for row in truth.rows("notes"):
        text = content(truth, row)
        long = len(text.encode()) > NOTE_BYTES
        yield Wanted(
            "note",
            "notes",
            str(row["id"]),
            {
                "content": _as_kept(text),
                "add_time": row["created_at"],
                **people.owns("user_id", row.get("created_by")),
            },
            _place(row),
            impossible="longer than Pipedrive's notes" if long else "",
        )


def note_images(truth: Truth) -> Iterator[Wanted]:
    for row in truth.rows("notes") if truth.brings_files else []:
        for number, image in enumerate(images(truth, row)):
            yield Wanted(
                "note_image",
                "notes",
                f"note-{row['id']}-{number}",
                _file(image.name, image.content),
                _place(row),
                impossible="" if image.content is not None else "the image cannot be had",
            )


def documents(truth: Truth, stream: str, name: str) -> Iterator[Wanted]:
    for row in truth.rows(stream) if truth.brings_files else []:
        stored = truth.files[row["id"]]
        yield Wanted(
            name,
            stream,
            f"{name}-{row['id']}",
            _file(row["file_name"], stored),
            {"deal_id": parent("deals", row["job_id"])},
            impossible="" if stored is not None else "the file cannot be had",
        )


def _place(row: Row) -> dict[str, tuple[str, str] | None]:
    of_job = row["noteable_type"] == "Job"
    return {
        "deal_id": parent("deals", row["noteable_id"] if of_job else None),
        "org_id": parent("organizations", None if of_job else row["noteable_id"]),
    }


def _file(name: str | None, stored: bytes | None) -> dict[str, str | None]:
    digest = None if stored is None else hashlib.sha256(stored).hexdigest()
    # What a picture without a name is called is not promised.
    return {"sha256": digest} if name is None else {"name": name, "sha256": digest}


def _as_kept(text: str) -> str | Like:
    """The note as Pipedrive stores it; what a picture without a name is called is left open."""
    kept = as_pipedrive_keeps_it(text)
    if ANY_NAME not in kept:
        return kept
    return Like(re.escape(kept).replace(re.escape(ANY_NAME), r"[^\]<]+"))
