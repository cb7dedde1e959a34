"""What the parts of one document share while they are compiled."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from crm_transforms.mapping.marked_yaml import MarkedDocument, Where, dotted
from crm_transforms.mapping.problem import Problem, RowError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crm_transforms.mapping.coercion import Scalar
    from crm_transforms.mapping.value_forms import RefValue
    from crm_transforms.mapping.value_map import ValueMap


@dataclass(frozen=True)
class Compilation:
    """One document on its way to compiled objects.

    Attributes:
        document: where everything stands.
        parameters: constants that every expression can name.
        values: the value maps.
        targets: destination object by mapping object; empty text where that object is broken.
        off: mapping objects that the parameters leave out.
        problems: what was found so far.
    """

    document: MarkedDocument
    parameters: Mapping[str, Scalar]
    values: Mapping[str, ValueMap]
    targets: Mapping[str, str]
    off: frozenset[str] = frozenset()
    problems: list[Problem] = field(default_factory=list)

    def parents(self, value: RefValue) -> tuple[str, ...]:
        """The objects that a reference may lead to, without those that are left out."""
        return tuple(name for name, _ in value.candidates if name not in self.off)

    def complain(self, where: Where, message: str) -> None:
        """Note a problem and go on, so that a person sees all of them at once."""
        self.problems.append(self.document.problem(where, message))

    def place(self, where: Where) -> str:
        """``file:line: path`` of a part of the document."""
        return f"{self.filename(where)}: {dotted(where)}"

    def filename(self, where: Where) -> str:
        """``file:line``; tracebacks show it too."""
        return f"{self.document.path}:{self.document.line(where)}"

    def row_error(self, name: str, rule: str, where: Where, error: Exception) -> RowError:
        """The failure of one value for one row."""
        line = self.document.line(where)
        path, place = self.document.path, dotted(where)
        return RowError(name, rule, str(error), line, path=path, where=place)

    def part(self, where: Where) -> Any:
        """The plain data of a part of the document."""
        data: Any = self.document.data
        for step in where:
            data = data[step]
        return data
