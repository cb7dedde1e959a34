"""Gotchas: what people should know about both systems before they start."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crm_transforms.mapping.expression import closest

if TYPE_CHECKING:
    from collections.abc import Collection

    from crm_transforms.mapping.audit_forms import GotchaModel, Side
    from crm_transforms.mapping.compilation import Compilation
    from crm_transforms.mapping.expression import Expression
    from crm_transforms.mapping.marked_yaml import Where


@dataclass(frozen=True, slots=True)
class Gotcha:
    """Something that surprises people who do not know it.

    Attributes:
        of: whose it is: ``source``, ``destination``, or ``pair`` of the two.
        text: what it is and what to do.
        check: it matters only if this check finds something.
        stream: it matters only if this stream has rows.
        where: its place inside the document.
        line: of the document, counted from 1.
        place: ``file:line: path``.
    """

    of: Side
    text: str
    check: str | None
    stream: str | None
    where: Where
    line: int
    place: str

    @classmethod
    def at(
        cls, position: int, model: GotchaModel, checks: Collection[str], compilation: Compilation
    ) -> Gotcha:
        """Compile one entry of a document; a check that it does not have is a problem.

        Args:
            position: in the list, from 0.
            model: the entry.
            checks: the names of all checks.
            compilation: of the document.
        """
        where: Where = ("gotchas", position)
        if model.check is not None and model.check not in checks:
            hint = closest(model.check, checks)
            compilation.complain((*where, "check"), f'there is no check "{model.check}"{hint}')
        line, place = compilation.document.line(where), compilation.place(where)
        return cls(model.of, model.text, model.check, model.stream, where, line, place)

    @property
    def expressions(self) -> tuple[tuple[Where, Expression], ...]:
        """None: a gotcha looks at no values."""
        return ()

    def applies(self, found: Collection[str], filled: Collection[str]) -> bool:
        """Whether people should be told.

        Args:
            found: the checks that found something.
            filled: the streams that have rows.
        """
        if self.check is not None:
            return self.check in found
        return self.stream is None or self.stream in filled
