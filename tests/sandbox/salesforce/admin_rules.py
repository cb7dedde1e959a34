"""Rules that an org's administrators have made: validation rules and duplicate rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.sandbox.salesforce.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.sandbox.salesforce.org import Org

Row = dict[str, Any]


@dataclass(frozen=True)
class ValidationRule:
    """A record for which ``forbids`` holds is refused with the administrator's words."""

    sobject: str
    text: str
    forbids: Callable[[Row], bool]
    field: str = ""


@dataclass(frozen=True)
class DuplicateRule:
    """A record that has these fields' values in common with another one is a duplicate.

    Attributes:
        only_warns: so that callers may save it all the same, by the header
            ``Sforce-Duplicate-Rule-Header: allowSave=true``.
    """

    sobject: str
    fields: tuple[str, ...]
    only_warns: bool = True


class AdminRules:
    """The rules of one org.

    Attributes:
        allow_duplicates: what the present request says in its header.
    """

    def __init__(self, org: Org) -> None:
        self._org = org
        self.validation: list[ValidationRule] = []
        self.duplicates: list[DuplicateRule] = []
        self.allow_duplicates = False

    def refusal(self, sobject: str, row: Row) -> Problem | None:
        """Why a record may not be as it is to be."""
        for rule in self.validation:
            if rule.sobject == sobject and rule.forbids(row):
                fields = (rule.field,) if rule.field else ()
                return Problem("FIELD_CUSTOM_VALIDATION_EXCEPTION", rule.text, fields)
        for rule in self.duplicates:
            if rule.sobject != sobject or (rule.only_warns and self.allow_duplicates):
                continue
            if self._twin(rule, row):
                return Problem("DUPLICATES_DETECTED", "Use one of these records?")
        return None

    def _twin(self, rule: DuplicateRule, row: Row) -> bool:
        wanted = [row.get(name) for name in rule.fields]
        return None not in wanted and any(
            other["Id"] != row["Id"] and [other.get(name) for name in rule.fields] == wanted
            for other in self._org.rows[rule.sobject].values()
        )
