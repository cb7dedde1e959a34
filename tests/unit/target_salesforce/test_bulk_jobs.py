"""Jobs of Bulk API 2.0, from their opening to a verdict for each row."""

from __future__ import annotations

import pytest
from tests.unit.target_salesforce.bulky import KEY, KEYS, accounts, answers_of, written

from crm_transforms.destination import Handle, Kind, Status, Verdict
from target_salesforce.bulk import bulk as bulk_module

pytestmark = pytest.mark.usefixtures("jobs")


def test_a_job_takes_seven_requests_whatever_it_holds(hand, asked, sandbox):
    verdicts, answers = answers_of(hand.destination, accounts(hand, 500))
    assert {verdict.status for verdict in verdicts} == {Status.LANDED}
    assert isinstance(answers[0], Handle)
    assert len(answers[0].operation_ids) == 500
    (job,) = sandbox.org.jobs
    told = [line.replace(job, "…") for line in asked() if "limits" not in line]
    assert told == [
        "POST /jobs/ingest",
        "PUT /jobs/ingest/…/batches",
        "PATCH /jobs/ingest/…",
        "GET /jobs/ingest/…",
        "GET /jobs/ingest/…",
        "GET /jobs/ingest/…/successfulResults/",
    ]
    by_id = {row["Id"]: row[KEY] for row in sandbox.org.query(KEYS)}
    assert [by_id[verdict.destination_id] for verdict in verdicts] == [f"k{n}" for n in range(500)]


def test_results_in_any_order_are_matched_by_key(hand, sandbox):
    sandbox.org.job_shuffle = 3
    operations = accounts(hand, 50)
    verdicts = written(hand.destination, operations)
    by_id = {row["Id"]: row["Name"] for row in sandbox.org.query("SELECT Id, Name FROM Account")}
    for operation, verdict in zip(operations, verdicts, strict=True):
        assert by_id[verdict.destination_id] == operation.fields["Name"]


def test_the_handle_comes_before_the_upload_and_lets_another_process_give_the_job_up(
    hand, connect, sandbox, asked
):
    operations = accounts(hand, 5)
    answers = hand.destination.write(operations)
    handle = next(answer for answer in answers if isinstance(answer, Handle))
    assert asked("PUT") == []
    answers.close()
    other = connect()
    other.use({"Account": KEY}, {})
    verdicts = list(other.rejoin(handle.value, operations))
    assert {verdict.status for verdict in verdicts} == {Status.ABSENT}
    assert sandbox.org.jobs[handle.value].state == "Aborted"
    assert sandbox.org.query("SELECT Id FROM Account WHERE Name LIKE 'A %'") == []


@pytest.mark.parametrize("polls", [0, 1, 4])
def test_a_job_that_was_closed_is_waited_for_by_the_next_process(hand, connect, sandbox, polls):
    sandbox.org.job_polls = polls
    operations = accounts(hand, 5)
    answers = hand.destination.write(operations)
    handle = next(answer for answer in answers if isinstance(answer, Handle))
    job = sandbox.org.jobs[handle.value]
    header = f"{KEY},Name"
    rows = "".join(f"k{n},A {n}\n" for n in range(5))
    job.content, job.state = f"{header}\n{rows}".encode(), "UploadComplete"
    answers.close()
    other = connect()
    other.use({"Account": KEY}, {})
    verdicts = list(other.rejoin(handle.value, operations))
    assert {verdict.status for verdict in verdicts} == {Status.LANDED}
    again = list(connect_keyed(connect).rejoin(handle.value, operations))
    assert {v.destination_id for v in again} == {v.destination_id for v in verdicts}


def connect_keyed(connect):
    other = connect()
    other.use({"Account": KEY}, {})
    return other


def test_a_job_that_is_gone_tells_nothing(hand, connect):
    operations = accounts(hand, 2)
    verdicts = list(connect_keyed(connect).rejoin("7505g0000000001AAA", operations))
    assert {verdict.status for verdict in verdicts} == {Status.UNKNOWN}


def test_jobs_are_asked_ever_less_often(hand, sandbox, hands):
    sandbox.org.job_polls = 12
    hands.naps.clear()
    written(hand.destination, accounts(hand, 3))
    assert hands.naps == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]


def test_a_job_that_never_ends_is_given_up_without_a_guess(hand, sandbox):
    sandbox.org.job_polls = None
    verdicts, error = hand.write_until_it_stops(accounts(hand, 3))
    judged = [verdict for verdict in verdicts if isinstance(verdict, Verdict)]
    assert {verdict.status for verdict in judged} == {Status.UNKNOWN}
    assert "after a day" in str(error)


def test_refused_rows_are_told_in_the_apis_words_and_cost_no_neighbour(hand, sandbox):
    sandbox.org.insert("Account", {"Name": "There", KEY: "k1"})
    operations = [*accounts(hand, 3), hand.create("Account", Name="x", **{KEY: "k9"})]
    first, taken, third, last = written(hand.destination, operations)
    assert [one.status for one in (first, third, last)] == [Status.LANDED] * 3
    assert (taken.status, taken.code) == (Status.UNKNOWN, "DUPLICATE_VALUE")
    (found,) = hand.resolve([operations[1]])
    assert found.status is Status.LANDED


