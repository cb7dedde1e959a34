"""Conditions of a query: what a record must hold.

https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/
sforce_api_calls_soql_select_comparisonoperators.htm
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tests.sandbox.salesforce.problem import RefusalError
from tests.sandbox.salesforce.soql_parser import Bare
from tests.sandbox.salesforce.values import parse_moment

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.sandbox.salesforce.sobject import Field
    from tests.sandbox.salesforce.soql_parser import Condition

Row = dict[str, Any]
Holds = "Callable[[Row], bool]"
NUMBERS = frozenset({"double", "currency", "percent", "int"})
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
    if one.type == "datetime":
        found = parse_moment(value) if isinstance(value, Bare) else None
        if found is None:
            raise _mistyped(one, "dateTime", quotes=False)
        return found
    if one.type == "date":
        if not isinstance(value, Bare) or not DATE.fullmatch(value):
            raise _mistyped(one, "date", quotes=False)
        return str(value)
    if one.type in NUMBERS:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise _mistyped(one, "double", quotes=False)
        return value
    if one.type == "boolean":
        if not isinstance(value, bool):
            raise _mistyped(one, "boolean", quotes=False)
        return value
    if not isinstance(value, str) or isinstance(value, Bare):
        raise _mistyped(one, "string", quotes=True)
    if one.type in {"reference", "id"}:
        return value[:15]
    return value if one.has("Q") else value.lower()


def _mistyped(one: Field, kind: str, *, quotes: bool) -> RefusalError:
    should = "should be" if quotes else "should not be"
    message = (
        f"value of filter criterion for field '{one.name}' must be of type {kind} and {should}"
        " enclosed in quotes"
    )
    return RefusalError(400, "INVALID_FIELD", message)


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
