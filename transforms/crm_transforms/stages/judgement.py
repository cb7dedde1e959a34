"""Judgement: whose doing it is that a record is not as the mapping wants it."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from crm_transforms.stages.defaults import BLANK, Defaults
from crm_transforms.stages.verify import same

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crm_transforms.destination import Record, Value
    from crm_transforms.stages.beside import Beside, Besides
    from crm_transforms.stages.subject import PlannedSubject
    from crm_transforms.stages.work import Work

DELETED, EDITED, OURS = "deleted there", "edited there", "not as mapped"
"""Somebody deleted it; somebody changed it since we wrote it; nobody did, and it is wrong."""

Fault: TypeAlias = "tuple[str, Value, Value, str]"
"""Field, wanted, found, and whose doing it is; without a field, the whole record."""


class Judge:
    """Judges the records of one mapping object."""

    def __init__(self, work: Work, obj: PlannedSubject, besides: Besides) -> None:
        self._destination = work.destination
        self._obj = obj
        self._besides = besides
        self._defaults = Defaults(work, obj.name)
        # The vendor's own moments (won, closed) follow from fields that are compared.
        self._computed = {
            name
            for name, spec in besides.fields.items()
            if spec.computed or (spec.type == "datetime" and not spec.custom)
        }
        self._objects = {ref.field: ref.objects for ref in obj.refs}

    def faults(self, one: Beside) -> list[Fault]:
        """What is wrong with a linked record that was read back."""
        if one.held is None:
            return [("", None, None, DELETED)]
        return list(self._field_faults(one, one.held))

    def _field_faults(self, one: Beside, held: Record) -> Iterator[Fault]:
        normalise, target = self._destination.normalise, self._obj.target
        image = normalise(target, one.image or {})
        wanted = image if one.wanted is None else normalise(target, one.wanted)
        there = normalise(target, held)
        for name in self._besides.fields:
            if same(wanted.get(name), there.get(name)):
                continue
            why = self._why(one, name, (wanted.get(name), image.get(name), there.get(name)))
            if why:
                yield name, *self._told(one, name, held), why

    def _why(self, one: Beside, name: str, values: tuple[Value, Value, Value]) -> str:
        """Whose doing a difference is; empty where it is none."""
        wanted, written, there = values
        is_ours = one.link is not None and one.link.origin == "created"
        if one.reject is not None and one.reject.stage == "verify":
            return OURS
        if written is None and not is_ours:
            return ""  # it was there before us, and stays
        if wanted is None and written is None:
            if name in self._computed:
                return ""
            untouched = not self._defaults.is_known or self._defaults.is_as_made(name, there)
            return "" if untouched else EDITED
        if there in BLANK and wanted in BLANK:
            return ""
        return OURS if same(written, there) or one.image is None else EDITED

    def _told(self, one: Beside, name: str, held: Record) -> tuple[Value, Value]:
        """Wanted and found, references by object and key."""
        wanted = (one.image if one.wanted is None else one.wanted) or {}
        if name not in self._objects:
            return wanted.get(name), held.get(name)
        told = one.told.get(name)
        if one.wanted is None:
            told = self._besides.told(name, wanted.get(name), self._objects[name])
        return told, self._besides.told(name, held.get(name), self._objects[name])
