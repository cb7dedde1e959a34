"""Checks: what the audit looks for among the rows of a stream."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from crm_transforms.mapping.coercion import filled_text
from crm_transforms.mapping.part import Part, row_part

if TYPE_CHECKING:
    from crm_transforms.mapping.audit_forms import CheckKind, CheckModel, Severity
    from crm_transforms.mapping.coercion import Row
    from crm_transforms.mapping.compilation import Compilation
    from crm_transforms.mapping.expression import Expression
    from crm_transforms.mapping.marked_yaml import Where


@dataclass(frozen=True, slots=True)
class Check:
    """Something that the audit looks for in one stream.

    Attributes:
        name: as the document calls it.
        stream: whose rows are looked at.
        severity: ``error``: such rows are refused, or wrong where they land; ``warning``: they
            land, and somebody should look at them; ``info``: good to know.
        say: what it means if something is found.
        kind: ``when``: rows for which :meth:`holds`; ``same``: rows that share a :meth:`value`;
            ``over``: the stream has more than :attr:`over` rows.
        over: the number of rows that is not too many, for kind ``over``.
        where: its place inside the document.
        line: of the document, counted from 1.
        place: ``file:line: path``.
    """

    name: str
    stream: str
    severity: Severity
    say: str
    kind: CheckKind
    over: int | None
    where: Where
    line: int
    place: str
    _part: Part = field(repr=False, compare=False)

    @classmethod
    def of(cls, name: str, model: CheckModel, compilation: Compilation) -> Check:
        """Compile what a document says; what is wrong with it is added to its problems."""
        where: Where = ("checks", name)
        same = model.kind == "same"
        part = row_part(
            model.kind,
            model.same if same else model.when,
            compilation,
            (*where, model.kind),
            convert=filled_text if same else None,
        )
        return cls(
            name,
            model.stream,
            model.severity,
            model.say,
            model.kind,
            model.over,
            where,
            compilation.document.line(where),
            compilation.place(where),
            part,
        )

    @property
    def expressions(self) -> tuple[tuple[Where, Expression], ...]:
        """Its expression, if it has one, with its place."""
        return self._part.expressions

    def holds(self, row: Row) -> bool:
        """Whether this row is one of those that a check of kind ``when`` looks for.

        Raises:
            RowError: the expression cannot be evaluated for it.
        """
        return self.kind == "when" and bool(self._part.run(row, {}))

    def value(self, row: Row) -> str | None:
        """What this row may share with others, for kind ``same``; ``None`` is shared by nobody.

        Raises:
            RowError: the expression cannot be evaluated for it.
        """
        value: str | None = self._part.run(row, {}) if self.kind == "same" else None
        return value
