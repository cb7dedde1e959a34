"""Whether the streams have what the expressions of a mapping name."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from crm_transforms.mapping.expression import Expression, closest
from crm_transforms.mapping.functions import FUNCTIONS

if TYPE_CHECKING:
    from crm_transforms.mapping.compilation import Compilation
    from crm_transforms.mapping.join import Join
    from crm_transforms.mapping.mapped_object import MappedObject
    from crm_transforms.mapping.marked_yaml import Where
    from crm_transforms.mapping.problem import Problem

Schema: TypeAlias = "Mapping[str, Any]"


@dataclass(frozen=True)
class RowShape:
    """A row: columns by JSON Schema, and what is joined to it. ``name`` is for messages."""

    name: str
    columns: Mapping[str, Schema]
    joins: Mapping[str, Shape] = field(default_factory=dict)
    closed: bool = True


@dataclass(frozen=True)
class ListShape:
    """A list of elements of one shape."""

    element: Shape


Shape: TypeAlias = "RowShape | ListShape | None"
"""``None`` is a scalar, or something that cannot be told."""


def shape_of(name: str, schema: Schema) -> Shape:
    """What a column holds, as far as its JSON Schema tells."""
    types = schema.get("type", ())
    kinds = {types} if isinstance(types, str) else set(types)
    if "array" in kinds:
        items = schema.get("items")
        return ListShape(shape_of(name, items) if isinstance(items, Mapping) else None)
    columns = schema.get("properties")
    if "object" in kinds and columns and not schema.get("additionalProperties"):
        return RowShape(name, columns)
    return None


class SchemaCheck:
    """Checks the objects of one mapping against the schemas of its source.

    Args:
        compilation: of the mapping.
        schemas: JSON Schema by stream.
        whole: these are all streams of the source, so that one which is not there does not exist.
    """

    def __init__(
        self, compilation: Compilation, schemas: Mapping[str, Schema], *, whole: bool = True
    ) -> None:
        self._compilation = compilation
        self._schemas = schemas
        self._whole = whole
        self.problems: list[Problem] = []

    def check(self, obj: MappedObject) -> None:
        """Add the problems of one object."""
        scope: dict[str, Shape] = {}
        row = RowShape(obj.name, {})
        if obj.stream is not None:
            row = self._stream(obj.stream, (*obj.where, "from"))
        scope = self._joined(obj.joins, row)
        self._hidden(obj.expressions, row)
        whole = RowShape(row.name, row.columns, scope, row.closed)
        for where, expression in obj.row_expressions:
            elements = self._visit(expression, whole, where)
            if where[-1] == "each":
                element = elements.element if isinstance(elements, ListShape) else None
                scope = {**scope, "item": element, "index": None}
        whole = RowShape(row.name, row.columns, scope, row.closed)
        for where, expression in obj.expressions:
            self._visit(expression, whole, where)
        for where, stream, expression in obj.option_expressions:
            self._visit(expression, self._stream(stream, where), where)

    def rows(
        self, stream: str, where: Where, expressions: Sequence[tuple[Where, Expression]]
    ) -> None:
        """Add the problems of expressions over a stream's rows; ``where`` names the stream."""
        row = self._stream(stream, where)
        self._hidden(expressions, row)
        for place, expression in expressions:
            self._visit(expression, row, place)

    def _complain(self, where: Where, message: str) -> None:
        self.problems.append(self._compilation.document.problem(where, message))

    def _stream(self, name: str, where: Where) -> RowShape:
        schema = self._schemas.get(name)
        if schema is None:
            if self._whole:
                self._complain(where, f'there is no stream "{name}"{closest(name, self._schemas)}')
            return RowShape(name, {}, closed=False)
        return RowShape(f"stream {name}", schema.get("properties", {}))

    def _hidden(self, expressions: Sequence[tuple[Where, Expression]], row: RowShape) -> None:
        used = {name for _, expression in expressions for name in expression.names}
        for name in sorted(used & self._compilation.parameters.keys() & row.columns.keys()):
            self._complain(("parameters", name), f"this hides the column {name} of {row.name}")

    def _joined(self, joins: Iterable[Join], row: RowShape) -> dict[str, Shape]:
        shapes: dict[str, Shape] = {}
        for join in joins:
            outer = RowShape(row.name, row.columns, shapes, row.closed)
            keys = self._visit(join.key, outer, join.key_where)
            inner = self._stream(join.stream, (*join.where, "stream"))
            nested = self._joined(join.joins, inner)
            inner = RowShape(inner.name, inner.columns, nested, inner.closed)
            for key, column in (("on", join.on), ("order", join.order)):
                if column is not None and inner.closed and column not in inner.columns:
                    hint = closest(column, inner.columns)
                    self._complain((*join.where, key), f"{inner.name} has no column {column}{hint}")
            if join.filter is not None:
                self._visit(join.filter, inner, (*join.where, "where"))
            is_list = join.many or isinstance(keys, ListShape)
            shapes = {**shapes, join.name: ListShape(inner) if is_list else inner}
        return shapes

    def _visit(self, expression: Expression, row: RowShape, where: Where) -> Shape:
        return _Walk(self, expression, row, where).shape(expression.tree, {})

    def unknown(self, where: Where, expression: Expression, node: ast.AST, message: str) -> None:
        """Note a name that is not there."""
        self._complain(where, str(expression.error(node, message)))

    @property
    def parameters(self) -> Iterable[str]:
        """Names that every expression knows."""
        return self._compilation.parameters


