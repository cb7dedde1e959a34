"""What is not carried over, what to do about it, and how much of it there is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from crm_transforms.mapping.audit_forms import LeftBehindModel
from crm_transforms.mapping.coercion import filled_text
from crm_transforms.mapping.part import Part, row_part

if TYPE_CHECKING:
    from crm_transforms.mapping.audit_forms import EvidenceModel
    from crm_transforms.mapping.coercion import Row
    from crm_transforms.mapping.compilation import Compilation
    from crm_transforms.mapping.expression import Expression
    from crm_transforms.mapping.marked_yaml import Where


@dataclass(frozen=True, slots=True)
class Evidence:
    """A value whose occurrences show what is left behind.

    Attributes:
        label: what people read above the counts.
        stream: whose rows have it.
        where: its place inside the document.
        place: ``file:line: path``.
    """

    label: str
    stream: str
    where: Where
    place: str
    _part: Part = field(repr=False, compare=False)

    @classmethod
    def of(
        cls, label: str, model: EvidenceModel, where: Where, compilation: Compilation
    ) -> Evidence:
        """Compile what a document says; what is wrong with it is added to its problems."""
        part = row_part("value", model.value, compilation, (*where, "value"), convert=filled_text)
        return cls(label, model.stream, where, compilation.place(where), part)

    @property
    def expressions(self) -> tuple[tuple[Where, Expression], ...]:
        """Its expression with its place."""
        return self._part.expressions

    def value(self, row: Row) -> str | None:
        """What is counted of this row; ``None`` where it has nothing to show.

        Raises:
            RowError: the expression cannot be evaluated for it.
        """
        value: str | None = self._part.run(row, {})
        return value


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """One thing that is not carried over.

    Attributes:
        name: as the document calls it.
        text: what to do about it.
        evidence: what the source's rows show of it.
        documented: no records are made of it, but what there is stands in the evidence or in
            fields of other records, as the text says.
        where: its place inside the document.
        line: of the document, counted from 1.
        place: ``file:line: path``.
    """

    name: str
    text: str
    evidence: tuple[Evidence, ...]
    documented: bool
    where: Where
    line: int
    place: str

    @classmethod
    def of(cls, name: str, given: str | LeftBehindModel, compilation: Compilation) -> LeftBehind:
        """Compile an entry of a document, a text or the long form."""
        where: Where = ("left_behind", name)
        model = given if isinstance(given, LeftBehindModel) else LeftBehindModel(text=given)
        evidence = tuple(
            Evidence.of(label, each, (*where, "evidence", label), compilation)
            for label, each in model.evidence.items()
        )
        line, place = compilation.document.line(where), compilation.place(where)
        return cls(name, model.text, evidence, model.documented, where, line, place)
