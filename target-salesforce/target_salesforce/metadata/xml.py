"""Metadata files: elements within elements, in the order in which they are given."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Sequence

NAMESPACE = "http://soap.sforce.com/2006/04/metadata"
Element: TypeAlias = "tuple[str, str | bool | int | Sequence[Element]]"
"""A name, and a text or elements within."""


def document(root: str, elements: Sequence[Element]) -> bytes:
    """A whole file.

    Args:
        root: the metadata type, e.g. ``CustomObject``.
        elements: what is in it.
    """
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f'<{root} xmlns="{NAMESPACE}">']
    for element in elements:
        lines += _lines(element, 1)
    lines.append(f"</{root}>")
    return ("\n".join(lines) + "\n").encode()


def _lines(element: Element, depth: int) -> list[str]:
    name, content = element
    blanks = "    " * depth
    if isinstance(content, bool):
        return [f"{blanks}<{name}>{str(content).lower()}</{name}>"]
    if isinstance(content, str | int):
        return [f"{blanks}<{name}>{escape(str(content))}</{name}>"]
    inner = [line for one in content for line in _lines(one, depth + 1)]
    return [f"{blanks}<{name}>", *inner, f"{blanks}</{name}>"]
