"""Custom fields and objects, made, extended and removed by deploys."""

from __future__ import annotations

import pytest

from crm_transforms.destination import (
    NO_ROOM,
    SCHEMA,
    FieldSpec,
    Handle,
    Kind,
    Operation,
    Status,
    Verdict,
)

DEPLOY = "metadata/deployRequest"
JOB = {"object": "Service_Job__c", "name": "", "type": "object", "label": "Service job"}
JOB["plural"] = "Service jobs"
KEY = "Kickserv_Id__c"


def wanted(object_name, name, type_="text", **more):
    usual = {"label": name.removesuffix("__c").replace("_", " "), "length": None, "scale": None}
    record = {"object": object_name, "name": name, "type": type_, **usual, "reference": None}
    return {**record, "options": [], **more}


def made(number, record, kind=Kind.CREATE, id_=None):
    key = f"{record['object']}.{record['name']}" if record["name"] else record["object"]
    return Operation(number, SCHEMA, kind, key, record, id_)


@pytest.fixture
def write(destination):
    destination.use({"Account": KEY, "Task": KEY, "Event": KEY, "ContentVersion": KEY}, {})
    destination.identity()

    def written(*operations):
        answers = list(destination.write(operations))
        verdicts = {a.operation_id: a for a in answers if isinstance(a, Verdict)}
        assert set(verdicts) == {operation.id for operation in operations}
        return [verdicts[operation.id] for operation in operations]

    return written


EVERY_TYPE = [
    ("text", {}, "text"),
    ("text", {"length": 400}, "long_text"),
    ("long_text", {}, "long_text"),
    ("html", {}, "html"),
    ("integer", {}, "decimal"),
    ("decimal", {"scale": 7}, "decimal"),
    ("money", {}, "money"),
    ("boolean", {}, "boolean"),
    ("date", {}, "date"),
    ("datetime", {}, "datetime"),
    ("time", {}, "time"),
    ("email", {}, "email"),
    ("phone", {}, "phone"),
    ("url", {}, "url"),
    ("choice", {"options": ["New", "On Hold & more"]}, "choice"),
    ("choices", {"options": ["HVAC", "Plumbing"]}, "choices"),
    ("reference", {"reference": "Contact"}, "reference"),
    ("address", {}, "long_text"),
]


def test_fields_of_every_type_are_made_by_one_deploy_and_read_back_as_wanted(
    write, destination, asked
):
    records = [
        wanted("Account", f"F{number}__c", type_, **more)
        for number, (type_, more, _) in enumerate(EVERY_TYPE)
    ]
    verdicts = write(*(made(number, record) for number, record in enumerate(records)))
    assert {verdict.status for verdict in verdicts} == {Status.LANDED}, verdicts
    assert asked("POST").count(f"POST /{DEPLOY}") == 1
    there = destination.read(SCHEMA, [verdict.destination_id for verdict in verdicts], [])
    for record, verdict, (_, _, held) in zip(records, verdicts, EVERY_TYPE, strict=True):
        normal = destination.normalise(SCHEMA, record)
        found = there[verdict.destination_id]
        assert found["type"] == held
        for part in ("name", "type", "options", "reference", "scale"):
            if part != "scale" or record["scale"] is not None:
                assert normal[part] == found[part], (record, part)
    described = destination.describe("Account").fields
    assert described["F5__c"].scale == 7
    assert described["F14__c"].options == ("New", "On Hold & more")


def test_key_fields_are_unique_external_ids_that_tell_cases_apart(write, sandbox):
    (verdict,) = write(made(1, wanted("Account", KEY)))
    assert verdict.status is Status.LANDED
    row = next(f for f in sandbox.org.describe("Account")["fields"] if f["name"] == KEY)
    assert (row["unique"], row["externalId"], row["caseSensitive"]) == (True, True, True)


