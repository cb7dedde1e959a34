"""The records inside customers and jobs, and the views of them; shared by the API's two doors.

Which names `include=` takes is documented (https://www.kickserv.com/resources/developer-api/
api-customers/ and the 2026 connector made from the vendor's own specification). What the JSON of
one job holds beyond `job_charges` is not: GUESSED below lists every such name once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tap_kickserv.doors.source import Child, Detail

if TYPE_CHECKING:
    from collections.abc import Callable

    from tap_kickserv.formats import Row

JOB = Detail("/jobs/{job_number}", "job")
CUSTOMER = Detail("/customers/{customer_number}", "customer")
CUSTOMER_NOTES = Detail("/customers/{customer_number}/notes", "note", is_list=True)

_OF_JOB = {"job_id": "id"}

# Guessed: no source shows these keys of a job's JSON. A key that no job ever holds leaves its
# stream empty, with a warning and without a completeness marker.
GUESSED: dict[str, tuple[str, ...]] = {
    "payments": ("payments",),
    "payment_requests": ("payment_request", "payment_requests"),
    "expenses": ("expenses",),
    "attachments": ("attachments",),
    "signatures": ("signatures",),
    "tags": ("tags",),
}

JOB_RECORDS = (
    Child("job_charges", ("job_charges",), _OF_JOB, include="job_charges", detail=JOB),
    Child("time_entries", ("time_entries",), _OF_JOB, include="time_entries", detail=JOB),
    Child(
        "notes",
        ("notes",),
        {"noteable_id": "id"},
        {"noteable_type": "Job"},
        include="notes",
        detail=JOB,
    ),
    Child("job_types", ("job_type",), include="job_type", detail=JOB, supplements=True),
    Child("job_statuses", ("job_status",), include="job_status", detail=JOB),
    Child("tax_entities", ("tax_entity",), include="tax_entity", detail=JOB),
    Child(
        "custom_field_assignments",
        ("custom_field_assignments",),
        {"customizable_id": "id"},
        {"customizable_type": "Job"},
        include="custom_field_assignments",
        detail=JOB,
    ),
    Child("payments", GUESSED["payments"], {**_OF_JOB, "customer_id": "customer_id"}, detail=JOB),
    Child("payment_requests", GUESSED["payment_requests"], _OF_JOB, detail=JOB),
    Child(
        "expenses",
        GUESSED["expenses"],
        _OF_JOB,
        detail=JOB,
        children=(
            Child("attachments", ("attachments",), {"job_id": "job_id", "expense_id": "id"}),
        ),
    ),
    Child("attachments", GUESSED["attachments"], _OF_JOB, detail=JOB),
    Child("signatures", GUESSED["signatures"], _OF_JOB, detail=JOB),
    Child("tags", GUESSED["tags"], _OF_JOB, detail=JOB),
)

CUSTOMER_RECORDS = (
    Child("contacts", ("contacts",), {"customer_id": "id"}, include="contacts", detail=CUSTOMER),
    Child(
        "notes",
        ("notes",),
        {"noteable_id": "id"},
        {"noteable_type": "Customer"},
        include="notes",
        detail=CUSTOMER_NOTES,
    ),
    Child("tax_entities", ("tax_entity",), include="tax_entity", detail=CUSTOMER),
    Child(
        "custom_field_assignments",
        ("custom_field_assignments",),
        {"customizable_id": "id"},
        {"customizable_type": "Customer"},
        include="custom_field_assignments",
        detail=CUSTOMER,
    ),
)
# Only the XML includes a customer's tasks; the JSON has a list of all tasks instead.
CUSTOMER_TASKS = Child("tasks", ("tasks",), {"customer_id": "id"}, include="tasks")


def _any_of(*columns: str, statuses: frozenset[str] = frozenset()) -> Callable[[Row], bool]:
    def shows(row: Row) -> bool:
        return any(row.get(column) for column in columns) or row.get("status") in statuses

    return shows


def _always(_: Row) -> bool:
    return True


# A job is its own estimate and its own invoice: both are columns of the job's row.
JOB_VIEWS = {
    "estimates": _any_of(
        "is_opportunity",
        "estimate_type",
        "estimate_scheduled_on",
        "estimate_sent_on",
        "estimate_viewed_on",
        "won_date",
        "lost_date",
        statuses=frozenset({"new", "estimate_scheduled", "estimate_sent", "won", "lost"}),
    ),
    "invoices": _any_of("invoice_date", "invoice_sent_date", "invoice_paid_on", "invoice_status"),
}
# One service address per customer; several sites are child customers.
CUSTOMER_VIEWS = {"locations": _always}
