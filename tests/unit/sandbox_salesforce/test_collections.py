"""Collections: up to 200 records a request, in the order of the request."""

from __future__ import annotations

import pytest

ROLLED_BACK = {
    "statusCode": "ALL_OR_NONE_OPERATION_ROLLED_BACK",
    "message": (
        "Record rolled back because not all records were valid and the request was using AllOrNone"
        " header"
    ),
    "fields": [],
}
MISSING = {
    "statusCode": "REQUIRED_FIELD_MISSING",
    "message": "Required fields are missing: [Name]",
    "fields": ["Name"],
}
PATH = "composite/sobjects"


def of(sobject, *records):
    return [{"attributes": {"type": sobject}, **record} for record in records]


def body(records, **more):
    return {"allOrNone": False, "records": records, **more}


def test_each_record_has_its_own_fate(client, org):
    records = of("Account", {"Name": "A"}, {"Phone": "5"}, {"Name": "C"})
    answer = client("POST", PATH, body(records))
    first, second, third = answer.json()
    assert answer.status_code == 200
    assert first == {"id": first["id"], "success": True, "errors": []}
    assert second == {"success": False, "errors": [MISSING]}
    assert [row["Name"] for row in org.rows["Account"].values()] == ["A", "C"]
    assert third["id"] in org.rows["Account"]


def test_all_or_none_undoes_the_good_ones(client, org):
    made = client.make("Account", Name="Before")
    commits = len(org.commits)
    records = of("Account", {"Name": "A"}, {})
    first, second = client("POST", PATH, {"allOrNone": True, "records": records}).json()
    assert first == {"success": False, "errors": [ROLLED_BACK]}
    assert second == {"success": False, "errors": [MISSING]}
    changes = of("Account", {"id": made, "Name": "After"}, {"id": made, "Name": None})
    answer = client("PATCH", PATH, {"allOrNone": True, "records": changes}).json()
    assert [one["success"] for one in answer] == [False, False]
    assert org.rows["Account"] == {made: org.rows["Account"][made]}
    assert org.rows["Account"][made]["Name"] == "Before"
    assert len(org.commits) == commits


def test_undone_lines_leave_the_amount_as_it_was(client, shop):
    opportunity = shop.opportunity(Amount=5)
    told = {"OpportunityId": opportunity, "PricebookEntryId": shop.entry, "UnitPrice": 7}
    lines = of("OpportunityLineItem", {**told, "Quantity": 1}, {**told, "Quantity": 0})
    client("POST", PATH, {"allOrNone": True, "records": lines})
    lead = shop.row(opportunity)
    assert (lead["Amount"], lead.get("Pricebook2Id")) == (5, None)
    assert shop.org.rows["OpportunityLineItem"] == {}


def test_records_are_changed_and_deleted(client, org):
    ids = [client.make("Account", Name=name) for name in "ABC"]
    changes = of("Account", {"id": ids[0], "Name": "X"}, {"Id": ids[1]}, {"Name": "Y"})
    answer = client("PATCH", PATH, body(changes)).json()
    assert [one["success"] for one in answer] == [True, True, False]
    assert answer[2]["errors"][0]["statusCode"] == "MISSING_ARGUMENT"
    org.delete("Account", ids[1])
    answer = client("DELETE", f"{PATH}?ids={','.join(ids)}&allOrNone=false").json()
    assert [one["success"] for one in answer] == [True, False, True]
    assert answer[1]["errors"][0]["statusCode"] == "ENTITY_IS_DELETED"
    assert org.rows["Account"] == {}


def test_a_deletion_of_all_or_none_keeps_all(client, org):
    ids = [client.make("Account", Name=name) for name in "AB"]
    org.insert("Case", {"AccountId": ids[1]})
    answer = client("DELETE", f"{PATH}?ids={','.join(ids)}&allOrNone=true").json()
    assert answer[0]["errors"] == [ROLLED_BACK]
    assert answer[1]["errors"][0]["statusCode"] == "DELETE_FAILED"
    assert set(org.rows["Account"]) == set(ids)


