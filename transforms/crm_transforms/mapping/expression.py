"""Expressions: a subset of Python, read with ``ast`` against an allow-list and bounded in size."""

from __future__ import annotations

import ast
import difflib
import warnings
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from crm_transforms.mapping.coercion import bounded
from crm_transforms.mapping.functions import FUNCTIONS

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_LENGTH = 2_000
MAX_NODES = 400
MAX_DEPTH = 25
MAX_LOOPS = 2
MAX_NUMBER_LENGTH = 40

_OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.Div)
_ELSEWHERE = {"true": "True", "false": "False", "null": "None", "none": "None", "nil": "None"}
_REFUSED = {
    ast.JoinedStr: 'text in braces is not filled in; write join("", …)',
    ast.Lambda: "lambda is not part of the language",
    ast.Dict: "a dictionary cannot be written here; use {record: …} in the document",
    ast.Set: "a set cannot be written here; use a list",
    ast.GeneratorExp: "write the comprehension in brackets: [… for … in …]",
    ast.SetComp: "write the comprehension in brackets: [… for … in …]",
    ast.DictComp: "write the comprehension in brackets: [… for … in …]",
    ast.NamedExpr: "assignment is not part of the language",
    ast.Starred: "the star is not part of the language",
    ast.Pow: "powers are not part of the language",
}


class ExpressionError(ValueError):
    """An expression is not part of the language, or not meant here."""

    def __init__(self, message: str, column: int) -> None:
        super().__init__(f"column {column}: {message}")
        self.column = column


@dataclass(frozen=True, slots=True)
class Expression:
    """A vetted expression.

    Attributes:
        source: as the document has it.
        tree: nodes of the allow-list only; numbers with a point are ``Decimal``.
        names: the names that it reads: columns, joins, parameters, ``item``, ``index``.
    """

    source: str
    tree: ast.expr
    names: frozenset[str]

    def error(self, node: ast.AST, message: str) -> ExpressionError:
        """A complaint about one place in the expression."""
        return ExpressionError(message, _column(self.source, node))


def parse_expression(source: str) -> Expression:
    """Read an expression.

    Raises:
        ExpressionError: not part of the language, an unknown function, or too large.
    """
    text = source.strip()
    if not text:
        raise ExpressionError("an expression is missing; empty text is written \"''\"", 1)
    if len(text) > MAX_LENGTH:
        raise ExpressionError(f"an expression may have {MAX_LENGTH} characters", MAX_LENGTH)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            tree = ast.parse(text, mode="eval").body
    except SyntaxError as error:
        column = min(max(error.offset or 1, 1), len(text) + 1)
        hint = "; inside { } a comma needs quotes around the expression" if _torn(text) else ""
        raise ExpressionError(f"cannot be read: {error.msg}{hint}", column) from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise ExpressionError(f"cannot be read: {error}", 1) from error
    vetting = _Vetting(text)
    vetting.visit(tree)
    return Expression(text, tree, frozenset(vetting.names))


def closest(word: str, known: Iterable[str]) -> str:
    """``; did you mean "…"?`` when some known word is close, else nothing."""
    found = difflib.get_close_matches(word, list(known), n=1)
    return f'; did you mean "{found[0]}"?' if found else ""


def _column(source: str, node: ast.AST) -> int:
    """``col_offset`` counts UTF-8 bytes from 0, people count characters from 1."""
    line = source.splitlines()[getattr(node, "lineno", 1) - 1]
    return len(line.encode()[: getattr(node, "col_offset", 0)].decode(errors="ignore")) + 1


