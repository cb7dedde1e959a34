"""Hours become tasks, appointments become events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.oracle.plain import clock, day, filled
from tests.oracle.salesforce.promises.jobs import owner, subject, technician
from tests.oracle.salesforce.promises.wanted import Wanted, cut, parent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.oracle.salesforce.promises.wanted import Promise
    from tests.oracle.truth import Row

OFF = frozenset({"canceled", "cancelled", "lost"})
DONE = frozenset({"complete", "completed"})
STATES = {"confirmed": "Confirmed", "scheduled": "Confirmed", "canceled": "Cancelled"}
MIDNIGHT = "00:00:00"


def time_entries(promise: Promise) -> Iterator[Wanted]:
    for row in promise.truth.rows("time_entries"):
        of = row.get
        job = promise.truth.get("jobs", of("job_id")) or {}
        employee = promise.truth.get("employees", of("employee_id")) or {}
        over = filled(of("ended_on"), of("number_of_hours")) is not None
        yield Wanted(
            "Task",
            "time_entry",
            "time_entries",
            f"time-{row['id']}",
            {
                "Subject": cut(f"Time entry: {subject(job)}", 255),
                "Type": "Time Entry",
                "Status": "Completed" if over else "In Progress",
                "ActivityDate": day(of("started_on")),
                **promise.people.owns(of("employee_id")),
                **promise.made("Task", filled(of("created_at"), of("started_on"))),
                "Description": of("note"),
                "Duration__c": of("number_of_hours"),
                "ks_technician__c": employee.get("name"),
                "ks_started_at__c": of("started_on"),
                "ks_ended_at__c": of("ended_on"),
                "ks_is_billable__c": of("billable") is True,
                "ks_mileage__c": of("mileage"),
                "ks_created_at__c": of("created_at"),
            },
            {
                "WhatId": promise.job(of("job_id")),
                "WhoId": technician(promise, of("employee_id")),
            },
            row=str(row["id"]),
        )


def visits(promise: Promise) -> Iterator[Wanted]:
    """Kickserv's XML names nobody for a visit: it is the job's first technician's."""
    for row in promise.truth.rows("tasks"):
        of = row.get
        job = promise.truth.get("jobs", of("job_id")) or {}
        customer_id = filled(of("customer_id"), job.get("customer_id"))
        customer = promise.truth.get("customers", customer_id) or {}
        of_account = parent("Account", customer_id)
        yield Wanted(
            "Event",
            "visit",
            "tasks",
            f"event-{row['id']}",
            {
                "Subject": cut(filled(of("name"), "Appointment"), 255),
                **_times(row),
                **promise.people.owns(owner(job) if job else None),
                "ShowAs": "Free" if filled(of("status"), job.get("status")) in OFF else "Busy",
                "Description": of("description"),
                "ks_status__c": _state(row, job),
                "ks_visit_type__c": str(of("task_type_id")),
            },
            {
                "WhatId": promise.job(job["id"]) if job else of_account,
                "WhoId": promise.primary_contact(customer),
            },
            row=str(row["id"]),
        )


def _times(row: Row) -> dict[str, Any]:
    start, end = row["scheduled_at"], row.get("ends_at")
    if end is None and row.get("duration") is None and clock(start) == MIDNIGHT:
        return {"IsAllDayEvent": True, "ActivityDate": day(start)}
    times = {"IsAllDayEvent": False, "StartDateTime": start}
    if end is not None:
        return {**times, "EndDateTime": end}
    return {**times, "DurationInMinutes": round((row.get("duration") or 1) * 60)}


def _state(row: Row, job: Row) -> str:
    if row.get("status"):
        return STATES.get(row["status"], row["status"])
    if job.get("status") in OFF:
        return "Cancelled"
    done = row.get("completed_at") or job.get("status") in DONE
    return "Completed" if done else "Confirmed"