def test_the_key_of_a_file_may_be_there_twice_for_people_upload_new_versions(write, sandbox):
    write(made(1, wanted("ContentVersion", KEY)))
    row = next(f for f in sandbox.org.describe("ContentVersion")["fields"] if f["name"] == KEY)
    assert (row["unique"], row["externalId"]) == (False, True)


def test_tasks_and_events_share_one_field_of_activities(write, destination):
    operations = [
        made(1, wanted("Task", KEY)),
        made(2, wanted("Event", KEY)),
        made(3, wanted("Event", "Kind__c", "choice", options=["A"])),
    ]
    verdicts = write(*operations)
    assert {verdict.status for verdict in verdicts} == {Status.LANDED}
    assert [verdict.destination_id for verdict in verdicts] == [
        f"Task.{KEY}",
        f"Event.{KEY}",
        "Event.Kind__c",
    ]
    assert KEY in destination.describe("Task").fields
    assert destination.describe("Event").fields[KEY].length == 255


def test_tasks_and_events_cannot_want_one_field_of_two_types(write):
    one, other = write(
        made(1, wanted("Task", "Length__c", "decimal")),
        made(2, wanted("Event", "Length__c", "date")),
    )
    assert one.status is Status.LANDED
    assert (other.status, other.code) == (Status.REFUSED, "FIELD_TYPE")
    assert "share" in other.message


def test_activities_have_short_texts_only(write, destination):
    (verdict,) = write(made(1, wanted("Task", "More__c", "long_text")))
    assert verdict.status is Status.LANDED
    assert destination.describe("Task").fields["More__c"].length == 255


def test_an_object_is_made_with_its_fields_and_can_be_seen(write, destination, hand):
    verdicts = write(
        made(1, JOB),
        made(2, wanted("Service_Job__c", "Account__c", "reference", reference="Account")),
        made(3, wanted("Case", "Job__c", "reference", reference="Service_Job__c")),
    )
    assert [verdict.status for verdict in verdicts] == [Status.LANDED] * 3, verdicts
    assert verdicts[0].destination_id == "Service_Job__c"
    assert destination.read(SCHEMA, ["Service_Job__c"], []) == {"Service_Job__c": JOB}
    account = hand.made("Account", Name="Acme")
    job = hand.made("Service_Job__c", Name="Repair", Account__c=account)
    hand.made("Task", Subject="Call", WhatId=job)
    hand.made("Case", Subject="No heat", Job__c=job)


def test_a_batch_is_taken_back_whole_and_only_what_is_wrong_is_refused(write, destination):
    good, bad = write(
        made(1, wanted("Account", "Good__c")),
        made(2, wanted("Account", "Bad__c", "reference", reference="Nope__c")),
    )
    assert (good.status, good.code) == (Status.ABSENT, "ROLLED_BACK")
    assert (bad.status, bad.code, bad.fields) == (Status.REFUSED, "DEPLOY_FAILED", ("Bad__c",))
    assert "Nope__c" in bad.message
    assert "Good__c" not in destination.describe("Account").fields


def test_a_full_object_says_that_there_is_no_room(write, sandbox):
    sandbox.org.most_custom_fields = 0
    (verdict,) = write(made(1, wanted("Account", "F__c")))
    assert (verdict.status, verdict.code) == (Status.REFUSED, NO_ROOM)


def test_what_is_wrong_with_no_field_stops_the_run(hand, sandbox):
    body = '[{"errorCode": "INSUFFICIENT_ACCESS", "message": "you may not"}]'
    sandbox.fault("server_error", "salesforce", path=f"{DEPLOY}$", status=403, body=body)
    seen, error = hand.write_until_it_stops([made(1, wanted("Account", "F__c"))])
    assert [verdict.status for verdict in seen] == [Status.ABSENT]
    assert "you may not" in str(error)


