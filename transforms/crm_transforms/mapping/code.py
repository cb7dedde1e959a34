"""Expressions as Python code: built node by node with ``ast``, so that text is never executed.

Every name in the code carries a prefix (``c_`` column, ``j_`` join, ``v_`` loop variable, ``f_``
and ``b_`` function, ``o_`` operator, ``k_`` constant, ``t_`` type) and builtins are empty: nothing
outside these tables can be reached, whatever a document says.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from crm_transforms.mapping import operators
from crm_transforms.mapping.coercion import canonical
from crm_transforms.mapping.functions import FUNCTIONS

if TYPE_CHECKING:
    from crm_transforms.mapping.coercion import Scalar
    from crm_transforms.mapping.expression import Expression

Compiled: TypeAlias = Callable[..., Any]
"""Called with (row, joined, item, index, refs)."""

RESERVED = frozenset({"item", "index", "column"})

_FRAME = "def compiled(row, joined=None, item=None, index=0, refs=None): pass"
_BINARY = {ast.Add: "add", ast.Sub: "subtract", ast.Mult: "multiply", ast.Div: "divide"}
_COMPARISON = {ast.Lt: "less", ast.LtE: "at_most", ast.Gt: "more", ast.GtE: "at_least"}
_MEMBERSHIP = {ast.In: "within", ast.NotIn: "not_within"}


@dataclass(frozen=True, slots=True)
class Scope:
    """What names mean.

    Attributes:
        parameters: constants of the document.
        joins: by name, whether it holds a list of rows (else one row or null).
        elements: ``item`` and ``index`` are bound.
        columns: the only columns there are; ``None`` when any name may be one.
    """

    parameters: Mapping[str, Scalar] = field(default_factory=dict)
    joins: Mapping[str, bool] = field(default_factory=dict)
    elements: bool = False
    columns: frozenset[str] | None = None

    def constant(self, expression: Expression) -> bool:
        """Whether the expression gives the same for every row."""
        return expression.names <= self.parameters.keys()


class Code:
    """One function in the making."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self._globals: dict[str, Any] = {"__builtins__": {}}
        self._columns: dict[str, str] = {}
        self._joins: dict[str, str] = {}
        self._loops: list[str] = []
        self._expression: Expression | None = None

    def function(self, result: ast.expr, filename: str) -> Compiled:
        """The function that returns ``result``; each column is read once."""
        module = ast.parse(_FRAME)
        frame = cast("ast.FunctionDef", module.body[0])
        frame.body = [*self._reads(), ast.Return(result)]
        ast.fix_missing_locations(module)
        # The nodes come from this module alone; see the module's docstring.
        exec(compile(module, filename, "exec"), self._globals)  # noqa: S102
        compiled: Compiled = self._globals.pop("compiled")
        return compiled

    def _reads(self) -> list[ast.stmt]:
        reads: list[ast.stmt] = []
        if self._columns:
            reads.append(_assign("get", ast.Attribute(_name("row"), "get", ast.Load())))
        for column, local in self._columns.items():
            reads.append(_assign(local, _call(_name("get"), ast.Constant(column))))
        for join, local in self._joins.items():
            look_up = ast.Attribute(_name("joined"), "get", ast.Load())
            reads.append(_assign(local, _call(look_up, ast.Constant(join))))
        return reads

    def known(self, prefix: str, name: str, value: Any) -> ast.expr:
        """A name in the code that stands for an object of ours."""
        self._globals[f"{prefix}_{name}"] = value
        return _name(f"{prefix}_{name}")

    def held(self, value: Any) -> ast.expr:
        """A name in the code for an object that has none."""
        return self.known("k", str(len(self._globals)), value)

    def call(self, function: Callable[..., Any], *arguments: ast.expr) -> ast.expr:
        """A call of a function of ours."""
        return _call(self.known("o", function.__name__, function), *arguments)

    def canonical(self, value: ast.expr) -> ast.expr:
        """A value as destinations get it; text, by far the most, without a call."""
        converted = self.call(canonical, value)
        return (
            ast.IfExp(self._is_a(value, str), value, converted)
            if isinstance(value, ast.Name)
            else converted
        )

    def _is_a(self, value: ast.Name, kind: type) -> ast.expr:
        actual = ast.Attribute(value, "__class__", ast.Load())
        return ast.Compare(actual, [ast.Is()], [self.known("t", kind.__name__, kind)])

    def column(self, name: str) -> ast.expr:
        """The value of a column of the row, null where it is missing."""
        local = self._columns.setdefault(name, f"c_{len(self._columns)}")
        return _name(local)

    def literal(self, value: Any) -> ast.expr:
        """A constant, made anew at each call so that callers may change what they get."""
        if isinstance(value, list):
            return ast.List([self.literal(element) for element in value], ast.Load())
        if isinstance(value, dict):
            names: list[ast.expr | None] = [ast.Constant(name) for name in value]
            return ast.Dict(names, [self.literal(member) for member in value.values()])
        if isinstance(value, Decimal):
            return self.held(value)
        return ast.Constant(value)

    def expression(self, expression: Expression) -> ast.expr:
        """The code of a vetted expression.

        Raises:
            ExpressionError: a name or a literal argument is not meant like that here.
        """
        self._expression = expression
        return self._emit(expression.tree)

    def _emit(self, node: ast.expr) -> ast.expr:
        emit: Callable[[Any], ast.expr] = getattr(self, f"_emit_{type(node).__name__.lower()}")
        return emit(node)

    def _refuse(self, node: ast.expr, message: str) -> ValueError:
        return cast("Expression", self._expression).error(node, message)

    def _operator(self, name: str, *operands: ast.expr) -> ast.expr:
        return _call(self.known("o", name, getattr(operators, name)), *operands)

    def _emit_constant(self, node: ast.Constant) -> ast.expr:
        return self.literal(node.value)

    def _emit_name(self, node: ast.Name) -> ast.expr:
        name, scope = node.id, self.scope
        if name in self._loops:
            return _name(f"v_{name}")
        if name in {"item", "index"}:
            if not scope.elements:
                raise self._refuse(node, f'"{name}" is only there in an object with "each"')
            return _name(name)
        if name in scope.joins:
            return _name(self._joins.setdefault(name, f"j_{len(self._joins)}"))
        if name in scope.parameters:
            return self.literal(scope.parameters[name])
        if scope.columns is not None and name not in scope.columns:
            known = ", ".join(sorted(scope.columns))
            raise self._refuse(node, f'"{name}" is unknown here; there is {known}')
        return self.column(name)

    def _emit_attribute(self, node: ast.Attribute) -> ast.expr:
        base = node.value
        if (
            isinstance(base, ast.Name)
            and base.id not in self._loops
            and self.scope.joins.get(base.id)
        ):
            example = f"[one.{node.attr} for one in {base.id}]"
            raise self._refuse(node, f'"{base.id}" is a list of rows; write {example}')
        row, name = self._emit(base), ast.Constant(node.attr)
        member = self._operator("member", row, name)
        if not isinstance(row, ast.Name):
            return member
        get = ast.Attribute(row, "get", ast.Load())
        return ast.IfExp(self._is_a(row, dict), _call(get, name), member)

    def _emit_subscript(self, node: ast.Subscript) -> ast.expr:
        value = self._emit(node.value)
        if not isinstance(node.slice, ast.Slice):
            return self._operator("item", value, self._emit(node.slice))
        bounds = (node.slice.lower, node.slice.upper)
        cuts = (ast.Constant(None) if bound is None else self._emit(bound) for bound in bounds)
        return self._operator("part", value, *cuts)

    def _emit_boolop(self, node: ast.BoolOp) -> ast.expr:
        return ast.BoolOp(node.op, [self._emit(value) for value in node.values])

    def _emit_unaryop(self, node: ast.UnaryOp) -> ast.expr:
        operand = self._emit(node.operand)
        if isinstance(node.op, ast.Not):
            return ast.UnaryOp(node.op, operand)
        return self._operator("negative", operand)

    def _emit_binop(self, node: ast.BinOp) -> ast.expr:
        left, right = self._emit(node.left), self._emit(node.right)
        return self._operator(_BINARY[type(node.op)], left, right)

    def _emit_compare(self, node: ast.Compare) -> ast.expr:
        sign, right = node.ops[0], node.comparators[0]
        left = self._emit(node.left)
        if type(sign) in _COMPARISON:
            return self._operator(_COMPARISON[type(sign)], left, self._emit(right))
        if type(sign) in _MEMBERSHIP:
            if isinstance(right, ast.List | ast.Tuple) and all(
                isinstance(element, ast.Constant) for element in right.elts
            ):
                constants = ast.Tuple([self._emit(element) for element in right.elts], ast.Load())
                return ast.Compare(left, [sign], [constants])
            return self._operator(_MEMBERSHIP[type(sign)], left, self._emit(right))
        return ast.Compare(left, [sign], [self._emit(right)])

    def _emit_ifexp(self, node: ast.IfExp) -> ast.expr:
        return ast.IfExp(*map(self._emit, (node.test, node.body, node.orelse)))

    def _emit_list(self, node: ast.List | ast.Tuple) -> ast.expr:
        return ast.List([self._emit(element) for element in node.elts], ast.Load())

    _emit_tuple = _emit_list

    def _emit_listcomp(self, node: ast.ListComp) -> ast.expr:
        loop = node.generators[0]
        rows = self._operator("each", self._emit(loop.iter))
        variable = cast("ast.Name", loop.target).id
        self._loops.append(variable)
        conditions = [self._emit(condition) for condition in loop.ifs]
        element = self._emit(node.elt)
        self._loops.pop()
        target = ast.Name(f"v_{variable}", ast.Store())
        return ast.ListComp(element, [ast.comprehension(target, rows, conditions, 0)])

    def _emit_call(self, node: ast.Call) -> ast.expr:
        function = FUNCTIONS[cast("ast.Name", node.func).id]
        named = {str(keyword.arg): keyword.value for keyword in node.keywords}
        bound = function.parameters.bind(*node.args, **named).arguments
        for name, check in function.checks.items():
            self._check_literal(bound.get(name), check)
        arguments = [self._emit(argument) for argument in node.args]
        keywords = [ast.keyword(name, self._emit(value)) for name, value in named.items()]
        if function.bare is None or not arguments or not isinstance(arguments[0], ast.Name):
            called = self.known("f", function.name, function.call)
            return ast.Call(called, arguments, keywords)
        called = self.known("b", function.name, function.bare)
        null = ast.Compare(arguments[0], [ast.Is()], [ast.Constant(None)])
        return ast.IfExp(null, ast.Constant(None), ast.Call(called, arguments, keywords))

    def _check_literal(self, node: ast.expr | None, check: Callable[[Any], None]) -> None:
        if isinstance(node, ast.Constant):
            value: Any = node.value
        elif isinstance(node, ast.Name) and node.id in self.scope.parameters:
            value = self.scope.parameters[node.id]
        else:
            return
        try:
            check(value)
        except ValueError as error:
            raise self._refuse(node, str(error)) from error


def _name(name: str) -> ast.Name:
    return ast.Name(name, ast.Load())


def _call(function: ast.expr, *arguments: ast.expr) -> ast.Call:
    return ast.Call(function, list(arguments), [])


def _assign(name: str, value: ast.expr) -> ast.stmt:
    return ast.Assign([ast.Name(name, ast.Store())], value)