class _Walk:
    """Goes through one expression, knowing the shape of everything it can know."""

    def __init__(
        self, check: SchemaCheck, expression: Expression, row: RowShape, where: Where
    ) -> None:
        self._check = check
        self._expression = expression
        self._row = row
        self._where = where

    def shape(self, node: ast.AST, loops: Mapping[str, Shape]) -> Shape:
        walk = getattr(self, f"_{type(node).__name__.lower()}", self._inside)
        shape: Shape = walk(node, loops)
        return shape

    def _inside(self, node: ast.AST, loops: Mapping[str, Shape]) -> Shape:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                self.shape(child, loops)
        return None

    def _unknown(self, node: ast.AST, message: str) -> None:
        self._check.unknown(self._where, self._expression, node, message)

    def _name(self, node: ast.Name, loops: Mapping[str, Shape]) -> Shape:
        if node.id in loops:
            return loops[node.id]
        if node.id in self._row.joins:
            return self._row.joins[node.id]
        if node.id in self._check.parameters:
            return None
        return self._column(node, self._row, node.id)

    def _column(self, node: ast.AST, row: RowShape, name: str) -> Shape:
        if name in row.joins:
            return row.joins[name]
        if name in row.columns:
            return shape_of(name, row.columns[name])
        if row.closed:
            known = [*row.columns, *row.joins]
            self._unknown(node, f'{row.name} has no "{name}"{closest(name, known)}')
        return None

    def _attribute(self, node: ast.Attribute, loops: Mapping[str, Shape]) -> Shape:
        base = self.shape(node.value, loops)
        if isinstance(base, ListShape):
            self._unknown(
                node, f'a list has no "{node.attr}"; go over it: [x.{node.attr} for x in …]'
            )
        return self._column(node, base, node.attr) if isinstance(base, RowShape) else None

    def _subscript(self, node: ast.Subscript, loops: Mapping[str, Shape]) -> Shape:
        base = self.shape(node.value, loops)
        self.shape(node.slice, loops)
        if isinstance(node.slice, ast.Slice):
            return base
        if isinstance(base, RowShape) and isinstance(node.slice, ast.Constant):
            return self._column(node, base, str(node.slice.value))
        return base.element if isinstance(base, ListShape) else None

    def _listcomp(self, node: ast.ListComp, loops: Mapping[str, Shape]) -> Shape:
        loop = node.generators[0]
        rows = self.shape(loop.iter, loops)
        element = rows.element if isinstance(rows, ListShape) else None
        inner = {**loops, loop.target.id: element} if isinstance(loop.target, ast.Name) else loops
        for condition in loop.ifs:
            self.shape(condition, inner)
        return ListShape(self.shape(node.elt, inner))

    def _list(self, node: ast.List, loops: Mapping[str, Shape]) -> Shape:
        self._inside(node, loops)
        return ListShape(None)

    _tuple = _list

    def _call(self, node: ast.Call, loops: Mapping[str, Shape]) -> Shape:
        shapes = [self.shape(argument, loops) for argument in node.args]
        for keyword in node.keywords:
            self.shape(keyword.value, loops)
        function = FUNCTIONS[node.func.id] if isinstance(node.func, ast.Name) else None
        if function is None or not function.keeps_elements or not shapes:
            return None
        if function.gives_list:
            return shapes[0]
        return shapes[0].element if isinstance(shapes[0], ListShape) else None
