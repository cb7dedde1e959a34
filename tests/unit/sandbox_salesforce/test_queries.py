"""SOQL over HTTP: what is found, in which order and form, and what is no query."""

from __future__ import annotations

import pytest
from tests.sandbox.salesforce.sobject import Field, Option

SELECT = "SELECT {0} FROM {1} WHERE {2} ORDER BY {0}"
CITIES = "SELECT ShippingCity FROM Account ORDER BY ShippingCity {}"


@pytest.fixture
def world(keyed, client):
    """Three accounts; contacts and tasks of two of them."""
    ids = {}
    for number, (name, city, amount) in enumerate(
        [("Alpha", "Bonn", 10), ("beta", None, 20), ("Gamma_1", "Köln", None)]
    ):
        told = {"Name": name, "ShippingCity": city, "NumberOfEmployees": amount}
        ids[name] = client.make("Account", Ext__c=f"K{number}", **told)
    for name, parent in (("Ann", "Alpha"), ("Bob", "Alpha"), ("Cid", "beta"), ("Dot", None)):
        told = {"AccountId": ids[parent]} if parent else {}
        ids[name] = client.make("Contact", LastName=name, **told)
    keyed.human.edit("Account", ids["beta"], Phone="5")
    ids["task"] = client.make("Task", Subject="T", WhatId=ids["Alpha"], WhoId=ids["Ann"])
    return ids


@pytest.fixture
def find(client):
    def find(where, sobject="Account", field="Name"):
        found = client.query(SELECT.format(field, sobject, where))
        return [row[field] for row in found]

    return find


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ("Name = 'ALPHA'", ["Alpha"]),
        ("Name != 'alpha'", ["Gamma_1", "beta"]),
        ("Name <> 'alpha' AND ShippingCity = null", ["beta"]),
        ("ShippingCity != NULL", ["Alpha", "Gamma_1"]),
        ("Name IN ('alpha', 'beta')", ["Alpha", "beta"]),
        ("Name NOT IN ('alpha', 'beta')", ["Gamma_1"]),
        ("Name LIKE '%a%_1'", ["Gamma_1"]),
        ("Name LIKE 'gamma\\_1'", ["Gamma_1"]),
        ("Name LIKE 'alph\\_'", []),
        ("NOT Name LIKE '%a'", ["Gamma_1"]),
        ("(Name = 'alpha' OR Name = 'beta') AND NumberOfEmployees > 10", ["beta"]),
        ("NumberOfEmployees <= 10", ["Alpha"]),
        ("NumberOfEmployees >= 10 AND NumberOfEmployees < 20.5", ["Alpha", "beta"]),
        ("Ext__c = 'K1'", ["beta"]),
        ("Ext__c = 'k1'", []),
        ("Ext__c IN ('K0', 'K2', 'nope')", ["Alpha", "Gamma_1"]),
        ("IsDeleted = false", ["Alpha", "Gamma_1", "beta"]),
        ("CreatedDate > 2026-03-02T10:00:00+01:00", ["Alpha", "Gamma_1", "beta"]),
        ("CreatedDate < 2026-03-02T09:00:00Z", []),
        ("Owner.Name = 'integration api'", ["Alpha", "Gamma_1", "beta"]),
        ("Id IN (SELECT AccountId FROM Contact WHERE LastName = 'Ann')", ["Alpha"]),
        ("Id NOT IN (SELECT AccountId FROM Contact)", ["Gamma_1"]),
        ("LastModifiedBy.Email = 'ada.admin@example.com'", ["beta"]),
    ],
)
@pytest.mark.usefixtures("world")
def test_conditions_choose(find, where, found):
    assert find(where) == found


def test_ids_of_both_lengths_choose(find, world):
    for record_id in (world["Alpha"], world["Alpha"][:15]):
        assert find(f"Id = '{record_id}'") == ["Alpha"]
        assert find(f"AccountId = '{record_id}'", "Contact") == ["Ann", "Bob"]


@pytest.mark.usefixtures("world")
def test_quotes_in_texts_are_escaped(client):
    client.make("Account", Name="O'Brien \\ Söhne")
    query = r"SELECT Name FROM Account WHERE Name = 'O\'Brien \\ Söhne'"
    assert client.query(query) == [{"Name": "O'Brien \\ Söhne"}]


def test_parents_are_nested_with_their_type(client, world):
    query = "SELECT LastName, Account.Name, Account.Owner.LastName FROM Contact ORDER BY LastName"
    answer = client.get("query", q=query).json()["records"]
    assert answer[0] == {
        "attributes": {
            "type": "Contact",
            "url": f"/services/data/v62.0/sobjects/Contact/{world['Ann']}",
        },
        "LastName": "Ann",
        "Account": {
            "attributes": {
                "type": "Account",
                "url": f"/services/data/v62.0/sobjects/Account/{world['Alpha']}",
            },
            "Name": "Alpha",
            "Owner": {
                "attributes": {
                    "type": "User",
                    "url": f"/services/data/v62.0/sobjects/User/{answer[0]['Account']['Owner']['attributes']['url'][-18:]}",  # noqa: E501
                },
                "LastName": "Api",
            },
        },
    }
    assert answer[3]["Account"] is None


