"""What of a sample's field by field comparison goes into a report: the differences before all."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from crm_transforms.report.words import MOST_CHARACTERS, value_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

VERDICTS = ("missing", "different", "normalised", "equal")
"""The worst first."""
ROOM = 3_500_000
"""Characters that a report has for them: some 500 records of 25 fields."""
MARKUP = 200
"""Characters that the page needs around one field."""


@dataclass(frozen=True, slots=True)
class DiffRecord:
    """One record of the sample, compared.

    Attributes:
        title: what people call it: the first text among its values; empty where there is none.
        verdicts: how many of its fields are what.
        worst: the worst of them.
        fields: as the journal has them, the worst first.
    """

    object: str
    target: str
    key: str
    destination_id: str
    place: str
    title: str
    verdicts: Mapping[str, int]
    worst: str
    fields: list[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Diff:
    """The comparison, as far as there is room.

    Attributes:
        more: records beyond; none of them is worse than those that are there.
    """

    records: list[DiffRecord]
    more: int


def diff_of(rows: Iterable[Mapping[str, Any]], room: int = ROOM) -> Diff:
    """Choose what is shown."""
    records = sorted(map(_record, rows), key=lambda record: VERDICTS.index(record.worst))
    shown = 0
    for record in records:
        room -= sum(map(_length, record.fields))
        if room < 0:
            break
        shown += 1
    return Diff(records[:shown], len(records) - shown)


def _record(row: Mapping[str, Any]) -> DiffRecord:
    fields = sorted(row["fields"], key=lambda one: VERDICTS.index(one["verdict"]))
    counts = Counter(one["verdict"] for one in fields)
    return DiffRecord(
        row["object"],
        row.get("target", ""),
        str(row["key"]),
        str(row.get("destination_id") or ""),
        row.get("place") or "",
        _title(str(row["key"]), row["fields"]),
        {verdict: counts[verdict] for verdict in VERDICTS if counts[verdict]},
        next((verdict for verdict in VERDICTS if counts[verdict]), "equal"),
        fields,
    )


def _title(key: str, fields: Iterable[Mapping[str, Any]]) -> str:
    for one in fields:
        text = one.get("mapped")
        if isinstance(text, str) and any(map(str.isalpha, text)) and key not in text:
            return text
    return ""


def _length(one: Mapping[str, Any]) -> int:
    values = [one.get("mapped"), one.get("held"), *(one.get("source") or {}).values()]
    return MARKUP + sum(min(MOST_CHARACTERS, len(value_text(value))) for value in values)