def test_what_only_the_api_refuses_names_its_fields(hand, sandbox):
    parent = hand.made("Account", Name="P")
    sandbox.org.delete("Account", parent)
    operations = [
        hand.create("Contact", LastName=f"C {n}", AccountId=parent, **{KEY: f"c{n}"})
        for n in range(3)
    ]
    verdicts = written(hand.destination, operations)
    assert {verdict.status for verdict in verdicts} == {Status.REFUSED}
    assert all(verdict.code and verdict.message for verdict in verdicts)


def test_updates_and_deletes_are_matched_by_id(hand, sandbox, asked):
    ids = [verdict.destination_id for verdict in written(hand.destination, accounts(hand, 4))]
    changes = [hand.change("Account", id_, Site=f"S {id_}", Phone=None) for id_ in ids[::-1]]
    sandbox.org.job_shuffle = 1
    changed = written(hand.destination, changes)
    assert [verdict.destination_id for verdict in changed] == ids[::-1]
    for row in sandbox.org.query("SELECT Id, Site FROM Account WHERE Site != null"):
        assert row["Site"] == f"S {row['Id']}"
    sandbox.org.delete("Account", ids[0])
    removed = written(hand.destination, [hand.remove("Account", id_) for id_ in ids])
    assert [verdict.status for verdict in removed] == [Status.LANDED] * 4
    assert removed[0].code == "ALREADY_GONE"
    assert len([line for line in asked("POST") if line.endswith("/jobs/ingest")]) == 3


def test_clearing_a_field_takes_its_value_away(hand, sandbox):
    operations = accounts(hand, 3, Phone="1")
    ids = [verdict.destination_id for verdict in written(hand.destination, operations)]
    written(hand.destination, [hand.change("Account", id_, Phone=None) for id_ in ids])
    assert sandbox.org.query("SELECT Id FROM Account WHERE Phone = '1'") == []


def test_children_of_one_parent_are_beside_each_other(hand, sandbox):
    parents = [hand.made("Account", Name=f"P {n}") for n in range(3)]
    operations = [
        hand.create("Contact", LastName=f"C {n}", AccountId=parents[n % 3], **{KEY: f"c{n}"})
        for n in range(12)
    ]
    sandbox.org.commits.clear()
    written(hand.destination, operations)
    order = [commit.fields["AccountId"] for commit in sandbox.org.commits]
    assert order == sorted(order)


def test_an_org_that_takes_no_jobs_gets_collections(hand, sandbox, asked):
    body = '[{"errorCode": "INVALIDENTITY", "message": "not supported by the Bulk API"}]'
    sandbox.fault("server_error", "salesforce", path="jobs/ingest$", status=400, body=body)
    verdicts, answers = answers_of(hand.destination, accounts(hand, 5))
    assert {verdict.status for verdict in verdicts} == {Status.LANDED}
    assert not [answer for answer in answers if isinstance(answer, Handle)]
    assert "POST /composite/sobjects" in asked("POST")


def test_texts_that_no_csv_can_say_go_by_collections(hand, sandbox, asked):
    operations = [*accounts(hand, 4), hand.create("Account", Name="#N/A", **{KEY: "odd"})]
    verdicts = written(hand.destination, operations)
    assert {verdict.status for verdict in verdicts} == {Status.LANDED}
    assert "POST /composite/sobjects" in asked("POST")
    assert sandbox.org.query("SELECT Id FROM Account WHERE Name = '#N/A'")


def test_more_than_a_file_takes_goes_by_several_jobs(hand, sandbox, monkeypatch):
    real = bulk_module.csv_files
    monkeypatch.setattr(bulk_module, "csv_files", lambda *args: real(*args, 300_000))
    operations = accounts(hand, 40, Description="d" * 30_000)
    verdicts, answers = answers_of(hand.destination, operations)
    assert {verdict.status for verdict in verdicts} == {Status.LANDED}
    handles = [answer for answer in answers if isinstance(answer, Handle)]
    assert len(handles) == len(sandbox.org.jobs) > 3
    told = [id_ for handle in handles for id_ in handle.operation_ids]
    assert sorted(told) == [operation.id for operation in operations]


def test_few_batches_left_are_kept_for_others(hand, sandbox, asked):
    sandbox.org.bulk_batches = 10
    verdicts = written(hand.destination, accounts(hand, 5))
    assert {verdict.status for verdict in verdicts} == {Status.LANDED}
    assert not [line for line in asked("POST") if "jobs" in line]


def test_an_upsert_by_an_external_id_makes_and_changes(hand, sandbox):
    sandbox.org.insert("Account", {"Name": "Old", KEY: "k1"})
    destination = hand.destination
    operations = accounts(hand, 3)
    described = destination._book.of("Account")
    answers = destination._bulk.carry_out("Account", Kind.CREATE, operations, described, KEY)
    verdicts = [answer for answer in answers if isinstance(answer, Verdict)]
    assert {verdict.status for verdict in verdicts} == {Status.LANDED}
    names = {row[KEY]: row["Name"] for row in sandbox.org.query(KEYS)}
    assert [names[f"k{n}"] for n in range(3)] == ["A 0", "A 1", "A 2"]
