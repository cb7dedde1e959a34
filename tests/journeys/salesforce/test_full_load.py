from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from tests.journeys.salesforce.conftest import OTHER_WAYS, SETTINGS
from tests.journeys.salesforce.world import OrgWorld
from tests.sandbox import Sandbox

if TYPE_CHECKING:
    from pathlib import Path

    from tests.journeys.salesforce.conftest import LoadedOrg

AT_ONCE = 200
"""Records that one request of collections takes."""
ODD_CUSTOMERS, SOME_BY_JOBS = 12, 36
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


def test_a_user_who_may_set_audit_fields_keeps_the_dates_of_making(org: OrgWorld) -> None:
    assert all(row["CreatedDate"] == row["ks_created_at__c"] for row in org.rows("Case"))


def test_a_product_that_was_there_is_sold_on_with_its_price(
    org: OrgWorld, loaded_org: LoadedOrg
) -> None:
    assert org.row("Product2", "item-70148")["Id"] == loaded_org.product
    prices = [r["Id"] for r in org.rows("PricebookEntry") if r["Product2Id"] == loaded_org.product]
    assert prices == [loaded_org.entry]


def test_collections_take_two_hundred_records_in_a_request(loaded_org: LoadedOrg) -> None:
    outcome = loaded_org.loading
    sent = [one for one in outcome.writes if one.path.endswith("/composite/sobjects")]
    made = Counter(
        one.sobject
        for one in outcome.commits
        if one.operation == "insert" and not one.sobject.startswith(("Content", "Permission"))
    )
    least = sum(-(-count // AT_ONCE) for count in made.values())
    changed = {"the price book", "a product that was there", "parents of accounts", "orders"}
    assert least <= len(sent) <= least + len(changed) + SHARING


def test_odd_values_by_jobs_and_the_other_ways_land_or_stand_in_rejects(tmp_path: Path) -> None:
    with Sandbox(customers=ODD_CUSTOMERS) as sandbox:
        settings = {**SETTINGS, "bulk_threshold": SOME_BY_JOBS}
        org = OrgWorld(sandbox, tmp_path, tmp_path / "files", settings=settings, ways=OTHER_WAYS)

        outcome = org.run()

        assert outcome.code == 3, outcome.log
        assert any("/jobs/ingest" in one.path for one in outcome.writes)
        assert org.findings(rejects=org.rejects()) == []
        assert org.run().writes == []


@pytest.mark.soak
def test_three_hundred_customers_with_odd_values_land(tmp_path: Path) -> None:
    with Sandbox(customers=300) as sandbox:
        org = OrgWorld(sandbox, tmp_path, tmp_path / "files", settings=dict(SETTINGS))

        first = org.run()

        assert first.code == 3, first.log
        assert org.findings(rejects=org.rejects()) == []
        assert org.run().commits == ()
        back = org.command("rollback", "--yes")
        assert back.code == 0, back.log
        assert org.rows("Account") == []
