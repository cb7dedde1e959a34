"""What Salesforce has against something: a record's fault, or a whole request's."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One entry of an error list."""

    code: str
    message: str
    fields: tuple[str, ...] = ()

    def in_csv(self) -> Problem:
        """The same as the rows of a job are told it."""
        return self


@dataclass(frozen=True)
class MistypedProblem(Problem):
    """A value of another type than the field's, which JSON cannot even be read with."""

    field: str = ""
    text: str = ""

    def in_csv(self) -> Problem:
        return Problem("INVALID_TYPE_ON_FIELD_IN_RECORD", self.text, (self.field,))


@dataclass(frozen=True)
class Saved:
    """What became of one record. There are no problems where it was saved."""

    id: str | None
    created: bool = False
    problems: tuple[Problem, ...] = ()

    @property
    def success(self) -> bool:
        return not self.problems


class RefusalError(Exception):
    """A whole request is refused."""

    def __init__(self, status: int, code: str, message: str, fields: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.status = status
        self.problem = Problem(code, message, fields)


def failed(code: str, message: str, *fields: str) -> Saved:
    return Saved(None, False, (Problem(code, message, fields),))
