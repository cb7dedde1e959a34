"""Columns that hold anything at all: what ``discover`` rules choose from."""

from __future__ import annotations

from decimal import Decimal
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
            stored = {"seq": streams[name].last_seq, "limits": _limits(scopes, name)}
            journal.put(f"columns.{name}", stored)
        declared = streams[name].schema.get("properties", {})
        schemas[name] = {
            "properties": {
                column: {**declared.get(column, {}), **limits}
                for column, limits in stored["limits"].items()
            }
        }
    return mapping.discovering(schemas)


def _limits(scopes: ScopeReader, stream: str) -> dict[str, dict[str, int]]:
    """Columns with at least one value: longest text and most digits, in JSON Schema's manner."""
    limits: dict[str, dict[str, int]] = {}
    for row in scopes.scan(stream):
        for column, value in row.items():
            if value is None or value == "":
                continue
            found = limits.setdefault(column, {})
            if isinstance(value, str):
                found["maxLength"] = max(len(value), found.get("maxLength", 0))
            elif isinstance(value, (int, Decimal)) and not isinstance(value, bool):
                found["maxDigits"] = max(_digits(value), found.get("maxDigits", 0))
    return dict(sorted(limits.items()))


def _digits(value: int | Decimal) -> int:
    """Digits before and after the point."""
    _, digits, exponent = Decimal(value).as_tuple()
    places = exponent if isinstance(exponent, int) else 0
    return max(len(digits), -places) + max(places, 0)
