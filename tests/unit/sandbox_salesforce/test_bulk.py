"""Bulk API 2.0: the life of ingest jobs, what rows say, and what results answer."""

from __future__ import annotations

import csv
import io

import pytest

JOBS = "jobs/ingest"


class Bulk:
    """One job after another."""

    def __init__(self, client):
        self.client = client

    def open(self, sobject="Account", operation="insert", **more):
        told = {"object": sobject, "operation": operation, "contentType": "CSV", "lineEnding": "LF"}
        answer = self.client("POST", JOBS, {**told, **more})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def upload(self, job, text):
        head = {"Content-Type": "text/csv"}
        return self.client("PUT", f"/{job['contentUrl']}", data=text.encode(), headers=head)

    def close(self, job, state="UploadComplete"):
        return self.client("PATCH", f"{JOBS}/{job['id']}", {"state": state})

    def look(self, job):
        return self.client.get(f"{JOBS}/{job['id']}").json()

    def end(self, job):
        """The job once it has moved as far as it will."""
        for _ in range(5):
            told = self.look(job)
            if told["state"] in {"JobComplete", "Failed"}:
                return told
        raise AssertionError(told)

    def run(self, text, *job, **more):
        opened = self.open(*job, **more)
        assert self.upload(opened, text).status_code == 201
        assert self.close(opened).status_code == 200
        return self.end(opened)

    def text(self, job, kind):
        answer = self.client.get(f"{JOBS}/{job['id']}/{kind}")
        assert answer.headers["Content-Type"].startswith("text/csv")
        return answer.text

    def rows(self, job, kind):
        return list(csv.DictReader(io.StringIO(self.text(job, kind))))


@pytest.fixture
def bulk(client):
    return Bulk(client)


def test_a_job_tells_where_its_data_goes(bulk):
    job = bulk.open()
    assert job["id"][:3] == "750"
    assert (job["state"], job["apiVersion"], job["concurrencyMode"]) == ("Open", 62.0, "Parallel")
    assert job["contentUrl"] == f"services/data/v62.0/jobs/ingest/{job['id']}/batches"
    assert isinstance(job["apiVersion"], float)


def test_a_job_goes_through_its_states(bulk, org):
    job = bulk.open()
    answer = bulk.upload(job, "Name\nA\n")
    assert (answer.status_code, answer.content) == (201, b"")
    assert bulk.close(job).json()["state"] == "UploadComplete"
    assert org.rows["Account"] == {}
    states = [bulk.look(job)["state"] for _ in range(3)]
    assert states[0] == "InProgress"
    assert states[-1] == "JobComplete"
    assert len(org.rows["Account"]) == 1


def test_failed_rows_are_processed_rows_as_well(bulk):
    job = bulk.run("FirstName,LastName\nasd,\nMary,Smith\n", "Contact")
    assert (job["numberRecordsProcessed"], job["numberRecordsFailed"]) == (2, 1)
    assert (job["state"], job["retries"], job["jobType"]) == ("JobComplete", 0, "V2Ingest")


def test_results_are_written_as_recorded(bulk, org):
    job = bulk.run("FirstName,LastName\nasd,\nMary,Smith\n", "Contact")
    assert bulk.text(job, "failedResults") == (
        '"sf__Id","sf__Error",FirstName,LastName\n'
        '"","REQUIRED_FIELD_MISSING:Required fields are missing: [LastName]:LastName --","asd",""\n'
    )
    (record_id,) = org.rows["Contact"]
    assert bulk.text(job, "successfulResults/") == (
        f'"sf__Id","sf__Created",FirstName,LastName\n"{record_id}","true","Mary","Smith"\n'
    )
    for name in ("unprocessedrecords", "unprocessedRecords"):
        assert bulk.text(job, name) == "FirstName,LastName\n"


def test_a_fault_without_fields_ends_with_a_colon(keyed, bulk):
    job = bulk.run("Name,Ext__c\nA,1\nB,1\n")
    (row,) = bulk.rows(job, "failedResults")
    first = next(iter(keyed.rows["Account"]))[:15]
    assert row["sf__Error"] == (
        "DUPLICATE_VALUE:duplicate value found: Ext__c duplicates value on record with id:"
        f" {first}:--"
    )


def test_cells_of_the_wrong_type_fail_their_row(bulk):
    job = bulk.run("Name,NumberOfEmployees\nA,many\nB,5\n")
    (row,) = bulk.rows(job, "failedResults")
    assert row["sf__Error"] == (
        "INVALID_TYPE_ON_FIELD_IN_RECORD:Employees: value not of required type: many:"
        "NumberOfEmployees --"
    )


