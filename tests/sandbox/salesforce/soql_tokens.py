"""SOQL text as tokens: names, signs, and literals of four kinds."""

from __future__ import annotations

import re

from tests.sandbox.salesforce.problem import RefusalError

TOKEN = re.compile(
    r"\s*(?:(?P<string>'(?:[^'\\]|\\.)*')"
    r"|(?P<moment>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d))"
    r"|(?P<date>\d{4}-\d\d-\d\d)"
    r"|(?P<number>-?\d+(?:\.\d+)?)"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_.]*)"
    r"|(?P<sign><=|>=|!=|<>|[=<>(),]))"
)
ESCAPED = re.compile(r"\\(.)", re.DOTALL)
ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}
LONGEST = 100_000
"""Characters of a query."""


class Bare(str):
    """A literal without quotes: a date or an instant."""

    __slots__ = ()


def malformed(message: str) -> RefusalError:
    return RefusalError(400, "MALFORMED_QUERY", message)


def tokens_of(text: str) -> list[tuple[str, str]]:
    """A query's tokens, each with its kind.

    Raises:
        RefusalError: MALFORMED_QUERY.
    """
    if len(text) > LONGEST:
        raise malformed("SOQL statements cannot be longer than 100000 characters")
    found, place = [], 0
    text = text.rstrip()
    while place < len(text):
        match = TOKEN.match(text, place)
        if match is None:
            raise malformed(f"unexpected token: '{text[place : place + 20].strip()}'")
        kind = str(match.lastgroup)
        found.append((kind, match[kind]))
        place = match.end()
    return found


def unescaped(text: str, *, pattern: bool) -> str:
    """What a quoted text means. The pattern of LIKE keeps the escapes of its wildcards."""
    kept = dict.fromkeys(r"\_%", r"\{}") if pattern else {}
    return ESCAPED.sub(lambda m: ESCAPES.get(m[1]) or kept.get(m[1], "{}").format(m[1]), text)
