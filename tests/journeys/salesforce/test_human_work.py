from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.journeys.salesforce.world import OrgWorld

KEPT = 3
"""The exit code of a rollback that has left something where it is."""


def test_what_a_person_changed_is_neither_overwritten_nor_taken_back(org: OrgWorld) -> None:
    source, human = org.sandbox.source, org.sandbox.org.human
    customer = next(source.records("customers"))
    account = org.row("Account", customer["id"])
    human.edit("Account", account["Id"], Phone="by hand", Website="https://x.example")
    source.edit(
        "customers", customer["id"], phone_number="207-555-0111", special_instructions="Ring twice."
    )

    outcome = org.run()

    assert outcome.code == 0, outcome.log
    row = org.row("Account", customer["id"])
    assert (row["Phone"], row["Website"]) == ("by hand", "https://x.example")
    assert row["ks_instructions__c"] == "Ring twice."
    assert org.conflicts() == [("account", str(customer["id"]), "Phone")]

    back = org.command("rollback", "--yes")

    assert back.code == KEPT, back.log
    assert [row["Id"] for row in org.rows("Account")] == [account["Id"]]


def test_records_of_people_are_left_alone(org: OrgWorld) -> None:
    customer = next(org.sandbox.source.records("customers"))
    account = org.row("Account", customer["id"])
    case = org.sandbox.org.human.add("Case", Subject="Walked in", AccountId=account["Id"])
    org.sandbox.source.edit("customers", customer["id"], fax="207-555-0133")

    outcome = org.run()

    assert outcome.code == 0, outcome.log
    assert org.findings(others={case}) == []
