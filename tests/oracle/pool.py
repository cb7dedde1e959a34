"""Records that carry no key, waiting to be recognised by where they hang and what they hold."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, TypeAlias

from tests.oracle.compare import differences

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.oracle.crm import Found
    from tests.oracle.promises.wanted import Wanted

Place: TypeAlias = "tuple[str | None, ...]"
"""The external keys of a record's parents."""

STAMPED = frozenset({"id", "add_time", "update_time", "order_nr", "url", "marked_as_done_time"})
"""What two writes of the same record differ in."""


def place_of(wanted: Wanted, lookups: Iterable[str]) -> Place:
    """Where a record has to hang, by the given lookup fields."""
    parents = (wanted.parents.get(field) for field in lookups)
    return tuple(None if parent is None else parent[1] for parent in parents)


def alike(one: Found, other: Found) -> bool:
    """Whether two records differ in nothing that anybody chose."""
    ours, theirs = (
        {name: value for name, value in it.fields.items() if name not in STAMPED}
        for it in (one, other)
    )
    return ours == theirs


class Pool:
    """Records by their place; whoever is recognised leaves it."""

    def __init__(self, found: Iterable[tuple[Place, Found]]) -> None:
        self._free: dict[Place, list[Found]] = defaultdict(list)
        for place, it in found:
            self._free[place].append(it)

    def equal(self, wanted: Wanted, place: Place | None = None) -> Found | None:
        """Take a record that holds what is wanted, from one place or from any."""
        for where in [place] if place is not None else list(self._free):
            for it in self._free[where]:
                if not differences(wanted, it):
                    self._free[where].remove(it)
                    return it
        return None

    def any(self, place: Place) -> Found | None:
        """Take whichever record is left in a place."""
        return self._free[place].pop(0) if self._free[place] else None

    def rest(self) -> list[Found]:
        """What nobody has recognised."""
        return [it for left in self._free.values() for it in left]
