"""YAML without its traps, with the line of everything in it.

Only what JSON can say is accepted: no anchors, aliases or tags (so no expansion bombs and no
objects), no second document, no duplicate keys. Plain scalars follow the YAML 1.2 core schema
(https://yaml.org/spec/1.2.2/#103-core-schema) less octal and hexadecimal numbers: ``yes``, ``on``
and ``no`` are text, so are ``2024-01-31``, ``0042`` and ``12:30``; fractions are exact decimals.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeAlias

import yaml

from crm_transforms.mapping.problem import MappingError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Where: TypeAlias = "tuple[str | int | None, ...]"

MAX_BYTES = 1_000_000
MAX_DEPTH = 40
MAX_NUMBER_LENGTH = 40

_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_TRUE = frozenset({"true", "True", "TRUE"})
_FALSE = frozenset({"false", "False", "FALSE"})
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)", re.ASCII)
_DECIMAL = re.compile(
    r"[-+]?(?:(?:0|[1-9][0-9]*)\.[0-9]*|\.[0-9]+|(?:0|[1-9][0-9]*)(?=[eE]))(?:[eE][-+]?[0-9]{1,2})?",
    re.ASCII,
)


@dataclass(frozen=True)
class MarkedDocument:
    """A YAML document as plain data.

    Attributes:
        path: the document as the caller named it.
        data: ``dict`` (keys are text, or ``None`` for a plain ``null``), ``list``, ``str``,
            ``int``, ``Decimal``, ``bool`` and ``None``.
        lines: by path inside the document; for an entry of a ``dict`` the line of its key.
    """

    path: str
    data: Any
    lines: dict[Where, int]

    def line(self, where: Where) -> int:
        """The line of a place, or of the nearest place above it that the document has."""
        while where and where not in self.lines:
            where = where[:-1]
        return self.lines.get(where, 1)

    def problem(self, where: Where, message: str) -> Problem:
        """A problem at a place of this document."""
        return Problem(self.path, self.line(where), dotted(where), message)


def dotted(where: Where) -> str:
    """A place as a person writes it: ``objects.deal.fields.status``."""
    return ".".join("null" if step is None else str(step) for step in where)


def read_document(path: Path, name: str) -> MarkedDocument:
    """Read a document from a file; ``name`` stands for the file in messages.

    Raises:
        MappingError: unreadable, over 1 MB, or not the YAML described above.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise MappingError([Problem(name, 1, "", f"cannot be read: {error.strerror}")]) from error
    return parse_document(content, name)


def parse_document(content: bytes, name: str) -> MarkedDocument:
    """Parse a document; ``name`` stands for it in messages.

    Raises:
        MappingError: over 1 MB, or not the YAML described above.
    """
    if len(content) > MAX_BYTES:
        raise MappingError([Problem(name, 1, "", f"is larger than {MAX_BYTES:,} bytes")])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise MappingError([Problem(name, line, "", "is not UTF-8 text")]) from error
    reader = _Reader(name)
    try:
        data = reader.read(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise MappingError([Problem(name, line, "", f"is no YAML: {error.problem}")]) from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        message = f"holds the character U+{int(error.character):04X}, which YAML forbids"
        raise MappingError([Problem(name, line, "", message)]) from error
    if reader.problems:
        raise MappingError(reader.problems)
    return MarkedDocument(name, data, reader.lines)


@dataclass
class _Reader:
    """Builds plain data from the parser's events, so that nothing is ever constructed by tag."""

    name: str
    lines: dict[Where, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def read(self, text: str) -> Any:
        events = (
            event
            for event in yaml.parse(text, Loader=yaml.SafeLoader)
            if not isinstance(event, yaml.StreamStartEvent | yaml.StreamEndEvent)
        )
        data = None
        for count, event in enumerate(events):
            if count:
                raise MappingError([self._problem(event, (), "a second document starts here")])
            data = self._value(next(events), events, ())
            next(events)
        return data

    def _problem(self, event: yaml.Event, where: Where, message: str) -> Problem:
        return Problem(self.name, _line(event), dotted(where), message)

    def _value(self, event: yaml.Event, events: Iterator[yaml.Event], where: Where) -> Any:
        self.lines.setdefault(where, _line(event))
        if isinstance(event, yaml.NodeEvent) and event.anchor is not None:
            message = f"anchors and aliases are not allowed ({event.anchor})"
            raise MappingError([self._problem(event, where, message)])
        if isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent) and event.tag not in {
            None,
            "!",
        }:
            message = f"tags are not allowed ({event.tag})"
            raise MappingError([self._problem(event, where, message)])
        if len(where) > MAX_DEPTH:
            message = f"is nested deeper than {MAX_DEPTH} levels"
            raise MappingError([self._problem(event, (), message)])
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(events, where)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(events, where)
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event, where)
        raise MappingError([self._problem(event, where, "a value is missing")])

    def _sequence(self, events: Iterator[yaml.Event], where: Where) -> list[Any]:
        result: list[Any] = []
        while not isinstance(event := next(events), yaml.SequenceEndEvent):
            result.append(self._value(event, events, (*where, len(result))))
        return result

    def _mapping(self, events: Iterator[yaml.Event], where: Where) -> dict[str | None, Any]:
        result: dict[str | None, Any] = {}
        while not isinstance(event := next(events), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                message = "a key must be text, not a list or a mapping"
                raise MappingError([self._problem(event, where, message)])
            key = self._key(event, where)
            place = (*where, key)
            if key in result:
                message = f"the key stands here twice, first in line {self.lines[place]}"
                self.problems.append(self._problem(event, place, message))
            self.lines.setdefault(place, _line(event))
            value = self._value(next(events), events, place)
            result.setdefault(key, value)
        return result

    def _key(self, event: yaml.ScalarEvent, where: Where) -> str | None:
        """Keys compare as text; ``1.50`` and ``1.5`` are the same number and so the same key."""
        value = self._scalar(event, where)
        if value is None or isinstance(value, str):
            return value
        if isinstance(value, bool):
            return "true" if value else "false"
        return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)

    def _scalar(self, event: yaml.ScalarEvent, where: Where) -> Any:
        text: str = event.value
        if event.style or event.tag == "!":
            return text
        if text in _NULL:
            return None
        if text in _TRUE or text in _FALSE:
            return text in _TRUE
        number = int if _INTEGER.fullmatch(text) else Decimal if _DECIMAL.fullmatch(text) else None
        if number is None:
            return text
        if len(text) > MAX_NUMBER_LENGTH:
            message = f"a number may have {MAX_NUMBER_LENGTH} characters; quote it to make it text"
            raise MappingError([self._problem(event, where, message)])
        return number(text)


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1
