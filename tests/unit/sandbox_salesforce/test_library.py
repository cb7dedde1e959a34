"""An independent client, simple-salesforce, works with the sandbox as with an org."""

from __future__ import annotations

import pytest
import requests
from simple_salesforce import Salesforce
from simple_salesforce.exceptions import (
    SalesforceExpiredSession,
    SalesforceMalformedRequest,
    SalesforceMoreThanOneRecord,
    SalesforceRefusedRequest,
    SalesforceResourceNotFound,
)

from .test_auth import Http


@pytest.fixture
def library(sandbox):
    session = requests.Session()
    session.mount("https://", Http(sandbox.url))
    return Salesforce(
        session_id=sandbox.org.new_session(),
        instance_url=sandbox.url.replace("http", "https"),
        session=session,
        version="62.0",
    )


def test_records_live(library):
    made = library.Account.create({"Name": "A"})
    assert made["success"] is True
    assert library.Account.update(made["id"], {"Name": "B"}) == 204
    assert library.Account.get(made["id"])["Name"] == "B"
    assert library.Account.delete(made["id"]) == 204
    with pytest.raises(SalesforceResourceNotFound):
        library.Account.get(made["id"])


@pytest.mark.usefixtures("keyed")
def test_upserts_answer_201_and_200(library):
    assert library.Account.upsert("Ext__c/1", {"Name": "A"}) == 201
    assert library.Account.upsert("Ext__c/1", {"Name": "B"}) == 200
    assert library.Account.get_by_custom_id("Ext__c", "1")["Name"] == "B"


def test_queries_are_read_to_their_end(library, org):
    for number in range(2_500):
        org.insert("Account", {"Name": str(number)})
    found = list(library.query_all_iter("SELECT Id, Name FROM Account"))
    assert len({one["Id"] for one in found}) == 2_500
    assert library.query("SELECT COUNT() FROM Account")["totalSize"] == 2_500


@pytest.mark.usefixtures("keyed")
def test_refusals_are_understood(library, org):
    with pytest.raises(SalesforceMalformedRequest) as caught:
        library.Account.create({})
    assert caught.value.content[0]["errorCode"] == "REQUIRED_FIELD_MISSING"
    for name in "AB":
        org.insert("Contact", {"LastName": name, "Email": "a@b.co"})
    with pytest.raises(SalesforceMoreThanOneRecord):
        library.Contact.upsert("Email/a@b.co", {"LastName": "C"})
    org.daily_requests = org.used_requests
    with pytest.raises(SalesforceRefusedRequest):
        library.limits()
    org.session_ids.clear()
    with pytest.raises(SalesforceExpiredSession):
        library.limits()


def test_usage_and_describes_are_read(library):
    assert library.Account.describe()["name"] == "Account"
    assert len(library.describe()["sobjects"]) > 20
    assert library.api_usage["api-usage"].used >= 2


def test_collections_are_sent_as_any_path(library):
    records = [{"attributes": {"type": "Account"}, "Name": name} for name in "AB"]
    told = {"allOrNone": False, "records": records}
    answer = library.restful("composite/sobjects", method="POST", json=told)
    assert [one["success"] for one in answer] == [True, True]


def test_jobs_are_carried_out(keyed, library):
    records = [{"Name": f"A{number}", "Ext__c": str(number)} for number in range(3)]
    (told,) = library.bulk2.Account.insert(records=[*records, {"Name": "", "Ext__c": "x"}], wait=0)
    assert (told["numberRecordsProcessed"], told["numberRecordsFailed"]) == (4, 1)
    failed = library.bulk2.Account.get_failed_records(told["job_id"])
    assert '"sf__Id","sf__Error"' in failed
    assert len(keyed.rows["Account"]) == 3
    results = library.bulk2.Account.query("SELECT Name FROM Account", wait=0)
    assert sum(one.count("A") for one in results) >= 3
