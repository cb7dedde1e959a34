"""Jobs, and what is a job seen as an estimate or an invoice."""

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
    list_of_anything,
    text,
)
from tap_kickserv.stream import KickservStream

_QUICKBOOKS = "kept for QuickBooks"

_IDENTITY = (
    integer("id", "Internal id of the job, unique across accounts."),
    integer("job_id", "The same id, for joins.", source="id"),
    integer("job_number", "Number within the account; estimates and invoices have no other."),
    integer("customer_id", "Id of the customer."),
    integer("job_type_id", "Id of the service, see job_types."),
    integer("job_status_id", "Id of the account's own status, see job_statuses."),
    text("name", "Name; follows the service by default."),
    text("description", "What is to be done."),
    text("status", "Kickserv's own status of the job."),
    text("po_number", "The customer's purchase order."),
)
_TOTALS = (
    decimal("subtotal", "Sum of the charges before tax."),
    decimal("tax", "Tax."),
    integer("tax_id", "Tax entity that applies."),
    decimal("sales_tax_percentage", "Tax rate, percent."),
    decimal("total", "Subtotal and tax."),
    decimal("balance_remaining", "What is still to be paid."),
)
_CHANGES = (
    integer("created_by", "Id of the employee who made the record."),
    integer("updated_by", "Id of the employee who changed it last."),
    instant("created_at", "When the record was made."),
    instant("updated_at", "When the record was last changed."),
    instant("deleted_at", "When the job was deleted; lists usually leave these out."),
    text("web_url", "The job's page in the web app."),
)
_ESTIMATE = (
    text("estimate_type", "Outcome of the bid, e.g. lost; mostly empty."),
    text("estimate_terms", "Terms printed on the estimate."),
    text("estimate_notes", "Notes printed on the estimate."),
    instant("estimate_scheduled_on", "When the visit for the estimate takes place."),
    instant("estimate_sent_on", "When the estimate was sent."),
    instant("estimate_viewed_on", "When the customer looked at the estimate."),
    instant("won_date", "When the estimate was accepted."),
    instant("lost_date", "When the estimate was lost."),
    boolean("is_opportunity", "Whether Kickserv lists it as an opportunity, not yet as a job."),
)
_INVOICE = (
    text("invoice_status", "paid or unpaid."),
    text("invoice_terms", "Terms of payment, e.g. Due upon receipt."),
    text("invoice_notes", "Notes printed on the invoice."),
    instant("invoice_date", "Date of the invoice."),
    instant("invoice_sent_date", "When the invoice was sent."),
    instant("invoice_viewed_on", "When the customer looked at the invoice."),
    instant("invoice_paid_on", "When the invoice was paid."),
    boolean("detailed_invoice", "Whether the invoice lists every charge."),
)


