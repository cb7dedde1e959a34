"""A reply before it takes a format: records with other records inside."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Node:
    """One record of a reply.

    Attributes:
        stream: names its fields and, in the singular, its element.
        record: the values; a missing one is null.
        inside: lists of records and single ones below it, by name.
        only: the fields to show, or None for all.
        extra: fields that no documentation knows.
    """

    stream: str
    record: dict[str, Any]
    inside: dict[str, list[Node] | Node | None] = field(default_factory=dict)
    only: frozenset[str] | None = None
    extra: dict[str, Any] = field(default_factory=dict)


ALLOCATIONS: dict[str, Any] = {"allocations": [], "include_expenses": False}
"""What every recorded job holds under ``job_allocations``; ``chosen_days_of_week`` was empty."""
