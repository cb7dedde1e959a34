"""Conditions of a query: what a record must hold.

https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/
sforce_api_calls_soql_select_comparisonoperators.htm
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tests.sandbox.salesforce.problem import RefusalError
from tests.sandbox.salesforce.soql_tokens import Bare
from tests.sandbox.salesforce.values import parse_moment

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.sandbox.salesforce.sobject import Field
    from tests.sandbox.salesforce.soql_parser import Condition

Row = dict[str, Any]
DATE = re.compile(r"\d{4}-\d\d-\d\d")


def joined(kind: str, parts: list[Callable[[Row], bool]]) -> Callable[[Row], bool]:
    """Conditions that are joined by ``and`` or ``or``, or turned by ``not``."""
    if kind == "and":
        return lambda row: all(part(row) for part in parts)
    if kind == "or":
        return lambda row: any(part(row) for part in parts)
    return lambda row: not parts[0](row)


def comparison(
    where: Condition, one: Field, read: Callable[[Row], Any], value: Any
) -> Callable[[Row], bool]:
    """Whether a field of a record compares so with a value.

    Raises:
        RefusalError: the field cannot be filtered by, or not with such a value.
    """
    if not one.filterable:
        message = f"field '{one.name}' can not be filtered in a query call"
        raise RefusalError(400, "INVALID_FIELD", message)
    wanted = _typed(one, value)
    operator = where.operator
    if operator in {"includes", "excludes"}:
        return _includes(one, read, wanted, operator == "includes")
    if operator in {"in", "not in"}:
        among, inside = set(wanted), operator == "in"
        return lambda row: (_held(one, read(row)) in among) is inside
    if operator == "like":
        pattern = _like(str(wanted))
        return lambda row: (
            (held := _held(one, read(row))) is not None and pattern.fullmatch(str(held)) is not None
        )
    if operator == "=":
        return lambda row: _held(one, read(row)) == wanted
    if operator == "!=":
        return lambda row: _held(one, read(row)) != wanted
    compare: Callable[[Any], bool] = {
        "<": lambda held: held < wanted,
        "<=": lambda held: held <= wanted,
        ">": lambda held: held > wanted,
        ">=": lambda held: held >= wanted,
    }[operator]
    return lambda row: (held := _held(one, read(row))) is not None and compare(held)


def _includes(
    one: Field, read: Callable[[Row], Any], wanted: list[str], expected: bool
) -> Callable[[Row], bool]:
    if one.type != "multipicklist":
        message = f"includes/excludes operator only valid on multipicklist field '{one.name}'"
        raise RefusalError(400, "INVALID_FIELD", message)
    groups = [{part.strip() for part in each.split(";")} for each in wanted]

    def holds(row: Row) -> bool:
        held = set(str(read(row) or "").lower().split(";"))
        return any(group <= held for group in groups) is expected

    return holds


def _typed(one: Field, value: Any) -> Any:
    """A literal as the field compares; quotes must be there, or not, as its type demands."""
    if isinstance(value, list):
        return [_typed(one, each) for each in value]
    if value is None:
        return None
    kind, read = LITERALS.get(one.type, ("string", _text))
    found = read(value)
    if found is None:
        should = "should be" if kind == "string" else "should not be"
        message = (
            f"value of filter criterion for field '{one.name}' must be of type {kind} and {should}"
            " enclosed in quotes"
        )
        raise RefusalError(400, "INVALID_FIELD", message)
    return _held(one, found) if kind == "string" else found


def _text(value: Any) -> Any:
    return value if isinstance(value, str) and not isinstance(value, Bare) else None


def _moment(value: Any) -> Any:
    return parse_moment(value) if isinstance(value, Bare) else None


def _day(value: Any) -> Any:
    return str(value) if isinstance(value, Bare) and DATE.fullmatch(value) else None


def _number(value: Any) -> Any:
    return None if isinstance(value, bool | str) else value


LITERALS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "datetime": ("dateTime", _moment),
    "date": ("date", _day),
    "double": ("double", _number),
    "currency": ("double", _number),
    "percent": ("double", _number),
    "int": ("int", _number),
    "boolean": ("boolean", lambda value: value if isinstance(value, bool) else None),
}
"""What literals of a field's type look like; all others are quoted texts."""


def _held(one: Field, value: Any) -> Any:
    if value is None:
        return None
    if one.type == "datetime":
        return parse_moment(value)
    if one.type in {"reference", "id"}:
        return str(value)[:15]
    if isinstance(value, str) and not one.has("Q"):
        return value.lower()
    return value


def _like(text: str) -> re.Pattern[str]:
    """The pattern of LIKE: ``%`` any characters, ``_`` one."""
    parts = []
    letters = iter(text)
    for letter in letters:
        if letter == "\\":
            parts.append(re.escape(next(letters, "")))
        else:
            parts.append({"%": ".*", "_": "."}.get(letter, re.escape(letter)))
    return re.compile("".join(parts), re.DOTALL)
