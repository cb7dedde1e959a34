"""The mapping document, version 1: what may stand where.

The models say how a document is shaped; :mod:`crm_transforms.mapping.mapping` says what it means.
``docs/mapping-language.md`` explains each key.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Discriminator,
    Field,
    Tag,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

from crm_transforms.destination import FIELD_TYPES
from crm_transforms.mapping.audit_forms import CheckModel, GotchaModel, Left
from crm_transforms.mapping.expression import Expression, closest, parse_expression
from crm_transforms.mapping.value_forms import (
    Expr,
    MapValue,
    Model,
    Name,
    RefValue,
    Scalar,
    Text,
    Value,
)


def _read_pattern(value: Any) -> re.Pattern[str]:
    if not isinstance(value, str):
        raise PydanticCustomError("pattern", "must be a regular expression, written as text")
    try:
        return re.compile(value)
    except re.error as error:
        raise PydanticCustomError("pattern", "{why}", {"why": f"is no pattern: {error}"}) from error


def _check_type(value: str) -> str:
    if value not in FIELD_TYPES:
        why = f'"{value}" is no field type{closest(value, FIELD_TYPES)}; there are: '
        raise PydanticCustomError("field_type", "{why}", {"why": why + ", ".join(FIELD_TYPES)})
    return value


def _key_form(value: Any) -> str | None:
    if isinstance(value, dict):
        return "<named>" if len(value) == 1 else None
    return "<expression>"


def _options_form(value: Any) -> str:
    if isinstance(value, dict):
        return "<stream>" if "stream" in value else "<map>"
    return "<labels>"


def _id() -> Expression:
    return parse_expression("id")


Pattern: TypeAlias = Annotated[
    re.Pattern[str],
    BeforeValidator(_read_pattern),
    WithJsonSchema({"type": "string", "format": "regex"}),
]

FieldType: TypeAlias = Annotated[
    str,
    AfterValidator(_check_type),
    WithJsonSchema({"type": "string", "enum": list(FIELD_TYPES)}),
]


Key: TypeAlias = Annotated[
    Annotated[Expr, Tag("<expression>")]
    | Annotated[dict[Text, Expr], Field(min_length=1, max_length=1), Tag("<named>")],
    Discriminator(
        _key_form,
        custom_error_type="key",
        custom_error_message="a key is an expression or one field with its expression",
    ),
]


class JoinModel(Model):
    """``with: {name: …}``: rows of another stream that belong to this one."""

    stream: Text
    on: Text | None = None
    equals: Expr = Field(default_factory=_id)
    of: Expr | None = None
    where: Expr | None = None
    order: Text | None = None
    joins: dict[Name, JoinModel] = Field(default_factory=dict, alias="with")

    @model_validator(mode="after")
    def _know_the_way(self) -> JoinModel:
        if (self.on is None) == (self.of is None):
            raise PydanticCustomError("join", 'needs either "on" (many rows) or "of" (one row)')
        if self.of is not None and self.gives("equals"):
            raise PydanticCustomError("join", '"equals" belongs to "on"')
        return self


class OptionsOfMap(Model):
    """The options are the destination values of a map."""

    map_name: Name = Field(alias="map")


class OptionsOfStream(Model):
    """The options are the values of an expression over the rows of a stream."""

    stream: Text
    value: Expr


Options: TypeAlias = Annotated[
    Annotated[list[Text], Tag("<labels>")]
    | Annotated[OptionsOfMap, Tag("<map>")]
    | Annotated[OptionsOfStream, Tag("<stream>")],
    Discriminator(_options_form),
]


class CustomModel(Model):
    """``custom: {field: …}``: a field that the destination's account must have."""

    type: FieldType
    label: str = ""
    value: Value = None
    map_name: Name | None = Field(default=None, alias="map")
    otherwise: Scalar = None
    ref: Name | None = None
    of: Expr | None = None
    required: bool = False
    reference: Text | None = None
    options: Options | None = None
    priority: int = Field(default=50, ge=0, le=100)
    length: int | None = Field(default=None, gt=0)
    open_choice: bool = Field(default=False, alias="open")

    @model_validator(mode="after")
    def _pair_keys(self) -> CustomModel:
        if self.map_name is not None and not isinstance(self.value, Expression):
            raise PydanticCustomError("custom", 'beside "map" the value is an expression')
        if (self.ref is None) != (self.of is None) or (self.ref and self.gives("value")):
            raise PydanticCustomError("custom", '"ref" and "of" go together, without a "value"')
        return self

    @property
    def given(self) -> Value:
        """The value, with the short forms ``map:`` and ``ref:`` written out."""
        if self.map_name is not None and isinstance(self.value, Expression):
            keys = {"otherwise": self.otherwise} if self.gives("otherwise") else {}
            return MapValue(map=self.map_name, value=self.value, **keys)
        if self.ref is not None and self.of is not None:
            return RefValue(ref=self.ref, of=self.of, required=self.required)
        return self.value


