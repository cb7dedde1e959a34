"""The account as the seed makes it, before any edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.sandbox.kickserv.children import MAKERS, Children
from tests.sandbox.kickserv.outline import FIRST_ADDED_ID, OPPORTUNITY, Outline
from tests.sandbox.kickserv.reference import REFERENCE
from tests.sandbox.kickserv.roots import Roots

if TYPE_CHECKING:
    from collections.abc import Callable

Record = dict[str, Any]

ROOTS = ("customers", "jobs")

VIEWS: dict[str, Callable[[Record], bool]] = {
    "work": lambda job: job["status"] not in OPPORTUNITY,
    "opportunities": lambda job: job["status"] in OPPORTUNITY,
    "unpaid": lambda job: job.get("invoice_status") == "unpaid",
    "invoices": lambda job: bool(job.get("invoice_status")),
}
"""The lists that show some of the jobs, by the row."""


class Generated:
    """Makes any record when it is asked for. Soft-deleted ones are made like the others."""

    def __init__(self, seed: int, customers: int, base_url: str) -> None:
        self.outline = Outline(seed, customers)
        self._children = Children(self.outline, base_url)
        self._roots = Roots(self.outline, self._children)

    def get(self, stream: str, record_id: int) -> Record | None:
        if stream in ROOTS:
            place = self._place(stream, record_id)
            make = self._roots.customer if stream == "customers" else self._roots.job
            return None if place is None else make(place)
        if stream in REFERENCE:
            rows = list(REFERENCE[stream])
        elif record_id >= FIRST_ADDED_ID:
            rows = []
        else:
            parent, place = self.outline.child_home(record_id)
            known = (stream, parent) in MAKERS and 0 <= place < getattr(self.outline, parent)
            rows = self._children.of(stream, parent, place) if known else []
        return next((row for row in rows if row["id"] == record_id), None)

    def children(self, stream: str, parent: str, parent_id: int) -> list[Record]:
        place = self._place(parent, parent_id)
        return [] if place is None else self._children.of(stream, parent, place)

    def branches(self, customer_id: int) -> set[int]:
        """Return the ids of the customers below another one."""
        place = self._place("customers", customer_id)
        places = [] if place is None else self.outline.branches(place)
        return {self.outline.id_of("customers", branch) for branch in places}

    def jobs_of(self, customer_id: int) -> set[int]:
        """Return the ids of a customer's jobs."""
        place = self._place("customers", customer_id)
        places = () if place is None else self.outline.jobs_of.get(place, ())
        return {self.outline.id_of("jobs", job) for job in places}

    def ids(self, name: str) -> list[int]:
        """Return the ids, ascending, of the live records of a stream or view other than tasks."""
        if name in REFERENCE:
            return [row["id"] for row in REFERENCE[name]]
        stream, shown = ("jobs", VIEWS[name]) if name in VIEWS else (name, None)
        outline = self.outline
        return [
            outline.id_of(stream, place)
            for place in range(getattr(outline, stream))
            if not outline.is_deleted(stream, place)
            and (shown is None or shown(outline.sketch(place)))
        ]

    def task_ids(self, job_id: int) -> list[int]:
        place = self._place("jobs", job_id)
        count = 0 if place is None else self.outline.task_count(place)
        return [self.outline.child_id("jobs", place or 0, position) for position in range(count)]

    def _place(self, stream: str, record_id: int) -> int | None:
        place = self.outline.place_of(stream, record_id)
        known = 0 <= place < getattr(self.outline, stream)
        return place if known and self.outline.id_of(stream, place) == record_id else None
