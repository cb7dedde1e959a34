"""Records that Salesforce would refuse are named before they are sent."""

from __future__ import annotations

from decimal import Decimal

import pytest

from target_salesforce.rules import broken

ACCOUNT = "001000000000001AAA"

REFUSED = [
    ("Account", {}, "Name", "required field"),
    ("Account", {"Name": "  "}, "Name", "required field"),
    ("Account", {"Name": "x" * 256}, "Name", "length"),
    ("Account", {"Name": "A", "Nope__c": 1}, "Nope__c", "unknown field"),
    ("Account", {"Name": "A", "NumberOfEmployees": Decimal("1.5")}, "NumberOfEmployees", "type"),
    (
        "Account",
        {"Name": "A", "LastActivityDate": "2024-01-01"},
        "LastActivityDate",
        "read-only field",
    ),
    ("Account", {"Name": "A", "ParentId": "7"}, "ParentId", "id"),
    ("Contact", {"LastName": "A", "Email": "nobody"}, "Email", "e-mail"),
    ("Contact", {"LastName": "A", "Birthdate": "30.2."}, "Birthdate", "date"),
    ("Opportunity", {"Name": "A", "StageName": "New"}, "CloseDate", "required field"),
    ("Event", {"Subject": "A"}, "StartDateTime", "required field"),
    ("Event", {"StartDateTime": "2024-01-01T10:00:00Z"}, "EndDateTime", "required field"),
    ("User", {"LastName": "A"}, "", "object"),
]


@pytest.mark.parametrize(("name", "record", "field", "rule"), REFUSED)
def test_a_record_that_would_be_refused_is_told_why(destination, name, record, field, rule):
    complaints = destination.check(name, record)
    assert (field, rule) in {(one.field, one.rule) for one in complaints}


TAKEN = [
    ("Account", {"Name": "A", "Industry": "Never heard of"}),
    ("Contact", {"LastName": "A"}),
    ("Opportunity", {"Name": "A", "StageName": "Won", "CloseDate": "2024-01-01"}),
    ("Event", {"StartDateTime": "2024-01-01T10:00:00Z", "DurationInMinutes": 60}),
    ("Event", {"ActivityDate": "2024-01-01", "IsAllDayEvent": True}),
]


@pytest.mark.parametrize(("name", "record"), TAKEN)
def test_a_record_that_is_taken_has_no_complaints(destination, name, record):
    assert not destination.check(name, record)


def test_an_update_is_judged_by_what_it_changes(destination):
    assert not destination.check("Account", {"Phone": None}, whole=False)
    (complaint,) = destination.check("Account", {"Name": None}, whole=False)
    assert (complaint.field, complaint.rule) == ("Name", "required field")


def test_a_field_that_is_only_there_on_create_is_not_changed(destination):
    (complaint,) = destination.check(
        "OpportunityLineItem", {"OpportunityId": "006000000000001AAA"}, whole=False
    )
    assert complaint.rule == "fixed field"


def test_the_time_of_a_record_needs_a_permission(sandbox, destination):
    sandbox.org.audit_fields = False
    record = {"Name": "A", "CreatedDate": "2020-01-01T00:00:00Z"}
    (complaint,) = destination.check("Account", record)
    assert "permission to set audit fields" in complaint.message


BROKEN = [
    (
        "Event",
        {"StartDateTime": "2024-01-02T00:00:00Z", "EndDateTime": "2024-01-01T00:00:00Z"},
        "order",
    ),
    (
        "Event",
        {"StartDateTime": "2024-01-01T00:00:00Z", "EndDateTime": "2024-02-01T00:00:00Z"},
        "range",
    ),
    ("Task", {"WhoId": "00Q000000000001AAA", "WhatId": ACCOUNT}, "relation"),
    ("OpportunityLineItem", {"UnitPrice": 1, "TotalPrice": 1}, "price"),
    ("OpportunityLineItem", {"Quantity": 1}, "required field"),
    ("PricebookEntry", {"UseStandardPrice": True, "UnitPrice": 1}, "price"),
]


@pytest.mark.parametrize(("name", "record", "rule"), BROKEN)
def test_rules_about_several_fields_are_known(name, record, rule):
    assert [one.rule for one in broken(name, record, whole=True)] == [rule]
