"""Columns as data: name, kind and description give both the JSON Schema and the conversion."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from singer_sdk import typing as th

from tap_kickserv import values

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence


class Field(NamedTuple):
    """One column of a stream."""

    name: str
    kind: Kind
    description: str
    source: str
    """Where the value stands in the row; the column's own name unless said otherwise."""


class Kind(NamedTuple):
    """What a column holds. Calling a kind declares a column of it."""

    type: Any
    cast: Callable[[Any], Any]

    def __call__(self, name: str, description: str, *, source: str = "") -> Field:
        return Field(name, self, description, source or name)


text = Kind(th.StringType, values.text)
integer = Kind(th.IntegerType, values.integer)
decimal = Kind(th.NumberType, values.decimal)
boolean = Kind(th.BooleanType, values.boolean)
date = Kind(th.DateType, values.date)
instant = Kind(th.DateTimeType, values.instant)
integers = Kind(th.ArrayType(th.IntegerType), values.integers)
list_of_anything = Kind(th.ArrayType(th.AnyType()), values.whole)
anything = Kind(th.ObjectType(additional_properties=True), values.whole)

EXTRA = "_extra"
_EXTRA_FIELD = anything(
    EXTRA,
    "Fields of the row that this stream does not declare, under their own names.",
)


def custom_slots(texts: int, numbers: int, instants: int) -> tuple[Field, ...]:
    """The numbered custom fields of a customer, job or employee.

    Their labels belong to the account's settings and are in no reply.
    """
    label = "its label is part of the account's settings, not of the record"
    return (
        *(text(f"custom_text{n}", f"Custom text {n}; {label}.") for n in range(1, texts + 1)),
        *(
            decimal(f"custom_number{n}", f"Custom number {n}; {label}.")
            for n in range(1, numbers + 1)
        ),
        *(
            instant(f"custom_datetime{n}", f"Custom date and time {n}; {label}.")
            for n in range(1, instants + 1)
        ),
    )


def json_schema(
    fields: Iterable[Field],
    keys: Sequence[str],
    *,
    keeps_unknown: bool,
) -> dict[str, Any]:
    """Build a stream's JSON Schema.

    Args:
        fields: The columns, in the order in which they are shown.
        keys: Columns that make up the primary key; these are required and not nullable.
        keeps_unknown: Whether the stream has an `_extra` object.
    """
    columns = [*fields, _EXTRA_FIELD] if keeps_unknown else [*fields]
    return th.PropertiesList(
        *(
            th.Property(
                field.name,
                field.kind.type,
                required=field.name in keys,
                description=field.description,
            )
            for field in columns
        ),
    ).to_dict()