@pytest.mark.parametrize(
    ("record", "words"),
    [
        (wanted("Account", "Plain"), "must end in __c"),
        (wanted("Account", "two__words__c"), "single underscores"),
        (wanted("Account", "x" * 41 + "__c", label="x"), "at most 40"),
        (wanted("Account", "F__c", label="l" * 41), "at most 40 characters"),
        (wanted("Account", "F__c", "choice"), "at least one option"),
        (wanted("Account", "F__c", "choice", options=["A", "a"]), "upper and lower case"),
        (wanted("Account", "F__c", "choices", options=["A;B"]), "semicolon"),
        (wanted("Account", "F__c", "choice", options=["x" * 256]), "1 to 255"),
        (wanted("Account", "F__c", "file"), "no custom field of type"),
        (wanted("Account", "F__c", "reference"), "needs the one object"),
        (wanted("Account", "F__c", "long_text", length=200_000), "at most 131072"),
        (wanted("ContentNote", "F__c"), "nobody can add fields"),
        ({**JOB, "label": ""}, "1 to 40"),
        ({**JOB, "object": "Job"}, "must end in __c"),
    ],
)
def test_impossible_fields_are_told_before_anything_is_sent(destination, record, words):
    (complaint,) = destination.check(SCHEMA, record)
    assert words in complaint.message


def test_existing_fields_and_objects_are_not_made_again(write):
    write(made(1, JOB), made(2, wanted("Account", "F__c")))
    again = write(
        made(3, JOB), made(4, wanted("Account", "F__c")), made(5, wanted("Account", "Name"))
    )
    assert [one.code for one in again] == ["OBJECT_EXISTS", "FIELD_EXISTS", "FIELD_TYPE"]


def test_a_deploy_has_a_handle_that_a_later_process_can_rejoin(destination, connect, sandbox):
    destination.identity()
    operation = made(1, wanted("Account", "F__c"))
    answers = destination.write([operation])
    handle = next(answers)
    assert isinstance(handle, Handle)
    answers.close()
    (verdict,) = connect().rejoin(handle.value, [operation])
    assert (verdict.status, verdict.destination_id) == (Status.LANDED, "Account.F__c")
    assert "F__c" in connect().describe("Account").fields
    sandbox.org.deploys.clear()
    (unknown,) = connect().rejoin(handle.value, [operation])
    assert unknown.status is Status.UNKNOWN


def test_silence_after_a_deploy_is_resolved_by_looking(write, hand, sandbox):
    sandbox.fault("reset_after", "salesforce", path=f"{DEPLOY}$")
    operations = [made(1, wanted("Account", "F__c")), made(2, JOB)]
    unknown = write(*operations)
    assert {verdict.status for verdict in unknown} == {Status.UNKNOWN}
    for deploy in sandbox.org.deploys.values():
        while not deploy.done:
            deploy.advance(sandbox.org)
    resolved = hand.resolve(operations)
    assert {verdict.status for verdict in resolved} == {Status.LANDED}
    absent = hand.resolve([made(3, wanted("Account", "G__c"))])
    assert absent[0].status is Status.ABSENT


def test_what_an_administrator_deployed_is_only_made_visible(write, hand, sandbox):
    write(made(1, wanted("Account", "F__c")))
    for row in list(sandbox.org.rows["PermissionSetAssignment"]):
        sandbox.org.delete("PermissionSetAssignment", row)
    hand.destination._book.forget()
    assert "F__c" not in hand.destination.describe("Account").fields
    (found,) = hand.resolve([made(2, wanted("Account", "F__c"))])
    assert found.status is Status.LANDED
    assert "F__c" in hand.destination.describe("Account").fields


def test_a_rehearsal_knows_that_activities_have_short_texts_only(destination):
    destination.expect("Event", [FieldSpec("More__c", "long_text", custom=True)])
    assert destination.describe("Event").fields["More__c"].length == 255
    (complaint,) = destination.check("Event", {"More__c": "x" * 256}, whole=False)
    assert complaint.rule == "length"
