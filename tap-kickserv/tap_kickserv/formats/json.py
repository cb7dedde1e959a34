"""Kickserv's unofficial JSON: https://veildg.com/kickservapi/v2."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any, ClassVar

import msgspec

from tap_kickserv.denied import is_denied
from tap_kickserv.formats.base import Format, Row, UnreadableError, plural_of

_decoder = msgspec.json.Decoder(float_hook=Decimal)
_harmless: set[str] = set()


class JsonFormat(Format):
    """Reads a bare array, or an object that holds the array beside other keys."""

    suffix: ClassVar[str] = ".json"
    accept: ClassVar[str] = "application/json"

    def rows(self, body: bytes, name: str) -> list[Row]:
        document = _decoded(body)
        found = document if isinstance(document, list) else _the_list(document, name)
        return [_unwrapped(row, name) for row in found]

    def record(self, body: bytes, name: str) -> Row:
        document = _decoded(body)
        if not isinstance(document, dict):
            raise UnreadableError(f"the JSON is no {name}")
        return _unwrapped(document, name)


def _decoded(body: bytes) -> Any:
    try:
        return _clean(_decoder.decode(body))
    except (msgspec.DecodeError, UnicodeDecodeError):
        pass
    # Python's own decoder is lenient where msgspec is strict: NaN and lone surrogates.
    try:
        text = body.decode("utf-8", "backslashreplace")
        document = json.loads(text, parse_float=Decimal, parse_constant=str)
    except ValueError:
        raise UnreadableError("the JSON is cut or malformed") from None
    return _clean(_storable(document))


def _the_list(document: Any, name: str) -> list[Any]:
    if not isinstance(document, dict):
        raise UnreadableError(f"the JSON is no list of {plural_of(name)}")
    plural = plural_of(name)
    if isinstance(document.get(plural), list):
        return list(document[plural])
    lists = [
        value
        for value in document.values()
        if isinstance(value, list) and all(isinstance(item, dict) for item in value)
    ]
    if len(lists) != 1:
        raise UnreadableError(f"{len(lists)} lists where one of {plural} is expected")
    return lists[0]


def _unwrapped(row: Any, name: str) -> Row:
    if not isinstance(row, dict):
        raise UnreadableError(f"a list of {type(row).__name__} where a {name} is expected")
    if row.keys() == {name} and isinstance(row[name], dict):
        return dict(row[name])
    return row


def _clean(value: Any) -> Any:
    """Delete credentials from a document, in place."""
    if isinstance(value, list):
        for item in value:
            _clean(item)
    elif isinstance(value, dict):
        # Rows share their names, so that most of them are settled by one comparison of sets.
        if not value.keys() <= _harmless:
            for name in [*value]:
                if is_denied(name):
                    del value[name]
            _harmless.update(value)
        for item in value.values():
            if isinstance(item, (dict, list)):
                _clean(item)
    return value


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, dict):
        return {_storable(name): _storable(item) for name, item in value.items()}
    return [_storable(item) for item in value] if isinstance(value, list) else value