@pytest.mark.usefixtures("world")
def test_of_what_may_be_several_objects_only_a_name_is_known(client):
    query = "SELECT What.Name, What.Type, Who.Name FROM Task"
    assert client.query(query) == [
        {"What": {"Name": "Alpha", "Type": "Account"}, "Who": {"Name": "Ann"}}
    ]
    answer = client.refusal("GET", "query?q=SELECT What.Ext__c FROM Task")
    assert answer == (400, "INVALID_FIELD")


def test_children_are_nested_by_their_relationship(client, world):
    query = "SELECT Name, (SELECT LastName FROM Contacts WHERE LastName != 'Ann') FROM Account"
    answer = client.get("query", q=f"{query} ORDER BY Name").json()["records"]
    found = {one["Name"]: one["Contacts"] for one in answer}
    assert (found["Gamma_1"], found["Alpha"]["totalSize"]) == (None, 1)
    assert found["Alpha"]["records"] == [
        {
            "attributes": {
                "type": "Contact",
                "url": f"/services/data/v62.0/sobjects/Contact/{world['Bob']}",
            },
            "LastName": "Bob",
        }
    ]
    query = "query?q=SELECT Name, (SELECT Id FROM Nobodies) FROM Account"
    assert client.refusal("GET", query) == (400, "INVALID_TYPE")


@pytest.mark.usefixtures("world")
def test_counts_are_told_as_the_size(client):
    answer = client.get("query", q="SELECT COUNT() FROM Contact WHERE AccountId != null").json()
    assert answer == {"totalSize": 3, "done": True, "records": []}


def test_groups_are_counted_and_added_up(client, world):
    query = (
        "SELECT AccountId, COUNT(Id) n, MAX(LastName) FROM Contact GROUP BY AccountId"
        " HAVING COUNT(Id) > 1 ORDER BY COUNT(Id) DESC"
    )
    assert client.query(query) == [{"AccountId": world["Alpha"], "n": 2, "expr0": "Bob"}]
    query = "SELECT COUNT(Id), COUNT(ShippingCity) c, SUM(NumberOfEmployees) s FROM Account"
    assert client.query(query) == [{"expr0": 3, "c": 2, "s": 30}]


def test_too_many_groups_cannot_be_read_on(client, org):
    for number in range(2_001):
        org.insert("Account", {"Name": f"A{number}"})
    query = "query?q=SELECT Name, COUNT(Id) FROM Account GROUP BY Name"
    assert client.refusal("GET", query) == (400, "EXCEEDED_ID_LIMIT")
    assert len(client.query("SELECT Name, COUNT(Id) FROM Account GROUP BY Name LIMIT 5")) == 5


@pytest.mark.usefixtures("world")
def test_rows_are_sorted_with_the_empty_ones_first_or_last(client):
    def cities(order):
        found = client.query(CITIES.format(order))
        return [row["ShippingCity"] for row in found]

    assert cities("") == [None, "Bonn", "Köln"]
    assert cities("ASC NULLS LAST") == ["Bonn", "Köln", None]
    assert cities("DESC NULLS LAST") == ["Köln", "Bonn", None]
    assert cities("DESC NULLS FIRST") == [None, "Köln", "Bonn"]
    query = "SELECT Name FROM Account ORDER BY IsDeleted, CreatedDate DESC LIMIT 1 OFFSET 1"
    assert client.query(query) == [{"Name": "beta"}]


@pytest.mark.usefixtures("world")
def test_all_fields_are_asked_for_two_hundred_rows_at_most(client):
    (row,) = client.query("SELECT FIELDS(ALL) FROM Account WHERE Ext__c = 'K0' LIMIT 200")
    described = client.get("sobjects/Account/describe").json()["fields"]
    assert set(row) == {one["name"] for one in described}
    (row,) = client.query("SELECT FIELDS(CUSTOM) FROM Account WHERE Ext__c = 'K0' LIMIT 1")
    assert row["Ext__c"] == "K0"
    assert "Name" not in row
    whole = "query?q=SELECT FIELDS(ALL) FROM Account"
    for path in (whole, f"{whole} LIMIT 201"):
        assert client.refusal("GET", path) == (400, "MALFORMED_QUERY")
    assert len(client.query("SELECT FIELDS(STANDARD) FROM Account")) == 3


def test_choices_are_searched_one_by_one(client, org):
    options = tuple(map(Option, ("Red", "Green", "Blue")))
    one = Field("Many__c", "multipicklist", 4099, flags="cus", label="Many", options=options)
    org.add_field("Account", one)
    for value in ("Red;Green", "Green;Blue", "Blue"):
        client.make("Account", Name=value, Many__c=value)

    def names(condition):
        found = client.query(SELECT.format("Name", "Account", f"Many__c {condition}"))
        return [row["Name"] for row in found]

    assert names("INCLUDES ('Red', 'Blue')") == ["Blue", "Green;Blue", "Red;Green"]
    assert names("INCLUDES ('Green;Blue')") == ["Green;Blue"]
    assert names("EXCLUDES ('Red')") == ["Blue", "Green;Blue"]


