"""A batch cut into requests, so that no two of them wait for one another's locks.

Saving a child locks its parent. Children of one parent therefore go into one request as far as it
holds them, and two requests with children of one parent are never under way at once:
https://developer.salesforce.com/docs/atlas.en-us.record_locking_cheatsheet.meta
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from crm_transforms.destination import Operation


@dataclass(frozen=True)
class Unit:
    """Operations that go together.

    Attributes:
        operations: in order.
        parents: records that are locked meanwhile.
    """

    operations: tuple[Operation, ...]
    parents: frozenset[str]


def units_of(
    operations: Sequence[Operation], size: int, parent_of: Callable[[Operation], str]
) -> Iterator[Unit]:
    """Cut operations, children of one parent beside each other.

    Args:
        operations: of one object and kind.
        size: how many go together at most.
        parent_of: the record that an operation locks first; empty where it locks none.
    """
    families: dict[str, list[Operation]] = defaultdict(list)
    for operation in operations:
        families[parent_of(operation)].append(operation)
    alone = families.pop("", [])
    some: list[tuple[str, Operation]] = []
    for parent, children in families.items():
        # A family that would be torn apart begins a unit of its own.
        if len(some) + len(children) > size and some:
            yield _unit(some)
            some = []
        for child in children:
            some.append((parent, child))
            if len(some) == size:
                yield _unit(some)
                some = []
    for operation in alone:
        some.append(("", operation))
        if len(some) == size:
            yield _unit(some)
            some = []
    if some:
        yield _unit(some)


def _unit(some: Sequence[tuple[str, Operation]]) -> Unit:
    parents = frozenset(parent for parent, _ in some if parent)
    return Unit(tuple(operation for _, operation in some), parents)
