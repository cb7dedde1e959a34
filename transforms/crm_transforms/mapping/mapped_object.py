"""One object of a mapping, compiled: from a row and its joins to neutral records."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any, TypeAlias

from crm_transforms.mapping import document
from crm_transforms.mapping.action import Action
from crm_transforms.mapping.code import Scope
from crm_transforms.mapping.coercion import Row, kind_of, record_key
from crm_transforms.mapping.custom import (
    CustomField,
    custom_fields,
    leads_somewhere,
    overflow_field,
)
from crm_transforms.mapping.discovery import discovered, naming
from crm_transforms.mapping.fields import Fields
from crm_transforms.mapping.functions import VERSION
from crm_transforms.mapping.join import join_tree
from crm_transforms.mapping.leaves import ColumnValue, KeyValue, Place
from crm_transforms.mapping.part import Part
from crm_transforms.mapping.problem import RowError
from crm_transforms.mapping.sources import FieldSources

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crm_transforms.mapping.compilation import Compilation
    from crm_transforms.mapping.marked_yaml import Where
    from crm_transforms.mapping.references import RefKeys


_WORD = re.compile(r"\w+")
Item: TypeAlias = tuple[str, Any, int]
"""One record that a row gives: its external key, the element of ``each``, the element's place."""


class MappedObject:
    """What a mapping document says about one of its objects.

    Attributes:
        name: as the document calls it.
        target: the destination's object.
        stream: where its rows come from; ``None`` for an object of one constant record.
        hash: hex digest of all that can change its records: its part of the document, the value
            maps and parameters in use, the version of the function table.
        joins: rows of other streams that a row needs beside it.
        key_field: destination field that holds the external key, or ``None``.
        element_stream: stream whose rows ``each`` goes over, where it goes over joined rows.
        item_stream: the same, where the key needs nothing else.
        has_filter: rows can be unwanted.
        uses_stream_key: the external key is not the row's own; the document says what it is.
        discovers: there are rules that carry columns which the data has.
        field_names: every destination field that :meth:`build` gives.
        refs: references to records of other objects.
        match: fields by which records that were there before are recognised.
        create, otherwise, people, vanished, unmatched: as the document says.
        make: label and plural of the destination's object, where the mapping makes that as well.
        custom: fields that the account must have, overflow included.
        overflow: the field for what finds no room, or ``None``.
        after: actions in order.
        line: of the object in the document.
    """

    uses_stream_key = False

    def __init__(
        self,
        name: str,
        model: document.ObjectModel,
        compilation: Compilation,
        carried: Mapping[str, CustomField] | None = None,
    ) -> None:
        self.name = name
        self.where: Where = ("objects", name)
        self.target = model.target
        self.stream = model.stream
        self.line = compilation.document.line(self.where)
        self.create = model.create or not model.match
        self.otherwise = model.otherwise
        self.people = model.people
        self.vanished = model.vanished
        self.unmatched = model.unmatched
        self.make = None if model.make is None else model.make.names
        self.has_filter = model.where is not None
        self.discovers = bool(model.discover)
        self._model = model
        self._compilation = compilation
        self._carried = dict(carried or {})
        self.joins = join_tree(model.joins, compilation, (*self.where, "with"))
        self.scope = Scope(
            compilation.parameters,
            {join.name: join.many for join in self.joins},
            elements=model.each is not None,
            columns=frozenset() if model.stream is None else None,
        )
        self.key_field, self.key = model.key_pair
        self._compile(model)
        self.refs = self.fields.refs
        self.overflow = overflow_field(model)
        self.custom = (
            *custom_fields(name, model, self.key_field, compilation),
            *self._carried.values(),
        )
        self.option_expressions = tuple(
            ((*self.where, "custom", name, "options", "value"), options.stream, options.value)
            for name, custom in model.custom.items()
            if isinstance(options := custom.options, document.OptionsOfStream)
        )
        elements = "" if model.each is None else model.each.source
        listed = {join.name: join.stream for join in self.joins if join.many}
        self.element_stream = listed.get(elements)
        own = self.key.names - compilation.parameters.keys() == {"item"}
        self.item_stream = self.element_stream if own else None
        self.hash = self._digest()

    def _compile(self, model: document.ObjectModel) -> None:
        compilation, scope, where = self._compilation, self.scope, self.where
        rows = Scope(scope.parameters, scope.joins, columns=scope.columns)
        key_where: Where = (*where, "key", self.key_field) if self.key_field else (*where, "key")
        self._key = Part("key", self.key, scope, compilation, key_where, convert=record_key)
        self._where = Part("where", model.where, rows, compilation, (*where, "where"))
        self._each = Part("each", model.each, rows, compilation, (*where, "each"))
        self.fields = Fields(self._values(model, key_where), scope, compilation, where)
        self.field_names = self.fields.names
        self._sources = FieldSources(self.fields.leaves, scope)
        matched: dict[str, Place] = {
            name: ((*where, "match", name), value) for name, value in model.match.items()
        }
        self._match = Fields(matched, scope, compilation, where)
        self.match = tuple(matched)
        self.after = tuple(
            Action(action, scope, compilation, (*where, "after", place))
            for place, action in enumerate(model.after)
        )
        for position, rule in enumerate(model.discover):
            naming(rule, compilation, (*where, "discover", position))
        self.row_expressions = (*self._where.expressions, *self._each.expressions)
        self.expressions = (
            *self._key.expressions,
            *self.fields.expressions,
            *self._match.expressions,
            *(pair for action in self.after for pair in action.expressions),
        )

    def _values(self, model: document.ObjectModel, key_where: Where) -> dict[str, Place]:
        values: dict[str, Place] = {}
        if self.key_field:
            values[self.key_field] = (key_where, KeyValue(self.key))
        for name, value in model.fields.items():
            values[name] = ((*self.where, "fields", name), value)
        for name, custom in model.custom.items():
            if name != self.key_field and leads_somewhere(custom, self._compilation):
                place: Where = (*self.where, "custom", name)
                simple = custom.map_name is None and custom.ref is None
                values[name] = ((*place, "value") if simple else place, custom.given)
        for column, carried in self._carried.items():
            text = carried.spec.type in {"text", "long_text"}
            values[carried.spec.name] = ((*self.where, "discover"), ColumnValue(column, text))
        return values

    def place(self, field: str = "") -> str:
        """``file:line: path`` of a field, or of the object."""
        where = self.fields.where(field) if field else None
        return self._compilation.place(where or self.where)

    def wants(self, row: Row, joined: Mapping[str, Any]) -> bool:
        """Whether the object has records of this row at all.

        Raises:
            RowError: the condition cannot be evaluated.
        """
        return self._where.compiled is None or bool(self._where.run(row, joined))

    def records(self, row: Row, joined: Mapping[str, Any]) -> list[Item]:
        """The records that a row gives: none if unwanted, one per element with ``each``.

        Raises:
            RowError: a condition or key cannot be evaluated, a key is null or not unique.
        """
        if self.has_filter and not self.wants(row, joined):
            return []
        if self._each.compiled is None:
            return [(self._record_key(row, joined, None, 0), None, 0)]
        elements = self._each.run(row, joined)
        if elements is None:
            return []
        if not isinstance(elements, list):
            message = f"needs a list to go over, not {kind_of(elements)}"
            raise self._each.error("each", ValueError(message))
        items: list[Item] = [
            (self._record_key(row, joined, element, index), element, index)
            for index, element in enumerate(elements)
        ]
        if len({key for key, _, _ in items}) < len(items):
            raise self._key.error("key", ValueError("two elements of one row have the same key"))
        return items

    def _record_key(self, row: Row, joined: Mapping[str, Any], item: Any, index: int) -> str:
        key: str | None = self._key.run(row, joined, item, index)
        if key is None:
            raise self._key.error("key", ValueError("the key is null"))
        return key

    def key_of(self, row: Row, joined: Mapping[str, Any], item: Any, index: int) -> str | None:
        """The key of a record that may be gone; ``None`` where the row gives none."""
        try:
            return self._record_key(row, joined, item, index)
        except RowError:
            return None

    def ref_keys(
        self, row: Row, joined: Mapping[str, Any], item: Any = None, index: int = 0
    ) -> dict[str, RefKeys]:
        """What a record points to: by :attr:`RefField.field` the (object, key) pairs.

        Raises:
            RowError: a key cannot be made.
        """
        return self.fields.ref_keys(row, joined, item, index)

    def build(
        self,
        row: Row,
        joined: Mapping[str, Any],
        item: Any,
        index: int,
        refs: Mapping[str, Any],
    ) -> dict[str, Any]:
        """The neutral record, with its external key and custom fields; null fields are ``None``.

        Args:
            row: the columns of the row.
            joined: by join a row, a list of rows or ``None``.
            item: the element, as :meth:`records` gave it.
            index: the element's place.
            refs: by :attr:`RefField.field` the id there, a list of ids, or ``None``.

        Raises:
            RowError: a value cannot be converted or mapped.
        """
        return self.fields.build(row, joined, item, index, refs)

    def sources(self, field: str) -> tuple[str, ...]:
        """What a field is made of, as people write it: ``name``, ``customer.city``, ``item.price``.

        Columns, members of joined rows and of the element; for a list of rows the members that are
        used of each (``time.note``), or the list itself. Parameters and literals are none.
        """
        return tuple(source.name for source in self._sources.of(field))

    def source_values(
        self, field: str, row: Row, joined: Mapping[str, Any], item: Any = None, index: int = 0
    ) -> dict[str, Any]:
        """What :meth:`sources` hold for one record, short enough to be shown beside the result.

        Rows are told by their number, lists by their first elements; nothing is converted.
        """
        held = {"row": row, "joined": joined, "item": item, "index": index}
        return {source.name: source.value(held) for source in self._sources.of(field)}

    def match_values(
        self, row: Row, joined: Row, item: Any = None, index: int = 0, refs: Row | None = None
    ) -> dict[str, Any]:
        """The fields by which a record that was there before is recognised; see :meth:`build`.

        Raises:
            RowError: a value cannot be converted or mapped.
        """
        return self._match.build(row, joined, item, index, refs or {})

    def discovering(self, columns: Mapping[str, Mapping[str, Any]]) -> MappedObject:
        """The same object, carrying every column of its stream that a ``discover`` rule names.

        Args:
            columns: JSON Schema by column.

        Raises:
            MappingError: a rule gives a name that is taken, or none.
        """
        taken = {*self._model.fields, *self._model.custom, self.key_field}
        rules = self._model.discover
        found = discovered(rules, columns, taken, self._compilation, (*self.where, "discover"))
        carried = {
            column: CustomField(self.name, self.target, spec, priority)
            for column, (spec, priority) in found.items()
        }
        return MappedObject(self.name, self._model, self._compilation, carried)

    def _digest(self) -> str:
        part = self._compilation.part(self.where)
        words = set(_WORD.findall(repr(part)))
        shared = (self._compilation.values, self._compilation.parameters)
        used = [(name, each[name]) for each in shared for name in sorted(words & each.keys())]
        carried = [(column, custom.spec) for column, custom in self._carried.items()]
        content = (VERSION, part, used, carried, sorted(words & self._compilation.off))
        return hashlib.sha256(repr(content).encode()).hexdigest()
