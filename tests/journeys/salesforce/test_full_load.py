from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from tests.journeys.salesforce.conftest import BY_JOBS, CUSTOMERS, OTHER_WAYS, SETTINGS
from tests.journeys.salesforce.world import OrgWorld
from tests.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.journeys.world import Outcome

AT_ONCE = 200
"""Records that one request of collections takes."""
SHARING = 7
"""Objects of the mapping that share one of the org with another, and go in requests of their own:
contacts, products and prices come from three each, accounts from two."""


@pytest.fixture(scope="module")
def dated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[OrgWorld, Outcome]]:
    """A load by somebody who may set audit fields, with a job on hold; only looked at."""
    folder = tmp_path_factory.mktemp("dated")
    with Sandbox(customers=CUSTOMERS, oddities=False) as sandbox:
        sandbox.org.audit_fields = True
        job = next(sandbox.source.records("jobs"))
        sandbox.source.edit("jobs", job["id"], status="on_hold")
        world = OrgWorld(sandbox, folder, folder / "files", settings=dict(SETTINGS))
        outcome = world.run()
        assert outcome.code == 0, outcome.log
        yield world, outcome


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


def test_jobs_on_hold_stay_open(dated: tuple[OrgWorld, Outcome]) -> None:
    [row] = [row for row in dated[0].rows("Case") if row["Job_Status__c"] == "On Hold"]

    assert (row["Status"], row["IsClosed"]) == ("Working", False)


def test_a_user_who_may_set_audit_fields_keeps_the_dates_of_making(
    dated: tuple[OrgWorld, Outcome],
) -> None:
    assert dated[0].findings() == []
    cases = dated[0].rows("Case")
    assert all(row["CreatedDate"] == row["ks_created_at__c"] for row in cases)


def test_collections_take_two_hundred_records_in_a_request(
    dated: tuple[OrgWorld, Outcome],
) -> None:
    _, outcome = dated
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

    outcome = fresh_org.load_all(**BY_JOBS)

    assert outcome.code == 0, outcome.log
    assert any("/jobs/ingest" in one.path for one in outcome.writes)
    assert fresh_org.findings() == []
    assert fresh_org.load_all(**BY_JOBS).writes == []
