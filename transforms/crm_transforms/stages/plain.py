"""Without a mapping document a target is a plain loader: stream = object, properties = fields."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from crm_transforms.canonical import encode, fingerprint

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Mapping as MappingType

    from crm_transforms.destination import Value

VERSION = b"plain loader, version 1"


@dataclass(slots=True)
class PlainObject:
    """One stream, loaded as it is; stands where a mapping object stands."""

    name: str
    keys: tuple[str, ...]
    field_names: tuple[str, ...]
    refs: tuple[()] = ()
    joins: tuple[()] = ()
    custom: tuple[()] = ()
    match: tuple[()] = ()
    create: bool = True
    people: bool = False
    overflow: None = None
    key_field: None = None
    item_stream: None = None
    has_filter: bool = False
    uses_stream_key: bool = True
    vanished: str = "report"
    unmatched: None = None
    after: tuple[()] = ()

    @property
    def target(self) -> str:
        return self.name

    @property
    def stream(self) -> str:
        return self.name

    @property
    def hash(self) -> str:
        return fingerprint(VERSION, encode([self.name, list(self.keys)])).hex()

    def place(self, field: str) -> str:
        """Where a person finds the rule: there is no document, so the stream's field."""
        return f"stream {self.name}" + (f", property {field}" if field else "")

    def records(self, *_scope: object) -> list[tuple[str, None, int]]:
        """One record per row; its key is the one under which the row was staged."""
        return [("", None, 0)]

    def key_of(self, *_scope: object) -> None:
        """Plain rows are forgotten once they have landed, so none is ever missed."""

    def ref_keys(self, *_scope: object) -> dict[str, Any]:
        """Plain streams refer to nothing."""
        return {}

    def match_values(self, *_scope: object) -> dict[str, Any]:
        """Plain records are recognised by the journal alone."""
        return {}

    def build(
        self,
        row: MappingType[str, Any],
        _joined: MappingType[str, Any],
        _item: Any,
        _index: int,
        _refs: MappingType[str, Any],
    ) -> dict[str, Value]:
        """The row itself."""
        return dict(row)


class PlainMapping:
    """The mapping of a plain loader: whatever streams have come."""

    hash = fingerprint(VERSION).hex()
    deferred: MappingType[str, frozenset[str]] = {}

    def __init__(self, objects: Iterable[PlainObject]) -> None:
        self.objects = {obj.name: obj for obj in objects}
        self.order = tuple(self.objects)

    def manifest(self) -> tuple[()]:
        """A plain loader makes no fields."""
        return ()

    def makes(self) -> dict[str, tuple[str, str]]:
        """Nor does it make objects."""
        return {}
