"""What is wrong with a mapping document, and what is wrong with a row that it cannot map."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing to put right in a mapping document.

    Attributes:
        path: the document as the caller named it.
        line: counted from 1.
        where: dotted path inside the document, e.g. ``objects.deal.fields.status``.
        message: a sentence; inside an expression it starts with the column, counted from 1.
    """

    path: str
    line: int
    where: str
    message: str

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}: "
        return f"{place}{self.where}: {self.message}" if self.where else place + self.message


class MappingError(ValueError):
    """A mapping document cannot be used. Carries every problem that was found, by line."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(map(str, self.problems)))


class RowError(ValueError):
    """One source row cannot be mapped; the others can.

    Attributes:
        field: the destination field, dotted inside lists and records (``emails.0.value``), or the
            part of the object that failed: ``key``, ``where``, ``each``, ``with.<name>``.
        rule: what was being done: ``expression``, ``map``, ``ref``, ``required``, ``key`` …
        message: a sentence about the value.
        line: the line of the mapping document that says so.
        path: the document.
        where: dotted path inside the document.
    """

    def __init__(
        self, field: str, rule: str, message: str, line: int, *, path: str = "", where: str = ""
    ) -> None:
        self.field = field
        self.rule = rule
        self.message = message
        self.line = line
        self.path = path
        self.where = where
        super().__init__(str(Problem(path, line, where or field, message)))
