"""In which order objects are made, and which references must wait for a second pass."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Dependency:
    """Records of ``child`` point to records of ``parent`` by ``field``."""

    child: str
    field: str
    parent: str
    required: bool


@dataclass(frozen=True, slots=True)
class LoadOrder:
    """The order in which every record finds what it points to.

    Attributes:
        order: parents first; the document's order among equals.
        deferred: by object the fields that are filled in a second pass.
        cycles: required references that no order can satisfy.
    """

    order: tuple[str, ...]
    deferred: Mapping[str, frozenset[str]]
    cycles: tuple[Dependency, ...]


def load_order(names: Sequence[str], dependencies: Iterable[Dependency]) -> LoadOrder:
    """Find the order with as few deferred references as a greedy choice can.

    References are honoured one after the other, the required first, then those that agree with the
    document's order, then the rest; one that would close a circle is deferred.
    """
    place = {name: position for position, name in enumerate(names)}
    parents: dict[str, set[str]] = {name: set() for name in names}
    deferred: dict[str, set[str]] = {}
    cycles: list[Dependency] = []

    def preference(each: Dependency) -> tuple[bool, bool, int]:
        return (not each.required, place[each.parent] >= place[each.child], place[each.child])

    for each in sorted(dependencies, key=preference):
        if each.child != each.parent and each.child not in _ancestors(parents, each.parent):
            parents[each.child].add(each.parent)
        elif each.required:
            cycles.append(each)
        else:
            deferred.setdefault(each.child, set()).add(each.field)
    order: list[str] = []
    while len(order) < len(names):
        done = set(order)
        order.append(next(n for n in names if n not in done and parents[n] <= done))
    return LoadOrder(
        tuple(order),
        {name: frozenset(fields) for name, fields in deferred.items()},
        tuple(cycles),
    )


def _ancestors(parents: Mapping[str, set[str]], name: str) -> set[str]:
    found = {name}
    todo = [name]
    while todo:
        new = parents[todo.pop()] - found
        found |= new
        todo += new
    return found
