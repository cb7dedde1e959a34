"""What is or was an estimate becomes an opportunity with its lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.oracle.plain import below_each_other, day, filled
from tests.oracle.salesforce.promises import catalog
from tests.oracle.salesforce.promises.wanted import Wanted, cut, parent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.oracle.salesforce.promises.wanted import Promise
    from tests.oracle.truth import Row

STATUSES = frozenset({"new", "estimate_scheduled", "estimate_sent", "won", "lost"})
DATES = (
    "estimate_scheduled_on",
    "estimate_sent_on",
    "estimate_viewed_on",
    "won_date",
    "lost_date",
)
ACCEPTED = frozenset(
    {"won", "unscheduled", "scheduled", "started", "in_progress", "on_hold"}
    | {"complete", "completed"}
)
CANCELED = frozenset({"canceled", "cancelled"})
OPEN = {"estimate_scheduled": "Needs Analysis", "estimate_sent": "Proposal/Price Quote"}


def is_estimate(job: Row) -> bool:
    marked = ("is_opportunity", "estimate_type", *DATES)
    return job.get("status") in STATUSES or any(job.get(name) for name in marked)


def estimates(promise: Promise) -> Iterator[Wanted]:
    for row in filter(is_estimate, promise.truth.rows("jobs")):
        of = row.get
        service = promise.truth.get("job_types", of("job_type_id")) or {}
        name = f"{filled(of('name'), 'Estimate')} #{row['job_number']}"
        closed = filled(
            of("won_date"),
            of("lost_date"),
            of("estimate_viewed_on"),
            of("estimate_sent_on"),
            of("estimate_scheduled_on"),
            of("updated_at"),
            of("created_at"),
        )
        yield Wanted(
            "Opportunity",
            "estimate",
            "estimates",
            str(row["id"]),
            {
                "Name": cut(name, 120),
                **promise.people.owns(of("created_by")),
                **promise.made("Opportunity", of("created_at")),
                "StageName": _stage(row),
                "CloseDate": day(closed),
                "Amount": _amount(promise, row),
                "Description": of("description"),
                "Service_Type__c": service.get("name"),
                **_kept(promise, row),
            },
            {
                "AccountId": parent("Account", row["customer_id"]),
                "ContactId": promise.primary_contact(promise.customer(row)),
                "Pricebook2Id": catalog.STANDARD,
                **promise.job_lookup(row["id"]),
            },
        )


def lines(promise: Promise) -> Iterator[Wanted]:
    for job in filter(is_estimate, promise.truth.rows("jobs")):
        for row in promise.charges(job):
            yield Wanted(
                "OpportunityLineItem",
                "estimate_line",
                "job_charges",
                str(row["id"]),
                {**line(row), "TotalPrice": row["total"]},
                {
                    "OpportunityId": parent("Opportunity", job["id"]),
                    "PricebookEntryId": catalog.of_charge(row),
                },
            )


def line(row: Row) -> dict[str, Any]:
    """What a line of an estimate and one of an invoice have in common."""
    text = below_each_other((row.get("description"), row.get("details")))
    return {
        "Quantity": row["quantity"],
        "UnitPrice": row["price_per_unit"],
        "Description": cut(text, 255),
        "ks_is_description_only__c": row.get("item_id") is None,
        "ks_description__c": text,
        "ks_price__c": row["price_per_unit"],
        "ks_discount__c": row.get("discount"),
        "ks_total__c": row["total"],
        "ks_position__c": row.get("sort_order"),
        "ks_created_at__c": row.get("created_on"),
    }


def _amount(promise: Promise, row: Row) -> Any:
    """The sum of the lines; what Kickserv says where there are none."""
    charges = list(promise.charges(row))
    return sum(one["total"] for one in charges) if charges else row.get("total")


def _stage(row: Row) -> str:
    status = row.get("status")
    if row.get("estimate_type") == "lost" or status == "lost":
        return "Closed Lost"
    if status in CANCELED:
        return "Closed Won" if row.get("won_date") else "Closed Lost"
    return "Closed Won" if status in ACCEPTED else OPEN.get(str(status), "Qualification")


def _kept(promise: Promise, row: Row) -> dict[str, Any]:
    of = row.get
    return {
        "ks_estimate_number__c": row["job_number"],
        "ks_estimate_version__c": of("edit_sequence"),
        "ks_approval_state__c": _approval(row),
        "ks_estimate_status__c": of("status"),
        "ks_estimate_total__c": of("total"),
        "ks_subtotal__c": of("subtotal"),
        "ks_tax__c": of("tax"),
        "ks_name__c": of("name"),
        "ks_scheduled_at__c": of("estimate_scheduled_on"),
        "ks_sent_at__c": of("estimate_sent_on"),
        "ks_viewed_at__c": of("estimate_viewed_on"),
        "ks_won_at__c": of("won_date"),
        "ks_lost_at__c": of("lost_date"),
        "ks_terms__c": of("estimate_terms"),
        "ks_notes__c": of("estimate_notes"),
        "ks_created_at__c": of("created_at"),
        "ks_url__c": f"{promise.truth.web}/jobs/{row['job_number']}",
    }


def _approval(row: Row) -> str:
    if row.get("status") == "lost" or row.get("estimate_type") == "lost":
        return "Declined"
    if row.get("won_date") or row.get("status") in ACCEPTED:
        return "Approved"
    if row.get("estimate_viewed_on"):
        return "Viewed"
    return "Sent" if row.get("estimate_sent_on") else "Not sent"