class Jobs(KickservStream):
    """Work for a customer, from first enquiry to paid invoice: opportunities and jobs alike."""

    name = "jobs"
    page = "jobs/{job_number}"
    glue: ClassVar = {
        "employees": {"employee_ids": "id"},
        "customer": {"customer_id": "id"},
        "job_type": {"job_type_id": "id"},
        "job_status": {"job_status_id": "id"},
        "tax_entity": {"tax_id": "id"},
    }
    fields = (
        *(field for field in _IDENTITY if field.name != "job_id"),
        integer("account_id", "The account that owns the record."),
        integer("service_type_id", "Older column for the service."),
        integers("employee_ids", "Ids of the employees who are assigned."),
        *_TOTALS,
        decimal("total_expenses", "Sum of the job's expenses."),
        text("schedule", "Older text form of the schedule."),
        instant("scheduled_on", "When work starts."),
        instant("ends_at", "When work ends."),
        decimal("duration", "Planned length, hours."),
        instant("started_on", "When work was started."),
        instant("completed_on", "When the job was completed."),
        instant("canceled_on", "When the job was canceled."),
        instant("on_hold", "Since when the job is on hold."),
        integer("tasks_count", "Number of the job's tasks."),
        *_ESTIMATE,
        *_INVOICE,
        integer("recurring_job_id", "The job that this one repeats."),
        text("recurring_interval", "How often the job repeats."),
        integer("max_recurring_iterator", "How many times the job repeats at most."),
        integer("recurring_iterator", "Which repetition this is."),
        instant("recurring_date", "Day of this repetition."),
        instant("last_recurring_date", "Day of the last repetition so far."),
        instant("recurring_end_date", "Day after which the job repeats no more."),
        boolean("recurring_ended", "Whether the repetition is over."),
        list_of_anything("chosen_days_of_week", "Weekdays on which the job repeats."),
        anything("job_allocations", "How costs are allocated to the job."),
        boolean("self_service", "Whether the customer booked it online."),
        boolean("notification_sent", "Whether the customer was notified."),
        boolean("ok_to_sync", "Whether QuickBooks may take the job."),
        text("qb_error", "Why QuickBooks refused the record; resolve before migrating."),
        text("txn_id", "The invoice's id in QuickBooks."),
        text("txn_number", "The invoice's number in QuickBooks."),
        instant("txn_date", "The invoice's date in QuickBooks."),
        text("edit_sequence", "The record's revision in QuickBooks."),
        text("ref_number", "Reference number in QuickBooks."),
        instant("ship_date", f"Shipping date {_QUICKBOOKS}."),
        text("ship_method_ref_full_name", f"Way of shipping {_QUICKBOOKS}."),
        text("customer_ref_list_id", "The customer's id in QuickBooks."),
        text("item_sales_tax_ref_list_id", "Sales tax item's id in QuickBooks."),
        text("item_sales_tax_ref_full_name", f"Sales tax item {_QUICKBOOKS}."),
        text("customer_sales_tax_code_ref_list_id", "Sales tax code's id in QuickBooks."),
        text("customer_sales_tax_code_ref_full_name", f"Sales tax code {_QUICKBOOKS}."),
        *custom_slots(texts=20, numbers=10, instants=10),
        *_CHANGES,
    )


class Estimates(KickservStream):
    """Jobs that are or were estimates: opportunities, and jobs with an estimate's dates."""

    name = "estimates"
    page = "jobs/{job_number}"
    keeps_unknown = False
    fields = (*_IDENTITY, *_TOTALS, *_ESTIMATE, *_CHANGES)


class Invoices(KickservStream):
    """Jobs with an invoice. The charges are the invoice's lines."""

    name = "invoices"
    page = "jobs/{job_number}"
    keeps_unknown = False
    fields = (
        *_IDENTITY,
        *_TOTALS,
        *_INVOICE,
        text("txn_id", "The invoice's id in QuickBooks."),
        text("txn_number", "The invoice's number in QuickBooks."),
        text("qb_error", "Why QuickBooks refused the record; resolve before migrating."),
        *_CHANGES,
    )


class JobTypes(KickservStream):
    """The services that an account offers; jobs refer to them with `job_type_id`."""

    name = "job_types"
    fields = (
        integer("id", "Internal id."),
        integer("account_id", "The account that owns the record."),
        text("name", "Name of the service."),
        text("description", "Description of the service."),
        decimal("price", "Usual price."),
        text("unit", "Unit that the price is for."),
        decimal("duration", "Usual length, hours."),
        boolean("active", "Whether the service is in use."),
        instant("created_at", "When the record was made."),
        instant("updated_at", "When the record was last changed."),
    )


class JobStatuses(KickservStream):
    """The account's own statuses, beside Kickserv's; jobs refer to them with `job_status_id`."""

    name = "job_statuses"
    fields = (
        integer("id", "Internal id."),
        integer("account_id", "The account that owns the record."),
        text("name", "Name of the status."),
        text("color", "Colour on the board."),
        boolean("active", "Whether the status is in use."),
        instant("created_at", "When the record was made."),
        instant("updated_at", "When the record was last changed."),
    )
