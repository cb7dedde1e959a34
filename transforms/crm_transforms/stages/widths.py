"""Widths: how much room the data wants in fields that are yet to be made."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from crm_transforms.destination import FieldSpec
from crm_transforms.mapping import RowError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crm_transforms.stages.scope import ScopeReader
    from crm_transforms.stages.subject import PlannedSubject
    from crm_transforms.stages.work import Work

NUMBERS = frozenset({"decimal", "money"})
LONG = FieldSpec("long", "text")
LONGEST = 1_000_000
CHUNK = 500


class Widths:
    """Fits the fields that the mapping asks for to the values that it has for them.

    A text that is too long for one line becomes a long text where the destination tells them apart;
    a number gets as many digits after the point as its values have. Every row is mapped once for
    it, and what was found is kept in the journal until others are staged.
    """

    def __init__(self, work: Work, scopes: ScopeReader) -> None:
        self._work = work
        self._scopes = scopes
        self._known: dict[str, dict[str, list[int]]] | None = None

    def fit(self, target: str, spec: FieldSpec) -> FieldSpec:
        """The field as the data wants it; as it is, where the mapping has said how long it is.

        Where a text may have any length in one field, the data is not looked at.
        """
        held_as = self._work.destination.held_as
        if spec.length is not None or spec.type not in {"text", *NUMBERS}:
            return spec
        if held_as(replace(LONG, length=LONGEST)) == held_as(LONG):
            return spec
        length, scale = self._measured(target).get(spec.name, (0, 0))
        if spec.type in NUMBERS:
            return replace(spec, scale=scale)
        held = held_as(replace(spec, length=length or None))
        return replace(spec, type=held) if held != held_as(spec) else spec

    def _measured(self, target: str) -> dict[str, list[int]]:
        """By field, the longest text and the most digits after the point."""
        if self._known is None:
            journal = self._work.journal
            version = [journal.last_seq(), self._work.mapping.hash]
            stored = journal.get("widths")
            if stored is None or stored["version"] != version:
                stored = {"version": version, "fields": self._measure()}
                journal.put("widths", stored)
            self._known = stored["fields"]
        return self._known.get(target, {})

    def _measure(self) -> dict[str, dict[str, list[int]]]:
        found: dict[str, dict[str, list[int]]] = defaultdict(dict)
        for obj in self._work.mapping.objects.values():
            names = [
                custom.spec.name
                for custom in obj.custom
                if custom.spec.type in {"text", *NUMBERS} and custom.spec.length is None
            ]
            for record in self._records(obj) if names else ():
                for name in names:
                    value = record.get(name)
                    if value is not None:
                        widest = found[obj.target].setdefault(name, [0, 0])
                        if isinstance(value, str):
                            widest[0] = max(widest[0], len(value))
                        elif isinstance(value, Decimal):
                            widest[1] = max(widest[1], _places(value))
        return found

    def _records(self, obj: PlannedSubject) -> Iterator[dict[str, Any]]:
        """The object's records without what they refer to; those that cannot be mapped are none."""
        self._scopes.prepare(obj.joins)
        for rows in self._scopes.chunks(obj, CHUNK):
            for scoped in rows:
                if scoped.error is not None:
                    continue
                try:
                    for _, item, index in obj.records(scoped.row, scoped.joined):
                        yield obj.build(scoped.row, scoped.joined, item, index, {})
                except RowError:
                    continue


def _places(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
