"""Kickserv's XML: dashed element names, `type` and `nil` attributes.

https://www.kickserv.com/resources/developer-api/api-customers/
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar

from lxml import etree

from tap_kickserv import values
from tap_kickserv.denied import is_denied
from tap_kickserv.formats.base import Format, Row, UnreadableError, plural_of

if TYPE_CHECKING:
    from collections.abc import Callable

# Characters that Ruby writes and XML 1.0 forbids, raw or as a reference.
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_REFERENCE = re.compile(r"&#(?:x([0-9a-fA-F]{1,6})|([0-9]{1,7}));")
_CONTROL = frozenset({*range(9), 0x0B, 0x0C, *range(0x0E, 0x20)})
_STAND_IN = 0xF0000
_RESTORE = {_STAND_IN + code: chr(code) for code in _CONTROL}

_LOOSE_CASTS: dict[str, Callable[[Any], Any]] = {
    "integer": values.integer,
    "decimal": values.decimal,
    "float": values.decimal,
    "boolean": values.boolean,
    "datetime": values.instant,
    "dateTime": values.instant,
}


class XmlFormat(Format):
    """Reads `<jobs type="array"><job>…</job></jobs>`.

    Args:
        known: Names of all declared columns. Their values are converted later, by column; any
            other element is converted by its own `type` attribute.
    """

    suffix: ClassVar[str] = ".xml"
    accept: ClassVar[str] = "application/xml"

    def __init__(self, known: frozenset[str]) -> None:
        self._known = known
        self._tags: dict[str, tuple[str, Callable[[Any], Any] | None] | None] = {}

    def rows(self, body: bytes, name: str) -> list[Row]:
        if b"<!ENTITY" in body:
            raise UnreadableError("the XML declares entities, which Kickserv never does")
        try:
            return [self._record(row) for row in _row_elements(_parsed(body), name)]
        except etree.XMLSyntaxError as error:
            repaired = _repaired(body)
            if repaired is None:
                raise UnreadableError(f"not well formed, line {error.lineno}") from None
        try:
            rows = _row_elements(_parsed(repaired), name)
        except etree.XMLSyntaxError as error:
            raise UnreadableError(f"not well formed, line {error.lineno}") from None
        return [_restored(self._record(row)) for row in rows]

    def record(self, body: bytes, name: str) -> Row:
        rows = self.rows(body, name)
        if len(rows) != 1:
            raise UnreadableError(f"{len(rows)} records where one {name} is expected")
        return rows[0]

    def _record(self, element: etree._Element) -> Row:
        row: Row = {}
        tags = self._tags
        for child in element:
            tag = child.tag
            try:
                entry = tags[tag]
            except KeyError:
                entry = tags[tag] = self._entry(child)
            if entry is None:
                continue
            name, cast = entry
            text = child.text
            if text is None or text.isspace():
                row[name] = self._nested_or_empty(child)
            else:
                row[name] = text if cast is None else cast(text)
        return row

    def _entry(
        self,
        element: etree._Element,
    ) -> tuple[str, Callable[[Any], Any] | None] | None:
        name = element.tag.replace("-", "_")
        if is_denied(name):
            return None
        return name, None if name in self._known else _LOOSE_CASTS.get(element.get("type", ""))

    def _nested_or_empty(self, element: etree._Element) -> Any:
        kind = element.get("type")
        if len(element):
            if kind == "array":
                return [self._record(item) if len(item) else self._leaf(item) for item in element]
            return self._record(element)
        if element.get("nil") == "true":
            return None
        return [] if kind == "array" else element.text or ""

    @staticmethod
    def _leaf(element: etree._Element) -> Any:
        if element.get("nil") == "true":
            return None
        cast = _LOOSE_CASTS.get(element.get("type", ""), values.whole)
        return cast(element.text or "")


def _parsed(body: bytes) -> etree._Element:
    # Parsers are not shared: replies are read in several threads. `huge_tree` lifts libxml2's
    # 10 MB limit on one text, which a long note may exceed. The limits on entities that it lifts
    # too guard nothing here: a body that declares any has been refused already.
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=True,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
    )
    return etree.fromstring(body, parser)


def _row_elements(root: etree._Element, name: str) -> list[etree._Element]:
    singular, plural = name.replace("_", "-"), plural_of(name).replace("_", "-")
    if root.get("type") == "array":
        return list(root)
    if root.tag == singular:
        return [root]
    if root.tag == plural:
        # A single customer comes as <customers> without type="array", its fields directly below.
        if all(child.tag == singular for child in root):
            return list(root)
        return [root]
    raise UnreadableError(f"the XML is no list of {plural}")


def _repaired(body: bytes) -> bytes | None:
    """Replace what XML forbids by stand-ins, so that one odd character costs no page.

    Returns:
        The body to read instead, or None if nothing of that kind is wrong with it.
    """
    text = body.decode("utf-8", "backslashreplace")
    text = _REFERENCE.sub(lambda match: _stand_in(_code(match), match[0]), text)
    text = _FORBIDDEN.sub(lambda match: _stand_in(ord(match[0]), match[0]), text)
    repaired = text.encode()
    return None if repaired == body else repaired


def _code(reference: re.Match[str]) -> int:
    hexadecimal, number = reference.groups()
    return int(hexadecimal, 16) if hexadecimal else int(number)


def _stand_in(code: int, otherwise: str) -> str:
    if code in _CONTROL:
        return chr(_STAND_IN + code)
    if 0xD800 <= code <= 0xDFFF or code in {0xFFFE, 0xFFFF}:
        # A lone surrogate has no UTF-8 form; its name in ASCII is the most that can be kept.
        return f"\\u{code:04x}"
    return otherwise


def _restored(value: Any) -> Any:
    if isinstance(value, str):
        return value.translate(_RESTORE)
    if isinstance(value, dict):
        return {name: _restored(item) for name, item in value.items()}
    return [_restored(item) for item in value] if isinstance(value, list) else value
