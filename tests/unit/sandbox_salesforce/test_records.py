"""Records one by one, as REST clients ask for them."""

from __future__ import annotations

import pytest

from .conftest import plain


def test_a_record_is_created_read_changed_and_deleted(client):
    answer = client("POST", "sobjects/Account", {"Name": "Acme", "Phone": "555"})
    assert answer.status_code == 201
    record_id = answer.json()["id"]
    assert answer.json() == {"id": record_id, "success": True, "errors": []}

    read = client.get(f"sobjects/Account/{record_id}").json()
    assert read["attributes"] == {
        "type": "Account",
        "url": f"/services/data/v62.0/sobjects/Account/{record_id}",
    }
    assert (read["Name"], read["Phone"], read["Fax"], read["IsDeleted"]) == (
        "Acme", "555", None, False,
    )  # fmt: skip

    assert client("PATCH", f"sobjects/Account/{record_id}", {"Phone": None}).status_code == 204
    few = client.get(f"sobjects/Account/{record_id}", fields="Phone,name").json()
    assert plain(few) == {"Phone": None, "Name": "Acme"}

    gone = client("DELETE", f"sobjects/Account/{record_id}")
    assert (gone.status_code, gone.content) == (204, b"")
    assert client.refusal("GET", f"sobjects/Account/{record_id}") == (404, "NOT_FOUND")


def test_urls_of_records_name_the_version_that_was_asked(client):
    record_id = client.make("Account", Name="A")
    read = client("GET", f"/services/data/v58.0/sobjects/Account/{record_id}").json()
    assert read["attributes"]["url"] == f"/services/data/v58.0/sobjects/Account/{record_id}"


def test_all_missing_fields_are_told_in_one_error(client):
    answer = client("POST", "sobjects/Opportunity", {})
    assert answer.status_code == 400
    assert answer.json() == [
        {
            "message": "Required fields are missing: [Name, StageName, CloseDate]",
            "errorCode": "REQUIRED_FIELD_MISSING",
            "fields": ["Name", "StageName", "CloseDate"],
        }
    ]


def test_a_field_that_is_not_there_is_refused(client):
    answer = client("POST", "sobjects/Account", {"Name": "A", "Nope__c": 1})
    assert answer.status_code == 400
    assert answer.json() == [
        {
            "message": "No such column 'Nope__c' on sobject of type Account",
            "errorCode": "INVALID_FIELD",
        }
    ]


def test_fields_that_may_not_be_set_are_told_together(client):
    fields = {"Name": "A", "CreatedDate": "2020-01-01T00:00:00Z", "IsDeleted": False}
    (error,) = client("POST", "sobjects/Account", fields).json()
    assert error["errorCode"] == "INVALID_FIELD_FOR_INSERT_UPDATE"
    assert error["fields"] == ["CreatedDate", "IsDeleted"]
    assert error["message"] == (
        "Unable to create/update fields: CreatedDate, IsDeleted. Please check the security settings"
        " of this field and verify that it is read/write for your profile or permission set."
    )


def test_emptying_what_must_be_there_is_refused(client):
    record_id = client.make("Account", Name="A")
    for nothing in (None, "", "  "):
        path = f"sobjects/Account/{record_id}"
        assert client.refusal("PATCH", path, {"Name": nothing}) == (400, "REQUIRED_FIELD_MISSING")


@pytest.mark.parametrize(
    ("record_id", "status", "code"),
    [
        ("001RM000003oCprYAE", 404, "NOT_FOUND"),
        ("001RM000003oCprYAA", 400, "MALFORMED_ID"),
        ("x", 400, "MALFORMED_ID"),
    ],
)
def test_changing_what_is_not_there_is_refused(client, record_id, status, code):
    path = f"sobjects/Account/{record_id}"
    assert client.refusal("PATCH", path, {"Name": "A"}) == (status, code)


def test_a_record_is_found_by_15_characters_as_well(client):
    record_id = client.make("Account", Name="A")
    assert client.get(f"sobjects/Account/{record_id[:15]}").json()["Id"] == record_id


def test_an_object_that_is_not_there_is_not_found(client):
    assert client.refusal("POST", "sobjects/Nope__c", {"Name": "A"}) == (404, "NOT_FOUND")


def test_a_deleted_record_is_told_as_deleted(client):
    record_id = client.make("Account", Name="A")
    client("DELETE", f"sobjects/Account/{record_id}")
    path = f"sobjects/Account/{record_id}"
    assert client.refusal("PATCH", path, {"Name": "B"}) == (404, "ENTITY_IS_DELETED")
    assert client.refusal("DELETE", path) == (404, "ENTITY_IS_DELETED")


def test_what_is_no_json_is_refused(client):
    head = {"Content-Type": "application/json"}
    answer = client("POST", "sobjects/Account", data=b"{'Name': 1}", headers=head)
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "JSON_PARSER_ERROR")
    assert client.refusal("POST", "sobjects/Account", ["a"]) == (400, "JSON_PARSER_ERROR")


def test_a_method_that_a_path_does_not_know_is_refused(client):
    assert client.refusal("PUT", "sobjects/Account", {}) == (405, "METHOD_NOT_ALLOWED")
    assert client.refusal("GET", "nope") == (404, "NOT_FOUND")


@pytest.mark.usefixtures("keyed")
def test_an_upsert_creates_and_then_changes(client):
    path = "sobjects/Account/Ext__c/a 1"
    answer = client("PATCH", path, {"Name": "A"})
    made = answer.json()
    assert answer.status_code == 201
    assert made == {"id": made["id"], "success": True, "errors": [], "created": True}
    answer = client("PATCH", path, {"Name": "B"})
    assert answer.status_code == 200
    assert answer.json() == {"id": made["id"], "success": True, "errors": [], "created": False}
    assert client.query("SELECT Name, Ext__c FROM Account") == [{"Name": "B", "Ext__c": "a 1"}]


