"""Describes: what loaders read of objects and fields before they write."""

from __future__ import annotations

import pytest

SELECT = "SELECT {} FROM {} LIMIT 1"


@pytest.fixture
def fields(client):
    def fields(name):
        described = client.get(f"sobjects/{name}/describe").json()
        return {one["name"]: one for one in described["fields"]}

    return fields


REQUIRED = {
    "Account": {"Name"},
    "Contact": {"LastName"},
    "Case": set(),
    "Opportunity": {"Name", "StageName", "CloseDate"},
    "OpportunityLineItem": {"OpportunityId", "Quantity"},
    "Order": {"EffectiveDate", "Status"},
    "OrderItem": {"OrderId", "Quantity"},
    "Product2": {"Name"},
    "Pricebook2": {"Name"},
    "PricebookEntry": {"Pricebook2Id", "Product2Id", "UnitPrice"},
    "Task": set(),
    "Event": set(),
    "ContentNote": {"Title"},
    "Note": {"ParentId", "Title"},
    "User": {
        "Username", "LastName", "Email", "Alias", "TimeZoneSidKey", "LocaleSidKey",
        "EmailEncodingKey", "ProfileId", "LanguageLocaleKey",
    },
}  # fmt: skip


@pytest.mark.parametrize("name", REQUIRED)
def test_required_fields_are_told(fields, name):
    found = {
        one["name"]
        for one in fields(name).values()
        if one["createable"] and not one["nillable"] and not one["defaultedOnCreate"]
    }
    assert found == REQUIRED[name]


def test_references_tell_where_they_lead(fields):
    contact, case, event = fields("Contact"), fields("Case"), fields("Event")
    assert contact["AccountId"]["referenceTo"] == ["Account"]
    assert contact["AccountId"]["relationshipName"] == "Account"
    assert contact["OwnerId"]["polymorphicForeignKey"] is False
    assert (case["OwnerId"]["referenceTo"], case["OwnerId"]["polymorphicForeignKey"]) == (
        ["Group", "User"], True,
    )  # fmt: skip
    assert event["OwnerId"]["referenceTo"] == ["Calendar", "User"]
    assert {"Account", "Case", "Opportunity"} <= set(event["WhatId"]["referenceTo"])


def test_an_event_has_no_status_and_its_account_is_not_written(fields):
    event = fields("Event")
    assert not {"Status", "AssignedTo"} & set(event)
    assert (event["AccountId"]["createable"], event["AccountId"]["updateable"]) == (False, False)


@pytest.mark.usefixtures("keyed")
def test_keys_are_told(fields):
    one = fields("Account")["Ext__c"]
    assert (one["externalId"], one["idLookup"], one["unique"], one["caseSensitive"]) == (
        True, True, True, True,
    )  # fmt: skip
    assert fields("Contact")["Email"]["idLookup"] is True
    assert fields("Case")["CaseNumber"]["autoNumber"] is True


def test_picklists_tell_their_values_and_whether_others_are_taken(fields):
    shows = fields("Event")["ShowAs"]
    assert [one["value"] for one in shows["picklistValues"]] == ["Busy", "OutOfOffice", "Free"]
    assert (shows["restrictedPicklist"], shows["defaultValue"]) == (True, "Busy")
    stage = fields("Opportunity")["StageName"]
    assert stage["restrictedPicklist"] is False
    assert {"Proposal/Price Quote", "Closed Won"} <= {
        one["value"] for one in stage["picklistValues"]
    }


def test_audit_fields_are_createable_where_the_switch_is_on(org, fields):
    assert fields("Account")["CreatedDate"]["createable"] is False
    org.audit_fields = True
    for name, there in (("Account", True), ("Task", True), ("Order", False), ("Product2", False)):
        told = fields(name)
        assert told["CreatedDate"]["createable"] is there, name
        assert told["CreatedDate"]["updateable"] is False
        assert told["SystemModstamp"]["createable"] is False


def test_the_global_describe_lists_all_objects(client, org):
    told = client.get("sobjects").json()
    names = [one["name"] for one in told["sobjects"]]
    assert (told["maxBatchSize"], told["encoding"]) == (200, "UTF-8")
    assert set(REQUIRED) <= set(names)
    (account,) = (one for one in told["sobjects"] if one["name"] == "Account")
    assert (account["keyPrefix"], account["labelPlural"]) == ("001", "Accounts")
    assert account["urls"]["describe"].endswith("/v62.0/sobjects/Account/describe")
    org.notes_enabled = False
    names = [one["name"] for one in client.get("sobjects").json()["sobjects"]]
    assert "ContentNote" not in names


def test_children_are_told(client):
    told = client.get("sobjects/Account/describe").json()["childRelationships"]
    found = {(one["childSObject"], one["field"]): one for one in told}
    assert found["Contact", "AccountId"]["cascadeDelete"] is True
    assert found["Case", "AccountId"]["restrictedDelete"] is True
    assert found["Contact", "AccountId"]["relationshipName"] == "Contacts"


@pytest.mark.usefixtures("org")
def test_what_is_not_described_is_not_taken(client):
    """Every field of a describe can be asked for, and every createable one has a check."""
    for name in REQUIRED:
        described = client.get(f"sobjects/{name}/describe").json()
        names = ", ".join(one["name"] for one in described["fields"])
        assert isinstance(client.query(SELECT.format(names, name)), list)
