"""The data set's skeleton: who owns which job, in which status, under which ids.

Everything else about a record is made when it is asked for, from the seed and the record's place in
its table, so that an account of 200,000 customers costs a few megabytes and one of 300 is the same
on every machine.
"""

from __future__ import annotations

import random
from array import array
from bisect import bisect
from functools import cached_property
from itertools import accumulate

from tests.sandbox.kickserv.clock import NOW, OPENED

JOBS_PER_CUSTOMER = 3

# status, share among settled jobs, share among recent ones, kept with the opportunities.
# GUESS: only new, won, lost, scheduled, complete and canceled were seen on the wire; the others
# follow the product's board, and that opportunities are listed apart follows from the gaps in
# recorded job numbers.
STATUSES = (
    ("new", 0, 12, True),
    ("estimate_scheduled", 0, 10, True),
    ("estimate_sent", 0, 14, True),
    ("won", 2, 4, True),
    ("lost", 9, 4, True),
    ("unscheduled", 0, 12, False),
    ("scheduled", 0, 20, False),
    ("in_progress", 0, 7, False),
    ("started", 0, 5, False),
    ("on_hold", 1, 5, False),
    ("complete", 81, 5, False),
    ("canceled", 7, 2, False),
)
OPPORTUNITY = frozenset(name for name, _, _, apart in STATUSES if apart)
CLOSED = frozenset({"canceled", "lost", "complete"})
SETTLED_SHARE = 0.8

RECENT_JOBS = 2_000

CHILD_STRIDE = 512
"""Room for ids of one parent's children; ids of real accounts have gaps as well."""

FIRST_CHILD_ID = {"jobs": 60_000_000, "customers": 1_000_000_000}
FIRST_SIGNATURE_ID = 400_000_000
FIRST_ADDED_ID = 1_500_000_000


class Outline:
    """Sizes, owners and states of the generated customers and jobs.

    A *place* is a record's position in its table, from 0; numbers shown in the product are places
    plus one, internal ids are spread out, so that code which mixes the two up is found out.
    """

    def __init__(self, seed: int, customers: int) -> None:
        self.seed = seed
        self.customers = customers
        self.jobs = customers * JOBS_PER_CUSTOMER
        rng = random.Random(seed)
        settled, recent = (list(accumulate(row[column] for row in STATUSES)) for column in (1, 2))
        border = int(self.jobs * SETTLED_SHARE)
        self._status = array("B")
        self.owner = array("I")
        """The place of each job's customer."""
        for place in range(self.jobs):
            shares = settled if place < border else recent
            self._status.append(bisect(shares, rng.random() * shares[-1]))
            owner = int((place // JOBS_PER_CUSTOMER + 1) * rng.random() ** 0.8)
            self.owner.append(owner - self.is_deleted("customers", owner))

    def rng(self, stream: str, place: int) -> random.Random:
        """Return the source of chance for one record's own details."""
        return random.Random(f"{self.seed}/{stream}/{place}")

    def status(self, job: int) -> str:
        return STATUSES[self._status[job]][0]

    def is_invoiced(self, job: int) -> bool:
        return self.status(job) == "complete"

    def is_paid(self, job: int) -> bool:
        """Tell whether a job's invoice is settled; of old ones nearly all are."""
        unpaid_one_in = 5 if job >= self.jobs - RECENT_JOBS else 500
        return self.is_invoiced(job) and job % unpaid_one_in != 4

    def sketch(self, job: int) -> dict[str, str | None]:
        """Return the fields by which lists of jobs are told apart."""
        invoiced = ("unpaid", "paid")[self.is_paid(job)] if self.is_invoiced(job) else None
        return {"status": self.status(job), "invoice_status": invoiced}

    def task_count(self, job: int) -> int:
        if self.status(job) in {"new", "unscheduled"}:
            return 0
        return 1 + (job % 6 == 0)

    def is_deleted(self, stream: str, place: int) -> bool:
        return place % 41 == 40 if stream == "customers" else place % 53 == 52

    def is_imported(self, customer: int) -> bool:
        """Tell the customers that one bulk import wrote in the same second."""
        return customer < min(self.customers // 5, 1000)

    def tax_place(self, customer: int) -> int:
        """Return which tax entity a customer is billed under."""
        return customer * 5 % 17 % 3

    def parent(self, customer: int) -> int | None:
        """Return the place of a branch's head office."""
        if customer % 12 != 11:
            return None
        head = customer - 1 - (customer // 12) % 9
        return None if self.is_deleted("customers", head) else head

    def branches(self, customer: int) -> list[int]:
        last = customer - customer % 12 + 11
        known = last < self.customers and not self.is_deleted("customers", last)
        return [last] if known and self.parent(last) == customer else []

    def created(self, stream: str, place: int) -> int:
        """Return when the record was made, in Unix seconds; later places are younger."""
        total = self.customers if stream == "customers" else self.jobs
        return OPENED + 3600 + int((NOW - OPENED - 7200) * (place + 0.5) / total)

    @cached_property
    def jobs_of(self) -> dict[int, array[int]]:
        """The places of each customer's jobs."""
        found: dict[int, array[int]] = {}
        for job, owner in enumerate(self.owner):
            found.setdefault(owner, array("I")).append(job)
        return found

    def id_of(self, stream: str, place: int) -> int:
        first, step = (3_100_000, 7) if stream == "customers" else (9_400_000, 5)
        return first + place * step + (place * place + self.seed) % step

    def place_of(self, stream: str, record_id: int) -> int:
        """Return the place that a customer's or job's id stands for, which may not exist."""
        first, step = (3_100_000, 7) if stream == "customers" else (9_400_000, 5)
        return (record_id - first) // step

    def child_id(self, parent: str, place: int, position: int) -> int:
        return FIRST_CHILD_ID[parent] + place * CHILD_STRIDE + position

    def child_home(self, child_id: int) -> tuple[str, int]:
        """Return the stream and place of the record that a generated child belongs to."""
        if child_id >= FIRST_CHILD_ID["customers"]:
            return "customers", (child_id - FIRST_CHILD_ID["customers"]) // CHILD_STRIDE
        first = FIRST_SIGNATURE_ID if child_id >= FIRST_SIGNATURE_ID else FIRST_CHILD_ID["jobs"]
        return "jobs", (child_id - first) // CHILD_STRIDE
