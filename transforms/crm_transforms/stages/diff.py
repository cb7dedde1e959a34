"""Diff: field by field, what the source holds, what the mapping makes of it, and what landed."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from crm_transforms.canonical import encode
from crm_transforms.stages.defaults import BLANK
from crm_transforms.stages.verify import same

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from crm_transforms.destination import FieldSpec, Record, Value
    from crm_transforms.mapping import MappedObject
    from crm_transforms.stages.beside import Beside, Besides
    from crm_transforms.stages.work import Work

EQUAL, NORMALISED, DIFFERENT, MISSING = "equal", "normalised", "different", "missing"
VERDICTS = (EQUAL, NORMALISED, DIFFERENT, MISSING)

REASONS: Mapping[str, str] = {
    "text": "blanks around the text are dropped",
    "long_text": "blanks around the text are dropped",
    "html": "HTML as the destination allows it",
    "integer": "the same number, written otherwise",
    "decimal": "the same number, written otherwise",
    "money": "the same amount, written otherwise",
    "boolean": "the same, written otherwise",
    "date": "the day alone is kept",
    "time": "the time of day, written in full",
    "datetime": "the moment by the second, in UTC",
    "choice": "the option as the account spells it",
    "choices": "the options as the account spells and orders them",
    "email": "the address without what surrounds it",
    "phone": "the number without what surrounds it",
    "url": "the address without what surrounds it",
    "address": "the destination takes an address apart",
    "reference": "the same record",
    "list": "entries as the destination keeps them, empty ones dropped",
    "file": "a file is known there by its name and size",
}
"""Why a destination holds a value in another form, by the field's type."""
EMPTY = "an empty value counts as nothing there"
FILLED = "left empty here; the destination fills it in"
WAS_THERE = "left empty here; it was there before us"
KEPT = "somebody's own value, which was there before us, is kept"


@dataclass(frozen=True, slots=True)
class FieldDiff:
    """One field of one record.

    Attributes:
        source: what it is made of, by the source's names.
        mapped: what the mapping makes of it; held: what the destination holds. References are told
            by object and key.
        verdict: one of :data:`VERDICTS`.
        reason: why it is held in another form, or kept.
    """

    field: str
    source: dict[str, Any]
    mapped: Value
    held: Value
    verdict: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RecordDiff:
    """One record; ``place`` is where the mapping makes it."""

    object: str
    target: str
    key: str
    destination_id: str
    place: str
    fields: list[FieldDiff]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def record_diff(work: Work, obj: MappedObject, besides: Besides, one: Beside) -> RecordDiff:
    """Compare one record in every field that is mapped."""
    wanted: Record = one.wanted or {}
    normal = work.destination.normalise(obj.target, wanted)
    held: Record = one.held or {}
    held_normal = work.destination.normalise(obj.target, {name: held.get(name) for name in wanted})
    objects = {ref.field: ref.objects for ref in obj.refs}
    pointing = {name.partition(".")[0] for name in objects}
    draft = one.draft
    fields: list[FieldDiff] = []
    for name, spec in besides.fields.items():
        mapped, there = wanted.get(name), held.get(name)
        verdict, reason = _judged(one, name, spec, (normal.get(name), held_normal.get(name)))
        if name in pointing:
            is_same = mapped is not None and verdict in {EQUAL, NORMALISED}
            mapped = one.told.get(name)
            there = mapped if is_same else besides.told(name, there, objects.get(name, ()))
        source = obj.source_values(
            name, draft.scoped.row, draft.scoped.joined, draft.item, draft.index
        )
        fields.append(FieldDiff(name, plain(source), plain(mapped), plain(there), verdict, reason))
    there_id = "" if one.link is None else one.link.destination_id
    return RecordDiff(obj.name, obj.target, draft.key, there_id, obj.place(""), fields)


def diff_hash(records: Iterable[RecordDiff]) -> str:
    """One digest of a whole comparison, without ids: those differ from account to account."""
    rows = [
        [one.object, one.key, each.field, each.source, each.mapped, each.held, each.verdict]
        for one in sorted(records, key=lambda one: (one.object, one.key))
        for each in sorted(one.fields, key=lambda each: each.field)
    ]
    return hashlib.sha256(encode(rows)).hexdigest()


def verdict_counts(records: Iterable[RecordDiff]) -> dict[str, int]:
    """How many fields are what."""
    found = Counter(each.verdict for one in records for each in one.fields)
    return {verdict: found[verdict] for verdict in VERDICTS}


def plain(value: Any) -> Any:
    """A value as any JSON library holds it; exact numbers as numbers where that loses nothing."""
    if isinstance(value, Decimal):
        if value == value.to_integral_value():
            return int(value)
        return float(value) if Decimal(repr(float(value))) == value else str(value)
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items()}
    return [plain(one) for one in value] if isinstance(value, list) else value


def _judged(
    one: Beside, name: str, spec: FieldSpec, normal: tuple[Value, Value]
) -> tuple[str, str]:
    """The verdict on one field, and the reason where it has one."""
    if one.held is None or one.wanted is None:
        return MISSING, ""
    mapped, held = one.wanted.get(name), one.held.get(name)
    is_ours = one.link is not None and one.link.origin == "created"
    if same(mapped, held) or (mapped is None and held in BLANK):
        return EQUAL, ""
    if mapped is None:
        return NORMALISED, FILLED if is_ours else WAS_THERE
    if same(*normal):
        return NORMALISED, EMPTY if held is None else REASONS.get(spec.type, "")
    if not is_ours and not same((one.image or {}).get(name), mapped):
        return NORMALISED, KEPT
    return DIFFERENT, ""
