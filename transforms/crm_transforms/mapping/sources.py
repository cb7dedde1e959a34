"""What the values of a field are made of: the columns, joins and members that expressions name."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from crm_transforms.mapping.coercion import canonical
from crm_transforms.mapping.functions import FUNCTIONS
from crm_transforms.mapping.leaves import ColumnValue, Leaf, expressions_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from crm_transforms.mapping.code import Scope

MAX_ELEMENTS = 5
"""Elements of a list that are shown."""


@dataclass(frozen=True, slots=True)
class Source:
    """One thing that a value is made of.

    Attributes:
        root: ``row``, ``joined``, ``item`` or ``index``: where it is found.
        steps: members, from there on.
    """

    root: str
    steps: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """As a person writes it."""
        steps = self.steps if self.root in {"row", "joined"} else (self.root, *self.steps)
        return ".".join(steps)

    def member(self, name: str) -> Source:
        """A member of it."""
        return Source(self.root, (*self.steps, name))

    def value(self, held: Mapping[str, Any]) -> Any:
        """What it is for one record, as far as it can be shown: a scalar, or a short list.

        Args:
            held: by root, what is found there.
        """
        return _told(_followed(held[self.root], self.steps))


_Loops: TypeAlias = "Mapping[str, Source | None]"


class FieldSources:
    """The sources of each field of an object.

    Args:
        leaves: the object's values.
        scope: what names mean in them.
    """

    def __init__(self, leaves: Iterable[Leaf], scope: Scope) -> None:
        self._by_leaf = [(leaf.name, tuple(_leaf_sources(leaf, scope))) for leaf in leaves]

    def of(self, field: str) -> tuple[Source, ...]:
        """The sources of a field, or of a value inside it (``emails.0``), each once."""
        inside = f"{field}."
        return tuple(
            dict.fromkeys(
                source
                for name, sources in self._by_leaf
                if name == field or name.startswith(inside)
                for source in sources
            )
        )


def _leaf_sources(leaf: Leaf, scope: Scope) -> Iterator[Source]:
    if isinstance(leaf.value, ColumnValue):
        yield Source("row", (leaf.value.column,))
    for _, expression in expressions_of(leaf.where, leaf.value):
        yield from _Walk(scope).sources(expression.tree, {})


class _Walk:
    """Goes through one expression, knowing what its loop variables stand for."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def sources(self, node: ast.AST, loops: _Loops) -> Iterator[Source]:
        source = self._path(node, loops)
        if source is not None:
            yield source
        elif isinstance(node, ast.ListComp):
            yield from self._comprehension(node, loops)
        elif isinstance(node, ast.Call):
            for argument in (*node.args, *(keyword.value for keyword in node.keywords)):
                yield from self.sources(argument, loops)
        else:
            for child in ast.iter_child_nodes(node):
                yield from self.sources(child, loops)

    def _comprehension(self, node: ast.ListComp, loops: _Loops) -> Iterator[Source]:
        loop = node.generators[0]
        variable = loop.target.id if isinstance(loop.target, ast.Name) else ""
        parts = (*loop.ifs, node.elt)
        rows = self._path(loop.iter, loops)
        if rows is None or not any(variable in _names(part) for part in parts):
            yield from self.sources(loop.iter, loops)
        for part in parts:
            yield from self.sources(part, {**loops, variable: rows})

    def _path(self, node: ast.AST, loops: _Loops) -> Source | None:
        """The one source that a node stands for, if it is nothing but that."""
        if isinstance(node, ast.Name):
            return self._named(node.id, loops)
        if isinstance(node, ast.Attribute):
            base = self._path(node.value, loops)
            return None if base is None else base.member(node.attr)
        if isinstance(node, ast.Subscript) and not _names(node.slice):
            base = self._path(node.value, loops)
            key = node.slice.value if isinstance(node.slice, ast.Constant) else None
            return base.member(key) if base is not None and isinstance(key, str) else base
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
            first, *rest = (*node.args, *(keyword.value for keyword in node.keywords))
            if FUNCTIONS[node.func.id].keeps_elements and not any(map(_names, rest)):
                return self._path(first, loops)
        return None

    def _named(self, name: str, loops: _Loops) -> Source | None:
        if name in loops:
            return loops[name]
        if name in {"item", "index"}:
            return Source(name)
        if name in self._scope.joins:
            return Source("joined", (name,))
        return None if name in self._scope.parameters else Source("row", (name,))


def _names(node: ast.AST) -> set[str]:
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}


def _followed(value: Any, steps: tuple[str, ...]) -> Any:
    """The member at the end of the steps; of a list, that of each element."""
    for place, step in enumerate(steps):
        if isinstance(value, list):
            found = [_followed(element, steps[place:]) for element in value]
            return [one for each in found for one in (each if isinstance(each, list) else [each])]
        value = value.get(step) if isinstance(value, Mapping) else None
    return value


def _told(value: Any) -> Any:
    if isinstance(value, Mapping):
        return "1 row"
    if isinstance(value, list):
        if any(isinstance(element, Mapping) for element in value):
            return f"{len(value)} rows" if len(value) > 1 else "1 row"
        told = [_told(element) for element in value[:MAX_ELEMENTS]]
        return told if len(value) <= MAX_ELEMENTS else [*told, f"… {len(value)} in all"]
    try:
        return canonical(value)
    except ValueError:  # a number that is longer than anybody reads
        return str(value)
