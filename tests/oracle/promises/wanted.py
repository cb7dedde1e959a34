"""One record that has to be in Pipedrive."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.oracle.truth import Row, Truth

EVERYBODY_OF_THE_GROUP = 3
"""The visibility that the shipped mapping gives every record."""
CURRENCY = "USD"
SLOT = re.compile(r"custom_(text|number|datetime)\d+")


@dataclass(frozen=True)
class Wanted:
    """What one source record becomes.

    Attributes:
        object: its name in the mapping, e.g. ``deal``.
        stream: where it comes from; key: its external key.
        fields: native fields by name, custom ones by the name of their definition.
        parents: lookup fields to (object in Pipedrive, external key), or None for an empty one.
        part_of: (stream, key) of the row that it is a part of and shares the fate of.
        impossible: why it cannot land and has to be among the rejects.
    """

    object: str
    stream: str
    key: str
    fields: Mapping[str, Any]
    parents: Mapping[str, tuple[str, str] | None] = field(default_factory=dict)
    part_of: tuple[str, str] | None = None
    impossible: str = ""

    def __str__(self) -> str:
        return f"{self.object} {self.key}"


def parent(name: str, key: Any) -> tuple[str, str] | None:
    """A lookup, or none where the source names no record."""
    return None if key is None else (name, str(key))


def slots(row: Row) -> dict[str, Any]:
    """The account's own custom columns, under the names that the mapping gives them."""
    return {f"ks_{name}": value for name, value in row.items() if SLOT.fullmatch(name)}


def assigned(truth: Truth, kind: str, row: Row) -> list[str | None]:
    """The newer custom fields of a customer or job, one per line."""
    rows = truth.rows("custom_field_assignments", customizable_type=kind, customizable_id=row["id"])
    return [": ".join(filter(None, (one["name"], one["value"]))) for one in rows]
