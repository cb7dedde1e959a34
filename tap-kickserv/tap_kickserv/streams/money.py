"""What jobs cost: charges, payments, expenses, and the items they are made of."""

from __future__ import annotations

from typing import ClassVar

from tap_kickserv.fields import anything, boolean, date, decimal, instant, integer, text
from tap_kickserv.stream import KickservStream


class Items(KickservStream):
    """Products and services that charges are made from, active or not."""

    name = "items"
    fields = (
        integer("id", "Internal id."),
        integer("account_id", "The account that owns the record."),
        text("name", "Name."),
        text("full_name", "Name with the names of its groups before it, colon-separated."),
        text("description", "Description printed on estimates and invoices."),
        text("item_type", "Kind of item in QuickBooks, e.g. NonInventory."),
        decimal("price", "Usual price."),
        decimal("cost", "What it costs the business; zero is a cost of zero."),
        decimal("quantity_on_hand", "Stock."),
        boolean("active", "Whether the item is in use."),
        integer("sublevel", "How deep the item stands below its groups."),
        text("parent_list_id", "The group's id in QuickBooks."),
        text("list_id", "The record's id in QuickBooks."),
        text("edit_sequence", "The record's revision in QuickBooks."),
        text("sales_tax_code_ref_full_name", "Sales tax code in QuickBooks."),
        text("sales_tax_code_ref_list_id", "Sales tax code's id in QuickBooks."),
        instant("created_on", "When the record was made."),
        instant("updated_on", "When the record was last changed."),
    )


class JobCharges(KickservStream):
    """Lines of a job's estimate and invoice; quantity times price is the total."""

    name = "job_charges"
    fields = (
        integer("id", "Internal id."),
        integer("job_id", "Id of the job."),
        integer("account_id", "The account that owns the record."),
        integer("item_id", "Id of the item; empty on lines that are only described."),
        integer("job_charge_type_id", "Kind of charge, from the account's own list."),
        text("description", "What is charged; often the item's full name."),
        text("details", "More text below it."),
        decimal("quantity", "Quantity."),
        decimal("price_per_unit", "Price of one."),
        decimal("discount", "Discount."),
        decimal("total", "The line's total."),
        integer("tax_id", "Tax entity that applies."),
        integer("sales_tax_code_id", "Sales tax code that applies."),
        integer("sort_order", "Place among the job's charges."),
        integer("recurring_item_parent_id", "The charge that this one repeats."),
        text("item_ref_list_id", "The item's id in QuickBooks."),
        text("txn_line_id", "The line's id in QuickBooks."),
        text("qb_txn_line_id", "The line's id in QuickBooks Online."),
        anything("item", "The item's own record, where the account sends it along."),
        integer("updated_by", "Id of the employee who changed it last."),
        instant("created_on", "When the record was made."),
        instant("updated_at", "When the record was last changed."),
        instant("deleted_at", "When the charge was deleted."),
    )


class Payments(KickservStream):
    """Payments that a job's invoice has received."""

    name = "payments"
    glue: ClassVar = {"customer": {"customer_id": "id"}, "job": {"job_id": "id"}}
    fields = (
        integer("id", "Internal id."),
        integer("job_id", "Id of the job at which the payment was found."),
        integer("customer_id", "Id of the customer."),
        integer("account_id", "The account that owns the record."),
        date("date", "Day of the payment."),
        decimal("amount", "Amount."),
        text("payment_type", "How it was paid, e.g. Credit Card (Online)."),
        text("status", "State of the transaction, e.g. credit_card_transaction_complete."),
        text("notes", "Remarks; may cite the job numbers that were paid."),
        text("ref_number", "Reference, e.g. the number of a check."),
        text("stripe_payment_id", "The payment at Stripe."),
        text("txn_id", "The payment's id in QuickBooks."),
        text("qb_error", "Why QuickBooks refused the record; resolve before migrating."),
        integer("updated_by", "Id of the employee who changed it last."),
        instant("created_at", "When the record was made."),
        instant("updated_at", "When the record was last changed."),
        instant("deleted_at", "When the payment was deleted."),
    )


class PaymentRequests(KickservStream):
    """Requests to pay online; a job has one at most."""

    name = "payment_requests"
    fields = (
        integer("id", "Internal id."),
        integer("job_id", "Id of the job."),
        integer("amount", "Amount in cents, unlike every other amount."),
        boolean("paid", "Whether it was paid through the request itself."),
        text("message", "Text sent to the customer."),
        integer("creator_id", "Id of the employee who sent it."),
        instant("created_at", "When the record was made."),
        instant("updated_at", "When the record was last changed."),
    )


class Expenses(KickservStream):
    """What a job has cost the business."""

    name = "expenses"
    glue: ClassVar = {
        "employee": {"employee_id": "id"},
        "vendor": {"vendor_id": "id", "vendor_name": "name"},
        "job_charge": {"job_charge_id": "id"},
    }
    fields = (
        integer("id", "Internal id."),
        integer("job_id", "Id of the job."),
        integer("employee_id", "Id of the employee who spent it."),
        integer("job_charge_id", "Id of the charge that passes it on to the customer."),
        integer("vendor_id", "Id of the vendor."),
        text("vendor_name", "Name of the vendor."),
        anything("vendor", "The vendor's own record; no list of vendors is known."),
        date("date", "Day of the expense."),
        decimal("amount", "Amount."),
        text("description", "What it was for."),
        boolean("billable", "Whether the customer pays for it."),
        text("payment_type", "How it was paid, e.g. Account."),
        text("po_number", "Purchase order."),
        text("receipt_number", "Number of the receipt."),
        instant("created_at", "When the record was made."),
        instant("updated_at", "When the record was last changed."),
    )
