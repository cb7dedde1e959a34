"""Text. Nothing here touches a character that it was not asked to touch."""

from __future__ import annotations

import html as markup
import re
from typing import TYPE_CHECKING, Any

from crm_transforms.mapping.coercion import WrongKindError, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_LINE_END = re.compile(r"\r\n|\r|\n")
_BLANK_LINES = re.compile(r"(?:\r\n|\r|\n)[^\S\r\n]*(?:\r\n|\r|\n)\s*")

_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_IMAGE = re.compile(r"<img\b[^>]*>", re.IGNORECASE)
_SOURCE = re.compile(r"""[\s/"']src\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))""", re.IGNORECASE)


def text(value: Any) -> str:
    """A number, true or false as text; text stays as it is."""
    return text_of(value)


def lower(value: Any) -> str:
    """Text in small letters."""
    return text_of(value).lower()


def upper(value: Any) -> str:
    """Text in capitals."""
    return text_of(value).upper()


def strip(value: Any) -> str:
    """Text without blanks at either end."""
    return text_of(value).strip()


def replace(value: Any, old: str, new: str) -> str:
    """Text with every `old` replaced."""
    if not isinstance(old, str) or not isinstance(new, str) or not old:
        raise ValueError("replace needs the text to look for and the text to put there")
    return text_of(value).replace(old, new)


def split(value: Any, separator: str) -> list[str]:
    """The pieces of a text, stripped; empty ones are left out."""
    if not isinstance(separator, str) or not separator:
        raise ValueError("split needs a text to split at")
    pieces = (piece.strip() for piece in text_of(value).split(separator))
    return [piece for piece in pieces if piece]


def contains(value: Any, part: Any) -> bool:
    """Whether a text holds a text, or a list an element."""
    if isinstance(value, list):
        return part in value
    return part is not None and text_of(part) in text_of(value)


def starts_with(value: Any, part: Any) -> bool:
    """Whether a text starts so."""
    return part is not None and text_of(value).startswith(text_of(part))


def ends_with(value: Any, part: Any) -> bool:
    """Whether a text ends so."""
    return part is not None and text_of(value).endswith(text_of(part))


def length(value: Any) -> int:
    """How many characters or elements."""
    return len(value) if isinstance(value, list) else len(text_of(value))


def join(separator: Any, *parts: Any) -> str | None:
    """The parts as one text.

    Lists count as their elements; null and blank parts are left out; nothing at all is null.
    """
    if not isinstance(separator, str):
        raise WrongKindError("join", "text to put between the parts", separator)
    return separator.join(_pieces(parts)) or None


def lines(*parts: Any) -> str | None:
    """The parts as lines of one text, as with `join`."""
    return "\n".join(_pieces(parts)) or None


def _pieces(parts: Any) -> Iterator[str]:
    for part in parts:
        if isinstance(part, list):
            yield from _pieces(part)
        elif part is not None:
            piece = text_of(part)
            if piece.strip():
                yield piece


def html(value: Any) -> str:
    """Text as HTML: escaped, line ends as `<br>`."""
    return _LINE_END.sub("<br>", markup.escape(text_of(value), quote=False))


def paragraphs(value: Any) -> str | None:
    """Text as HTML paragraphs, parted at blank lines."""
    blocks = (block for block in _BLANK_LINES.split(text_of(value).strip("\r\n")) if block.strip())
    return "".join(f"<p>{html(block)}</p>" for block in blocks) or None


def html_note(value: Any, images: list[Any] | None = None) -> str | None:
    """A note as HTML, plain or not; where an image stood, its file name stands.

    Images are files of their own, known by their `src`, else by their place in the note.
    """
    note = text_of(value)
    if not note.strip():
        return None
    if not _TAG.search(note):
        return html(note)
    known = [image for image in images or () if isinstance(image, dict)]
    by_source = {image["src"]: image for image in known if image.get("src")}
    places = iter(known)

    def name(match: re.Match[str]) -> str:
        at_place = next(places, {})
        image = by_source.get(_source(match[0])) or ({} if at_place.get("src") else at_place)
        file_name = image.get("file_name")
        return f"<em>[{markup.escape(text_of(file_name))}]</em>" if file_name else match[0]

    return _IMAGE.sub(name, note)


def _source(image: str) -> str | None:
    found = _SOURCE.search(image)
    return markup.unescape(found[1] or found[2] or found[3] or "").strip() if found else None
