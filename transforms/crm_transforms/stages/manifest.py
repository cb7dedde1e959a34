"""Manifests: what the account must have before records can be written, and lacks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from crm_transforms.destination import FieldSpec

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crm_transforms.destination import Value

OBJECT = FieldSpec("", "object")
"""Stands for the object itself among its fields."""


@dataclass(slots=True)
class Manifest:
    """What one destination object needs.

    Attributes:
        make: the object itself, where it is to be made: its label and plural.
        is_capped: how many fields fit is known, so that none is refused for want of room.
        missing: fields to make; grown: fields that exist and need further options.
        conflicts: (field, wanted type, type there).
        dropped: fields for which the account has no room; they go to the overflow field.
        optionless: choices of which no option is known yet, so that they cannot be made.
    """

    target: str
    make: tuple[str, str] | None = None
    is_capped: bool = False
    existing: list[str] = field(default_factory=list)
    missing: list[FieldSpec] = field(default_factory=list)
    grown: list[FieldSpec] = field(default_factory=list)
    conflicts: list[tuple[str, str, str]] = field(default_factory=list)
    dropped: list[FieldSpec] = field(default_factory=list)
    optionless: list[FieldSpec] = field(default_factory=list)


def spec_record(target: str, spec: FieldSpec) -> dict[str, Value]:
    """A custom field as the neutral record that makes it."""
    return {
        "object": target,
        "name": spec.name,
        "type": spec.type,
        "label": spec.label,
        "length": spec.length,
        "scale": spec.scale,
        "options": list(spec.options),
        "reference": spec.reference,
    }


def object_record(target: str, label: str, plural: str) -> dict[str, Value]:
    """An object as the neutral record that makes it."""
    return {"object": target, "name": "", "type": "object", "label": label, "plural": plural}


def records_of(manifests: Sequence[Manifest]) -> list[dict[str, Value]]:
    """All that the account lacks, as the records that make it."""
    return [
        *(object_record(each.target, *each.make) for each in manifests if each.make),
        *(spec_record(each.target, spec) for each in manifests for spec in each.missing),
        *(spec_record(each.target, spec) for each in manifests for spec in each.grown),
    ]
