"""Images inside the HTML of a note."""

from __future__ import annotations

import mimetypes
import re
from html import escape
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Mapping

_SOURCE = re.compile(r"""([\s/"']src\s*=\s*)("[^"]*"|'[^']*'|[^\s>]+)""", re.IGNORECASE)
_SUBTYPE = re.compile(r"image/(?:x-)?([a-z0-9]+)")


def image_addresses(note: object) -> list[str]:
    """The `src` of each image of a note, once, in the order of the text.

    Entities are resolved as a browser would; a note that is no HTML has none.
    """
    return list(dict.fromkeys(address for _, address in _images(note)))


def with_addresses(note: str, addresses: Mapping[str, str]) -> str:
    """A note whose images have other addresses.

    Args:
        note: The HTML; nothing but these addresses is changed.
        addresses: New addresses by the ones that `image_addresses` gives.
    """
    for tag, address in _images(note):
        if address in addresses:
            source = f'"{escape(addresses[address])}"'
            note = note.replace(tag, _with_source(tag, source))
    return note


def image_name(place: int, content_type: str | None) -> str:
    """A file name for an image that has none, such as `image-1.gif`.

    Args:
        place: Its place among the note's images, counted from 1.
        content_type: Its media type, if known.
    """
    kind = (content_type or "").lower()
    subtype = _SUBTYPE.fullmatch(kind)
    suffix = mimetypes.guess_extension(kind) or (f".{subtype[1]}" if subtype else "")
    return f"image-{place}{suffix}"


def _images(note: object) -> list[tuple[str, str]]:
    if not isinstance(note, str) or "<img" not in note.lower():
        return []
    parser = _Images()
    parser.feed(note)
    parser.close()
    return parser.found


class _Images(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, str]] = []

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img" and (src := dict(attrs).get("src")) and src.strip():
            self.found.append((self.get_starttag_text() or "", src.strip()))


def _with_source(tag: str, source: str) -> str:
    def replaced(match: re.Match[str]) -> str:
        return str(match[1]) + source

    return _SOURCE.sub(replaced, tag, count=1)
