"""A single expression of an object: its key, a condition, what it goes over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crm_transforms.mapping.code import Code, Compiled, Scope
from crm_transforms.mapping.expression import Expression, ExpressionError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from crm_transforms.mapping.coercion import Row
    from crm_transforms.mapping.compilation import Compilation
    from crm_transforms.mapping.marked_yaml import Where
    from crm_transforms.mapping.problem import RowError


class Part:
    """An optional expression, with the name it has in errors.

    Args:
        convert: applied to the value, e.g. :func:`record_key`.

    Attributes:
        compiled: the function, ``None`` where the document has no expression.
        expressions: none or one, with its place.
    """

    def __init__(
        self,
        name: str,
        expression: Expression | None,
        scope: Scope,
        compilation: Compilation,
        where: Where,
        *,
        convert: Callable[[Any], Any] | None = None,
    ) -> None:
        self._name = name
        self._where = where
        self._compilation = compilation
        self.expressions = () if expression is None else ((where, expression),)
        self.compiled: Compiled | None = None
        if expression is not None:
            code = Code(scope)
            try:
                value = code.expression(expression)
                value = value if convert is None else code.call(convert, value)
                self.compiled = code.function(value, compilation.filename(where))
            except ExpressionError as error:
                compilation.complain(where, str(error))

    def run(self, row: Row, joined: Mapping[str, Any], item: Any = None, index: int = 0) -> Any:
        """The expression's value; null where there is none.

        Raises:
            RowError: it cannot be evaluated.
        """
        if self.compiled is None:
            return None
        try:
            return self.compiled(row, joined, item, index)
        except (ValueError, ArithmeticError) as error:
            raise self.error(self._name, error) from error

    def error(self, rule: str, error: Exception) -> RowError:
        """The failure of this expression for one row."""
        return self._compilation.row_error(self._name, rule, self._where, error)


def row_part(
    name: str,
    expression: Expression | None,
    compilation: Compilation,
    where: Where,
    *,
    convert: Callable[[Any], Any] | None = None,
) -> Part:
    """An expression over the rows of a stream alone; it must tell one row from another."""
    scope = Scope(compilation.parameters)
    if expression is not None and scope.constant(expression):
        compilation.complain(where, "this is the same for every row; make it of a column")
    return Part(name, expression, scope, compilation, where, convert=convert)