def test_an_empty_cell_says_nothing_and_na_empties(bulk, client):
    ids = [client.make("Account", Name=name, Phone="1", Fax="2") for name in "AB"]
    job = bulk.run(f"Id,Phone,Fax\n{ids[0]},,#N/A\n{ids[1]},#N/A,\n", "Account", "update")
    assert job["numberRecordsFailed"] == 0
    assert client.query("SELECT Phone, Fax FROM Account ORDER BY Name") == [
        {"Phone": "1", "Fax": None},
        {"Phone": None, "Fax": "2"},
    ]
    assert [row["sf__Created"] for row in bulk.rows(job, "successfulResults")] == ["false"] * 2


def test_cells_hold_lines_quotes_and_booleans(bulk, org):
    text = 'LastName,Description,HasOptedOutOfEmail\n"Ö ""x"", y","a\nb",true\n'
    job = bulk.run(text.replace(",HasOptedOutOfEmail", "").replace(",true", ""), "Contact")
    assert job["numberRecordsFailed"] == 0
    (row,) = org.rows["Contact"].values()
    assert (row["LastName"], row["Description"]) == ('Ö "x", y', "a\nb")
    bulk.run("Name,IsActive\nP,TRUE\nQ,false\n", "Product2")
    assert [one["IsActive"] for one in org.rows["Product2"].values()] == [True, False]


@pytest.mark.usefixtures("keyed")
def test_parents_are_named_in_the_header(bulk, client):
    account = client.make("Account", Name="A", Ext__c="K")
    contact = client.make("Contact", LastName="C", Ext__c="C")
    job = bulk.run(
        "LastName,Account.Ext__c,Owner.Email\nX,K,dana.ruiz@example.com\nY,NOPE,\n", "Contact"
    )
    (row,) = bulk.rows(job, "failedResults")
    says = "Foreign key external ID: NOPE not found for field Ext__c in entity Account"
    assert row["sf__Error"] == f"INVALID_FIELD:{says}:--"
    (found,) = client.query("SELECT AccountId, Owner.FirstName FROM Contact WHERE LastName = 'X'")
    assert found == {"AccountId": account, "Owner": {"FirstName": "Dana"}}
    job = bulk.run("Subject,Contact:Who.Ext__c,Account:What.Ext__c\nT,C,K\n", "Task")
    assert job["numberRecordsFailed"] == 0
    assert client.query("SELECT WhoId, WhatId FROM Task") == [{"WhoId": contact, "WhatId": account}]


@pytest.mark.parametrize(
    ("sobject", "header", "message"),
    [
        ("Contact", "Nope", "InvalidBatch : Field name not found : Nope"),
        (
            "Contact",
            "Account:Account.Ext__c",
            "InvalidBatch : type is not needed for non polymorphic foreign key references: Account",
        ),
        ("Contact", "Boss.Ext__c", "InvalidBatch : Unable to find relationship: Boss"),
        ("Task", "Who.Ext__c", "InvalidBatch : Field name not found : Who.Ext__c"),
        ("Contact", "Account.Phone", "InvalidBatch : Field name not found : Account.Phone"),
    ],
)
@pytest.mark.usefixtures("keyed")
def test_a_header_that_cannot_be_read_fails_the_job(bulk, sobject, header, message):
    job = bulk.run(f"{header}\nx\n", sobject)
    assert (job["state"], job["errorMessage"]) == ("Failed", message)
    assert (job["numberRecordsProcessed"], job["numberRecordsFailed"]) == (0, 0)


@pytest.mark.parametrize(("ending", "text"), [("LF", "Name\r\nA\r\n"), ("CRLF", "Name\nA\n")])
def test_lines_end_as_the_job_says(bulk, ending, text):
    job = bulk.run(text, lineEnding=ending)
    assert job["state"] == "Failed"
    assert job["errorMessage"] == (
        "ClientInputError : LineEnding is invalid on user data. Current LineEnding setting is "
        + ending
    )
    other = "CRLF" if ending == "LF" else "LF"
    assert bulk.run(text, lineEnding=other)["numberRecordsProcessed"] == 1


def test_upserts_tell_what_they_created(keyed, bulk, client):
    client.make("Account", Name="A", Ext__c="1")
    job = bulk.run("Ext__c,Name\n1,B\n2,C\n,D\n", "Account", "upsert", externalIdFieldName="Ext__c")
    created = {row["Ext__c"]: row["sf__Created"] for row in bulk.rows(job, "successfulResults")}
    assert created == {"1": "false", "2": "true"}
    (failed,) = bulk.rows(job, "failedResults")
    assert failed["sf__Error"].startswith("MISSING_ARGUMENT:")
    assert len(keyed.rows["Account"]) == 2


def test_records_are_deleted_by_their_ids(bulk, client, org):
    ids = [client.make("Account", Name=name) for name in "AB"]
    job = bulk.run(f"Id\n{ids[0]}\nnope\n", "Account", "delete")
    (failed,) = bulk.rows(job, "failedResults")
    assert failed["sf__Error"].startswith("MALFORMED_ID:")
    assert list(org.rows["Account"]) == [ids[1]]


