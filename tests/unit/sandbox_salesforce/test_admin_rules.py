"""Rules of the org's own administrators, and what can be asked of its automation."""

from __future__ import annotations

import pytest
from tests.sandbox.salesforce.admin_rules import DuplicateRule, ValidationRule

ALLOW = {"Sforce-Duplicate-Rule-Header": "allowSave=true"}


def test_validation_rules_refuse_with_the_administrators_words(client, org):
    rule = ValidationRule("Account", "No phone, no account.", lambda row: not row.get("Phone"))
    org.admin_rules.validation.append(rule)
    answer = client("POST", "sobjects/Account", {"Name": "A"})
    assert answer.json() == [
        {"message": "No phone, no account.", "errorCode": "FIELD_CUSTOM_VALIDATION_EXCEPTION"}
    ]
    record_id = client.make("Account", Name="A", Phone="5")
    path = f"sobjects/Account/{record_id}"
    code = "FIELD_CUSTOM_VALIDATION_EXCEPTION"
    assert client.refusal("PATCH", path, {"Phone": None}) == (400, code)
    assert client.make("Contact", LastName="C")


@pytest.mark.parametrize("only_warns", [True, False])
def test_duplicate_rules_that_only_warn_let_pass_who_says_so(client, org, only_warns):
    org.admin_rules.duplicates.append(DuplicateRule("Account", ("Name",), only_warns=only_warns))
    client.make("Account", Name="A")
    told = {"Name": "A"}
    assert client.refusal("POST", "sobjects/Account", told) == (400, "DUPLICATES_DETECTED")
    answer = client("POST", "sobjects/Account", told, headers=ALLOW)
    assert answer.status_code == (201 if only_warns else 400)
    assert client.refusal("POST", "sobjects/Account", told) == (400, "DUPLICATES_DETECTED")


def tooling(client, query):
    return client.get("tooling/query", q=query).json()


def test_automation_is_asked_for_by_the_tooling_api(client, org):
    org.setup["ApexTrigger"] += [
        {"Name": "On", "Status": "Active", "TableEnumOrId": "Account"},
        {"Name": "Off", "Status": "Inactive", "TableEnumOrId": "Account"},
    ]
    query = "SELECT Name FROM ApexTrigger WHERE Status = 'Active'"
    assert [one["Name"] for one in tooling(client, query)["records"]] == ["On"]
    assert tooling(client, "SELECT COUNT() FROM ApexTrigger")["totalSize"] == 2
    assert client.refusal("GET", f"query?q={query}") == (400, "INVALID_TYPE")


def test_what_setup_objects_do_not_have_is_refused(client):
    for query in ("SELECT Nope FROM ApexTrigger", "SELECT Id FROM ValidationRule WHERE On = true"):
        assert tooling(client, query)[0]["errorCode"] == "INVALID_FIELD"
    assert tooling(client, "SELECT Id FROM Nope")[0]["errorCode"] == "INVALID_TYPE"


def test_flows_and_duplicate_rules_are_records(client, org):
    org.setup["FlowDefinitionView"].append({"Label": "F", "IsActive": True})
    assert client.query("SELECT Label FROM FlowDefinitionView WHERE IsActive = true") == [
        {"Label": "F", "IsActive": True}
    ]
    assert client.query("SELECT MasterLabel FROM DuplicateRule WHERE IsActive = true") == []


def test_territories_are_there_where_somebody_made_a_model(client, org):
    query = "SELECT Name FROM Territory2Model WHERE State = 'Active'"
    assert client.refusal("GET", f"query?q={query}") == (400, "INVALID_TYPE")
    org.setup["Territory2Model"].append({"Name": "North", "State": "Active"})
    assert len(client.query(query)) == 1
