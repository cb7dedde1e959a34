"""The judge finds what is wrong, and nothing where nothing is."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from tests.oracle.judge import Reject
from tests.oracle.salesforce import Ways, judge

if TYPE_CHECKING:
    from tests.oracle.salesforce.conftest import Business
    from tests.oracle.salesforce.dry_org import DryOrg
    from tests.oracle.salesforce.holdings import Holdings
    from tests.oracle.truth import Truth

Mapped = tuple["DryOrg", "Holdings", list[Reject]]


@pytest.fixture(scope="module")
def mapped(business: Business, tmp_path_factory: pytest.TempPathFactory) -> Mapped:
    return business.mapped(tmp_path_factory.mktemp("journal"), Ways())


class Court:
    """A judge with an org whose records may be changed."""

    def __init__(self, truth: Truth, mapped: Mapped) -> None:
        self.truth = truth
        self.org, held, self.rejects = mapped
        self.held = replace(held, records=copy.deepcopy(dict(held.records)))

    def findings(self, *rejects: Reject, **known: Any) -> list[str]:
        found = judge(self.truth, self.org, [*self.rejects, *rejects], held=self.held, **known)
        return [str(one) for one in found]

    def change(self, name: str, **fields: Any) -> None:
        """Change the first record of an object that differs from it."""
        rows = self.held.records[name]
        place, row = next(
            (place, row)
            for place, row in enumerate(rows)
            if any(row.fields.get(field) != value for field, value in fields.items())
        )
        rows[place] = replace(row, fields={**row.fields, **fields})


@pytest.fixture
def court(business: Business, mapped: Mapped) -> Court:
    return Court(business.truth, mapped)


def _only(findings: list[str], oracle: str, *words: str) -> None:
    """There is one finding, of this oracle, and it names what is wrong."""
    assert len(findings) == 1, findings
    assert findings[0].startswith(f"{oracle} ")
    assert all(word in findings[0] for word in words), findings


def test_a_sound_org_has_no_findings(court: Court) -> None:
    assert court.findings() == []


@pytest.mark.parametrize(
    ("name", "field", "value"),
    [
        ("Account", "Name", "Somebody else"),
        ("Account", "BillingCity", "Elsewhere"),
        ("Account", "CreatedDate", "2020-01-01T00:00:00Z"),
        ("Contact", "LastName", "Nobody"),
        ("Contact", "ks_kind__c", "Stranger"),
        ("Service_Location__c", "City__c", "Elsewhere"),
        ("Case", "Status", "Escalated"),
        ("Case", "IsClosed", None),
        ("Case", "Job_Status__c", "Lost and found"),
        ("Case", "ks_tags__c", "none, of, these"),
        ("Product2", "IsActive", False),
        ("PricebookEntry", "UnitPrice", 77),
        ("Opportunity", "StageName", "Prospecting"),
        ("Opportunity", "Amount", 77),
        ("OpportunityLineItem", "ks_is_description_only__c", None),
        ("Order", "Status", "Cancelled"),
        ("OrderItem", "Quantity", 77),
        ("Payment__c", "Stripe_Payment_Id__c", "ch_other"),
        ("Task", "Type", "Call"),
        ("Task", "Duration__c", 77),
        ("Event", "EndDateTime", "2020-01-01T00:00:00Z"),
        ("ContentNote", "Content", "Not what was said"),
        ("ContentNote", "OwnerId", "005-left"),
        ("ContentVersion", "sha256", "0" * 64),
        ("ContentVersion", "Title", "other.png"),
    ],
)
def test_a_changed_field_is_found(court: Court, name: str, field: str, value: Any) -> None:
    court.change(name, **{field: value})

    _only(court.findings(), "F", field)


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("Account", "ParentId"),
        ("Contact", "AccountId"),
        ("Case", "ContactId"),
        ("Case", "Service_Location__c"),
        ("Opportunity", "Case__c"),
        ("OpportunityLineItem", "PricebookEntryId"),
        ("OrderItem", "OrderId"),
        ("Payment__c", "Order__c"),
        ("Task", "WhatId"),
        ("Event", "WhoId"),
        ("ContentNote", "LinkedEntityId"),
        ("ContentVersion", "FirstPublishLocationId"),
    ],
)
def test_a_lookup_that_leads_astray_is_found(court: Court, name: str, field: str) -> None:
    stranger = court.held.records["Account"][-1].id
    court.change(name, **{field: stranger})

    _only(court.findings(), "R", field)


@pytest.mark.parametrize("name", ["Account", "Case", "PricebookEntry", "OrderItem", "ContentNote"])
def test_a_missing_record_is_found(court: Court, name: str) -> None:
    court.held.records[name].pop()

    _only(court.findings(), "L", "neither landed nor rejected")


@pytest.mark.parametrize("name", ["Contact", "PricebookEntry", "Order", "ContentNote"])
def test_a_record_that_is_there_twice_is_found(court: Court, name: str) -> None:
    rows = court.held.records[name]
    rows.append(replace(rows[0], id="once more"))

    _only(court.findings(), "D", "2 times")


def test_a_record_of_nobody_is_found_unless_it_is_somebodys(court: Court) -> None:
    rows = court.held.records["Account"]
    rows.append(replace(rows[0], id="001-walked-in", key=None))

    _only(court.findings(), "D", "carries no key")
    assert court.findings(others={"001-walked-in"}) == []


def test_a_record_that_is_rejected_need_not_be_there(court: Court) -> None:
    gone = court.held.records["Payment__c"].pop()

    assert court.findings(Reject("payment", str(gone.key), "length")) == []
