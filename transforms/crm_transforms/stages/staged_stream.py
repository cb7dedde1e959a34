"""One stream of a run: how to check its records, and those not yet durable."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from crm_transforms.canonical import encode
from crm_transforms.journal.text import is_storable

if TYPE_CHECKING:
    from crm_transforms.stages.validator import RecordValidator


@dataclass(slots=True)
class StagedStream:
    """One stream of this run: how to check its records, and those not yet durable."""

    id: int
    name: str
    keys: tuple[str, ...]
    schema: dict[str, Any]
    validator: RecordValidator
    pass_id: int
    rows: list[tuple[str, bytes, bytes]] = field(default_factory=list)
    records: int = 0
    whole: bool = False
    """The last thing heard of this stream is that it was read whole."""

    def key_of(self, record: dict[str, Any], otherwise: str) -> str | None:
        """The record's key as text; ``otherwise`` where the stream has no key at all."""
        if len(self.keys) == 1:
            value = record.get(self.keys[0])
            if type(value) is int:
                return str(value)
            return value if isinstance(value, str) and value and is_storable(value) else None
        if not self.keys:
            return otherwise
        values = [record.get(name) for name in self.keys]
        if any(value is None or isinstance(value, (bool, float, list, dict)) for value in values):
            return None
        return encode(values).decode()
