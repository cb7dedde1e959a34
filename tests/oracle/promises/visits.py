"""Tasks become activities of their deal."""

from __future__ import annotations

from datetime import timezone
from typing import TYPE_CHECKING

from tests.oracle.plain import as_html, clock, day, filled
from tests.oracle.promises.deals import DONE, LOST
from tests.oracle.promises.papers import sanitized
from tests.oracle.promises.wanted import Wanted, parent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.oracle.truth import Truth


def activities(truth: Truth) -> Iterator[Wanted]:
    """Kickserv's XML names nobody for a visit, so whose it becomes is not judged."""
    for row in truth.rows("tasks"):
        job = truth.get("jobs", row["job_id"]) or {}
        yield Wanted(
            "activity",
            "tasks",
            str(row["id"]),
            {
                "subject": filled(row.get("name"), "Appointment"),
                "type": "meeting",
                "due_date": day(row.get("scheduled_at"), timezone.utc),
                "due_time": clock(row.get("scheduled_at"), timezone.utc),
                "note": sanitized(as_html(row.get("description"))),
                "done": job.get("status") in (*DONE, *LOST),
            },
            {
                "deal_id": parent("deals", row["job_id"]),
                "org_id": parent(
                    "organizations", filled(row.get("customer_id"), job.get("customer_id"))
                ),
            },
        )
