"""Columns that hold anything at all: what ``discover`` rules choose from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from crm_transforms.journal import Journal
    from crm_transforms.mapping import Mapping
    from crm_transforms.stages.scope import ScopeReader


def with_discoveries(mapping: Mapping, journal: Journal, scopes: ScopeReader) -> Mapping:
    """The mapping with the custom fields that the staged data calls for.

    Raises:
        MappingError: a rule gives a name that is taken, or none.
    """
    wanted = {obj.stream for obj in mapping.objects.values() if obj.discovers and obj.stream}
    streams = journal.streams()
    schemas: dict[str, dict[str, Any]] = {}
    for name in wanted & streams.keys():
        stored = journal.get(f"columns.{name}")
        if stored is None or stored["seq"] != streams[name].last_seq:
            stored = {"seq": streams[name].last_seq, "lengths": _lengths(scopes, name)}
            journal.put(f"columns.{name}", stored)
        declared = streams[name].schema.get("properties", {})
        schemas[name] = {
            "properties": {
                column: {**declared.get(column, {}), **({"maxLength": length} if length else {})}
                for column, length in stored["lengths"].items()
            }
        }
    return mapping.discovering(schemas)


def _lengths(scopes: ScopeReader, stream: str) -> dict[str, int]:
    """Columns with at least one value, and the longest text in each (0 where there is no text)."""
    lengths: dict[str, int] = {}
    for row in scopes.scan(stream):
        for column, value in row.items():
            if value is None or value == "":
                continue
            length = len(value) if isinstance(value, str) else 0
            if length > lengths.get(column, -1):
                lengths[column] = length
    return dict(sorted(lengths.items()))
