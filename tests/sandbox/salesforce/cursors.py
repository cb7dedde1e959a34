"""Query cursors: where a caller may go on reading a long answer.

https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_querymore.htm
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.sandbox.salesforce.ids import make_id

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST = 10
"""Cursors a user may have open; the one that was used longest ago goes first."""


class Cursors:
    """The answers that somebody has not read to their end."""

    def __init__(self) -> None:
        self._open: dict[str, Sequence[dict[str, Any]]] = {}
        self._count = 0

    def open(self, found: Sequence[dict[str, Any]]) -> str:
        """Keep an answer; under which name."""
        self._count += 1
        name = make_id("01g", self._count)
        self._open[name] = found
        while len(self._open) > MOST:
            del self._open[next(iter(self._open))]
        return name

    def find(self, name: str) -> Sequence[dict[str, Any]] | None:
        found = self._open.pop(name, None)
        if found is not None:
            self._open[name] = found
        return found

    def clear(self) -> None:
        """Let all of them expire."""
        self._open.clear()
