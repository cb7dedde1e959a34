"""The mapping document, version 1: what may stand where.

The models say how a document is shaped; :mod:`crm_transforms.mapping.mapping` says what it means.
``docs/mapping-language.md`` explains each key.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    PlainValidator,
    StringConstraints,
    Tag,
    ValidationError,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

from crm_transforms.destination import FIELD_TYPES
from crm_transforms.mapping.coercion import shown
from crm_transforms.mapping.expression import Expression, ExpressionError, closest, parse_expression

if TYPE_CHECKING:
    from crm_transforms.mapping.marked_yaml import MarkedDocument, Where
    from crm_transforms.mapping.problem import Problem

_PLACEHOLDERS = {"source": "source", "destination": "destination", "version": 1}
_SHAPES = {
    "dict_type": "must be keys with values",
    "model_type": "must be keys with values",
    "list_type": "must be a list",
    "too_short": "must not be empty",
}
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


def _read_pattern(value: str) -> re.Pattern[str]:
    try:
        return re.compile(value)
    except re.error as error:
        raise PydanticCustomError("pattern", "{why}", {"why": f"is no pattern: {error}"}) from error


def _check_type(value: str) -> str:
    if value not in FIELD_TYPES:
        why = f'"{value}" is no field type{closest(value, FIELD_TYPES)}; there are: '
        raise PydanticCustomError("field_type", "{why}", {"why": why + ", ".join(FIELD_TYPES)})
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


def _key_form(value: Any) -> str | None:
    if isinstance(value, dict):
        return "<named>" if len(value) == 1 else None
    return "<expression>"


def _options_form(value: Any) -> str:
    if isinstance(value, dict):
        return "<stream>" if "stream" in value else "<map>"
    return "<labels>"


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


def _id() -> Expression:
    return parse_expression("id")


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


class ObjectModel(Model):
    """``objects: {name: …}``: records of one destination object, made of the rows of one stream."""

    target: Text
    stream: Text | None = Field(default=None, alias="from")
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


class Document(Model):
    """A whole mapping document."""

    source: Text
    destination: Text
    version: Literal[1]
    parameters: dict[Name, Scalar] = Field(default_factory=dict)
    values: dict[Name, dict[str | None, Scalar]] = Field(default_factory=dict)
    objects: dict[Name, ObjectModel] = Field(min_length=1)
    left_behind: dict[Text, str] = Field(default_factory=dict)


_MODELS = (
    MapValue, RefValue, ListValue, RecordValue, ConstValue, JoinModel, OptionsOfMap, CustomModel,
    OptionsOfStream, DiscoverModel, OverflowModel, ActionModel, ObjectModel, Document,
)  # fmt: skip
_KEYS = {field.alias or name for model in _MODELS for name, field in model.model_fields.items()}


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


def validate(document: MarkedDocument) -> tuple[Document | None, list[Problem]]:
    """The document as models, and what is wrong with its shape.

    Entries that are wrong are left out of the result, so that the rest can be looked at further;
    ``None`` when nothing can be made of the rest.
    """
    try:
        return Document.model_validate(document.data), []
    except ValidationError as failure:
        errors: list[Any] = failure.errors(include_url=False)
    problems = [_problem(document, each) for each in errors]
    if not isinstance(document.data, dict):
        return None, problems
    rest = {**document.data, **_PLACEHOLDERS}
    for error in errors:
        section = error["loc"][0]
        part = rest.get(section)
        if isinstance(part, dict) and len(error["loc"]) > 1:
            wrong = error["loc"][1]
            rest[section] = {name: entry for name, entry in part.items() if str(name) != wrong}
        elif section not in _PLACEHOLDERS:
            rest.pop(section, None)
    try:
        return Document.model_validate(rest), problems
    except ValidationError:
        return None, problems


def _problem(document: MarkedDocument, error: dict[str, Any]) -> Problem:
    kind, message = error["type"], error["msg"]
    where: Where = tuple(step for step in error["loc"] if not str(step).startswith("<"))
    if where[-1:] == ("[key]",):
        message = f"{shown(error['input'])} is no name of small letters, digits and _"
        return document.problem((*where[:-2], error["input"]), message)
    if kind == "extra_forbidden":
        return document.problem(where, f"this key is unknown{closest(str(where[-1]), _KEYS)}")
    if kind == "missing":
        return document.problem(where[:-1], f'the key "{where[-1]}" is missing')
    if kind in _SHAPES:
        return document.problem(where, _SHAPES[kind])
    if message.startswith("Input should be"):
        message = (
            message.replace("Input should be", "must be", 1) + f", not {shown(error['input'])}"
        )
    return document.problem(where, message)