@pytest.mark.parametrize(
    "told",
    [
        {"operation": "upsert"},
        {"operation": "upsert", "externalIdFieldName": "Nope__c"},
        {"operation": "nonsense"},
        {"operation": "hardDelete"},
        {"object": "Nope__c"},
        {"object": "ContentVersion"},
        {"contentType": "XML"},
    ],
)
def test_a_job_is_refused(client, told):
    whole = {"object": "Account", "operation": "insert", "contentType": "CSV", **told}
    assert client("POST", JOBS, whole).status_code == 400


def test_data_is_sent_once_and_in_pieces_if_one_likes(bulk, client):
    job = bulk.open()
    pieces = iter([b"Name\n", b"A\n", b"B\n"])
    head = {"Content-Type": "text/csv"}
    assert client("PUT", f"/{job['contentUrl']}", data=pieces, headers=head).status_code == 201
    assert bulk.upload(job, "Name\nC\n").status_code == 400
    bulk.close(job)
    assert bulk.end(job)["numberRecordsProcessed"] == 2


def test_small_jobs_bring_their_data_along(bulk, client):
    parts = {
        "job": (
            "",
            '{"object":"Account","operation":"insert","contentType":"CSV"}',
            "application/json",
        ),
        "content": ("content", "Name\nA\n", "text/csv"),
    }
    job = client("POST", JOBS, files=parts).json()
    assert job["state"] == "UploadComplete"
    assert bulk.end(job)["numberRecordsProcessed"] == 1


def test_a_job_is_aborted_or_closed_once(bulk, org):
    job = bulk.open()
    assert bulk.close(job).status_code == 400
    bulk.upload(job, "Name\nA\n")
    assert bulk.close(job, "Aborted").json()["state"] == "Aborted"
    assert bulk.close(job).status_code == 400
    assert bulk.look(job)["state"] == "Aborted"
    assert org.rows["Account"] == {}


def test_finished_jobs_are_removed(bulk, client):
    job = bulk.open()
    path = f"{JOBS}/{job['id']}"
    assert client("DELETE", path).status_code == 400
    bulk.close(job, "Aborted")
    assert client("DELETE", path).status_code == 204
    assert client.refusal("GET", path) == (404, "NOT_FOUND")


def test_results_wait_for_the_end(bulk, client, org):
    org.job_polls = None
    job = bulk.open()
    bulk.upload(job, "Name\nA\n")
    bulk.close(job)
    assert [bulk.look(job)["state"] for _ in range(4)] == ["InProgress"] * 4
    assert client("GET", f"{JOBS}/{job['id']}/successfulResults").status_code == 400


def test_a_job_may_stop_half_way_and_keeps_what_it_saved(bulk, org):
    org.job_stops_after = 2
    job = bulk.run("Name\nA\nB\nC\n")
    assert (job["state"], job["numberRecordsProcessed"]) == ("Failed", 2)
    assert len(bulk.rows(job, "successfulResults")) == 2
    assert bulk.rows(job, "unprocessedrecords") == [{"Name": "C"}]
    assert len(org.rows["Account"]) == 2


def test_results_may_come_in_any_order(bulk, org):
    org.job_shuffle = 3
    text = "Name\n" + "".join(f"A{number}\n" for number in range(20))
    names = [row["Name"] for row in bulk.rows(bulk.run(text), "successfulResults")]
    assert names != sorted(names)
    assert set(names) == {f"A{number}" for number in range(20)}


def test_batches_of_ten_thousand_rows_are_counted(bulk, org):
    before = org.bulk_batches
    bulk.run("Name\n" + "A\n" * 10_001)
    assert org.bulk_batches == before - 2
    org.bulk_batches = 0
    told = {"object": "Account", "operation": "insert", "contentType": "CSV"}
    answer = bulk.client("POST", JOBS, told)
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "EXCEEDEDQUOTA")


def test_queries_are_jobs_as_well(client, org):
    for name in "ABC":
        org.insert("Account", {"Name": name})
    told = {"operation": "query", "query": "SELECT Id, Name FROM Account ORDER BY Name"}
    job = client("POST", "jobs/query", told).json()
    while client.get(f"jobs/query/{job['id']}").json()["state"] != "JobComplete":
        pass
    answer = client.get(f"jobs/query/{job['id']}/results", maxRecords=2)
    assert answer.headers["Sforce-NumberOfRecords"] == "2"
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["Name"] for row in rows] == ["A", "B"]
    locator = answer.headers["Sforce-Locator"]
    answer = client.get(f"jobs/query/{job['id']}/results", maxRecords=2, locator=locator)
    assert (answer.headers["Sforce-Locator"], answer.text.count("\n")) == ("null", 2)
