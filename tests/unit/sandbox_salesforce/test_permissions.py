"""Fields that the API made are seen by nobody until a permission set says so."""

from __future__ import annotations

import pytest
from tests.sandbox.salesforce.sobject import Field


@pytest.fixture
def made(org):
    """An org with a field that nobody may see."""
    one = Field("Ext__c", "string", 40, flags="cuxQ", label="Ext", custom=True, made=True)
    org.add_field("Account", one)
    return org


@pytest.fixture
def permit(made, client):
    """Gives the run-as user a permission of the field."""
    set_id = client.make("PermissionSet", Name="Access", Label="Access")

    def permit(*, edit, assign=True):
        told = {"ParentId": set_id, "SobjectType": "Account", "Field": "Account.Ext__c"}
        client.make("FieldPermissions", PermissionsRead=True, PermissionsEdit=edit, **told)
        if assign:
            told = {"PermissionSetId": set_id, "AssigneeId": made.user}
            client.make("PermissionSetAssignment", **told)

    return permit


def names(client):
    return {one["name"] for one in client.get("sobjects/Account/describe").json()["fields"]}


@pytest.mark.usefixtures("made")
def test_a_hidden_field_is_as_if_it_were_not_there(client):
    assert "Ext__c" not in names(client)
    told = {"Name": "A", "Ext__c": "1"}
    assert client.refusal("POST", "sobjects/Account", told) == (400, "INVALID_FIELD")
    query = "query?q=SELECT Ext__c FROM Account"
    assert client.refusal("GET", query) == (400, "INVALID_FIELD")
    path = "sobjects/Account/Ext__c/1"
    assert client.refusal("PATCH", path, {"Name": "A"}) == (404, "NOT_FOUND")


@pytest.mark.usefixtures("made")
def test_a_permission_that_is_assigned_shows_it(client, permit):
    permit(edit=True)
    assert "Ext__c" in names(client)
    client.make("Account", Name="A", Ext__c="1")
    assert client.query("SELECT Ext__c FROM Account") == [{"Ext__c": "1"}]


@pytest.mark.usefixtures("made")
def test_a_permission_that_is_not_assigned_shows_nothing(client, permit):
    permit(edit=True, assign=False)
    assert "Ext__c" not in names(client)


@pytest.mark.usefixtures("made")
def test_a_permission_to_read_does_not_fill(client, permit):
    permit(edit=False)
    fields = client.get("sobjects/Account/describe").json()["fields"]
    (one,) = (each for each in fields if each["name"] == "Ext__c")
    assert (one["createable"], one["updateable"]) == (False, False)
    told = {"Name": "A", "Ext__c": "1"}
    answer = client.refusal("POST", "sobjects/Account", told)
    assert answer == (400, "INVALID_FIELD_FOR_INSERT_UPDATE")


def test_a_permission_that_is_taken_away_hides_it_again(made, client, permit):
    permit(edit=True)
    (assignment,) = made.rows["PermissionSetAssignment"]
    client("DELETE", f"sobjects/PermissionSetAssignment/{assignment}")
    assert "Ext__c" not in names(client)


def test_administrators_see_everything(made):
    record_id = made.human.add("Account", Name="A", Ext__c="1")
    assert made.rows["Account"][record_id]["Ext__c"] == "1"


def test_permissions_are_given_once_and_of_fields_that_are_there(made, client, permit):
    permit(edit=True)
    set_id = next(iter(made.rows["PermissionSet"]))
    told = {"ParentId": set_id, "SobjectType": "Account", "Field": "Account.Ext__c"}
    assert client.refusal("POST", "sobjects/FieldPermissions", told)[1] == "DUPLICATE_VALUE"
    told["Field"] = "Account.Nope__c"
    code = "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"
    assert client.refusal("POST", "sobjects/FieldPermissions", told)[1] == code
    told = {"PermissionSetId": set_id, "AssigneeId": made.user}
    assert client.refusal("POST", "sobjects/PermissionSetAssignment", told)[1] == "DUPLICATE_VALUE"


def test_a_permission_set_in_use_stays(made, client, permit):
    permit(edit=True)
    (set_id,) = made.rows["PermissionSet"]
    assert client.refusal("DELETE", f"sobjects/PermissionSet/{set_id}")[1] == "DELETE_FAILED"
    (assignment,) = made.rows["PermissionSetAssignment"]
    client("DELETE", f"sobjects/PermissionSetAssignment/{assignment}")
    assert client("DELETE", f"sobjects/PermissionSet/{set_id}").status_code == 204
    assert made.rows["FieldPermissions"] == {}
