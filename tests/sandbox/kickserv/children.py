"""What hangs off a customer or a job, made from the parent's place in the outline."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from tests.sandbox.kickserv import decimals, ledger, papers, visits
from tests.sandbox.kickserv.clock import DAY, NOW
from tests.sandbox.kickserv.reference import TAX_ENTITIES

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    from tests.sandbox.kickserv.outline import Outline

Record = dict[str, Any]

KEPT = 4096
"""Parents whose generated children stay at hand for the next question about them."""


@dataclass(frozen=True, slots=True)
class Bill:
    """What a job comes to, in cents."""

    subtotal: int
    tax: int
    paid: int

    @property
    def total(self) -> int:
        return self.subtotal + self.tax


def tax_of(subtotal: int, tax_place: int) -> int:
    """Return the tax in cents, rounded half up."""
    per_mille = decimals.hundredths(TAX_ENTITIES[tax_place][1]) // 10
    return max(0, (subtotal * per_mille + 500) // 1000)


class Children:
    """Makes the children of one parent as a list, soft-deleted ones included."""

    def __init__(self, outline: Outline, base_url: str) -> None:
        self.outline = outline
        self.base_url = base_url
        self.bill = lru_cache(KEPT)(self._bill)
        self._made = lru_cache(KEPT)(self._make)

    def of(self, stream: str, parent: str, place: int) -> list[Record]:
        """Return the children in ``stream`` of the record at ``place`` of ``parent``.

        Raises:
            KeyError: records of ``parent`` have no such children.
        """
        return self._made(stream, parent, place)

    def _make(self, stream: str, parent: str, place: int) -> list[Record]:
        rng = self.outline.rng(f"{parent}.{stream}", place)
        return MAKERS[stream, parent](self, place, rng)

    def _bill(self, place: int) -> Bill:
        subtotal = sum(
            decimals.hundredths(charge["total"])
            for charge in self.of("job_charges", "jobs", place)
            if not charge.get("deleted_at")
        )
        tax = tax_of(subtotal, self.outline.tax_place(self.outline.owner[place]))
        total = subtotal + tax
        if self.outline.is_paid(place):
            return Bill(subtotal, tax, total)
        deposit = total // 4 if self.outline.is_invoiced(place) and place % 3 == 0 else 0
        return Bill(subtotal, tax, max(0, deposit))

    def spent(self, place: int) -> int:
        """Return a job's expenses in cents."""
        expenses = self.of("expenses", "jobs", place)
        return sum(decimals.hundredths(expense["amount"]) for expense in expenses)

    def id(self, place: int, position: int, parent: str = "jobs") -> int:
        return self.outline.child_id(parent, place, position)

    def after(self, place: int, rng: random.Random, days: int = 30) -> int:
        return min(NOW, self.outline.created("jobs", place) + rng.randrange(60, days * DAY))


MAKERS: dict[tuple[str, str], Callable[[Children, int, random.Random], list[Record]]] = {
    ("contacts", "customers"): papers.contacts,
    ("notes", "customers"): papers.customer_notes,
    ("custom_field_assignments", "customers"): papers.customer_fields,
    ("employees", "jobs"): visits.crew,
    ("job_charges", "jobs"): visits.charges,
    ("time_entries", "jobs"): visits.time_entries,
    ("tasks", "jobs"): visits.tasks,
    ("notes", "jobs"): papers.job_notes,
    ("custom_field_assignments", "jobs"): papers.job_fields,
    ("attachments", "jobs"): papers.attachments,
    ("signatures", "jobs"): papers.signatures,
    ("tags", "jobs"): papers.tags,
    ("payments", "jobs"): ledger.payments,
    ("payment_requests", "jobs"): ledger.payment_requests,
    ("expenses", "jobs"): ledger.expenses,
}
"""Who makes the records of a stream for which kind of parent."""
