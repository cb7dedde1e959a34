"""Enhanced notes: each made with its link or not at all; and classic ones."""

from __future__ import annotations

import json

import pytest

from crm_transforms.destination import Kind, Status
from target_salesforce.content.note_text import as_note, canonical, words_of
from target_salesforce.content.notes import MOST_NOTES

COMPOSITE = "composite$"


@pytest.fixture
def account(hand):
    return hand.made("Account", Name="Acme")


def note(hand, account, number=1, content="<p>Hello</p>", **more):
    fields = {"Title": f"Note {number}", "Content": content, "LinkedEntityId": account}
    return hand.create("ContentNote", **{**fields, **more})


def test_twelve_notes_and_their_links_take_one_request(hand, account, asked, sandbox):
    hand.destination.describe("ContentNote")
    before = len(asked("POST"))
    verdicts = hand.write(*(note(hand, account, number) for number in range(30)))
    assert {verdict.status for verdict in verdicts} == {Status.LANDED}
    assert asked("POST")[before:] == ["POST /composite"] * 3
    linked = sandbox.org.children("ContentDocumentLink", "LinkedEntityId", account)
    assert {row["ContentDocumentId"] for row in linked} == {v.destination_id for v in verdicts}
    assert destination_costs(hand) == (1, 3)


def destination_costs(hand):
    cost = hand.destination.cost
    return (
        cost("ContentNote", Kind.CREATE, MOST_NOTES).calls,
        cost("ContentNote", Kind.CREATE, 30).calls,
    )


def test_a_refused_note_leaves_nothing_behind_and_costs_no_neighbour(hand, account, sandbox):
    lost = "001000000000001AAA"
    good, bad, fine = hand.write(
        note(hand, account, 1), note(hand, lost, 2), note(hand, account, 3)
    )
    assert (good.status, fine.status) == (Status.LANDED, Status.LANDED)
    assert bad.status is Status.REFUSED
    rows = sandbox.org.query("SELECT Title FROM ContentNote")
    assert sorted(row["Title"] for row in rows) == ["Note 1", "Note 3"]


def test_a_note_needs_a_record_and_a_text(hand, account):
    no_parent, no_text = hand.write(
        hand.create("ContentNote", Title="A", Content="x"),
        note(hand, account, content="<script>bad()</script>"),
    )
    assert (no_parent.status, no_parent.fields) == (Status.REFUSED, ("LinkedEntityId",))
    assert no_text.status is Status.REFUSED


def test_silence_is_resolved_by_title_and_record(hand, account, sandbox):
    other = hand.made("Account", Name="Other")
    marks = dict(hand.destination.mark(["ContentNote"]))
    operation = note(hand, account)
    sandbox.fault("reset_after", "salesforce", path=COMPOSITE)
    (verdict,) = hand.write(operation)
    assert verdict.status is Status.UNKNOWN
    found, elsewhere, absent = hand.resolve(
        [operation, note(hand, other), note(hand, account, 9)], marks
    )
    assert found.status is Status.LANDED
    assert elsewhere.status is Status.ABSENT
    assert absent.status is Status.ABSENT
    assert hand.resolve([operation], {"ContentNote": "0"})[0].status is Status.LANDED


def test_a_note_that_was_made_twice_names_the_other_one(hand, account):
    one, two = hand.write(note(hand, account), note(hand, account))
    (found,) = hand.resolve([note(hand, account)])
    assert {found.destination_id, *found.duplicates} == {one.destination_id, two.destination_id}


def test_what_is_read_back_equals_what_was_wanted(hand, account):
    operations = [
        note(hand, account, number, content)
        for number, content in enumerate(
            [
                "<p>One &amp; <b>two</b></p>\n<p>three</p>",
                "a < b > c & \"d\" 'e'\r\nsecond line",
                '<div onclick="x()">safe</div><script>gone()</script>',
                "<table><tr><td>1</td><td>2</td></tr></table>",
                "long " * 400,
                "x<b>y</b>z",
            ]
        )
    ]
    verdicts = hand.write(*operations)
    assert {verdict.status for verdict in verdicts} == {Status.LANDED}, verdicts
    read_back(hand, operations, verdicts)


def test_many_notes_are_read_by_their_previews(hand, account, asked):
    contents = ["<p>short &amp; <i>sweet</i></p>", "words " * 200]
    operations = [note(hand, account, n, contents[n % 30 == 0]) for n in range(60)]
    verdicts = hand.write(*operations)
    before = len(asked("GET"))
    read_back(hand, operations, verdicts)
    whole = [line for line in asked("GET")[before:] if line.endswith("/Content")]
    assert len(whole) == 2


