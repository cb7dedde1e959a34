"""XML of the Metadata API: elements with text, written alike each time."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias
from xml.sax.saxutils import escape

from target_salesforce.metadata.tables import NAMESPACE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Content: TypeAlias = "str | Sequence[Element]"
Element: TypeAlias = "tuple[str, Content]"
"""A name, and text or further elements."""

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
CONTROLS = {number: None for number in range(32) if chr(number) not in "\t\n\r"}
"""Characters that XML cannot hold."""


def document(root: str, content: Sequence[Element]) -> bytes:
    """A file of the Metadata API.

    Args:
        root: the name of the outermost element.
        content: what is in it, in order; elements of one name are beside each other.
    """
    lines = [f'<{root} xmlns="{NAMESPACE}">', *_lines(content, 1), f"</{root}>"]
    return (HEAD + "\n".join(lines) + "\n").encode()


def flag(value: object) -> str:
    """A boolean as XML has it."""
    return "true" if value else "false"


def _lines(content: Sequence[Element], depth: int) -> Iterator[str]:
    indent = "    " * depth
    for name, inner in content:
        if isinstance(inner, str):
            yield f"{indent}<{name}>{escape(inner.translate(CONTROLS))}</{name}>"
        else:
            yield f"{indent}<{name}>"
            yield from _lines(inner, depth + 1)
            yield f"{indent}</{name}>"
