"""Column profiles: what a column holds, in bounded memory however many rows there are."""

from __future__ import annotations

import heapq
from collections import Counter
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from crm_transforms.canonical import encode
from crm_transforms.mapping.discovery import neutral_type

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_VALUES = 30
"""A column of more different values is no pick-list."""
LONGEST_VALUE = 80
"""Characters of the longest entry of a pick-list."""
SKETCH = 256
"""Up to so many different values are counted exactly, more are estimated within a tenth or so."""
HASHES = 2**64
EMPTY: tuple[Any, ...] = (None, "", [], {})

JSON_TYPES: Mapping[type, str] = {
    str: "string",
    bool: "boolean",
    int: "integer",
    list: "array",
    dict: "object",
}


class Distinct:
    """Counts different values: the smallest hashes of many are as dense as all of them.

    Bar-Yossef and others, Counting Distinct Elements in a Data Stream, 2002.
    """

    def __init__(self) -> None:
        self._heap: list[int] = []
        self._kept: set[int] = set()

    def add(self, value: bytes) -> None:
        """Take note of a value."""
        number = int.from_bytes(blake2b(value, digest_size=8).digest(), "big")
        if number in self._kept:
            return
        if len(self._kept) < SKETCH:
            heapq.heappush(self._heap, -number)
        elif number < -self._heap[0]:
            self._kept.remove(-heapq.heapreplace(self._heap, -number))
        else:
            return
        self._kept.add(number)

    def count(self) -> int:
        """How many different values there were, about."""
        if len(self._kept) < SKETCH:
            return len(self._kept)
        return round((SKETCH - 1) * HASHES / -self._heap[0])


@dataclass(slots=True)
class ColumnProfile:
    """What one column holds.

    Attributes:
        declared: its JSON Schema; empty where the source does not list it.
        filled: rows that hold something; longest: characters of the longest.
    """

    declared: Mapping[str, Any] = field(default_factory=dict)
    filled: int = 0
    longest: int = 0
    _types: set[str] = field(default_factory=set)
    _values: Counter[str] = field(default_factory=Counter)
    _is_pick_list: bool = True
    _distinct: Distinct = field(default_factory=Distinct)

    def observe(self, value: Any) -> None:
        """Take note of one row's value."""
        if value in EMPTY:
            return
        self.filled += 1
        self._types.add(JSON_TYPES.get(type(value), "number"))
        told = encode(value)
        text = value if isinstance(value, str) else told.decode()
        self.longest = max(self.longest, len(text))
        self._distinct.add(told)
        if self._is_pick_list:
            self._values[text] += 1
            if len(self._values) > MOST_VALUES or len(text) > LONGEST_VALUE:
                self._is_pick_list = False
                self._values.clear()

    @property
    def type(self) -> str:
        """The neutral type that holds it."""
        told = self.declared or {"type": sorted(self._types)}
        return neutral_type({**told, "maxLength": self.longest})

    def as_json(self, name: str, *, unlisted: bool) -> dict[str, Any]:
        """As the plan keeps it."""
        return {
            "name": name,
            "type": self.type,
            "filled": self.filled,
            "longest": self.longest,
            "distinct": self._distinct.count(),
            "values": [list(pair) for pair in self._values.most_common()],
            "unlisted": unlisted,
        }
