"""What the stages work on: mapping objects, plain streams, and the schema itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from crm_transforms.destination import SCHEMA

if TYPE_CHECKING:
    from crm_transforms.destination import FieldSpec
    from crm_transforms.mapping import CustomField, Join, RefField
    from crm_transforms.mapping.action import Action

Row = Mapping[str, Any]


class Subject(Protocol):
    """Something whose records are written.

    Attributes:
        name: how journal and reports call it; target: the destination's object.
    """

    @property
    def name(self) -> str: ...
    @property
    def target(self) -> str: ...
    def place(self, field: str) -> str:
        """``file:line`` of the rule for a field, or whatever a person can look up."""


class SchemaObject:
    """Stands where a mapping object stands when custom fields are what is written."""

    name = SCHEMA
    target = SCHEMA

    def place(self, field: str) -> str:
        """Where the mapping asks for it: the manifest is gathered from several places."""
        return f"the mapping's custom fields{f': {field}' if field else ''}"


SCHEMA_OBJECT = SchemaObject()


class PlannedSubject(Subject, Protocol):
    """A subject whose records are made from staged rows; for its parts see ``MappedObject``."""

    @property
    def stream(self) -> str | None: ...
    @property
    def hash(self) -> str: ...
    @property
    def joins(self) -> Sequence[Join]: ...
    @property
    def refs(self) -> Sequence[RefField]: ...
    @property
    def custom(self) -> Sequence[CustomField]: ...
    @property
    def match(self) -> Sequence[str]: ...
    @property
    def create(self) -> bool: ...
    @property
    def people(self) -> bool: ...
    @property
    def overflow(self) -> FieldSpec | None: ...
    @property
    def key_field(self) -> str | None: ...
    @property
    def item_stream(self) -> str | None: ...
    @property
    def has_filter(self) -> bool: ...
    @property
    def uses_stream_key(self) -> bool: ...
    @property
    def vanished(self) -> str: ...
    @property
    def unmatched(self) -> str | None: ...
    @property
    def after(self) -> Sequence[Action]: ...
    @property
    def field_names(self) -> Sequence[str]: ...
    def records(self, row: Row, joined: Row) -> Sequence[tuple[str, Any, int]]: ...
    def key_of(self, row: Row, joined: Row, item: Any, index: int) -> str | None: ...
    def ref_keys(self, row: Row, joined: Row, item: Any, index: int) -> dict[str, Any]: ...
    def match_values(
        self, row: Row, joined: Row, item: Any, index: int, refs: Row
    ) -> dict[str, Any]: ...
    def build(self, row: Row, joined: Row, item: Any, index: int, refs: Row) -> dict[str, Any]: ...


class Plannable(Protocol):
    """A whole mapping, or what stands for one."""

    @property
    def hash(self) -> str: ...
    @property
    def objects(self) -> Mapping[str, PlannedSubject]: ...
    @property
    def order(self) -> Sequence[str]: ...
    @property
    def deferred(self) -> Mapping[str, frozenset[str]]: ...
    def manifest(self) -> Sequence[CustomField]: ...
    def makes(self) -> Mapping[str, tuple[str, str]]: ...
