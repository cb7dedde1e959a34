"""The values of a record, compiled: one function for all of them, one each to find what failed."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from crm_transforms.mapping import value_forms
from crm_transforms.mapping.code import Code, Compiled, Scope
from crm_transforms.mapping.coercion import canonical, column_text, column_value, record_key
from crm_transforms.mapping.expression import Expression, ExpressionError, closest
from crm_transforms.mapping.leaves import (
    FORMS,
    ColumnValue,
    FieldValue,
    KeyValue,
    Leaf,
    Place,
    expressions_of,
    leaves,
)
from crm_transforms.mapping.operators import listed, listed_record, record
from crm_transforms.mapping.references import RefField, RefKeys, gives_list, reference_pairs

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from crm_transforms.mapping.compilation import Compilation
    from crm_transforms.mapping.marked_yaml import Where
    from crm_transforms.mapping.problem import RowError
    from crm_transforms.mapping.value_map import ValueMap

LEADS_NOWHERE = 'what is required here is left out of the mapping by its "when"'
SAME = "same"
"""``otherwise: same`` lets a value that the map does not have through as it is."""


class Fields:
    """Some fields of a record.

    Attributes:
        names: the destination fields, in the document's order.
        leaves: the values that hold no others.
        refs: the references among the values.
        expressions: all expressions with their places.
    """

    def __init__(
        self, values: Mapping[str, Place], scope: Scope, compilation: Compilation, where: Where
    ) -> None:
        self._scope = scope
        self._compilation = compilation
        self.names = tuple(values)
        self._places = {name: where for name, (where, _) in values.items()}
        self.leaves = [
            leaf for name, (place, value) in values.items() for leaf in leaves(name, place, value)
        ]
        self.refs = tuple(self._references())
        self.expressions = tuple(
            pair for leaf in self.leaves for pair in expressions_of(leaf.where, leaf.value)
        )
        filename = compilation.filename(where)
        self._build = self._compile_build(values, filename)
        self._ref_keys = self._compile_ref_keys(filename)

    def _references(self) -> Iterator[RefField]:
        """Those that lead to an object which is part of the mapping."""
        for leaf in self.leaves:
            if not isinstance(leaf.value, value_forms.RefValue):
                continue
            objects = self._compilation.parents(leaf.value)
            if objects:
                required, optional = leaf.value.required, leaf.value.optional
                yield RefField(leaf.name, objects, required, _is_many(leaf.value), optional)
            elif leaf.value.required and leaf.where[1] not in self._compilation.off:
                self._compilation.complain((*leaf.where, "ref"), LEADS_NOWHERE)

    def build(
        self,
        row: Mapping[str, Any],
        joined: Mapping[str, Any],
        item: Any,
        index: int,
        refs: Mapping[str, Any],
    ) -> dict[str, Any]:
        """The fields of one record; null where there is nothing to say.

        Raises:
            RowError: a value cannot be converted or mapped.
        """
        try:
            built: dict[str, Any] = self._build(row, joined, item, index, refs)
        except (ValueError, ArithmeticError) as error:
            raise self._diagnosis((row, joined, item, index, refs), error) from error
        return built

    def ref_keys(
        self, row: Mapping[str, Any], joined: Mapping[str, Any], item: Any, index: int
    ) -> dict[str, RefKeys]:
        """What the references point to: by field the (object, key) pairs, ``None`` for nothing.

        Raises:
            RowError: a key cannot be made.
        """
        try:
            keys: dict[str, RefKeys] = self._ref_keys(row, joined, item, index)
        except (ValueError, ArithmeticError) as error:
            raise self._diagnosis((row, joined, item, index, {}), error) from error
        return keys

    def where(self, name: str) -> Where | None:
        """Where a field, or a value inside it, stands in the document."""
        found = next((leaf.where for leaf in self.leaves if leaf.name == name), None)
        return found or self._places.get(name.partition(".")[0])

    def _diagnosis(self, arguments: tuple[Any, ...], error: Exception) -> RowError:
        """Repeat the work value by value; the fast path does not know where it failed."""
        for leaf in self.leaves:
            if leaf.compiled is None:
                code = Code(self._scope)
                emitted = self._leaf_code(code, leaf)
                leaf.compiled = code.function(emitted, self._compilation.filename(leaf.where))
            try:
                leaf.compiled(*arguments)
            except (ValueError, ArithmeticError) as failure:
                rule = FORMS.get(type(leaf.value), "literal")
                return self._compilation.row_error(leaf.name, rule, leaf.where, failure)
        return self._compilation.row_error("", "value", (), error)

    def _compile_build(self, values: Mapping[str, Place], filename: str) -> Compiled:
        code = Code(self._scope)
        built = {
            name: self._value_code(code, name, where, value)
            for name, (where, value) in values.items()
        }
        return code.function(_display(built), filename)

    def _compile_ref_keys(self, filename: str) -> Compiled:
        code = Code(self._scope)
        keys = {
            leaf.name: self._leaf_code(code, leaf)
            for leaf in self.leaves
            if isinstance(leaf.value, value_forms.RefValue)
        }
        return code.function(_display(keys), filename)

    def _leaf_code(self, code: Code, leaf: Leaf) -> ast.expr:
        if isinstance(leaf.value, value_forms.RefValue):
            return self._pairs_code(code, leaf.where, leaf.value)
        return self._value_code(code, leaf.name, leaf.where, leaf.value)

    def _value_code(self, code: Code, name: str, where: Where, value: Any) -> ast.expr:
        emit = getattr(self, f"_{FORMS.get(type(value), 'literal')}_code")
        emitted: ast.expr = emit(code, name, where, value)
        return emitted

    def _list_code(
        self, code: Code, name: str, where: Where, value: value_forms.ListValue
    ) -> ast.expr:
        elements = [
            self._element_code(code, f"{name}.{place}", (*where, "list", place), element)
            for place, element in enumerate(value.elements)
        ]
        return code.call(listed, ast.List(elements, ast.Load()))

    def _record_code(
        self, code: Code, name: str, where: Where, value: value_forms.RecordValue
    ) -> ast.expr:
        return code.call(record, self._members_code(code, name, where, value))

    def _ref_code(
        self, _code: Code, name: str, _where: Where, _value: value_forms.RefValue
    ) -> ast.expr:
        get = ast.Attribute(ast.Name("refs", ast.Load()), "get", ast.Load())
        return ast.Call(get, [ast.Constant(name)], [])

    def _expression_code(self, code: Code, _name: str, where: Where, value: Expression) -> ast.expr:
        return code.canonical(self._vetted_code(code, where, value))

    def _key_code(self, code: Code, _name: str, where: Where, value: KeyValue) -> ast.expr:
        return code.call(record_key, self._vetted_code(code, where, value.expression))

    def _column_code(self, code: Code, _name: str, _where: Where, value: ColumnValue) -> ast.expr:
        carried = column_text if value.as_text else column_value
        return code.call(carried, code.column(value.column))

    def _literal_code(self, code: Code, _name: str, _where: Where, value: Any) -> ast.expr:
        literal = value.const if isinstance(value, value_forms.ConstValue) else value
        return code.literal(canonical(literal))

    def _element_code(self, code: Code, name: str, where: Where, value: FieldValue) -> ast.expr:
        if not isinstance(value, value_forms.RecordValue):
            return self._value_code(code, name, where, value)
        members = self._members_code(code, name, where, value)
        varying = [each for each, member in value.members.items() if not self._is_literal(member)]
        if not varying:
            return code.call(record, members)
        names = ast.Tuple([ast.Constant(each) for each in varying], ast.Load())
        return code.call(listed_record, members, names)

    def _members_code(
        self, code: Code, name: str, where: Where, value: value_forms.RecordValue
    ) -> ast.expr:
        return _display(
            {
                member: self._value_code(
                    code, f"{name}.{member}", (*where, "record", member), inner
                )
                for member, inner in value.members.items()
            }
        )

    def _is_literal(self, value: FieldValue) -> bool:
        """Whether a member of a record is the same for all rows and so says nothing by itself."""
        if isinstance(value, value_forms.ListValue):
            return all(map(self._is_literal, value.elements))
        if isinstance(value, value_forms.RecordValue):
            return all(map(self._is_literal, value.members.values()))
        if isinstance(value, Expression):
            return self._scope.constant(value)
        return not isinstance(value, value_forms.MapValue | value_forms.RefValue)

    def _vetted_code(self, code: Code, where: Where, expression: Expression) -> ast.expr:
        try:
            return code.expression(expression)
        except ExpressionError as error:
            self._compilation.complain(where, str(error))
            return ast.Constant(None)

    def _map_code(
        self, code: Code, _name: str, where: Where, value: value_forms.MapValue
    ) -> ast.expr:
        source = self._vetted_code(code, (*where, "value"), value.value)
        table = self._compilation.values.get(value.map_name)
        if table is None:
            hint = closest(value.map_name, self._compilation.values)
            self._compilation.complain(
                (*where, "map"), f'there is no value map "{value.map_name}"{hint}'
            )
            return source
        return ast.Call(code.held(_look_up(table, value)), [source], [])

    def _pairs_code(self, code: Code, where: Where, value: value_forms.RefValue) -> ast.expr:
        pairs: list[ast.expr] = []
        listed_keys = isinstance(value.of, list)
        for place, (name, key) in enumerate(value.candidates):
            if name not in self._compilation.targets:
                hint = closest(name, self._compilation.targets)
                self._compilation.complain((*where, "ref"), f'there is no object "{name}"{hint}')
            of: Where = (*where, "of", place) if listed_keys else (*where, "of")
            keys = self._vetted_code(code, of, key)
            if name in self._compilation.off:
                continue
            many = ast.Constant(_is_many(value))
            pairs.append(code.call(reference_pairs, ast.Constant(name), keys, many))
        if not pairs:
            return ast.Constant(None)
        return pairs[0] if len(pairs) == 1 else ast.BoolOp(ast.Or(), pairs)


def _is_many(value: value_forms.RefValue) -> bool:
    if value.many is not None:
        return value.many
    return any(gives_list(key.tree) for _, key in value.candidates)


def _look_up(table: ValueMap, value: value_forms.MapValue) -> Compiled:
    if not value.gives("otherwise"):
        return table.look_up
    if value.otherwise == SAME:
        return table.look_up_or_keep
    return table.otherwise(value.otherwise).look_up


def _display(members: Mapping[str, ast.expr]) -> ast.expr:
    names: list[ast.expr | None] = [ast.Constant(name) for name in members]
    return ast.Dict(names, list(members.values()))
