"""What a job brings in and costs: payments, payment requests, expenses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.sandbox.kickserv import decimals
from tests.sandbox.kickserv.clock import DAY, NOW, day, stamp
from tests.sandbox.kickserv.outline import CLOSED
from tests.sandbox.kickserv.reference import EMPLOYEE_IDS

if TYPE_CHECKING:
    import random

    from tests.sandbox.kickserv.children import Children

Record = dict[str, Any]


def payments(kin: Children, place: int, _rng: random.Random) -> list[Record]:
    paid = kin.bill(place).paid
    if paid <= 0:
        return []
    first = paid // 2 if place % 7 == 3 else paid
    return [
        _payment(kin, place, position, amount)
        for position, amount in enumerate((first, paid - first))
        if amount
    ]


def _payment(kin: Children, place: int, position: int, amount: int) -> Record:
    made = min(NOW, kin.outline.created("jobs", place) + (40 + position) * DAY)
    online = (place + position) % 2 == 0
    return {
        "id": kin.id(place, position),
        "date": day(made),
        "payment_type": "Credit Card (Online)" if online else ("Check", "Cash")[place % 2],
        "amount": decimals.text(amount),
        "notes": f"Stripe Payment for 1 Job: #{place + 1}" if online else None,
        "ref_number": None if online else str(1000 + place),
        "created_at": stamp(made),
        "updated_at": stamp(made),
        "updated_by": EMPLOYEE_IDS[0],
        "stripe_payment_id": f"ch_sandbox{place:08}{position}" if online else None,
        "status": "credit_card_transaction_complete" if online else None,
    }


def payment_requests(kin: Children, place: int, rng: random.Random) -> list[Record]:
    bill = kin.bill(place)
    if not kin.outline.is_invoiced(place) or bill.total <= 0 or rng.random() > 0.25:
        return []
    made = stamp(kin.after(place, rng))
    return [
        {
            "id": kin.id(place, 0),
            "job_id": kin.outline.id_of("jobs", place),
            "amount": bill.total,
            "creator_id": rng.choice(EMPLOYEE_IDS),
            "message": "Thank you for your business.",
            "paid": kin.outline.is_paid(place) and rng.random() < 0.5,
            "created_at": made,
            "updated_at": made,
        }
    ]


def expenses(kin: Children, place: int, rng: random.Random) -> list[Record]:
    if kin.outline.status(place) not in CLOSED or rng.random() > 0.15:
        return []
    made = kin.after(place, rng)
    return [
        {
            "id": kin.id(place, 0),
            "billable": rng.random() < 0.5,
            "description": "Rental, one day",
            "receipt_number": str(rng.randrange(10_000)),
            "amount": decimals.text(rng.randrange(500, 90_000)),
            "payment_type": "Account",
            "date": day(made),
            "created_at": stamp(made),
        }
    ]
