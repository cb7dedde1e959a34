"""The text of notes: from HTML to the HTML that a note takes, and to what two notes have in common.

Salesforce takes out what it holds unsafe, and line breaks, without saying what exactly:
https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/
sforce_api_objects_contentnote.htm, https://help.salesforce.com/s/articleView?id=000384009. So only
plain formatting is sent, lines as ``<br>``, and notes are compared by their words alone.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

import nh3

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

TAGS: AbstractSet[str] = {
    "a", "b", "br", "em", "i", "li", "ol", "p", "strike", "strong", "u", "ul",
}  # fmt: skip
"""A guess: what the editor of notes itself makes."""
ATTRIBUTES = {"a": {"href"}}

HAS_TAGS = re.compile(r"<[a-zA-Z/!]")
LINE_ENDS = re.compile(r"(?i)</(?:div|h[1-6]|tr|table|blockquote|pre|section|article)\s*>")
CELL_ENDS = re.compile(r"(?i)</t[dh]\s*>")
BREAKS = re.compile(r"\s*[\r\n]+\s*")
TAG = re.compile(r"(<(?:[^>\"]|\"[^\"]*\")*>)")
QUOTES = str.maketrans({'"': "&quot;", "'": "&#39;"})


def as_note(text: str) -> str:
    """The HTML of a note.

    Args:
        text: HTML; what has no tag at all counts as plain text, whose lines are kept.
    """
    if HAS_TAGS.search(text):
        text = CELL_ENDS.sub(" ", LINE_ENDS.sub("<br>", text))
    else:
        text = re.sub(r"\r\n?|\n", "<br>", text)
    clean = nh3.clean(text, tags=set(TAGS), attributes=ATTRIBUTES, link_rel=None)
    # Quotes need escaping in a note's text, and HTML's own serialisation leaves them.
    return "".join(
        part if part.startswith("<") else part.translate(QUOTES)
        for part in TAG.split(BREAKS.sub(" ", clean))
    )


def words_of(text: str) -> str:
    """What a note says, without any blank: that is what is left of it everywhere."""
    return "".join(html.unescape(TAG.sub("", as_note(text))).split())


def canonical(text: str) -> str | None:
    """The same as HTML; ``None`` where nothing is said."""
    return html.escape(words_of(text), quote=False) or None
