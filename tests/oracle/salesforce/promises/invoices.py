"""What has an invoice becomes an order or an invoice, with its lines; payments lead to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.oracle.plain import below_each_other, day, filled
from tests.oracle.salesforce.promises import catalog
from tests.oracle.salesforce.promises.estimates import line
from tests.oracle.salesforce.promises.jobs import owner
from tests.oracle.salesforce.promises.wanted import Wanted, cut, parent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.oracle.salesforce.promises.wanted import Promise
    from tests.oracle.truth import Row

MARKS = ("invoice_date", "invoice_sent_date", "invoice_paid_on", "invoice_status")


def is_invoice(job: Row) -> bool:
    return any(job.get(name) for name in MARKS)


def invoices(promise: Promise) -> Iterator[Wanted]:
    as_order = promise.ways.invoices == "Order"
    for row in filter(is_invoice, promise.truth.rows("jobs")):
        account = parent("Account", row["customer_id"])
        parents = {
            "AccountId" if as_order else "Account__c": account,
            **promise.job_lookup(row["id"]),
        }
        if as_order:
            parents["Pricebook2Id"] = catalog.STANDARD
        yield Wanted(
            promise.ways.invoices,
            "order" if as_order else "invoice",
            "invoices",
            str(row["id"]),
            {
                "Name": f"Invoice {row['job_number']}",
                **promise.people.owns(owner(row)),
                **(_order(promise, row) if as_order else _invoice(promise, row)),
                "ks_created_at__c": row.get("created_at"),
                "ks_sent_at__c": row.get("invoice_sent_date"),
                "ks_viewed_at__c": row.get("invoice_viewed_on"),
                "ks_terms__c": row.get("invoice_terms"),
                "ks_notes__c": row.get("invoice_notes"),
                "ks_quickbooks_id__c": row.get("txn_id"),
                "ks_quickbooks_number__c": row.get("txn_number"),
                "ks_url__c": f"{promise.truth.web}/jobs/{row['job_number']}",
            },
            parents,
        )


def lines(promise: Promise) -> Iterator[Wanted]:
    as_order = promise.ways.invoices == "Order"
    for job in filter(is_invoice, promise.truth.rows("jobs")):
        for row in promise.charges(job):
            yield _order_line(job, row) if as_order else _invoice_line(job, row)


def payments(promise: Promise) -> Iterator[Wanted]:
    for row in promise.truth.rows("payments"):
        of = row.get
        job = promise.truth.get("jobs", of("job_id")) or {}
        invoice = job.get("id") if is_invoice(job) else None
        field = "Order__c" if promise.ways.invoices == "Order" else "Invoice__c"
        yield Wanted(
            "Payment__c",
            "payment",
            "payments",
            str(row["id"]),
            {
                "Name": f"Payment {filled(of('ref_number'), row['id'])}"[:80],
                **promise.people.owns(filled(of("updated_by"), job.get("created_by"))),
                **promise.made("Payment__c", of("created_at")),
                "Amount__c": row["amount"],
                "Payment_Date__c": row["date"],
                "Payment_Type__c": of("payment_type"),
                "ks_status__c": of("status"),
                "Reference__c": of("ref_number"),
                "Stripe_Payment_Id__c": of("stripe_payment_id"),
                "Notes__c": of("notes"),
                "ks_quickbooks_id__c": of("txn_id"),
                "ks_quickbooks_error__c": of("qb_error"),
                "ks_created_at__c": of("created_at"),
            },
            {
                "Account__c": parent("Account", filled(of("customer_id"), job.get("customer_id"))),
                **promise.job_lookup(of("job_id")),
                field: parent(promise.ways.invoices, invoice),
            },
        )


def _order(promise: Promise, row: Row) -> dict[str, Any]:
    of = row.get
    dated = filled(
        of("invoice_date"), of("invoice_sent_date"), of("invoice_paid_on"), of("created_at")
    )
    active = of("invoice_status") == "paid" and any(promise.charges(row))
    return {
        "Status": "Activated" if active else "Draft",
        "EffectiveDate": day(dated),
        "PoNumber": cut(of("po_number"), 80),
        "Description": of("description"),
        "ks_invoice_number__c": row["job_number"],
        "ks_invoice_date__c": of("invoice_date"),
        "ks_payment_status__c": _payment_status(row),
        "ks_paid_at__c": of("invoice_paid_on"),
        "ks_subtotal__c": of("subtotal"),
        "ks_tax__c": of("tax"),
        "ks_total__c": of("total"),
        "ks_balance__c": of("balance_remaining"),
    }


def _invoice(promise: Promise, row: Row) -> dict[str, Any]:
    of = row.get
    dated = filled(of("invoice_date"), of("invoice_sent_date"), of("invoice_paid_on"))
    return {
        **promise.made("Invoice__c", of("created_at")),
        "Invoice_Number__c": row["job_number"],
        "Invoice_Date__c": day(dated),
        "Payment_Status__c": _payment_status(row),
        "Paid_At__c": of("invoice_paid_on"),
        "Subtotal__c": of("subtotal"),
        "Tax__c": of("tax"),
        "Total__c": of("total"),
        "Balance__c": of("balance_remaining"),
        "PO_Number__c": of("po_number"),
        "Description__c": of("description"),
    }


def _payment_status(row: Row) -> str:
    status, left = row.get("invoice_status"), row.get("balance_remaining") or 0
    if status == "unpaid" and 0 < left < (row.get("total") or 0):
        return "Partly Paid"
    return {"paid": "Paid", "unpaid": "Unpaid", None: "Unpaid"}.get(status, status)


def _order_line(job: Row, row: Row) -> Wanted:
    return Wanted(
        "OrderItem",
        "order_line",
        "job_charges",
        str(row["id"]),
        line(row),
        {"OrderId": parent("Order", job["id"]), "PricebookEntryId": catalog.of_charge(row)},
    )


def _invoice_line(job: Row, row: Row) -> Wanted:
    item = row.get("item_id")
    text = below_each_other((row.get("description"), row.get("details")))
    return Wanted(
        "Invoice_Line__c",
        "invoice_line",
        "job_charges",
        str(row["id"]),
        {
            "Name": cut(filled(row.get("description"), f"Line {row['id']}"), 80),
            "Quantity__c": row["quantity"],
            "Unit_Price__c": row["price_per_unit"],
            "Discount__c": row.get("discount"),
            "Total__c": row["total"],
            "Description__c": text,
            "ks_is_description_only__c": item is None,
            "ks_position__c": row.get("sort_order"),
            "ks_created_at__c": row.get("created_on"),
        },
        {
            "Invoice__c": parent("Invoice__c", job["id"]),
            "Product__c": ("Product2", catalog.FREE_LINE if item is None else f"item-{item}"),
        },
    )
