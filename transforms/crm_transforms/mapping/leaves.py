"""The values that a document gives to fields, down to those that hold no others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from crm_transforms.mapping import value_forms
from crm_transforms.mapping.expression import Expression

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from decimal import Decimal

    from crm_transforms.mapping.code import Compiled
    from crm_transforms.mapping.marked_yaml import Where


@dataclass(frozen=True, slots=True)
class KeyValue:
    """The external key: text, never null."""

    expression: Expression


@dataclass(frozen=True, slots=True)
class ColumnValue:
    """A column that is carried by rule, ``as_text`` where the field holds text."""

    column: str
    as_text: bool = False


FieldValue: TypeAlias = (
    "Expression | value_forms.MapValue | value_forms.RefValue | value_forms.ListValue | "
    "value_forms.RecordValue | value_forms.ConstValue | KeyValue | ColumnValue | "
    "bool | int | Decimal | None"
)
Place: TypeAlias = "tuple[Where, FieldValue]"

FORMS: Mapping[type, str] = {
    Expression: "expression",
    value_forms.MapValue: "map",
    value_forms.RefValue: "ref",
    value_forms.ListValue: "list",
    value_forms.RecordValue: "record",
    KeyValue: "key",
    ColumnValue: "column",
}


@dataclass(slots=True)
class Leaf:
    """A value that holds no other values."""

    name: str
    where: Where
    value: Any
    compiled: Compiled | None = None


def leaves(name: str, where: Where, value: FieldValue) -> Iterator[Leaf]:
    if isinstance(value, value_forms.ListValue):
        for place, element in enumerate(value.elements):
            yield from leaves(f"{name}.{place}", (*where, "list", place), element)
    elif isinstance(value, value_forms.RecordValue):
        for member, inner in value.members.items():
            yield from leaves(f"{name}.{member}", (*where, "record", member), inner)
    else:
        yield Leaf(name, where, value)


def expressions_of(where: Where, value: FieldValue) -> Iterator[tuple[Where, Expression]]:
    if isinstance(value, Expression):
        yield where, value
    elif isinstance(value, KeyValue):
        yield where, value.expression
    elif isinstance(value, value_forms.MapValue):
        yield (*where, "value"), value.value
    elif isinstance(value, value_forms.RefValue):
        for place, (_, key) in enumerate(value.candidates):
            yield ((*where, "of", place) if isinstance(value.of, list) else (*where, "of")), key
