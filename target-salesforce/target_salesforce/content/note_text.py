"""The text of a note: HTML in base64, of which Salesforce keeps what is safe.

Line breaks are dropped, and so is what it does not allow:
https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/
sforce_api_objects_contentnote.htm
"""

from __future__ import annotations

import base64
import html
import re
from typing import Any

import nh3

MARKUP = re.compile(r"<[a-zA-Z/!][^>]*>")
BREAKS = re.compile(r"<(?:br|/p|/div|/li|/h\d|/tr|/ul|/ol)\b[^>]*>", re.IGNORECASE)
PREVIEW = 255
"""Characters of a note that lists show."""


def as_html(text: str) -> str:
    """A text as a note keeps it: plain text is escaped, and its lines become paragraphs."""
    if MARKUP.search(text):
        return re.sub(r"[\r\n]+", " ", text)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "".join(f"<p>{html.escape(line) or '<br>'}</p>" for line in lines)


def as_sent(text: str) -> str:
    """The same in base64, as JSON has it."""
    return base64.b64encode(as_html(text).encode()).decode()


def visible(text: str) -> str:
    """What people see of a text, with one space for any blanks; what notes are compared by."""
    spaced = BREAKS.sub(" ", as_html(text))
    return " ".join(html.unescape(nh3.clean(spaced, tags=set())).split())


def canonical(value: Any) -> str | None:
    """A note's text as it compares; ``None`` where there is none to see."""
    return (visible(str(value)) or None) if value else None
