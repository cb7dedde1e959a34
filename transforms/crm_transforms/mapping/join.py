"""Joins: rows of other streams that belong to a row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from crm_transforms.mapping.code import RESERVED, Code, Compiled, Scope
from crm_transforms.mapping.coercion import Row, reference_keys
from crm_transforms.mapping.expression import Expression, ExpressionError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crm_transforms.mapping import document
    from crm_transforms.mapping.compilation import Compilation
    from crm_transforms.mapping.marked_yaml import Where


class JoinedRow(Protocol):
    """A row together with what is joined to it."""

    @property
    def row(self) -> Row:
        """Columns by name."""

    @property
    def joined(self) -> Mapping[str, Any]:
        """A row, a list of rows or ``None`` by join."""


AnyJoinedRow = TypeVar("AnyJoinedRow", bound=JoinedRow)


class Join:
    """Rows of one stream, looked up for each row of another.

    With ``on`` the rows whose field ``on`` holds the key; else the rows whose primary key it is.

    Attributes:
        name: as expressions call it.
        stream: where the rows come from.
        on: field of the stream, or ``None``.
        many: always a list of rows; else see :meth:`is_list`.
        joins: what is joined to the joined rows, found as their members.
        key: the expression of the key, over the row that the join hangs on.
        order: field by which joined rows are sorted, or ``None``.
        filter: the expression that a joined row must satisfy.
    """

    def __init__(
        self,
        name: str,
        model: document.JoinModel,
        scope: Scope,
        compilation: Compilation,
        where: Where,
    ) -> None:
        self.name = name
        self.stream = model.stream
        self.on = model.on
        self.many = model.on is not None
        self.where = where
        self.key = model.equals if model.of is None else model.of
        self.key_where: Where = (*where, "equals" if model.of is None else "of")
        self.filter = model.where
        self.joins = join_tree(model.joins, compilation, (*where, "with"))
        self.order = model.order
        self._compilation = compilation
        self._key = self._compiled(self.key, scope, self.key_where)
        self._filter: Compiled | None = None
        if model.where is not None:
            inner = Scope(compilation.parameters, {join.name: join.many for join in self.joins})
            self._filter = self._compiled(model.where, inner, (*where, "where"))

    def keys(self, row: Row, joined: Mapping[str, Any]) -> tuple[str, ...]:
        """The keys to look up for a row, as text; ``joined`` holds the joins declared before.

        Raises:
            RowError: the expression cannot be evaluated or is no key.
        """
        try:
            keys = reference_keys(self._key(row, joined))
        except (ValueError, ArithmeticError) as error:
            raise self._failure(self.key_where, error) from error
        return () if keys is None else (keys,) if isinstance(keys, str) else keys

    def is_list(self, row: Row, joined: Mapping[str, Any]) -> bool:
        """Whether the rows found for a row are a list even if there is one or none."""
        return self.many or isinstance(self._key(row, joined), list)

    def select(self, found: Sequence[AnyJoinedRow]) -> list[AnyJoinedRow]:
        """Those of the rows found that are wanted, in the declared order.

        Raises:
            RowError: the condition cannot be evaluated.
        """
        selected = list(found)
        wanted = self._filter
        if wanted is not None:
            try:
                selected = [one for one in found if wanted(one.row, one.joined)]
            except (ValueError, ArithmeticError) as error:
                raise self._failure((*self.where, "where"), error) from error
        if self.order is not None:
            order = self.order
            selected.sort(key=lambda one: _rank(one.row.get(order)))
        return selected

    def _compiled(self, expression: Expression, scope: Scope, where: Where) -> Compiled:
        code = Code(scope)
        try:
            return code.function(code.expression(expression), self._compilation.filename(where))
        except ExpressionError as error:
            self._compilation.complain(where, str(error))
            return lambda *_: None

    def _failure(self, where: Where, error: Exception) -> Exception:
        return self._compilation.row_error(f"with.{self.name}", "join", where, error)


def join_tree(
    models: Mapping[str, document.JoinModel], compilation: Compilation, where: Where
) -> tuple[Join, ...]:
    """Compile the joins of one row; each may use those before it."""
    joins: list[Join] = []
    for name, model in models.items():
        place = (*where, name)
        if name in RESERVED or name in compilation.parameters:
            what = "a parameter" if name in compilation.parameters else "a word of the language"
            compilation.complain(place, f'"{name}" is {what} already')
        scope = Scope(compilation.parameters, {join.name: join.many for join in joins})
        joins.append(Join(name, model, scope, compilation, place))
    return tuple(joins)


def _rank(value: Any) -> tuple[int, Any]:
    """Numbers, then text, then whatever cannot be ordered; rows of equal rank keep their order."""
    if isinstance(value, str):
        return (1, value)
    if value is None or isinstance(value, list | dict):
        return (2, 0)
    return (0, value)
