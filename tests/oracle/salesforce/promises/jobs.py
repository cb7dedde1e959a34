"""Jobs become cases, or service jobs with the same fields."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tests.oracle.plain import (
    InAnyOrder,
    below_each_other,
    digits,
    filled,
    put_together,
)
from tests.oracle.salesforce.promises.wanted import Wanted, assigned, cut, parent, slots

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.oracle.salesforce.promises.wanted import Parent, Promise
    from tests.oracle.truth import Row, Truth

CLOSED = ("lost", "complete", "completed", "canceled", "cancelled")
WORKING = ("estimate_sent", "won", "started", "in_progress", "on_hold")
SHOWN = {
    "new": "New",
    "estimate_scheduled": "Estimate Scheduled",
    "estimate_sent": "Estimate Sent",
    "won": "Won",
    "lost": "Lost",
    "unscheduled": "Unscheduled",
    "scheduled": "Scheduled",
    "started": "In Progress",
    "in_progress": "In Progress",
    "on_hold": "On Hold",
    "complete": "Completed",
    "completed": "Completed",
    "canceled": "Cancelled",
    "cancelled": "Cancelled",
    None: "Unscheduled",
}
URGENCY = {"low": "Low", "high": "High", "urgent": "High", "emergency": "High"}


def jobs(promise: Promise) -> Iterator[Wanted]:
    as_case = promise.ways.jobs == "Case"
    for row in promise.truth.rows("jobs"):
        customer = promise.customer(row)
        account = parent("Account", row["customer_id"])
        contact = promise.primary_contact(customer)
        native = _case(promise.truth, row) if as_case else _service_job(row)
        names = ("AccountId", "ContactId") if as_case else ("Account__c", "Contact__c")
        yield Wanted(
            promise.ways.jobs,
            "job" if as_case else "service_job",
            "jobs",
            str(row["id"]),
            {
                **native,
                **promise.people.owns(owner(row)),
                **promise.made(promise.ways.jobs, row.get("created_at")),
                **_state(promise.truth, row),
                **_moments(row),
                **_money(promise.truth, row),
                **slots(row),
            },
            {
                **dict(zip(names, (account, contact), strict=True)),
                "Technician__c": technician(promise, *row["employee_ids"]),
                **_place(promise, customer),
            },
        )


def owner(row: Row) -> int | None:
    """Who is assigned first, else who made it."""
    return filled(*row["employee_ids"], row.get("created_by"))


def technician(promise: Promise, *crew: int | None) -> Parent:
    """The contact that the first of a crew became; users own records instead."""
    if not crew or crew[0] is None or promise.people.is_user(crew[0]):
        return None
    return "Contact", f"employee-{crew[0]}"


def subject(row: Row) -> str:
    return filled(row.get("name"), f"Job {row.get('job_number')}")


def _case(truth: Truth, row: Row) -> dict[str, Any]:
    status = row.get("status")
    service = truth.get("job_types", row.get("job_type_id")) or {}
    return {
        "Subject": cut(subject(row), 255),
        "Status": "Closed" if status in CLOSED else "Working" if status in WORKING else "New",
        "Type": cut(service.get("name"), 40),
        "Origin": _origin(row),
        "Priority": _priority(row),
        "Description": row.get("description"),
        "IsClosed": status in CLOSED,
    }


def _service_job(row: Row) -> dict[str, Any]:
    return {
        "Name": cut(put_together(" ", f"#{row['job_number']}", row.get("name")), 80),
        "Subject__c": subject(row),
        "Description__c": row.get("description"),
        "Origin__c": _origin(row),
        "Priority__c": _priority(row),
    }


def _origin(row: Row) -> str:
    return "Web" if row.get("self_service") else "Phone"


def _priority(row: Row) -> str:
    return URGENCY.get((row.get("priority") or "").lower(), "Medium")


def _place(promise: Promise, customer: Row) -> dict[str, Parent]:
    if not promise.ways.locations:
        return {}
    names = ("service_address", "service_address_2", "service_city", "service_zip_code")
    there = filled(*map(customer.get, names))
    key = customer["id"] if there else None
    return {"Service_Location__c": parent("Service_Location__c", key)}


def _state(truth: Truth, row: Row) -> dict[str, Any]:
    of = row.get
    service = truth.get("job_types", of("job_type_id")) or {}
    own_status = truth.get("job_statuses", of("job_status_id")) or {}
    crew = [truth.get("employees", number) or {} for number in row["employee_ids"]]
    tags = tuple(tag["name"] for tag in truth.rows("tags", job_id=row["id"]))
    return {
        "Job_Status__c": SHOWN.get(of("status"), of("status")),
        "Service_Type__c": service.get("name"),
        "ks_custom_status__c": own_status.get("name"),
        "ks_priority__c": of("priority"),
        "ks_job_number__c": row["job_number"],
        "ks_technicians__c": put_together(", ", *[one.get("name") for one in crew]),
        "ks_technician_ids__c": put_together(", ", *[str(one["id"]) for one in crew]),
        "ks_technician_roles__c": put_together(", ", *map(_roles, crew)),
        "ks_tags__c": InAnyOrder(", ", tags) if tags else None,
        "ks_po_number__c": of("po_number"),
        "ks_custom_fields__c": assigned(truth, "Job", row),
        "ks_url__c": f"{truth.web}/jobs/{row['job_number']}",
    }


def _roles(employee: Row) -> str:
    told = (("is_account_owner", "account owner"), ("admin", "administrator"))
    return " and ".join(text for name, text in told if employee.get(name)) or "technician"


def _moments(row: Row) -> dict[str, Any]:
    of = row.get
    return {
        "ks_created_at__c": of("created_at"),
        "ks_updated_at__c": of("updated_at"),
        "ks_scheduled_at__c": of("scheduled_on"),
        "ks_ends_at__c": of("ends_at"),
        "ks_duration__c": of("duration"),
        "ks_started_at__c": of("started_on"),
        "ks_completed_at__c": of("completed_on"),
        "ks_canceled_at__c": of("canceled_on"),
        "ks_on_hold_since__c": of("on_hold"),
    }


def _money(truth: Truth, row: Row) -> dict[str, Any]:
    of = row.get
    taxes = truth.get("tax_entities", of("tax_id")) or {}
    expenses = sorted(truth.rows("expenses", job_id=row["id"]), key=lambda one: one["date"])
    hours = truth.rows("time_entries", job_id=row["id"])
    return {
        "ks_subtotal__c": of("subtotal"),
        "ks_tax__c": of("tax"),
        "ks_tax_name__c": taxes.get("name"),
        "ks_tax_rate__c": of("sales_tax_percentage"),
        "ks_total__c": of("total"),
        "ks_balance__c": of("balance_remaining"),
        "ks_invoice_status__c": of("invoice_status"),
        "ks_hours__c": sum((one["number_of_hours"] or 0 for one in hours), Decimal(0))
        if hours
        else None,
        "ks_expenses__c": below_each_other(
            put_together(
                " | ",
                one["date"],
                digits(one["amount"]),
                one.get("description"),
                one.get("receipt_number"),
            )
            for one in expenses
        ),
        "ks_expense_total__c": of("total_expenses"),
    }