class _Vetting(ast.NodeVisitor):
    """Visits every node; whatever has no method of its own here is refused."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.names: set[str] = set()
        self._bound: list[str] = []
        self._nodes = 0
        self._depth = 0

    def error(self, node: ast.AST, message: str) -> ExpressionError:
        return ExpressionError(message, _column(self.source, node))

    def visit(self, node: ast.AST) -> None:
        self._nodes += 1
        self._depth += 1
        if self._nodes > MAX_NODES or self._depth > MAX_DEPTH:
            raise self.error(node, "the expression is too large; split it over several fields")
        super().visit(node)
        self._depth -= 1

    def _all(self, *nodes: ast.AST | None) -> None:
        for node in nodes:
            if node is not None:
                self.visit(node)

    def generic_visit(self, node: ast.AST) -> None:
        what = f"{type(node).__name__} is not part of the language"
        raise self.error(node, _REFUSED.get(type(node), what))

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str):
            try:
                node.value.encode()
            except UnicodeEncodeError as error:
                raise self.error(node, "half of a surrogate pair is no character") from error
        elif isinstance(node.value, bool | None):
            return
        elif isinstance(node.value, int | float):
            written = ast.get_source_segment(self.source, node) or ""
            if len(written) > MAX_NUMBER_LENGTH:
                raise self.error(node, f"a number may have {MAX_NUMBER_LENGTH} characters")
            if isinstance(node.value, float):
                node.value = self._decimal(node, written)  # type: ignore[assignment]
        else:
            raise self.error(node, f"{type(node.value).__name__} is not part of the language")

    def _decimal(self, node: ast.AST, written: str) -> Decimal:
        try:
            return bounded(Decimal(written))
        except ValueError as error:
            raise self.error(node, str(error)) from error

    def visit_Name(self, node: ast.Name) -> None:
        self._check_name(node, node.id)
        if node.id not in self._bound:
            self.names.add(node.id)

    def _check_name(self, node: ast.AST, name: str) -> None:
        if name.startswith("__"):
            raise self.error(node, f'names do not start with "__" ({name})')
        if name in _ELSEWHERE:
            raise self.error(node, f'write {_ELSEWHERE[name]}, not "{name}"')

    def visit_Attribute(self, node: ast.Attribute) -> None:
        self._check_name(node, node.attr)
        self.visit(node.value)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        self._all(node.value, node.slice)

    def visit_Slice(self, node: ast.Slice) -> None:
        if node.step is not None:
            raise self.error(node, "a slice has no step")
        self._all(node.lower, node.upper)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        self._all(*node.values)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        if not isinstance(node.op, ast.Not | ast.USub):
            self.generic_visit(node.op)
        self.visit(node.operand)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        if not isinstance(node.op, _OPERATORS):
            raise self.error(node, _REFUSED.get(type(node.op), "operators are + - * /"))
        for side in (node.left, node.right):
            if isinstance(side, ast.Constant) and not _operand(side.value, node.op):
                raise self.error(side, "- * / are for numbers, + for two numbers or two texts")
        self._all(node.left, node.right)

    def visit_Compare(self, node: ast.Compare) -> None:
        if len(node.ops) > 1:
            raise self.error(node, 'comparisons do not chain; write "a < b and b < c"')
        right = node.comparators[0]
        singleton = isinstance(right, ast.Constant) and isinstance(right.value, bool | None)
        if isinstance(node.ops[0], ast.Is | ast.IsNot) and (
            not singleton or isinstance(node.left, ast.Constant)
        ):
            raise self.error(node, '"is" asks for None, True or False; else use "=="')
        self._all(node.left, right)

    def visit_IfExp(self, node: ast.IfExp) -> None:
        self._all(node.test, node.body, node.orelse)

    def visit_List(self, node: ast.List) -> None:
        self._all(*node.elts)

    def visit_Tuple(self, node: ast.Tuple) -> None:
        self._all(*node.elts)

    def visit_ListComp(self, node: ast.ListComp) -> None:
        loop = node.generators[0]
        if len(node.generators) > 1:
            raise self.error(loop.target, "a comprehension has one for")
        if loop.is_async or not isinstance(loop.target, ast.Name):
            raise self.error(loop.target, "a comprehension binds one name")
        if len(self._bound) >= MAX_LOOPS:
            raise self.error(node, f"comprehensions nest {MAX_LOOPS} deep")
        self._check_name(loop.target, loop.target.id)
        self.visit(loop.iter)
        self._bound.append(loop.target.id)
        self._all(*loop.ifs, node.elt)
        self._bound.pop()

    def visit_Call(self, node: ast.Call) -> None:
        if not isinstance(node.func, ast.Name):
            raise self.error(node, "functions are called by name: lower(x), not x.lower()")
        name = node.func.id
        if name not in FUNCTIONS:
            raise self.error(node, f'there is no function "{name}"{closest(name, FUNCTIONS)}')
        for argument in node.args:
            self.visit(argument)
        for keyword in node.keywords:
            if keyword.arg is None:
                raise self.error(keyword.value, "the star is not part of the language")
            self.visit(keyword.value)
        try:
            FUNCTIONS[name].parameters.bind(*node.args, **{str(k.arg): 0 for k in node.keywords})
        except TypeError as error:
            message = f"{error}: {FUNCTIONS[name].signature}"
            raise self.error(node, message) from error


def _operand(value: object, operator: ast.operator) -> bool:
    if isinstance(value, str):
        return isinstance(operator, ast.Add)
    return isinstance(value, int | Decimal | float) and not isinstance(value, bool)


def _torn(text: str) -> bool:
    """Whether this looks like what YAML leaves of ``{a: join(b, c)}``."""
    return text.count("(") > text.count(")")
