"""Columns that are carried by rule: custom fields found in the data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crm_transforms.destination import FieldSpec
from crm_transforms.mapping.code import Scope
from crm_transforms.mapping.part import Part
from crm_transforms.mapping.problem import MappingError, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crm_transforms.mapping import document
    from crm_transforms.mapping.compilation import Compilation
    from crm_transforms.mapping.marked_yaml import Where

ONE_LINE = 255
"""Longer text than this is no line of text to most destinations."""
EXACT_DIGITS = 14
"""Numbers of more digits are rounded or refused by most destinations: they are kept as text."""

_FORMATS = {"date": "date", "date-time": "datetime", "time": "time", "uri": "url"}


def naming(rule: document.DiscoverModel, compilation: Compilation, where: Where) -> Part:
    """The expression that names a rule's fields; it knows ``column`` and the parameters."""
    scope = Scope(compilation.parameters, columns=frozenset({"column"}))
    return Part("discover", rule.name, scope, compilation, (*where, "name"))


def discovered(
    rules: Sequence[document.DiscoverModel],
    columns: Mapping[str, Mapping[str, Any]],
    taken: set[str | None],
    compilation: Compilation,
    where: Where,
) -> dict[str, tuple[FieldSpec, int]]:
    """By column the field and the priority that the first matching rule gives it.

    Raises:
        MappingError: a rule gives a name that is taken, or none.
    """
    found: dict[str, tuple[FieldSpec, int]] = {}
    problems: list[Problem] = []
    for place, rule in enumerate(rules):
        name_of = naming(rule, compilation, (*where, place))
        for column, schema in columns.items():
            if column in found or not rule.pattern.fullmatch(column):
                continue
            name = name_of.run({"column": column}, {})
            if not isinstance(name, str) or not name.strip() or name in taken:
                message = f"column {column} would be field {name!r}, which is taken or no name"
                problems.append(compilation.document.problem((*where, place), message))
                continue
            taken = {*taken, name}
            kind = neutral_type(schema) if rule.type == "auto" else rule.type
            label = str(schema.get("title") or "")
            found[column] = (FieldSpec(name, kind, label=label, custom=True), rule.priority)
    if problems:
        raise MappingError(problems)
    return found


def neutral_type(schema: Mapping[str, Any]) -> str:
    """The field type that holds whatever a column's JSON Schema allows.

    ``maxDigits``, our own word, is the most digits that a number of the column has.
    """
    types = schema.get("type", "string")
    names = ({types} if isinstance(types, str) else set(types)) - {"null"}
    if names == {"string"}:
        plain = "text" if schema.get("maxLength", 0) <= ONE_LINE else "long_text"
        return _FORMATS.get(schema.get("format", ""), plain)
    if names and names <= {"integer", "number"} and schema.get("maxDigits", 0) > EXACT_DIGITS:
        return "text" if schema["maxDigits"] <= ONE_LINE else "long_text"
    if names == {"integer"}:
        return "integer"
    if names and names <= {"integer", "number"}:
        return "decimal"
    return "boolean" if names == {"boolean"} else "long_text"
