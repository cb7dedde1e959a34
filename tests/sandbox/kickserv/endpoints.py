"""Kickserv's addresses. An address that is not here answers 404, a verb other than GET 405.

Sources: http://www.kickserv.com/resources/developer-api/api-customers/ and the vendor's API
reference for the XML, https://veildg.com/kickservapi/v2 for the JSON.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.sandbox.kickserv import views

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One address, without the account and the suffix.

    Attributes:
        path: in Starlette's spelling; the number of a customer or job, the id of a task.
        view: makes the answer.
        formats: the suffixes it exists in.
        stream: the name of the list's root element.
    """

    path: str
    view: Callable[..., Any]
    formats: tuple[str, ...]
    stream: str


XML, JSON, BOTH = ("xml",), ("json",), ("xml", "json")

ENDPOINTS = (
    Endpoint("/customers", views.customers, BOTH, "customers"),
    Endpoint("/customers/filter", views.customer_filter, JSON, "customers"),
    Endpoint("/customers/customer_validation", views.customer_validation, JSON, "customers"),
    Endpoint("/customers/{number:int}", views.customer, BOTH, "customers"),
    # The JSON of this one is documented for POST only.
    Endpoint("/customers/{number:int}/jobs", views.customer_jobs, BOTH, "jobs"),
    Endpoint("/customers/{number:int}/notes", views.customer_notes, BOTH, "notes"),
    Endpoint("/jobs", views.jobs, BOTH, "jobs"),
    Endpoint("/jobs/{number:int}", views.job, BOTH, "jobs"),
    Endpoint("/jobs/{number:int}/notes", views.job_notes, XML, "notes"),
    Endpoint("/jobs/{number:int}/time_entries", views.job_time_entries, XML, "time_entries"),
    # These two are documented for POST; reading them is likely, but nobody showed it.
    Endpoint("/jobs/{number:int}/job_charges", views.job_charges, JSON, "job_charges"),
    Endpoint("/jobs/{number:int}/tasks", views.job_tasks, JSON, "tasks"),
    Endpoint("/opportunities", views.opportunities, JSON, "jobs"),
    Endpoint("/invoices", views.invoices, JSON, "jobs"),
    Endpoint("/tasks", views.tasks, JSON, "tasks"),
    Endpoint("/tasks/job_list", views.job_list, JSON, "jobs"),
    Endpoint("/tasks/{number:int}", views.task, BOTH, "tasks"),
    Endpoint("/employees", views.employees, BOTH, "employees"),
    Endpoint("/items", views.items, XML, "items"),
    Endpoint("/calendar", views.calendar, JSON, "job_types"),
)
