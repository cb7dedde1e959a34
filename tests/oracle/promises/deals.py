"""Jobs become deals with lines; what Pipedrive has no place for stands in their ks_ fields."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tests.oracle.plain import (
    InAnyOrder,
    below_each_other,
    clock,
    day,
    digits,
    filled,
    once,
    put_together,
)
from tests.oracle.promises.catalog import FREE_LINE
from tests.oracle.promises.wanted import (
    CURRENCY,
    EVERYBODY_OF_THE_GROUP,
    Wanted,
    assigned,
    parent,
    slots,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from tests.oracle.people import People
    from tests.oracle.truth import Row, Truth

DONE = ("complete", "completed")
LOST = ("lost", "canceled", "cancelled")
SHOWN_STATUS = {
    "new": "New",
    "estimate_scheduled": "Estimate scheduled",
    "estimate_sent": "Estimate sent",
    "won": "Won",
    "lost": "Lost",
    "unscheduled": "Unscheduled",
    "scheduled": "Scheduled",
    "started": "In progress",
    "in_progress": "In progress",
    "on_hold": "On hold",
    "complete": "Completed",
    "completed": "Completed",
    "canceled": "Canceled",
    "cancelled": "Canceled",
    None: "Unscheduled",
}


def deals(truth: Truth, people: People, refused: Collection[tuple[str, str]]) -> Iterator[Wanted]:
    for row in truth.rows("jobs"):
        primary = [
            contact["id"]
            for contact in truth.rows("contacts", customer_id=row["customer_id"])
            if contact["is_primary"]
        ]
        yield Wanted(
            "deal",
            "jobs",
            str(row["id"]),
            {
                **_native(truth, people, row, refused),
                **_state(truth, row),
                **_schedule(row),
                **_money(truth, row),
                **_work(truth, row),
                **slots(row),
            },
            {
                "org_id": parent("organizations", row["customer_id"]),
                "person_id": parent("persons", primary[0] if primary else None),
            },
        )


def lines(truth: Truth) -> Iterator[Wanted]:
    for job in truth.rows("jobs"):
        for row in truth.rows("job_charges", job_id=job["id"]):
            item = row.get("item_id")
            yield Wanted(
                "line",
                "job_charges",
                str(row["id"]),
                {
                    "item_price": row["price_per_unit"],
                    "quantity": row["quantity"],
                    "discount": row.get("discount") or Decimal(0),
                    "discount_type": "amount",
                    "comments": below_each_other((row.get("description"), row.get("details"))),
                },
                {
                    "deal_id": parent("deals", job["id"]),
                    "product_id": (
                        "products",
                        FREE_LINE if item is None else f"item-{item}",
                    ),
                },
                part_of=("jobs", str(job["id"])),
            )


def _native(
    truth: Truth, people: People, row: Row, refused: Collection[tuple[str, str]]
) -> dict[str, Any]:
    of, status = row.get, row.get("status")
    charges = truth.rows("job_charges", job_id=row["id"])
    landed = [one for one in charges if ("line", str(one["id"])) not in refused]
    native: dict[str, Any] = {
        "title": filled(of("name"), f"Job {row['job_number']}"),
        **people.owns("owner_id", filled(*row["employee_ids"], of("created_by"))),
        "visible_to": EVERYBODY_OF_THE_GROUP,
        "status": "won" if status in DONE else "lost" if status in LOST else "open",
        "value": sum(map(_sum, landed), Decimal(0)) if charges else of("total"),
        "currency": CURRENCY,
        "expected_close_date": day(of("scheduled_on")),
        "won_time": None,
        "lost_time": None,
        "lost_reason": None,
    }
    if status in DONE:
        native["won_time"] = filled(of("completed_on"), of("won_date"), of("updated_at"))
    if status in LOST:
        native["lost_time"] = filled(of("lost_date"), of("canceled_on"), of("updated_at"))
        native["lost_reason"] = f"{'Lost' if status == 'lost' else 'Canceled'} in Kickserv"
    return native


def _sum(charge: Row) -> Decimal:
    return charge["price_per_unit"] * charge["quantity"] - (charge.get("discount") or 0)


def _state(truth: Truth, row: Row) -> dict[str, Any]:
    of = row.get
    service = truth.get("job_types", of("job_type_id")) or {}
    own_status = truth.get("job_statuses", of("job_status_id")) or {}
    crew = [truth.get("employees", number) or {} for number in row["employee_ids"]]
    return {
        "ks_job_status": SHOWN_STATUS.get(of("status"), of("status")),
        "ks_custom_status": own_status.get("name"),
        "ks_job_type": service.get("name"),
        "ks_service_name": service.get("name"),
        "ks_job_priority": of("priority"),
        "ks_technician_name": put_together(", ", *[one.get("name") for one in crew]),
        "ks_job_number": row["job_number"],
        "ks_description": of("description"),
        "ks_po_number": of("po_number"),
        "ks_tags": _tags(truth, row),
        "ks_custom_fields": below_each_other(assigned(truth, "Job", row)),
    }


def _tags(truth: Truth, row: Row) -> InAnyOrder | None:
    names = tuple(tag["name"] for tag in truth.rows("tags", job_id=row["id"]))
    return InAnyOrder(", ", names) if names else None


def _schedule(row: Row) -> dict[str, Any]:
    of = row.get
    return {
        "ks_scheduled_date": day(of("scheduled_on")),
        "ks_scheduled_time": clock(of("scheduled_on")),
        "ks_scheduled_at": of("scheduled_on"),
        "ks_completed_date": day(of("completed_on")),
        "ks_completed_at": of("completed_on"),
        "ks_created_at": of("created_at"),
    }


def _money(truth: Truth, row: Row) -> dict[str, Any]:
    of = row.get
    payments = sorted(truth.rows("payments", job_id=row["id"]), key=lambda one: one["date"])
    expenses = sorted(truth.rows("expenses", job_id=row["id"]), key=lambda one: one["date"])
    return {
        "ks_invoice_url": f"{truth.web}/jobs/{row['job_number']} "
        f"{filled(of('invoice_status'), 'not invoiced')}",
        "ks_invoice_date": day(of("invoice_date")),
        "ks_total": of("total"),
        "ks_balance": of("balance_remaining"),
        "ks_payments": below_each_other(
            put_together(
                " | ",
                one["date"],
                digits(one["amount"]),
                one.get("payment_type"),
                one.get("status"),
                one.get("ref_number"),
                one.get("stripe_payment_id"),
            )
            for one in payments
        ),
        "ks_expenses": below_each_other(
            put_together(
                " | ",
                one["date"],
                digits(one["amount"]),
                one.get("description"),
                one.get("receipt_number"),
            )
            for one in expenses
        ),
    }


def _work(truth: Truth, row: Row) -> dict[str, Any]:
    customer = truth.get("customers", row["customer_id"]) or {}
    entries = sorted(
        truth.rows("time_entries", job_id=row["id"]), key=lambda one: one["started_on"] or "~"
    )
    names = [(truth.get("employees", one["employee_id"]) or {}).get("name") for one in entries]
    pictures = sorted(truth.rows("attachments", job_id=row["id"]), key=lambda f: f["created_at"])
    signed = sorted(truth.rows("signatures", job_id=row["id"]), key=lambda f: f["created_at"])
    return {
        "ks_gps_lat": customer.get("latitude"),
        "ks_gps_lng": customer.get("longitude"),
        "ks_time_employee": put_together(", ", *once(names)),
        "ks_time_date": put_together(", ", *once(day(one["started_on"]) for one in entries)),
        "ks_time_hours": sum((one["number_of_hours"] or 0 for one in entries), Decimal(0))
        if entries
        else None,
        "ks_time_notes": below_each_other(one.get("note") for one in entries),
        "ks_time_entries": below_each_other(
            put_together(
                " | ",
                name,
                one["started_on"],
                one.get("ended_on"),
                digits(one["number_of_hours"]),
                one.get("note"),
            )
            for name, one in zip(names, entries, strict=True)
        ),
        "ks_files": below_each_other(
            [
                *(put_together(" | ", one["file_name"], one["created_at"]) for one in pictures),
                *(
                    put_together(
                        " | ",
                        one["file_name"],
                        "signed by",
                        one.get("signed_by"),
                        filled(one.get("signed_at"), one["created_at"]),
                    )
                    for one in signed
                ),
            ]
        ),
    }
