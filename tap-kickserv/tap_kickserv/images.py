"""Images inside the HTML of a note."""

from __future__ import annotations

from html.parser import HTMLParser

from typing_extensions import override


def image_addresses(note: object) -> list[str]:
    """The `src` of each image of a note, once, in the order of the text.

    Entities are resolved as a browser would; a note that is no HTML has none.
    """
    if not isinstance(note, str) or "<img" not in note.lower():
        return []
    parser = _Images()
    parser.feed(note)
    parser.close()
    return list(dict.fromkeys(parser.addresses))


class _Images(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.addresses: list[str] = []

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img" and (src := dict(attrs).get("src")):
            self.addresses.append(src.strip())