def read_back(hand, operations, verdicts):
    destination = hand.destination
    ids = [verdict.destination_id for verdict in verdicts]
    found = destination.read("ContentNote", ids, ["Title", "Content", "LinkedEntityId"])
    for operation, id_ in zip(operations, ids, strict=True):
        normal = destination.normalise("ContentNote", operation.fields)
        assert destination.normalise("ContentNote", found[id_]) == normal
        assert destination.normalise("ContentNote", normal) == normal


def test_lines_of_a_note_survive(hand, account, sandbox):
    (verdict,) = hand.write(note(hand, account, content="one\ntwo"))
    assert sandbox.org.blobs[verdict.destination_id].decode().count("<br>") == 1


def test_notes_are_changed_in_place(hand, account):
    (verdict,) = hand.write(note(hand, account))
    (changed,) = hand.write(
        hand.change("ContentNote", verdict.destination_id, Title="New", Content="<p>Bye</p>")
    )
    assert changed.status is Status.LANDED, changed
    found = hand.destination.read("ContentNote", [verdict.destination_id], ["Title", "Content"])
    assert found[verdict.destination_id]["Title"] == "New"
    assert words_of(str(found[verdict.destination_id]["Content"])) == "Bye"


def test_notes_are_removed(hand, account, sandbox):
    (verdict,) = hand.write(note(hand, account))
    (removed,) = hand.write(hand.remove("ContentNote", verdict.destination_id))
    assert removed.status is Status.LANDED
    assert hand.destination.read("ContentNote", [verdict.destination_id], ["Title"]) == {}
    assert sandbox.org.query("SELECT Id FROM ContentNote") == []


def test_notes_of_locked_records_are_tried_again(hand, account, sandbox, hands):
    hand.destination.describe("ContentNote")
    halted = [{"errorCode": "PROCESSING_HALTED", "message": "rolled back"}]
    locked = [{"errorCode": "UNABLE_TO_LOCK_ROW", "message": "unable to obtain exclusive access"}]
    rows = [
        {"referenceId": "n0", "httpStatusCode": 400, "body": halted},
        {"referenceId": "l0", "httpStatusCode": 400, "body": locked},
        {"referenceId": "n1", "httpStatusCode": 400, "body": halted},
        {"referenceId": "l1", "httpStatusCode": 400, "body": halted},
    ]
    body = json.dumps({"compositeResponse": rows})
    sandbox.fault("json_error_200", "salesforce", path=COMPOSITE, body=body)
    verdicts = hand.write(note(hand, account, 1), note(hand, account, 2))
    assert [verdict.status for verdict in verdicts] == [Status.LANDED] * 2
    assert hands.naps
    assert len(sandbox.org.query("SELECT Id FROM ContentNote")) == 2


def test_an_answer_that_says_nothing_leaves_notes_unknown(hand, account, sandbox):
    hand.destination.describe("ContentNote")
    body = '{"compositeResponse": []}'
    sandbox.fault("json_error_200", "salesforce", path=COMPOSITE, body=body)
    (verdict,) = hand.write(note(hand, account))
    assert (verdict.status, verdict.code) == (Status.UNKNOWN, "STRANGE_ANSWER")


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("a\nb", "a<br>b"),
        ("a < b & c", "a &lt; b &amp; c"),
        ('it\'s "so"', "it&#39;s &quot;so&quot;"),
        ("<p>a</p>\n<p>b</p>", "<p>a</p> <p>b</p>"),
        ("<h1>T</h1>x", "T<br>x"),
        (
            '<a href="https://x.y/?a=1&amp;b=2" onclick="z()">l</a>',
            '<a href="https://x.y/?a=1&amp;b=2">l</a>',
        ),
        ('<img src="x"><b>k</b>', "<b>k</b>"),
        ("<script>x</script>ok", "ok"),
    ],
)
def test_notes_are_sent_as_plain_formatting(text, sent):
    assert as_note(text) == sent


def test_notes_are_compared_by_their_words():
    assert canonical("<p>a b</p><p>c</p>") == canonical("a b<br>c") == "abc"
    assert canonical("5 < 6 & 7") == "5&lt;6&amp;7"
    assert canonical("<p> </p>") is None


def test_classic_notes_are_plain_records(hand, account):
    fields = {"ParentId": account, "Title": "Note 1", "Body": "one\ntwo & three"}
    id_ = hand.made("Note", **fields)
    found = hand.destination.read("Note", [id_], list(fields))
    assert found[id_] == hand.destination.normalise("Note", fields)


def test_classic_notes_are_recognised_by_all_they_say_from_the_beginning_on(hand, account):
    fields = {"ParentId": account, "Title": "Note 1", "Body": "one\ntwo & three"}
    id_ = hand.made("Note", **fields)
    (found,) = hand.resolve([hand.create("Note", **fields)], {"Note": "0"})
    assert (found.status, found.destination_id) == (Status.LANDED, id_)
