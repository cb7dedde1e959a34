from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from tests.journeys.salesforce.conftest import BY_JOBS, OTHER_WAYS

if TYPE_CHECKING:
    from tests.journeys.salesforce.world import OrgWorld

AT_ONCE = 200
"""Records that one request of collections takes."""
SHARING = 7
"""Objects of the mapping that share one of the org with another, and go in requests of their own:
contacts, products and prices come from three each, accounts from two."""


def test_everything_lands_once_where_it_belongs(org: OrgWorld) -> None:
    assert org.findings() == []
    assert org.listed() == []


def test_orders_of_paid_invoices_are_active_and_all_others_are_drafts(org: OrgWorld) -> None:
    lines = Counter(row["OrderId"] for row in org.rows("OrderItem"))
    orders = org.rows("Order")

    states = {
        (row["Status"], row["ks_payment_status__c"] == "Paid" and lines[row["Id"]] > 0)
        for row in orders
    }

    assert states == {("Activated", True), ("Draft", False)}


def test_technicians_without_a_licence_are_contacts_and_own_nothing(org: OrgWorld) -> None:
    contacts = {row["Id"]: row for row in org.rows("Contact")}
    jobs = [row for row in org.rows("Case") if row["Technician__c"]]

    assert jobs
    kinds = {contacts[row["Technician__c"]]["ks_kind__c"] for row in jobs}
    assert kinds == {"Technician"}
    users = {row["Id"] for row in org.reader().users() if row["IsActive"]}
    assert {row["OwnerId"] for row in org.rows("Case")} <= users


def test_jobs_on_hold_stay_open(fresh_org: OrgWorld) -> None:
    source = fresh_org.sandbox.source
    job = next(source.records("jobs"))
    source.edit("jobs", job["id"], status="on_hold")

    outcome = fresh_org.run()

    assert outcome.code == 0, outcome.log
    row = fresh_org.row("Case", job["id"])
    assert (row["Job_Status__c"], row["IsClosed"]) == ("On Hold", False)


def test_collections_take_two_hundred_records_in_a_request(fresh_org: OrgWorld) -> None:
    outcome = fresh_org.run()

    assert outcome.code == 0, outcome.log
    sent = [one for one in outcome.writes if one.path.endswith("/composite/sobjects")]
    made = Counter(
        one.sobject
        for one in outcome.commits
        if one.operation == "insert" and not one.sobject.startswith(("Content", "Permission"))
    )
    least = sum(-(-count // AT_ONCE) for count in made.values())
    changed = {"the price book", "parents of accounts", "orders made active"}
    assert least <= len(sent) <= least + len(changed) + SHARING


def test_by_jobs_and_the_other_ways_everything_lands_as_well(fresh_org: OrgWorld) -> None:
    fresh_org.ways = OTHER_WAYS

    outcome = fresh_org.run(**BY_JOBS)

    assert outcome.code == 0, outcome.log
    assert any("/jobs/ingest" in one.path for one in outcome.writes)
    assert fresh_org.findings() == []
    assert fresh_org.run(**BY_JOBS).writes == []


def test_a_user_who_may_set_audit_fields_keeps_the_dates_of_making(fresh_org: OrgWorld) -> None:
    fresh_org.sandbox.org.audit_fields = True

    outcome = fresh_org.run()

    assert outcome.code == 0, outcome.log
    assert fresh_org.findings() == []
    case = fresh_org.rows("Case")[0]
    assert case["CreatedDate"] == case["ks_created_at__c"]
