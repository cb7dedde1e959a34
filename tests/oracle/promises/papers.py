"""Notes keep their words and times, files their names and bytes."""

from __future__ import annotations

import base64
import hashlib
import html
import re
from typing import TYPE_CHECKING, NamedTuple

from tests.oracle.plain import Like, as_html, is_html
from tests.oracle.promises.wanted import Wanted, parent
from tests.sandbox.pipedrive.resources.notes import sanitized as as_pipedrive_keeps_it

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.oracle.people import People
    from tests.oracle.truth import Row, Truth

IMAGE = re.compile(r"<img\b[^>]*>", re.IGNORECASE)
SOURCE = re.compile(r"""src\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
OWN_FILE = re.compile(r"/attachments/(\d+)/download$")
ANY_NAME = "any-name"
NOTE_BYTES = 100_000


class Image(NamedTuple):
    """An image in a note; without content it cannot be had."""

    name: str | None
    content: bytes | None


def sanitized(content: str | None) -> str | None:
    """HTML as Pipedrive stores it."""
    return None if content is None else as_pipedrive_keeps_it(content)


def notes(truth: Truth, people: People) -> Iterator[Wanted]:
    for row in truth.rows("notes"):
        content = _content(truth, row)
        long = len(content.encode()) > NOTE_BYTES
        yield Wanted(
            "note",
            "notes",
            str(row["id"]),
            {
                "content": _as_kept(content),
                "add_time": row["created_at"],
                **people.owns("user_id", row.get("created_by")),
            },
            _place(row),
            impossible="longer than Pipedrive's notes" if long else "",
        )


def images(truth: Truth) -> Iterator[Wanted]:
    for row in truth.rows("notes") if truth.brings_files else []:
        for number, image in enumerate(_images(truth, row)):
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
        content = truth.files[row["id"]]
        yield Wanted(
            name,
            stream,
            f"{name}-{row['id']}",
            _file(row["file_name"], content),
            {"deal_id": parent("deals", row["job_id"])},
            impossible="" if content is not None else "the file cannot be had",
        )


def _place(row: Row) -> dict[str, tuple[str, str] | None]:
    of_job = row["noteable_type"] == "Job"
    return {
        "deal_id": parent("deals", row["noteable_id"] if of_job else None),
        "org_id": parent("organizations", None if of_job else row["noteable_id"]),
    }


def _file(name: str | None, content: bytes | None) -> dict[str, str | None]:
    digest = None if content is None else hashlib.sha256(content).hexdigest()
    # What a picture without a name is called is not promised.
    return {"sha256": digest} if name is None else {"name": name, "sha256": digest}


def _content(truth: Truth, row: Row) -> str:
    """The note; where a picture stood, the name of its file stands."""
    text: str = row.get("note") or ""
    if not text.strip():
        return "(empty note)"
    if not is_html(text):
        return as_html(text) or ""
    if not truth.brings_files:
        return text

    def named(tag: re.Match[str]) -> str:
        image = _image(truth, tag[0])
        if image is None or image.content is None:
            return tag[0]
        return f"<em>[{html.escape(image.name or ANY_NAME)}]</em>"

    return IMAGE.sub(named, text)


def _as_kept(content: str) -> str | Like:
    """The note as Pipedrive stores it; what a picture without a name is called is left open."""
    kept = as_pipedrive_keeps_it(content)
    if ANY_NAME not in kept:
        return kept
    return Like(re.escape(kept).replace(re.escape(ANY_NAME), r"[^\]<]+"))


def _images(truth: Truth, row: Row) -> list[Image]:
    text = row.get("note") or ""
    addresses = dict.fromkeys(filter(None, map(_address, IMAGE.findall(text))))
    return [_at(truth, address) for address in addresses]


def _image(truth: Truth, tag: str) -> Image | None:
    address = _address(tag)
    return _at(truth, address) if address else None


def _address(tag: str) -> str | None:
    found = SOURCE.search(tag)
    return html.unescape(found[1] or found[2]).strip() if found else None


def _at(truth: Truth, address: str) -> Image:
    if address.startswith("data:"):
        return Image(None, base64.b64decode(address.partition(",")[2]))
    own = OWN_FILE.search(address) if address.startswith(truth.web) else None
    number = int(own[1]) if own else 0
    row = truth.get("attachments", number)
    content = truth.files.get(number)
    return Image(row["file_name"] if row and content is not None else None, content)
