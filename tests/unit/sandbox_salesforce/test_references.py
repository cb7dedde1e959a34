"""References: by id, by an external id of the other record, and where they may lead."""

from __future__ import annotations

import pytest
from tests.sandbox.salesforce.sobject import Field


@pytest.fixture
def account(keyed):
    return keyed.insert("Account", {"Name": "A", "Ext__c": "K1"}).id


def problem(saved):
    (only,) = saved.problems
    return only.code, only.message


def test_a_parent_is_named_by_its_external_id(keyed, account, client):
    contact = client.make("Contact", LastName="B", Account={"Ext__c": "K1"})
    assert keyed.rows["Contact"][contact]["AccountId"] == account
    client("PATCH", f"sobjects/Contact/{contact}", {"Account": {"Ext__c": None}})
    assert "AccountId" not in keyed.rows["Contact"][contact]


@pytest.mark.usefixtures("account")
def test_a_parent_that_is_not_there_is_told(keyed, client):
    (error,) = client(
        "POST", "sobjects/Contact", {"LastName": "B", "Account": {"Ext__c": "0116"}}
    ).json()
    assert error["errorCode"] == "INVALID_FIELD"
    assert error["message"] == (
        "Foreign key external ID: 0116 not found for field Ext__c in entity Account"
    )
    assert keyed.rows["Contact"] == {}


@pytest.mark.parametrize(
    "told",
    [
        {"Account": {"Phone": "5"}},
        {"Account": {"Nope__c": "5"}},
        {"Account": {"Ext__c": "K1", "Name": "A"}},
        {"Account": {"attributes": {"type": "Contact"}, "Ext__c": "K1"}},
        {"Nobody": {"Ext__c": "K1"}},
    ],
)
@pytest.mark.usefixtures("account")
def test_parents_are_named_only_by_one_key_of_theirs(keyed, told):
    assert problem(keyed.insert("Contact", {"LastName": "B", **told}))[0] == "INVALID_FIELD"


@pytest.mark.usefixtures("account")
def test_people_are_named_by_their_address(keyed):
    told = {"Name": "B", "Owner": {"Email": "DANA.ruiz@example.com"}}
    saved = keyed.insert("Account", told)
    owner = keyed.rows["Account"][saved.id]["OwnerId"]
    assert keyed.rows["User"][owner]["FirstName"] == "Dana"


def test_an_address_of_two_people_names_nobody(keyed):
    saved = keyed.insert("Account", {"Name": "B", "Owner": {"Email": "samir.cho@example.com"}})
    assert problem(saved)[0] == "DUPLICATE_EXTERNAL_ID"


def test_references_to_several_objects_need_a_type(keyed, account):
    told = {"Subject": "T", "What": {"Ext__c": "K1"}}
    assert problem(keyed.insert("Task", told))[0] == "INVALID_FIELD"
    told["What"] = {"attributes": {"type": "Account"}, "Ext__c": "K1"}
    saved = keyed.insert("Task", told)
    assert keyed.rows["Task"][saved.id]["WhatId"] == account


@pytest.mark.parametrize(
    ("told", "code", "says"),
    [
        ({"AccountId": "nope"}, "MALFORMED_ID", "Account ID: id value of incorrect type: nope"),
        ({"AccountId": "{contact}"}, "MALFORMED_ID", "id value of incorrect type: 003"),
        (
            {"AccountId": "0015g00000zzzzz"},
            "INVALID_CROSS_REFERENCE_KEY",
            "invalid cross reference",
        ),
        ({"AccountId": "{deleted}"}, "ENTITY_IS_DELETED", "entity is deleted"),
        ({"OwnerId": None}, "INVALID_CROSS_REFERENCE_KEY", "Owner ID: owner cannot be blank"),
        ({"OwnerId": ""}, "INVALID_CROSS_REFERENCE_KEY", "Owner ID: owner cannot be blank"),
        ({"OwnerId": "{inactive}"}, "INACTIVE_OWNER_OR_USER", "inactive user"),
    ],
)
@pytest.mark.usefixtures("account")
def test_ids_that_lead_nowhere_are_refused(keyed, told, code, says):
    deleted = keyed.insert("Account", {"Name": "D"}).id
    keyed.delete("Account", deleted)
    ids = {
        "{contact}": keyed.insert("Contact", {"LastName": "C"}).id,
        "{deleted}": deleted,
        "{inactive}": next(i for i, row in keyed.rows["User"].items() if not row["IsActive"]),
    }
    told = {name: ids.get(value, value) for name, value in told.items()}
    found = problem(keyed.insert("Contact", {"LastName": "B", **told}))
    assert found[0] == code
    assert says in found[1]


def test_who_may_give_records_to_people_who_left_can(keyed):
    keyed.inactive_owners = True
    left = next(i for i, row in keyed.rows["User"].items() if not row["IsActive"])
    assert keyed.insert("Account", {"Name": "A", "OwnerId": left}).success


def test_references_of_fifteen_characters_are_kept_whole(keyed, account):
    saved = keyed.insert("Contact", {"LastName": "B", "AccountId": account[:15]})
    assert keyed.rows["Contact"][saved.id]["AccountId"] == account


def test_relationships_of_custom_references_end_in_r(keyed, account):
    one = Field("Site__c", "reference", 18, flags="cu", label="Site", to=("Account",),
                relationship="Site__r", custom=True)  # fmt: skip
    keyed.add_field("Contact", one)
    saved = keyed.insert("Contact", {"LastName": "B", "Site__r": {"Ext__c": "K1"}})
    assert keyed.rows["Contact"][saved.id]["Site__c"] == account
