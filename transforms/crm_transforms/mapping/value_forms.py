"""The forms a value may have in a document: literal, expression, map, reference, list, record."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, TypeAlias

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    PlainValidator,
    StringConstraints,
    Tag,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

from crm_transforms.mapping.expression import Expression, ExpressionError, parse_expression

_FORMS = ("map", "ref", "list", "record", "const")


def _read_expression(value: Any) -> Expression:
    if isinstance(value, Expression):
        return value
    if not isinstance(value, str):
        raise PydanticCustomError("expression", "must be an expression, written as text")
    try:
        return parse_expression(value)
    except ExpressionError as error:
        raise PydanticCustomError("expression", "{why}", {"why": str(error)}) from error


def _read_scalar(value: Any) -> Any:
    if value is not None and not isinstance(value, bool | int | Decimal | str):
        raise PydanticCustomError("scalar", "must be text, a number, true, false or null")
    return value


def _form(value: Any) -> str | None:
    """Which form of value this is; tags are in angle brackets, which no key of a document has."""
    if isinstance(value, str):
        return "<expression>"
    if isinstance(value, dict):
        return next((f"<{form}>" for form in _FORMS if form in value), None)
    return "<literal>" if value is None or isinstance(value, bool | int | Decimal) else None


def _one_or_list(value: Any) -> str:
    return "<list>" if isinstance(value, list) else "<expression>"


Text: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=500)]
Name: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=100)]
Scalar: TypeAlias = Annotated[
    bool | int | Decimal | str | None,
    PlainValidator(_read_scalar),
    WithJsonSchema({"type": ["boolean", "number", "string", "null"]}),
]
PlainScalar: TypeAlias = Annotated[
    bool | int | Decimal | None,
    PlainValidator(_read_scalar),
    WithJsonSchema({"type": ["boolean", "number", "null"]}),
]
Expr: TypeAlias = Annotated[
    Expression, BeforeValidator(_read_expression), WithJsonSchema({"type": "string"})
]


class Model(BaseModel):
    """A part of a document: every key known, nothing converted, never changed."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        frozen=True,
        arbitrary_types_allowed=True,
        protected_namespaces=(),
    )

    def gives(self, key: str) -> bool:
        """Whether the document states the attribute, be it as null."""
        return key in self.model_fields_set


class MapValue(Model):
    """``{map: name, value: expression}``: looked up in a value map."""

    map_name: Name = Field(alias="map")
    value: Expr
    otherwise: Scalar = None


class RefValue(Model):
    """``{ref: object, of: expression}``: the record that another object made of that row.

    Lists of objects and expressions are candidates: the first whose key is not null is meant.
    A record whose reference names one that has not landed waits for it; with ``optional`` it goes
    ahead with an empty field, which is reported and filled later.
    """

    objects: Annotated[
        Annotated[Name, Tag("<expression>")] | Annotated[list[Name], Tag("<list>")],
        Discriminator(_one_or_list),
    ] = Field(alias="ref")
    of: Annotated[
        Annotated[Expr, Tag("<expression>")] | Annotated[list[Expr], Tag("<list>")],
        Discriminator(_one_or_list),
    ]
    required: bool = False
    optional: bool = False
    many: bool | None = None

    @property
    def candidates(self) -> list[tuple[str, Expression]]:
        """Objects with the expressions of their keys, in order of preference."""
        objects = self.objects if isinstance(self.objects, list) else [self.objects]
        keys = self.of if isinstance(self.of, list) else [self.of]
        return list(zip(objects, keys, strict=False))

    @model_validator(mode="after")
    def _pair_candidates(self) -> RefValue:
        lists = [part for part in (self.objects, self.of) if isinstance(part, list)]
        if len(lists) == 1 or (lists and (not lists[0] or len(lists[0]) != len(lists[1]))):
            raise PydanticCustomError("candidates", "each object of ref needs its expression in of")
        return self


class ListValue(Model):
    """``{list: […]}``."""

    elements: list[Value] = Field(alias="list")


class RecordValue(Model):
    """``{record: {…}}``."""

    members: dict[Text, Value] = Field(alias="record")


class ConstValue(Model):
    """``{const: …}``: as it stands."""

    const: Any


_Forms: TypeAlias = (
    Annotated[Expr, Tag("<expression>")]
    | Annotated[PlainScalar, Tag("<literal>")]
    | Annotated[MapValue, Tag("<map>")]
    | Annotated[RefValue, Tag("<ref>")]
    | Annotated[ListValue, Tag("<list>")]
    | Annotated[RecordValue, Tag("<record>")]
    | Annotated[ConstValue, Tag("<const>")]
)
Value: TypeAlias = Annotated[
    _Forms,
    Discriminator(
        _form,
        custom_error_type="value",
        custom_error_message="a value is an expression, a number, true, false, null or one of "
        "{map: …}, {ref: …}, {list: …}, {record: …}, {const: …}",
    ),
]
