"""The functions that expressions may call: one table.

A function that passes null through answers null when its first argument is null. Conversions take
blank text for null, and raise ``ValueError`` with a sentence for anything else they cannot convert.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from crm_transforms.mapping.functions import contacts, lists, moments, numbers, texts

VERSION = 1
"""Raised whenever a function answers differently than before: records are then mapped anew."""

Check: TypeAlias = Callable[[Any], None]


@dataclass(frozen=True, slots=True)
class Function:
    """One function of the mapping language.

    Attributes:
        name: as expressions call it.
        call: what is called; handles null already.
        bare: the same for a first argument that is known not to be null.
        example: an expression without names.
        result: what the example gives.
        gives_list: the answer is a list whenever it is not null.
        keeps_elements: the answer is the first argument, or a list or element of it.
        checks: by parameter, what a literal argument must satisfy when the document loads.
    """

    name: str
    call: Callable[..., Any]
    example: str
    result: Any
    bare: Callable[..., Any] | None = None
    gives_list: bool = False
    keeps_elements: bool = False
    checks: Mapping[str, Check] = field(default_factory=dict)

    @property
    def parameters(self) -> inspect.Signature:
        """What may be passed."""
        return inspect.signature(self.call)

    @property
    def signature(self) -> str:
        """The call as documentation shows it: ``date(value, zone=None)``."""
        plain = [p.replace(annotation=p.empty) for p in self.parameters.parameters.values()]
        return f"{self.name}{inspect.Signature(plain)}"

    @property
    def doc(self) -> str:
        """What it does, for people."""
        return " ".join((inspect.getdoc(self.call) or "").split())


def _passing(
    name: str, call: Callable[..., Any], example: str, result: Any, **facts: Any
) -> Function:
    @functools.wraps(call)
    def passing(value: Any, *rest: Any, **named: Any) -> Any:
        return None if value is None else call(value, *rest, **named)

    return Function(name, passing, example, result, call, **facts)


_ZONE: Mapping[str, Check] = {"zone": moments.check_zone}
_REGION: Mapping[str, Check] = {"region": contacts.check_region}
_NEW_YORK = "'America/New_York'"

_ROWS = (
    _passing("text", texts.text, "text(5)", "5"),
    _passing("lower", texts.lower, "lower('ABC')", "abc"),
    _passing("upper", texts.upper, "upper('abc')", "ABC"),
    _passing("strip", texts.strip, "strip(' a ')", "a"),
    _passing("replace", texts.replace, "replace('a-b', '-', '/')", "a/b"),
    _passing("split", texts.split, "split('a, b,', ',')", ["a", "b"], gives_list=True),
    _passing("contains", texts.contains, "contains('abc', 'b')", True),
    _passing("starts_with", texts.starts_with, "starts_with('abc', 'a')", True),
    _passing("ends_with", texts.ends_with, "ends_with('abc', 'c')", True),
    _passing("length", texts.length, "length('abc')", 3),
    Function("join", texts.join, "join(', ', 'a', None, ['b'])", "a, b"),
    Function("lines", texts.lines, "lines('a', '', 'b')", "a\nb"),
    _passing("html", texts.html, "html('a < b')", "a &lt; b"),
    _passing("paragraphs", texts.paragraphs, "paragraphs('a & b')", "<p>a &amp; b</p>"),
    _passing("html_note", texts.html_note, "html_note('a < b')", "a &lt; b"),
    _passing("email", contacts.email, "email(' Al@x.org ')", "Al@x.org"),
    _passing("email_key", contacts.email_key, "email_key('Al@X.org')", "al@x.org"),
    _passing(
        "phone", contacts.phone, "phone('(415) 555-2671', 'US')", "+14155552671", checks=_REGION
    ),
    _passing("url", contacts.url, "url('https://x.org ')", "https://x.org"),
    _passing("integer", numbers.integer, "integer('12')", 12),
    _passing("decimal", numbers.decimal, "decimal('12.5') * 2", 25),
    _passing("boolean", numbers.boolean, "boolean('Yes')", True),
    _passing("round_half_up", numbers.round_half_up, "text(round_half_up(2.345, 2))", "2.35"),
    _passing("abs", numbers.absolute, "abs(-2)", 2),
    _passing("total", numbers.total, "total([1, None, 2])", 3),
    Function("min", lists.smallest, "min(2, None, 1)", 1),
    Function("max", lists.largest, "max([2, 3])", 3),
    _passing(
        "date",
        moments.date,
        f"date('2024-01-01T03:00:00Z', {_NEW_YORK})",
        "2023-12-31",
        checks=_ZONE,
    ),
    _passing(
        "time", moments.time, f"time('2024-01-01T15:00:00Z', {_NEW_YORK})", "10:00:00", checks=_ZONE
    ),
    _passing(
        "instant",
        moments.instant,
        "instant('2024-01-01 09:00:00 -0500')",
        "2024-01-01T14:00:00Z",
        checks=_ZONE,
    ),
    Function(
        "hours", moments.hours, "hours('2024-01-01T08:00:00Z', '2024-01-01T09:45:00Z') * 4", 7
    ),
    _passing("count", lists.count, "count(['a', 'b'])", 2),
    _passing("first", lists.first, "first(['a', 'b'])", "a", keeps_elements=True),
    _passing("last", lists.last, "last(['a', 'b'])", "b", keeps_elements=True),
    _passing(
        "distinct",
        lists.distinct,
        "distinct(['a', 'b', 'a'])",
        ["a", "b"],
        gives_list=True,
        keeps_elements=True,
    ),
    _passing(
        "sorted_by",
        lists.sorted_by,
        "sorted_by([2, 1], descending=True)",
        [2, 1],
        gives_list=True,
        keeps_elements=True,
    ),
    Function("coalesce", lists.coalesce, "coalesce(None, ' ', 'a')", "a"),
    Function("default", lists.default, "default(None, 0)", 0),
    Function("need", lists.need, "need('a', 'why it is missing')", "a"),
)

FUNCTIONS: Mapping[str, Function] = {row.name: row for row in _ROWS}
