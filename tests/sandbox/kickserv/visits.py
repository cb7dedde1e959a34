"""What is done on a job: its crew, its visits, its hours, its lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.sandbox.kickserv import decimals, words
from tests.sandbox.kickserv.clock import DAY, stamp
from tests.sandbox.kickserv.outline import OPPORTUNITY
from tests.sandbox.kickserv.reference import ACCOUNT_ID, EMPLOYEE_IDS, REFERENCE

if TYPE_CHECKING:
    import random

    from tests.sandbox.kickserv.children import Children

Record = dict[str, Any]

QUANTITIES = (100, 100, 100, 200, 300, 600, 150, 250, 25)
"""In hundredths; with prices in multiples of four cents every line's total is exact."""


def crew(kin: Children, place: int, rng: random.Random) -> list[Record]:
    if kin.outline.status(place) in OPPORTUNITY | {"unscheduled"}:
        return []
    return rng.sample(REFERENCE["employees"], rng.choice((1, 1, 1, 2, 3)))


def tasks(kin: Children, place: int, rng: random.Random) -> list[Record]:
    apart = kin.outline.status(place) in OPPORTUNITY
    tasks = []
    for position in range(kin.outline.task_count(place)):
        start = kin.outline.created("jobs", place) + rng.randrange(1, 40) * DAY
        tasks.append(
            {
                "id": kin.id(place, position),
                "job_id": kin.outline.id_of("jobs", place),
                "customer_id": kin.outline.id_of("customers", kin.outline.owner[place]),
                "name": "Estimate visit" if apart else "Visit",
                "description": rng.choice((None, *words.SENTENCES)),
                # An event on an opportunity can only be an estimate (help.kickserv.com).
                "task_type_id": 7 if apart else rng.choice((5, 6)),
                "scheduled_at": stamp(start),
                "ends_at": stamp(start + 7200),
                "duration": "2.0",
            }
        )
    return tasks


def time_entries(kin: Children, place: int, rng: random.Random) -> list[Record]:
    if kin.outline.status(place) not in {"complete", "in_progress", "started", "on_hold"}:
        return []
    entries = []
    crew = kin.of("employees", "jobs", place)
    for position, quarters in enumerate(rng.choices((2, 4, 6, 9, 12, 32), k=rng.randrange(4))):
        started = kin.after(place, rng)
        entries.append(
            {
                "id": kin.id(place, position),
                "job_id": kin.outline.id_of("jobs", place),
                "employee_id": crew[position % len(crew)]["id"] if crew else EMPLOYEE_IDS[0],
                "started_on": stamp(started),
                "ended_on": stamp(started + quarters * 900),
                "number_of_hours": decimals.text(quarters * 25),
                "note": rng.choice((None, *words.SENTENCES[:4])),
                "billable": rng.random() < 0.7,
                "mileage": decimals.text(rng.randrange(0, 60) * 50),
                "created_at": stamp(started + quarters * 900),
                "updated_at": stamp(started + quarters * 900),
            }
        )
    return entries


def charges(kin: Children, place: int, rng: random.Random) -> list[Record]:
    status = kin.outline.status(place)
    fewest = 1 if status in {"complete", "estimate_sent", "won", "lost"} else 0
    charges = []
    for position in range(max(fewest, rng.choice((0, 1, 2, 3, 3, 4, 6)))):
        item = rng.choice(REFERENCE["items"]) if rng.random() < 0.8 else None
        price = decimals.hundredths(item["price"]) if item else rng.randrange(2, 200) * 100
        discount = item is None and position > 2
        quantity = 100 if discount else rng.choice(QUANTITIES)
        total = (-2000 if discount else price) * quantity // 100
        made = stamp(kin.after(place, rng, 10))
        charges.append(
            {
                "id": kin.id(place, position),
                "job_id": kin.outline.id_of("jobs", place),
                "account_id": ACCOUNT_ID,
                "created_on": made,
                "description": item["full_name"] if item else _free_line(discount, rng),
                "quantity": decimals.text(quantity),
                "price_per_unit": decimals.text(-2000 if discount else price),
                "item_id": item["id"] if item else None,
                "details": rng.choice(words.DETAILS),
                "total": decimals.text(total),
                "updated_by": rng.choice(EMPLOYEE_IDS),
                "deleted_at": made if position == 5 else None,
                "discount": "0.0",
                "updated_at": made,
                "sort_order": position if place % 2 else None,
            }
        )
    return charges


def _free_line(discount: bool, rng: random.Random) -> str:
    return "Discount, thank you" if discount else f"{rng.choice(words.JOB_NAMES)}, flat rate"
