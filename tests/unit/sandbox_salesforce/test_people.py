"""Users: what they must have, whose names nobody else has, and how many there may be."""

from __future__ import annotations

import pytest

NEW = {
    "Username": "new.one@acme.example",
    "LastName": "One",
    "FirstName": "New",
    "Email": "new.one@example.com",
    "Alias": "none",
    "TimeZoneSidKey": "America/New_York",
    "LocaleSidKey": "en_US",
    "EmailEncodingKey": "UTF-8",
    "LanguageLocaleKey": "en_US",
    "IsActive": True,
}


def new(org, **told):
    return org.insert("User", {**NEW, "ProfileId": next(iter(org.rows["Profile"])), **told})


def test_a_user_is_made(org):
    saved = new(org)
    assert saved.success, saved.problems
    assert org.rows["User"][saved.id]["Name"] == "New One"


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"Username": "integration@ACME.example"}, "DUPLICATE_USERNAME"),
        ({"Username": "somebody"}, "INVALID_EMAIL_ADDRESS"),
        ({"Alias": "far too long"}, "STRING_TOO_LONG"),
        ({"ProfileId": None}, "REQUIRED_FIELD_MISSING"),
        ({"LocaleSidKey": "xx"}, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"),
    ],
)
def test_a_user_is_refused(org, told, code):
    assert new(org, **told).problems[0].code == code


def test_there_are_as_many_active_users_as_licences(org):
    org.user_licenses = sum(row["IsActive"] for row in org.rows["User"].values())
    assert new(org).problems[0].code == "LICENSE_LIMIT_EXCEEDED"
    assert new(org, IsActive=False).success


def test_accounts_of_contacts_are_relations_where_there_may_be_several(org, client):
    account = client.make("Account", Name="A")
    contact = client.make("Contact", LastName="C", AccountId=account)
    (row,) = client.query("SELECT AccountId, ContactId, IsDirect FROM AccountContactRelation")
    assert row == {"AccountId": account, "ContactId": contact, "IsDirect": True}
    org.contacts_to_many_accounts = False
    answer = client.refusal("GET", "query?q=SELECT Id FROM AccountContactRelation")
    assert answer == (400, "INVALID_TYPE")


def test_an_administrator_edits_as_somebody_else(org):
    record_id = org.human.add("Account", Name="A")
    row = org.rows["Account"][record_id]
    assert row["CreatedById"] == org.admin != org.user
    org.human.edit("Account", record_id, Name="B")
    assert row["Name"] == "B"
    with pytest.raises(ValueError, match="Required fields are missing"):
        org.human.edit("Account", record_id, Name=None)
    org.human.delete("Account", record_id)
    assert org.find("Account", record_id) is None
