"""Strata: the fields by which records of one object are told apart for a sample of all sorts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crm_transforms.mapping import MappedObject
from crm_transforms.mapping.value_forms import MapValue

if TYPE_CHECKING:
    from crm_transforms.stages.subject import PlannedSubject

CHOICES = frozenset({"choice", "choices"})


def stratum_fields(obj: PlannedSubject) -> tuple[str, ...]:
    """Fields that hold one of a few values: those of value maps, and choices of fixed options."""
    if not isinstance(obj, MappedObject):
        return ()
    mapped = {leaf.name for leaf in obj.fields.leaves if isinstance(leaf.value, MapValue)}
    fixed = {
        custom.spec.name
        for custom in obj.custom
        if custom.spec.type in CHOICES and custom.spec.options and not custom.spec.open_choice
    }
    return tuple(name for name in obj.field_names if name in mapped | fixed)