class DiscoverModel(Model):
    """``discover: […]``: columns carried by rule."""

    pattern: Pattern
    name: Expr
    priority: int = Field(default=20, ge=0, le=100)
    type: Literal["auto"] | FieldType = "auto"


class OverflowModel(Model):
    """``overflow: …``: the text field for what finds no room."""

    field: Text
    label: str = ""


class ActionModel(Model):
    """``after: […]``: what is done to a record once it is there."""

    action: Text
    when: Expr | None = None
    fields: dict[Text, Value] = Field(default_factory=dict)


class MakeModel(Model):
    """``make: …``: the destination's object is the mapping's own."""

    label: Text
    plural: Text

    @property
    def names(self) -> tuple[str, str]:
        """Label and plural."""
        return self.label, self.plural


class ObjectModel(Model):
    """``objects: {name: …}``: records of one destination object, made of the rows of one stream."""

    target: Text
    stream: Text | None = Field(default=None, alias="from")
    when: Expr | None = None
    make: MakeModel | None = None
    unmatched: Name | None = None
    where: Expr | None = None
    each: Expr | None = None
    key: Key = Field(default_factory=_id)
    joins: dict[Name, JoinModel] = Field(default_factory=dict, alias="with")
    match: dict[Text, Value] = Field(default_factory=dict)
    create: bool = False
    otherwise: Text | None = None
    people: bool = False
    fields: dict[Text, Value] = Field(default_factory=dict)
    custom: dict[Text, CustomModel] = Field(default_factory=dict)
    discover: list[DiscoverModel] = Field(default_factory=list)
    overflow: OverflowModel | None = None
    after: list[ActionModel] = Field(default_factory=list)
    vanished: Literal["report", "remove"] = "report"

    @property
    def key_pair(self) -> tuple[str | None, Expression]:
        """The field that holds the external key, if one does, and the key's expression."""
        return next(iter(self.key.items())) if isinstance(self.key, dict) else (None, self.key)


Checks: TypeAlias = dict[Name, CheckModel]
Gotchas: TypeAlias = list[GotchaModel]
LeftBehind: TypeAlias = dict[Text, Left]


class Document(Model):
    """A whole mapping document."""

    source: Text
    destination: Text
    version: Literal[1]
    parameters: dict[Name, Scalar] = Field(default_factory=dict)
    values: dict[Name, dict[str | None, Scalar]] = Field(default_factory=dict)
    objects: dict[Name, ObjectModel] = Field(min_length=1)
    checks: Checks = Field(default_factory=dict)
    gotchas: Gotchas = Field(default_factory=list)
    left_behind: LeftBehind = Field(default_factory=dict)


def json_schema() -> dict[str, Any]:
    """The JSON Schema of mapping documents, for editors (YAML language servers take it)."""
    schema = Document.model_json_schema(by_alias=True)
    _close(schema)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _close(schema: Any) -> None:
    """Refuse names that do not match their pattern, as the models do."""
    if isinstance(schema, dict):
        if "patternProperties" in schema:
            schema["additionalProperties"] = False
        schema = list(schema.values())
    for part in schema if isinstance(schema, list) else ():
        _close(part)
