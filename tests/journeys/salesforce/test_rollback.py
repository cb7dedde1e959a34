"""The way back: what was loaded goes, active orders too, and the org is as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.oracle.salesforce import changes

if TYPE_CHECKING:
    from tests.journeys.salesforce.world import OrgWorld


def test_after_a_load_and_its_rollback_the_org_is_as_it_was_and_can_be_loaded_again(
    fresh_org: OrgWorld,
) -> None:
    before = fresh_org.snapshot()
    loading = fresh_org.load_all()
    assert loading.code == 0, loading.log
    assert any(row["Status"] == "Activated" for row in fresh_org.rows("Order"))

    outcome = fresh_org.command("rollback", "--yes")

    assert outcome.code == 0, outcome.log + outcome.out
    assert changes(before, fresh_org.snapshot()) == []
    again = fresh_org.command("apply")
    assert again.code == 0, again.log
    assert fresh_org.findings() == []


def test_what_was_there_before_is_filled_and_gets_back_what_stood_there(
    fresh_org: OrgWorld,
) -> None:
    human = fresh_org.sandbox.org.human
    book = next(row for row in fresh_org.rows("Pricebook2") if row["IsStandard"])
    product = human.add("Product2", Name="Trip charge", ProductCode="16", IsActive=True)
    price = {"Pricebook2Id": book["Id"], "Product2Id": product, "UnitPrice": 45}
    entry = human.add("PricebookEntry", **price, IsActive=True)
    before = fresh_org.snapshot()

    loading = fresh_org.load_all()

    assert loading.code == 0, loading.log
    assert fresh_org.row("Product2", "item-70148")["Id"] == product
    entries = [r for r in fresh_org.rows("PricebookEntry") if r["Product2Id"] == product]
    assert [(row["Id"], row["UnitPrice"]) for row in entries] == [(entry, 45)]
    outcome = fresh_org.command("rollback", "--yes")
    assert outcome.code == 0, outcome.log + outcome.out
    assert changes(before, fresh_org.snapshot()) == []