@pytest.mark.usefixtures("keyed")
def test_old_versions_answer_an_upsert_that_changed_without_a_body(client):
    path = "/services/data/v45.0/sobjects/Account/Ext__c/1"
    assert client("PATCH", path, {"Name": "A"}).status_code == 201
    answer = client("PATCH", path, {"Name": "B"})
    assert (answer.status_code, answer.content) == (204, b"")


@pytest.mark.usefixtures("keyed", "org")
def test_an_upsert_by_a_value_of_several_records_lists_them(client):
    ids = [client.make("Contact", LastName=name, Email="a@b.co") for name in "AB"]
    answer = client("PATCH", "sobjects/Contact/Email/a@b.co", {"LastName": "C"})
    assert answer.status_code == 300
    assert answer.json() == [f"/services/data/v62.0/sobjects/Contact/{each}" for each in ids]


@pytest.mark.parametrize(
    ("path", "fields", "status", "code"),
    [
        ("Nope__c/1", {"Name": "A"}, 404, "NOT_FOUND"),
        ("Phone/1", {"Name": "A"}, 404, "NOT_FOUND"),
        ("Ext__c/1", {"Name": "A", "Ext__c": "1"}, 400, "INVALID_FIELD"),
        ("Ext__c/1", {"Name": "A", "Id": "x"}, 400, "INVALID_FIELD"),
        ("Ext__c/1", {}, 400, "REQUIRED_FIELD_MISSING"),
        ("Ext__c/1?updateOnly=true", {"Name": "A"}, 404, "NOT_FOUND"),
    ],
)
@pytest.mark.usefixtures("keyed")
def test_an_upsert_is_refused(client, path, fields, status, code):
    assert client.refusal("PATCH", f"sobjects/Account/{path}", fields) == (status, code)


@pytest.mark.usefixtures("keyed")
def test_values_in_paths_are_unquoted_once(client):
    client("PATCH", "sobjects/Account/Ext__c/a%2Fb%23%3F%2525", {"Name": "A"})
    assert client.query("SELECT Ext__c FROM Account") == [{"Ext__c": "a/b#?%25"}]
    read = client.get("sobjects/Account/Ext__c/a%2Fb%23%3F%2525").json()
    assert read["Name"] == "A"


def test_posting_to_the_id_creates(client):
    assert client("POST", "sobjects/Account/Id", {"Name": "A"}).status_code == 201


@pytest.mark.usefixtures("keyed")
def test_a_unique_value_is_taken_once(client):
    first = client.make("Account", Name="A", Ext__c="K")
    (error,) = client("POST", "sobjects/Account", {"Name": "B", "Ext__c": "K"}).json()
    assert error == {
        "message": "duplicate value found: Ext__c duplicates value on record with id: "
        + first[:15],
        "errorCode": "DUPLICATE_VALUE",
    }
    client.make("Account", Name="C", Ext__c="k")
    client("DELETE", f"sobjects/Account/{first}")
    client.make("Account", Name="D", Ext__c="K")


def test_audit_fields_are_set_by_those_who_may(client, org):
    fields = {"Name": "A", "CreatedDate": "2019-05-01T10:00:00Z", "CreatedById": org.admin}
    assert client.refusal("POST", "sobjects/Account", fields)[1] == (
        "INVALID_FIELD_FOR_INSERT_UPDATE"
    )
    org.audit_fields = True
    record_id = client.make("Account", **fields)
    read = client.get(f"sobjects/Account/{record_id}").json()
    assert (read["CreatedDate"], read["CreatedById"]) == (
        "2019-05-01T10:00:00.000+0000", org.admin,
    )  # fmt: skip
    assert read["LastModifiedById"] == org.user
    change = {"CreatedDate": "2020-01-01T00:00:00Z"}
    path = f"sobjects/Account/{record_id}"
    assert client.refusal("PATCH", path, change)[1] == "INVALID_FIELD_FOR_INSERT_UPDATE"


@pytest.mark.parametrize("name", ["Product2", "Pricebook2"])
def test_some_objects_keep_no_audit_fields_of_others(client, org, name):
    org.audit_fields = True
    fields = {"Name": "A", "CreatedDate": "2019-05-01T10:00:00Z"}
    answer = client.refusal("POST", f"sobjects/{name}", fields)
    assert answer == (400, "INVALID_FIELD_FOR_INSERT_UPDATE")


def test_a_locked_record_is_told_as_locked(client, org):
    account = client.make("Account", Name="A")
    org.locked.add(account)
    for method, path, fields in (
        ("PATCH", f"sobjects/Account/{account}", {"Name": "B"}),
        ("POST", "sobjects/Contact", {"LastName": "B", "AccountId": account}),
        ("DELETE", f"sobjects/Account/{account}", None),
    ):
        assert client.refusal(method, path, fields) == (400, "UNABLE_TO_LOCK_ROW")
    org.locked.clear()
    assert client("DELETE", f"sobjects/Account/{account}").status_code == 204


def test_compound_addresses_are_made_of_their_parts(client):
    record_id = client.make("Account", Name="A", ShippingCity="Berlin", ShippingLatitude=52.5)
    read = client.get(f"sobjects/Account/{record_id}").json()
    assert read["ShippingAddress"]["city"] == "Berlin"
    assert read["ShippingAddress"]["latitude"] == 52.5
    assert read["BillingAddress"] is None
    fields = {"Name": "B", "ShippingAddress": {"city": "Berlin"}}
    assert client.refusal("POST", "sobjects/Account", fields)[0] == 400
