"""Jobs that go wrong: half done, cut off, aborted, never answered; nothing lands twice."""

from __future__ import annotations

import pytest
from tests.unit.target_salesforce.bulky import (
    BATCHES,
    KEY,
    STATE,
    accounts,
    answers_of,
    written,
)

from crm_transforms.destination import Handle, Status, Verdict

pytestmark = pytest.mark.usefixtures("jobs")


def test_a_job_that_fails_half_way_keeps_what_was_saved(hand, sandbox):
    sandbox.org.job_stops_after = 4
    verdicts = written(hand.destination, accounts(hand, 10))
    statuses = [verdict.status for verdict in verdicts]
    assert statuses == [Status.LANDED] * 4 + [Status.ABSENT] * 6
    assert {verdict.code for verdict in verdicts[4:]} == {"UNPROCESSED"}
    assert len(sandbox.org.query("SELECT Id FROM Account WHERE Name LIKE 'A %'")) == 4


def test_a_job_that_fails_as_a_whole_stops_the_run(hand, sandbox):
    operations = accounts(hand, 3)
    sandbox.org.remove_field("Account", KEY)
    answers, error = hand.write_until_it_stops(operations)
    judged = [answer for answer in answers if isinstance(answer, Verdict)]
    assert {verdict.status for verdict in judged} == {Status.ABSENT}
    assert "Field name not found" in str(error)


def test_a_job_that_a_person_aborts_stops_the_run(hand, sandbox):
    sandbox.org.job_polls = None
    answers = hand.destination.write(accounts(hand, 3))
    handle = next(answers)
    original = hand.destination._client.clock.sleep

    def aborting(seconds):
        sandbox.org.jobs[handle.value].state = "Aborted"
        original(seconds)

    object.__setattr__(hand.destination._client.clock, "sleep", aborting)
    seen, error = [], None
    try:
        for answer in answers:
            seen.append(answer)  # noqa: PERF402 - extend() would lose them when it raises
    except Exception as trouble:  # noqa: BLE001 - looked at below
        error = trouble
    assert {verdict.status for verdict in seen} == {Status.ABSENT}
    assert "was aborted in Salesforce" in str(error)


def test_results_that_are_too_short_leave_rows_unknown(hand, sandbox):
    sandbox.org.job_short = 2
    verdicts = written(hand.destination, accounts(hand, 6))
    assert [verdict.status for verdict in verdicts].count(Status.UNKNOWN) == 2
    assert {v.code for v in verdicts if v.status is Status.UNKNOWN} == {"NO_RESULT"}


def test_results_that_are_cut_are_read_again(hand, sandbox):
    sandbox.fault("cut_body", "salesforce", path="successfulResults")
    verdicts = written(hand.destination, accounts(hand, 40))
    assert {verdict.status for verdict in verdicts} == {Status.LANDED}


@pytest.mark.parametrize("kind", ["reset_before", "reset_after", "server_error"])
def test_an_upload_that_nobody_answers_goes_to_a_new_job_and_lands_once(hand, sandbox, kind):
    sandbox.fault(kind, "salesforce", path=BATCHES)
    verdicts, answers = answers_of(hand.destination, accounts(hand, 5))
    assert {verdict.status for verdict in verdicts} == {Status.LANDED}
    assert len(sandbox.org.query("SELECT Id FROM Account WHERE Name LIKE 'A %'")) == 5
    handles = [answer for answer in answers if isinstance(answer, Handle)]
    if len(handles) > 1:
        assert sandbox.org.jobs[handles[0].value].state == "Aborted"


def test_an_upload_that_never_arrives_is_absent(hand, sandbox):
    sandbox.fault("server_error", "salesforce", path=BATCHES, times=None)
    answers, error = hand.write_until_it_stops(accounts(hand, 5))
    judged = [answer for answer in answers if isinstance(answer, Verdict)]
    assert {verdict.status for verdict in judged} == {Status.ABSENT}
    assert "no answer to the upload" in str(error)
    assert {job.state for job in sandbox.org.jobs.values()} == {"Aborted"}


@pytest.mark.parametrize("kind", ["reset_before", "reset_after", "server_error"])
def test_a_job_is_closed_once_even_if_nobody_answers(hand, sandbox, kind):
    sandbox.fault(kind, "salesforce", method="PATCH", path=STATE)
    verdicts = written(hand.destination, accounts(hand, 5))
    assert {verdict.status for verdict in verdicts} == {Status.LANDED}
    assert len(sandbox.org.query("SELECT Id FROM Account WHERE Name LIKE 'A %'")) == 5


def test_no_answer_after_the_close_is_no_guess(hand, sandbox):
    sandbox.fault("server_error", "salesforce", method="GET", path=STATE, times=None)
    answers, error = hand.write_until_it_stops(accounts(hand, 5))
    judged = [answer for answer in answers if isinstance(answer, Verdict)]
    assert {verdict.status for verdict in judged} == {Status.UNKNOWN}
    assert error is not None


def test_rows_that_others_hold_are_sent_again_by_collections(hand, sandbox, asked):
    parent = hand.made("Account", Name="Parent")
    sandbox.org.locked.add(parent)
    operations = [
        hand.create("Contact", LastName=f"C {n}", AccountId=parent, **{KEY: f"c{n}"})
        for n in range(5)
    ]
    original = hand.destination._client.clock.sleep

    def releasing(seconds):
        sandbox.org.locked.clear()
        original(seconds)

    object.__setattr__(hand.destination._client.clock, "sleep", releasing)
    sandbox.org.job_polls = 0
    before = len(asked("POST"))
    verdicts = written(hand.destination, operations)
    assert {verdict.status for verdict in verdicts} == {Status.LANDED}, verdicts
    assert "POST /composite/sobjects" in asked("POST")[before:]
