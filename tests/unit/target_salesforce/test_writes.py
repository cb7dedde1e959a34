"""Writing by collections: as few requests as there can be, and a verdict for each record."""

from __future__ import annotations

import json
import threading

import pytest

from crm_transforms.destination import DestinationError, Kind, Status
from target_salesforce.collection import LOCK_ATTEMPTS

COLLECTION = "composite/sobjects$"


def answer(*results):
    return json.dumps(list(results))


def locked(count):
    error = {"statusCode": "UNABLE_TO_LOCK_ROW", "message": "unable to obtain exclusive access"}
    return answer(*[{"success": False, "errors": [error]}] * count)


def test_a_thousand_records_take_five_requests(hand, asked):
    hand.destination.describe("Account")
    before = len(asked("POST"))
    verdicts = hand.write(*(hand.create("Account", Name=f"A {n}") for n in range(1_000)))
    assert {verdict.status for verdict in verdicts} == {Status.LANDED}
    assert asked("POST")[before:] == ["POST /composite/sobjects"] * 5


def test_records_are_made_changed_and_removed(hand, sandbox):
    id_ = hand.made("Account", Name="Acme", Phone="1")
    (changed,) = hand.write(hand.change("Account", id_, Phone=None, Site="Main"))
    assert (changed.status, changed.destination_id) == (Status.LANDED, id_)
    (row,) = sandbox.org.query("SELECT Name, Phone, Site FROM Account WHERE Site = 'Main'")
    assert (row["Name"], row["Phone"]) == ("Acme", None)
    (removed,) = hand.write(hand.remove("Account", id_))
    assert removed.status is Status.LANDED
    assert hand.destination.read("Account", [id_], ["Name"]) == {}


def test_removing_what_is_gone_is_no_failure(hand):
    id_ = hand.made("Account", Name="Acme")
    hand.write(hand.remove("Account", id_))
    (again,) = hand.write(hand.remove("Account", id_))
    assert (again.status, again.code) == (Status.LANDED, "ALREADY_GONE")


def test_one_bad_record_does_not_cost_its_neighbours(hand):
    good, bad, long = hand.write(
        hand.create("Contact", LastName="Fine"),
        hand.create("Contact", FirstName="Nameless"),
        hand.create("Contact", LastName="x" * 81),
    )
    assert good.status is Status.LANDED
    assert (bad.status, bad.fields) == (Status.REFUSED, ("LastName",))
    assert (long.status, long.fields, long.rule) == (Status.REFUSED, ("LastName",), "length")


def test_what_only_the_api_knows_is_refused_in_its_words(hand, sandbox):
    hand.destination.describe("Account")
    error = {"statusCode": "FIELD_CUSTOM_VALIDATION_EXCEPTION", "message": "No", "fields": ["Name"]}
    body = answer({"success": False, "errors": [error]})
    sandbox.fault("json_error_200", "salesforce", path=COLLECTION, body=body)
    (verdict,) = hand.write(hand.create("Account", Name="Acme"))
    assert verdict.status is Status.REFUSED
    assert (verdict.code, verdict.message) == ("FIELD_CUSTOM_VALIDATION_EXCEPTION", "No")
    assert verdict.fields == ("Name",)


def test_an_answer_of_another_length_leaves_all_unknown(hand, sandbox):
    hand.destination.describe("Account")
    body = answer({"id": "001000000000001AAA", "success": True, "errors": []})
    sandbox.fault("json_error_200", "salesforce", path=COLLECTION, body=body)
    verdicts = hand.write(hand.create("Account", Name="A"), hand.create("Account", Name="B"))
    assert {verdict.status for verdict in verdicts} == {Status.UNKNOWN}


def test_an_answer_about_another_record_is_not_believed(hand, sandbox):
    id_ = hand.made("Account", Name="Acme")
    body = answer({"id": "001000000000001AAA", "success": True, "errors": []})
    sandbox.fault("json_error_200", "salesforce", path=COLLECTION, body=body)
    (verdict,) = hand.write(hand.change("Account", id_, Name="B"))
    assert (verdict.status, verdict.code) == (Status.UNKNOWN, "STRANGE_ANSWER")


def test_rows_that_others_hold_are_sent_again_in_halves(hand, sandbox, asked, hands):
    hand.destination.describe("Account")
    before = len(asked("POST"))
    sandbox.fault("json_error_200", "salesforce", path=COLLECTION, body=locked(100))
    verdicts = hand.write(*(hand.create("Account", Name=f"A {n}") for n in range(100)))
    assert {verdict.status for verdict in verdicts} == {Status.LANDED}
    assert len(asked("POST")[before:]) == 3
    assert hands.naps
    assert len(sandbox.org.query("SELECT Id FROM Account WHERE Name LIKE 'A %'")) == 100