MALFORMED = (400, "MALFORMED_QUERY")
FIELD = (400, "INVALID_FIELD")


@pytest.mark.parametrize(
    ("query", "refusal"),
    [
        ("SELECT FROM Account", MALFORMED),
        ("SELECT Name", MALFORMED),
        ("SELECT Name FROM Account WHERE", MALFORMED),
        ("SELECT Name FROM Account WHERE Name = Alpha", MALFORMED),
        ("SELECT Name FROM Account WHERE Name = 'Alpha", MALFORMED),
        ("SELECT Name FROM Account LIMIT -1", MALFORMED),
        ("SELECT Name FROM Account LIMIT 5 x", MALFORMED),
        ("SELECT Name, COUNT(Id) FROM Account", MALFORMED),
        ("SELECT UPPER(Name) FROM Account", MALFORMED),
        ("SELECT Nope FROM Account", FIELD),
        ("SELECT Nope.Name FROM Account", FIELD),
        ("SELECT Name FROM Account WHERE Nope = 1", FIELD),
        ("SELECT Name FROM Account WHERE Description = 'x'", FIELD),
        ("SELECT Name FROM Account ORDER BY Description", FIELD),
        ("SELECT Name FROM Account WHERE Name = 5", FIELD),
        ("SELECT Name FROM Account WHERE IsDeleted = 'false'", FIELD),
        ("SELECT Name FROM Account WHERE NumberOfEmployees = '5'", FIELD),
        ("SELECT Name FROM Account WHERE CreatedDate > '2026-01-01T00:00:00Z'", FIELD),
        ("SELECT Name FROM Account WHERE CreatedDate > 2026-01-01", FIELD),
        ("SELECT Id FROM Task WHERE ActivityDate > 2026-01-01T00:00:00Z", FIELD),
        ("SELECT Name FROM Nope", (400, "INVALID_TYPE")),
        ("SELECT Name FROM Account OFFSET 2001", (400, "NUMBER_OUTSIDE_VALID_RANGE")),
        ("SELECT Id FROM ContentDocumentLink", MALFORMED),
    ],
)
def test_what_is_no_query_is_refused(client, query, refusal):
    assert client.refusal("GET", "query", params={"q": query}) == refusal


def test_long_answers_come_in_pages(client, org):
    for number in range(4_500):
        org.insert("Account", {"Name": f"A{number:04}"})
    first = client.get("query", q="SELECT Name FROM Account ORDER BY Name").json()
    assert (first["totalSize"], first["done"], len(first["records"])) == (4_500, False, 2_000)
    org.human.add("Account", Name="A0000 later")
    names = [row["Name"] for row in first["records"]]
    page = first
    while not page["done"]:
        page = client("GET", page["nextRecordsUrl"]).json()
        assert page["totalSize"] == 4_500
        names += [row["Name"] for row in page["records"]]
    assert names == [f"A{number:04}" for number in range(4_500)]


def test_pages_are_as_long_as_one_asks_within_bounds(client, org):
    for number in range(450):
        org.insert("Account", {"Name": str(number)})
    for asked, got in ((200, 200), (5, 200), (400, 400)):
        head = {"Sforce-Query-Options": f"batchSize={asked}"}
        path = "query?q=SELECT Id FROM Account"
        assert len(client("GET", path, headers=head).json()["records"]) == got


def test_the_rest_of_query_all_is_read_by_query(client, org):
    for number in range(2_001):
        org.insert("Account", {"Name": str(number)})
    answer = client.get("queryAll", q="SELECT Id FROM Account").json()
    url = answer["nextRecordsUrl"]
    assert url.startswith("/services/data/v62.0/query/01g")
    assert len(client("GET", url).json()["records"]) == 1
    again = client("GET", url.replace("/query/", "/queryAll/")).json()
    assert (again["done"], len(again["records"])) == (True, 1)


def test_old_cursors_are_closed(client, org):
    for number in range(2_001):
        org.insert("Account", {"Name": str(number)})
    urls = [client.get("query", q="SELECT Id FROM Account").json() for _ in range(11)]
    first, last = urls[0]["nextRecordsUrl"], urls[-1]["nextRecordsUrl"]
    assert client.refusal("GET", first) == (400, "INVALID_QUERY_LOCATOR")
    assert client("GET", last).status_code == 200


def test_a_query_that_is_too_long_for_a_url_is_refused(client):
    ids = ", ".join(["'001RM000003oCprYAE'"] * 900)
    answer = client("GET", "query?q=" + SELECT.format("Id", "Account", f"Id IN ({ids})"))
    assert answer.status_code == 414
