"""Notes of Kickserv as HTML, and the pictures in them."""

from __future__ import annotations

import base64
import html
import re
from typing import TYPE_CHECKING, NamedTuple

from tests.oracle.plain import as_html, is_html

if TYPE_CHECKING:
    from tests.oracle.truth import Row, Truth

IMAGE = re.compile(r"<img\b[^>]*>", re.IGNORECASE)
SOURCE = re.compile(r"""src\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
OWN_FILE = re.compile(r"/attachments/(\d+)/download$")
ANY_NAME = "any-name"
"""Stands where a picture stood that has no name; what it is called is not promised."""


class Image(NamedTuple):
    """An image in a note; without content it cannot be had."""

    name: str | None
    content: bytes | None
    address: str = ""


def content(truth: Truth, row: Row) -> str:
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


def images(truth: Truth, row: Row) -> list[Image]:
    """The pictures of a note, each once."""
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
        return Image(None, base64.b64decode(address.partition(",")[2]), address)
    own = OWN_FILE.search(address) if address.startswith(truth.web) else None
    number = int(own[1]) if own else 0
    row = truth.get("attachments", number)
    stored = truth.files.get(number)
    return Image(row["file_name"] if row and stored is not None else None, stored, address)
