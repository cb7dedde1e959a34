"""Who does the work, and when."""

from __future__ import annotations

from typing import ClassVar

from tap_kickserv.fields import (
    anything,
    boolean,
    custom_slots,
    decimal,
    instant,
    integer,
    integers,
    text,
)
from tap_kickserv.stream import KickservStream


class Employees(KickservStream):
    """People with a login or an assignment, active or not.

    Kickserv sends password hashes and session tokens with them; only these columns pass.
    """

    name = "employees"
    keeps_unknown = False
    fields = (
        integer("id", "Internal id; `employee_id` and `created_by` elsewhere."),
        integer("employee_number", "Number within the account."),
        text("name", "Full name."),
        text("email_address", "E-mail address."),
        boolean("active", "Whether the employee is in use."),
        boolean("admin", "Whether the employee administers the account."),
        boolean("is_account_owner", "Whether the employee owns the account."),
        boolean("can_login", "Whether the employee may log in."),
        boolean("limit_access_to_assignments", "Whether the employee sees assigned jobs only."),
        text("hired_date", "Day of hiring, as Kickserv writes it."),
        text("home_phone", "Phone at home."),
        text("cell_phone", "Mobile phone."),
        text("pager", "Pager."),
        text("address", "Street."),
        text("city", "City."),
        text("state", "State."),
        text("zip_code", "ZIP code."),
        text("notification_email_address", "E-mail address for notifications."),
        text("notification_mobile_number", "Mobile phone for notifications."),
        boolean("notify_via_email", "Whether notifications go by e-mail."),
        boolean("notify_via_mobile", "Whether notifications go by text message."),
        text("list_id", "The record's id in QuickBooks."),
        *custom_slots(texts=20, numbers=10, instants=10),
        instant("created_at", "When the record was made."),
        instant("updated_at", "When the record was last changed."),
    )


class Tasks(KickservStream):
    """Events, appointments and estimate visits: all that stands in a job's schedule."""

    name = "tasks"
    glue: ClassVar = {
        "employees": {"employee_ids": "id"},
        "job": {"job_id": "id"},
        "customer": {"customer_id": "id"},
        "primary_contact": {"contact_id": "id"},
    }
    fields = (
        integer("id", "Internal id."),
        integer("job_id", "Id of the job."),
        integer("customer_id", "Id of the customer."),
        integer("contact_id", "Id of the customer's first contact."),
        integer("task_type_id", "Event, appointment or estimate, from the account's list."),
        integers("employee_ids", "Ids of the employees who are assigned."),
        text("name", "Name."),
        text("description", "Description."),
        text("status", "State, e.g. confirmed or canceled."),
        instant("scheduled_at", "Start."),
        instant("ends_at", "End."),
        decimal("duration", "Length, hours."),
        instant("completed_at", "When it was completed."),
        instant("created_at", "When the record was made."),
        instant("updated_at", "When the record was last changed."),
        instant("deleted_at", "When the task was deleted."),
    )


class TimeEntries(KickservStream):
    """Hours that employees have worked on a job."""

    name = "time_entries"
    glue: ClassVar = {"employee": {"employee_id": "id"}, "job": {"job_id": "id"}}
    fields = (
        integer("id", "Internal id."),
        integer("job_id", "Id of the job."),
        integer("employee_id", "Id of the employee."),
        integer("time_entry_type_id", "Kind of time, from the account's own list."),
        instant("started_on", "Start."),
        instant("ended_on", "End."),
        decimal("number_of_hours", "Hours."),
        text("note", "Remarks."),
        boolean("billable", "Whether the customer pays for it."),
        decimal("mileage", "Distance driven."),
        anything("time_entry_type", "The kind's own record, where the account sends it along."),
        instant("created_at", "When the record was made."),
        instant("updated_at", "When the record was last changed."),
    )
