"""What goes along with a record, what keeps it, and what queryAll still sees."""

from __future__ import annotations

import pytest


def test_what_hangs_on_an_account_goes_with_it(shop):
    contact = shop.make("Contact", LastName="C", AccountId=shop.account)
    opportunity = shop.opportunity(AccountId=shop.account)
    told = {"OpportunityId": opportunity, "PricebookEntryId": shop.entry}
    line = shop.make("OpportunityLineItem", Quantity=1, UnitPrice=1, **told)
    task = shop.make("Task", WhatId=shop.account)
    note = shop.make("Note", Title="N", ParentId=shop.account)
    child = shop.make("Account", Name="Child", ParentId=shop.account)
    assert shop.org.delete("Account", shop.account).success
    for record_id in (contact, opportunity, line, task, note):
        assert shop.org.find(shop.org.sobject_of(record_id) or "", record_id) is None
    assert "ParentId" not in shop.row(child)


@pytest.mark.parametrize("child", ["Case", "Order"])
def test_cases_and_orders_keep_their_account(shop, child):
    if child == "Case":
        shop.make("Case", AccountId=shop.account)
    else:
        shop.order()
    (problem,) = shop.org.delete("Account", shop.account).problems
    assert problem.code == "DELETE_FAILED"
    assert f"associated with the following {child.lower()}s" in problem.message


def test_what_a_child_is_kept_by_keeps_the_parent_as_well(shop):
    told = {"OpportunityId": shop.opportunity(), "PricebookEntryId": shop.entry}
    shop.make("OpportunityLineItem", Quantity=1, UnitPrice=1, **told)
    assert shop.org.delete("Product2", shop.product).problems[0].code == "DELETE_FAILED"
    assert shop.org.delete("PricebookEntry", shop.entry).problems[0].code == "DELETE_FAILED"
    assert shop.org.find("PricebookEntry", shop.entry)


def test_prices_go_with_their_product(shop):
    assert shop.org.delete("Product2", shop.product).success
    assert shop.org.rows["PricebookEntry"] == {}


def test_deleted_records_are_seen_by_query_all_alone(client, org):
    gone = client.make("Account", Name="A")
    client.make("Account", Name="B")
    client("DELETE", f"sobjects/Account/{gone}")
    assert client.query("SELECT Name FROM Account") == [{"Name": "B"}]
    answer = client.get("queryAll", q="SELECT Name, IsDeleted FROM Account ORDER BY Name").json()
    assert [(one["Name"], one["IsDeleted"]) for one in answer["records"]] == [
        ("A", True), ("B", False),
    ]  # fmt: skip
    org.delete("Account", org.insert("Account", {"Name": "C"}).id, hard=True)
    assert client.get("queryAll", q="SELECT COUNT() FROM Account").json()["totalSize"] == 2


@pytest.mark.parametrize("name", ["User", "Organization", "Profile"])
def test_some_records_are_never_deleted(org, name):
    record_id = next(iter(org.rows[name]))
    assert not org.delete(name, record_id).success
    assert record_id in org.rows[name]


def test_people_are_deactivated_instead(org):
    user = next(i for i in org.rows["User"] if i not in {org.user, org.admin})
    assert org.delete("User", user).problems[0].code == "CANNOT_DELETE_USER"
    assert org.update("User", user, {"IsActive": False}).success
