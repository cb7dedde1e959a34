"""What the other commands keep in a journal, in the shapes in which they keep it."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.unit.report.business import FILE, NAMES, OBJECTS, STREAMS

if TYPE_CHECKING:
    from tests.unit.report.business import Object

    from crm_transforms.journal import Journal

FIXED: dict[str, dict[str, Any]] = json.loads(
    Path(__file__).with_name("told.json").read_text("utf-8")
)
"""All that does not follow from the business."""


def tell(journal: Journal, *names: str) -> None:
    """Keep these values for the accounts that they are about, or all of them."""
    journal.put("window", {"opened_at": "2026-11-24T16:00:00.000000Z", "closed_at": None})
    values = {
        "plan": plan(),
        "sample": sample(),
        "approval": FIXED["approval"],
        "reconciliation": reconciliation(),
        "rollback": FIXED["rollback"],
    }
    for name, value in values.items():
        if not names or name in names:
            journal.put(f"{name}.{value['account']['id']}", value)


def plan() -> dict[str, Any]:
    """As ``plan`` keeps it."""
    fixed = FIXED["plan"]
    streams = [
        {
            "stream": name,
            "records": records,
            "gone": 3 if name == "jobs" else 0,
            "read_whole": name != "estimates",
            "bytes": records * 640,
            "columns": _columns(records),
        }
        for name, records in STREAMS
    ]
    return {
        **fixed,
        "objects": [_planned(one) for one in OBJECTS],
        "inventory": {**fixed["inventory"], "streams": streams},
    }


def sample(records: int = 24) -> dict[str, Any]:
    """As ``sample`` keeps it; in the trial account."""
    diff = [_compared(number) for number in range(records)]
    verdicts = Counter(field["verdict"] for one in diff for field in one["fields"])
    return {
        **FIXED["sample"],
        "records": dict(Counter(one["object"] for one in diff)),
        "diff": diff,
        "counts": dict(verdicts),
    }


def reconciliation() -> dict[str, Any]:
    """As ``reconcile`` keeps it."""
    objects = [
        {
            "object": one.name,
            "target": one.target,
            "source": one.records,
            "wanted": one.records,
            "landed": one.records - 4,
            "rejected": 3,
            "waiting": 1,
            "destination": one.records - 5,
            "deleted_there": 1,
            "edited_there": 2,
            "compared": one.records - 5,
            "different": 2,
        }
        for one in OBJECTS
    ]
    return {**FIXED["reconciliation"], "objects": objects}


def _planned(one: Object) -> dict[str, Any]:
    rejected, waiting = (round(one.records * part / 1_000) for part in one.share[:2])
    none = dict.fromkeys(("update", "adopt", "unchanged", "vanished"), 0)
    return {
        "object": one.name,
        "target": one.target,
        "stream": one.stream,
        "create": one.records - rejected - waiting,
        "rejected": rejected,
        "waiting": waiting,
        "calls": one.records,
        "tokens": one.records * 10,
        "read_calls": one.records // 100,
        "read_tokens": one.records // 10,
        **none,
    }


def _columns(records: int) -> list[dict[str, Any]]:
    statuses = [["complete", records // 2], ["scheduled", records // 4], ["on hold", records // 9]]
    return [
        _column("id", "integer", records, 7, records),
        _column("status", "string", records * 9 // 10, 11, 3, values=statuses),
        _column("gate_code", "string", records // 20, 260, records // 21, unlisted=True),
    ]


def _column(
    name: str, kind: str, filled: int, longest: int, distinct: int, **more: Any
) -> dict[str, Any]:
    told = {"filled": filled, "longest": longest, "distinct": distinct}
    return {"name": name, "type": kind, **told, "values": [], "unlisted": False, **more}


def _compared(number: int) -> dict[str, Any]:
    name, is_deal = NAMES[number % len(NAMES)], number % 2 == 0
    phones = [{"value": "+12075550142", "label": "work"}]
    fields = [
        _field("title" if is_deal else "name", {"name": name, "company_name": None}, name, name),
        _field(
            "ks_phone",
            {"phone_number": "207-555-0142"},
            "+12075550142",
            "+1 207-555-0142",
            "normalised",
            "the destination formats phone numbers",
        ),
        _field("owner_id", {"created_by": 51013}, "owner 51013", "owner 51013"),
        _field("phones", {"phone1": "207-555-0142"}, phones, phones),
    ]
    if number % 6 == 0:
        why = "the lines do not add up to the total"
        fields.append(_field("value", {"total": "385.00"}, 385.0, 378.44, "different", why))
    if number % 11 == 5:
        gone = {"held": None, "verdict": "missing", "reason": "not read back"}
        fields = [{**one, **gone} for one in fields]
    of = "deal" if is_deal else "organization"
    return {
        "object": of,
        "target": f"{of}s",
        "key": str(9_400_200 + number),
        "destination_id": str(3_000 + number),
        "place": f"{FILE}:190: objects.{of}",
        "fields": fields,
    }


def _field(
    field: str,
    source: dict[str, Any],
    mapped: Any,
    held: Any,
    verdict: str = "equal",
    reason: str = "",
) -> dict[str, Any]:
    told = {"field": field, "source": source, "mapped": mapped, "held": held}
    return {**told, "verdict": verdict, "reason": reason}
