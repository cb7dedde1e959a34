"""A shop's customers, jobs and time entries: references, a value map, and a fold."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING

from tests.benchmarks.singer_file import records, schema
from tests.unit.journal.samples import WORDS

if TYPE_CHECKING:
    from pathlib import Path

JOBS_PER_CUSTOMER = 4
SEED = 7

TEXT = {"type": ["string", "null"]}
WHOLE = {"type": ["integer", "null"]}

MAPPING = """
source: shop
destination: bulk
version: 1
values:
  status: {complete: won, lost: lost, canceled: lost, "*": open}
objects:
  account:
    target: accounts
    from: customers
    key: id
    fields:
      name: coalesce(name, email)
      email: lower(email)
      city: city
  deal:
    target: deals
    from: jobs
    with:
      time: {stream: time_entries, on: job_id}
    key: id
    fields:
      title: join(" ", "Job", number, name)
      account_id: {ref: account, of: customer_id, required: true}
      status: {map: status, value: status}
      value: decimal(total)
      hours: "total([decimal(t.hours) for t in time])"
      note: description
      created_at: instant(created_at)
"""


def write_shop(path: Path, count: int) -> None:
    """Write a stream that makes ``count`` records: one customer in five, the rest jobs."""
    chance = random.Random(SEED)
    customers = count // (JOBS_PER_CUSTOMER + 1)
    jobs = count - customers
    with path.open("wb") as file:
        file.write(schema("customers", {"id": WHOLE, "name": TEXT, "email": TEXT, "city": TEXT}))
        file.writelines(
            records(
                "customers",
                (
                    _body(
                        id=number,
                        name=f"Customer {chance.randrange(10**9)}",
                        email=f"Office{number}@Example.com",
                        city=chance.choice(["Springfield", "Portland", "Austin"]),
                    )
                    for number in range(customers)
                ),
            )
        )
        file.write(
            schema(
                "time_entries",
                {"id": WHOLE, "job_id": WHOLE, "hours": TEXT},
            )
        )
        file.writelines(
            records(
                "time_entries",
                (
                    _body(id=number, job_id=number, hours=f"{chance.randrange(1, 40) / 4}")
                    for number in range(0, jobs, 2)
                ),
            )
        )
        names = "id customer_id number name status total description address po_number created_at"
        file.write(
            schema(
                "jobs",
                {**dict.fromkeys(names.split(), TEXT), "id": WHOLE, "customer_id": WHOLE},
            )
        )
        file.writelines(
            records(
                "jobs",
                (
                    _body(
                        id=number,
                        customer_id=number % customers,
                        number=str(number),
                        name=chance.choice(["Roof", "Boiler", "Gate"]),
                        status=chance.choice(["complete", "lost", "scheduled"]),
                        total=f"{chance.randrange(10**6) / 100:.2f}",
                        description=" ".join(chance.choices(WORDS, k=40)),
                        address=f"{chance.randrange(10**4)} {chance.choice(WORDS)} street",
                        po_number=f"{chance.randrange(10**9)}",
                        created_at=f"2024-0{chance.randrange(1, 9)}-11T12:{number % 60:02d}:00Z",
                    )
                    for number in range(jobs)
                ),
            )
        )


def _body(**record: object) -> bytes:
    return json.dumps(record).encode()