@pytest.mark.usefixtures("keyed")
def test_upserts_say_what_they_created(client):
    client.make("Account", Name="A", Ext__c="1")
    records = of(
        "Account", {"Ext__c": "1", "Name": "B"}, {"Ext__c": "2", "Name": "C"}, {"Name": "D"}
    )
    answer = client("PATCH", f"{PATH}/Account/Ext__c", body(records)).json()
    assert [one.get("created") for one in answer] == [False, True, None]
    assert answer[2]["errors"][0]["statusCode"] == "MISSING_ARGUMENT"
    found = client.query("SELECT Ext__c, Name FROM Account ORDER BY Ext__c")
    assert [tuple(row.values()) for row in found] == [("1", "B"), ("2", "C")]


@pytest.mark.usefixtures("org")
def test_upserts_by_id_and_by_address_work_as_recorded(client):
    records = of("Account", {"Id": None, "Name": "A"})
    (first,) = client("PATCH", f"{PATH}/Account/Id", body(records)).json()
    assert first["created"] is True
    contact = client.make("Contact", LastName="C", Email="c@example.com")
    records = of("Contact", {"Email": "c@example.com", "LastName": "D"})
    (second,) = client("PATCH", f"{PATH}/Contact/Email", body(records)).json()
    assert second == {"id": contact, "success": True, "errors": [], "created": False}


@pytest.mark.usefixtures("keyed")
def test_a_key_twice_in_one_request_is_refused_twice(client):
    records = of("Account", {"Ext__c": "1", "Name": "B"}, {"Ext__c": "1", "Name": "C"})
    answer = client("PATCH", f"{PATH}/Account/Ext__c", body(records)).json()
    assert [one["errors"][0]["statusCode"] for one in answer] == ["DUPLICATE_VALUE"] * 2


def test_records_are_read_in_the_order_of_their_ids(client, org):
    ids = [client.make("Account", Name=name) for name in "AB"]
    gone = client.make("Account", Name="C")
    org.delete("Account", gone)
    asked = {"ids": [ids[1], gone, ids[0]], "fields": ["Name"]}
    answer = client("POST", f"{PATH}/Account", asked).json()
    assert [one and one["Name"] for one in answer] == ["B", None, "A"]
    answer = client("GET", f"{PATH}/Account?ids={ids[0]}&fields=Name,Id").json()
    assert answer[0]["Id"] == ids[0]
    assert client.refusal("GET", f"{PATH}/Account?ids={ids[0]}&fields=Nope")[1] == "INVALID_FIELD"


def test_types_may_be_mixed_in_ten_runs(client):
    mixed = [*of("Account", {"Name": "A"}), *of("Contact", {"LastName": "B"})]
    answer = client("POST", PATH, body(mixed * 5)).json()
    assert all(one["success"] for one in answer)
    eleven = [*(mixed * 5), *of("Account", {"Name": "A"})]
    assert client.refusal("POST", PATH, body(eleven)) == (400, "INVALID_INPUT")


@pytest.mark.parametrize(
    ("method", "path", "told"),
    [
        ("POST", PATH, body(of("Account", *[{"Name": "A"}] * 201))),
        ("PATCH", PATH, body(of("Account", *[{"Name": "A"}] * 201))),
        ("POST", PATH, body([])),
        ("POST", PATH, body([{"Name": "A"}])),
        ("DELETE", f"{PATH}?ids={','.join(['001RM000003oCprYAE'] * 201)}", None),
        ("POST", f"{PATH}/Account", {"ids": ["x"] * 2_001, "fields": ["Id"]}),
        ("POST", f"{PATH}/Account", {"ids": [], "fields": []}),
    ],
)
def test_a_request_of_too_much_or_nothing_is_refused(client, method, path, told):
    assert client.refusal(method, path, told) == (400, "INVALID_INPUT")


def test_a_value_of_another_type_refuses_the_whole_request(client, org):
    records = of("Account", {"Name": "A"}, {"Name": "B", "NumberOfEmployees": "many"})
    assert client.refusal("POST", PATH, body(records)) == (400, "JSON_PARSER_ERROR")
    assert org.rows["Account"] == {}


def test_two_hundred_records_are_one_request(client, org):
    used = org.used_requests
    client("POST", PATH, body(of("Account", *[{"Name": "A"}] * 200)))
    assert org.used_requests == used + 1
    assert len(org.rows["Account"]) == 200
