"""Writes that follow from counts alone, before there is an account or a single row."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from crm_transforms.stages.writes import Writes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from crm_transforms.mapping import MappedObject
    from crm_transforms.mapping import Mapping as MappingDocument

RECORD_BYTES = 600
"""Of a record as JSON, where nobody has looked: as in tests/benchmarks."""


def countable(mapping: MappingDocument) -> tuple[str, ...]:
    """The streams and objects whose counts matter."""
    objects = [obj for obj in mapping.objects.values() if not obj.people]
    streams = [obj.element_stream or obj.stream or "" for obj in objects]
    return tuple(filter(None, dict.fromkeys([*streams, *(obj.name for obj in objects)])))


def counted_writes(
    mapping: MappingDocument, counts: Mapping[str, int], batch_size: Callable[[str], int]
) -> dict[str, Writes]:
    """What a first load would send, if every row gives its records.

    Args:
        mapping: the document.
        counts: rows by stream; records by object count more. What is not told is none.
        batch_size: most records per batch, by the destination's object.
    """
    return {
        obj.name: _writes(obj, counts, batch_size(obj.target))
        for obj in mapping.objects.values()
        if not obj.people
    }


def _writes(obj: MappedObject, counts: Mapping[str, int], batch: int) -> Writes:
    records = _records(obj, counts)
    rows = records
    if obj.scope.elements:
        # The records of one row go together, in equal parts for all we know.
        rows = min(records, counts.get(obj.stream or "", 0)) or records
    size, larger = divmod(records, rows) if rows else (0, 0)
    creates = Counter({size: rows - larger, size + 1: larger})
    return Writes(
        creates=+creates if records else Counter(),
        batches=-(-records // batch),
        bytes=records * RECORD_BYTES,
    )


def _records(obj: MappedObject, counts: Mapping[str, int]) -> int:
    if obj.name in counts:
        return counts[obj.name]
    if obj.stream is None:
        return 1
    if obj.scope.elements:
        return counts.get(obj.element_stream or "", 0)
    return counts.get(obj.stream, 0)