def test_rows_that_others_never_let_go_are_absent(hand, sandbox, asked):
    hand.destination.describe("Account")
    before = len(asked("POST"))
    sandbox.fault("json_error_200", "salesforce", path=COLLECTION, body=locked(1), times=None)
    (verdict,) = hand.write(hand.create("Account", Name="A"))
    assert (verdict.status, verdict.code) == (Status.ABSENT, "UNABLE_TO_LOCK_ROW")
    assert len(asked("POST")[before:]) == LOCK_ATTEMPTS


def test_a_full_storage_stops_the_run(hand, sandbox):
    hand.destination.describe("Account")
    error = {"statusCode": "STORAGE_LIMIT_EXCEEDED", "message": "storage limit exceeded"}
    body = answer({"success": False, "errors": [error]})
    sandbox.fault("json_error_200", "salesforce", path=COLLECTION, body=body)
    (verdict,), error = hand.write_until_it_stops([hand.create("Account", Name="A")])
    assert verdict.status is Status.ABSENT
    assert isinstance(error, DestinationError)
    assert "storage is full" in str(error)


def test_a_request_that_one_record_spoils_is_sent_in_halves(hand, sandbox, asked):
    hand.destination.describe("Account")
    before = len(asked("POST"))
    body = json.dumps([{"errorCode": "JSON_PARSER_ERROR", "message": "cannot be read"}])
    sandbox.fault("server_error", "salesforce", path=COLLECTION, status=400, body=body, times=2)
    verdicts = hand.write(*(hand.create("Account", Name=f"A {n}") for n in range(4)))
    assert {verdict.status for verdict in verdicts} == {Status.LANDED}
    assert len(asked("POST")[before:]) == 5


def test_an_unknown_object_is_named(hand):
    (verdict,) = hand.write(hand.create("Nope__c", Name="A"))
    assert (verdict.status, verdict.code) == (Status.REFUSED, "NO_SUCH_OBJECT")


def test_users_are_neither_made_nor_removed(hand):
    user = hand.destination.people()[0].id
    made, removed = hand.write(hand.create("User", LastName="A"), hand.remove("User", user))
    assert {made.status, removed.status} == {Status.REFUSED}
    assert "matched, not made" in made.message
    assert removed.code == "NOT_REMOVED"


def test_an_unknown_field_is_named_before_anything_is_sent(hand, sandbox):
    hand.destination.describe("Account")
    sandbox.requests.clear()
    (verdict,) = hand.write(hand.create("Account", Name="A", Nope__c="x"))
    assert (verdict.status, verdict.fields) == (Status.REFUSED, ("Nope__c",))
    assert len(sandbox.requests) == 0


def test_children_of_one_parent_are_never_under_way_twice(hand, monkeypatch):
    parents = [hand.made("Account", Name=f"A {n}") for n in range(3)]
    children = [
        hand.create("Contact", LastName=f"C {n}", AccountId=parents[n % 3]) for n in range(900)
    ]
    destination = hand.destination
    target = destination._target("Contact")
    under_way: set[str] = set()
    seen_twice = []
    lock = threading.Lock()
    carry_out = target.carry_out

    def watched(operations):
        mine = {str(operation.fields["AccountId"]) for operation in operations}
        with lock:
            seen_twice.extend(mine & under_way)
            under_way.update(mine)
        yield from carry_out(operations)
        with lock:
            under_way.difference_update(mine)

    monkeypatch.setattr(target, "carry_out", watched)
    verdicts = hand.write(*children)
    assert {verdict.status for verdict in verdicts} == {Status.LANDED}
    assert not seen_twice


def test_a_batch_goes_on_after_silence_and_stops_after_several(hand, sandbox):
    hand.destination.describe("Account")
    sandbox.fault("server_error", "salesforce", path=COLLECTION, times=None)
    operations = [hand.create("Account", Name=f"A {n}") for n in range(1_900)]
    verdicts, error = hand.write_until_it_stops(operations)
    assert len(verdicts) == 1_900
    assert {verdict.status for verdict in verdicts} <= {Status.UNKNOWN, Status.ABSENT}
    assert "no answer to the last" in str(error)


def test_creates_come_before_changes_and_removals(hand, sandbox):
    one, two = hand.made("Account", Name="One"), hand.made("Account", Name="Two")
    sandbox.org.commits.clear()
    hand.write(
        hand.remove("Account", one),
        hand.change("Account", two, Name="Second"),
        hand.create("Account", Name="Three"),
    )
    assert [commit.operation for commit in sandbox.org.commits] == ["insert", "update", "delete"]


@pytest.mark.parametrize("kind", [Kind.CREATE, Kind.UPDATE, Kind.DELETE])
def test_collections_cost_a_request_for_two_hundred(destination, kind):
    assert destination.cost("Account", kind, 1_000).calls == 5
    assert destination.cost("Account", kind, 1_001).calls == 6


def test_jobs_cost_the_same_whatever_they_hold(destination):
    assert destination.cost("Account", Kind.CREATE, 2_000).calls == 9
    assert destination.cost("Account", Kind.CREATE, 10_000).calls == 9
    assert destination.cost("Account", Kind.CREATE, 10_200).calls == 10
    assert destination.cost("Order", Kind.CREATE, 10_000).calls == 50
