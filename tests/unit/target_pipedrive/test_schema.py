"""Custom fields as records."""

from __future__ import annotations

import pytest

from crm_transforms.destination import SCHEMA, Kind, Operation, Status


def test_a_field_is_made_seen_and_removed(sandbox, hand):
    before = sandbox.crm.snapshot()
    (made,) = hand.write(hand.field("deals", "ks_x", "choice", options=["a", "b"], label="X"))
    spec = hand.destination.describe("deals").fields["ks_x"]
    assert (spec.type, spec.options, spec.custom) == ("choice", ("a", "b"), True)
    read = hand.destination.read(SCHEMA, [made.destination_id], ["name", "type", "options"])
    record = {"name": "ks_x", "type": "choice", "options": ["a", "b"]}
    assert read == {made.destination_id: record}
    assert hand.destination.normalise(SCHEMA, record) == record
    gone = Operation(9, SCHEMA, Kind.DELETE, "deals.ks_x", {}, made.destination_id)
    assert hand.write(gone)[0].status is Status.LANDED
    assert "ks_x" not in hand.destination.describe("deals").fields
    assert hand.write(gone)[0].status is Status.LANDED
    assert sandbox.crm.snapshot() == before


def grow(options, **more):
    record = {"object": "deals", "name": "ks_x", "type": "choice", "options": options, **more}
    return Operation(9, SCHEMA, Kind.UPDATE, "deals.ks_x", record)


def test_options_are_added_and_none_is_lost(sandbox, hand):
    (made,) = hand.write(hand.field("deals", "ks_x", "choice", options=["a"]))
    code = made.destination_id.split("/")[1]
    (old,) = sandbox.crm.fields.of("deals")[code]["options"]
    (verdict,) = hand.write(grow(["b", "c"]))
    assert (verdict.status, verdict.destination_id) == (Status.LANDED, made.destination_id)
    assert hand.destination.describe("deals").fields["ks_x"].options == ("a", "b", "c")
    assert sandbox.crm.fields.of("deals")[code]["options"][0] == old


def test_options_are_taken_away_only_when_named_for_it(hand):
    hand.write(hand.field("deals", "ks_x", "choice", options=["a", "b"]))
    hand.write(grow([], remove_options=["a"]))
    assert hand.destination.describe("deals").fields["ks_x"].options == ("b",)


def test_many_fields_are_made_with_one_look_at_those_that_are_there(hand, asked):
    verdicts = hand.write(*(hand.field("deals", f"ks_{n}", "text") for n in range(25)))
    assert {verdict.status for verdict in verdicts} == {Status.LANDED}
    assert asked() == ["GET /api/v2/dealFields", *["POST /api/v2/dealFields"] * 25]
    assert {f"ks_{n}" for n in range(25)} <= hand.destination.describe("deals").fields.keys()
    assert asked().count("GET /api/v2/dealFields") == 1


@pytest.mark.parametrize("moment", ["after", "before"])
def test_options_whose_answer_is_lost_are_sent_once(sandbox, hand, asked, moment):
    hand.write(hand.field("deals", "ks_x", "choice", options=["a"]))
    sandbox.fault(f"reset_{moment}", "pipedrive", method="POST")
    assert hand.write(grow(["b"]))[0].status is Status.UNKNOWN
    assert len([line for line in asked("POST") if line.endswith("/options")]) == 1
    if moment == "before":
        assert hand.resolve([grow(["b"])])[0].status is Status.ABSENT
        assert hand.write(grow(["b"]))[0].status is Status.LANDED
    assert hand.resolve([grow(["b"])])[0].status is Status.LANDED
    assert hand.destination.describe("deals").fields["ks_x"].options == ("a", "b")


def test_an_answer_that_does_not_show_the_options_is_unknown(sandbox, hand):
    hand.write(hand.field("deals", "ks_x", "choice", options=["a"]))
    body = '{"success":true,"data":[{"id":7,"label":"another"}]}'
    sandbox.fault("server_error", "pipedrive", method="POST", status=200, body=body)
    (verdict,) = hand.write(grow(["b"]))
    assert (verdict.status, verdict.code) == (Status.UNKNOWN, "STRANGE_ANSWER")


def test_options_cost_one_look_and_one_request_however_many_they_are(hand, asked):
    hand.write(hand.field("deals", "ks_x", "choice", options=["a"]))
    hand.destination.describe("deals")
    before = len(asked())
    hand.write(grow([f"o{n}" for n in range(50)]))
    assert hand.destination.describe("deals").fields["ks_x"].options[-1] == "o49"
    requests = [line.split("/")[0] + line.split("/")[-1] for line in asked()[before:]]
    assert requests == ["GET dealFields", "POST options"]


@pytest.mark.parametrize("object_name", ["organizations", "persons", "deals"])
def test_labels_come_and_go(sandbox, hand, object_name):
    before = sandbox.crm.snapshot()
    (grown,) = hand.write(hand.grow(object_name, "label_ids", "New", "Newer"))
    id_ = f"{object_name}/label_ids"
    assert (grown.status, grown.destination_id) == (Status.LANDED, id_)
    assert hand.destination.describe(object_name).fields["label_ids"].options[-1] == "Newer"
    read = hand.destination.read(SCHEMA, [id_], ["name", "options"])
    assert read[id_]["options"][-2:] == ["New", "Newer"]
    less = hand.shrink(object_name, "label_ids", "New", "Newer", id_=id_)
    assert hand.resolve([less])[0].status is Status.ABSENT
    (gone,) = hand.write(less)
    assert (gone.status, gone.destination_id, gone.code) == (Status.LANDED, id_, "")
    assert hand.resolve([less])[0].status is Status.LANDED
    assert sandbox.crm.snapshot() == before
    (again,) = hand.write(less)
    assert (again.status, again.code) == (Status.LANDED, "ALREADY_GONE")


@pytest.mark.parametrize("moment", ["after", "before"])
def test_options_removed_in_silence_are_looked_up(sandbox, hand, moment):
    hand.write(hand.field("deals", "ks_x", "choice", options=["a", "b"]))
    less = hand.shrink("deals", "ks_x", "b")
    sandbox.fault(f"reset_{moment}", "pipedrive", method="DELETE")
    assert hand.write(less)[0].status is Status.UNKNOWN
    (verdict,) = hand.resolve([less])
    assert verdict.status is (Status.LANDED if moment == "after" else Status.ABSENT)


def test_options_of_a_field_that_somebody_renamed_go_by_its_id(hand, sandbox):
    (made,) = hand.write(hand.field("deals", "ks_x", "choice", options=["a", "b"]))
    code = made.destination_id.split("/")[1]
    sandbox.crm.fields.of("deals")[code]["field_name"] = "Renamed"
    (verdict,) = hand.write(hand.shrink("deals", "ks_x", "b", id_=made.destination_id))
    assert verdict.status is Status.LANDED
    assert hand.destination.describe("deals").fields["Renamed"].options == ("a",)


def test_options_and_fields_that_somebody_removed_count_as_removed(hand, sandbox):
    (made,) = hand.write(hand.field("deals", "ks_x", "choice", options=["a", "b"]))
    sandbox.crm.human.remove_field("deals", made.destination_id.split("/")[1])
    less = hand.shrink("deals", "ks_x", "b", id_=made.destination_id)
    gone = hand.drop("deals", "ks_x", made.destination_id)
    verdicts = hand.write(less, gone)
    assert {(v.status, v.code) for v in verdicts} == {(Status.LANDED, "ALREADY_GONE")}
    assert {v.status for v in hand.resolve([less, gone])} == {Status.LANDED}
    assert hand.write(grow(["c"]))[0].code == "NO_SUCH_FIELD"


@pytest.mark.parametrize("moment", ["after", "before"])
def test_a_field_removed_in_silence_is_looked_up(sandbox, hand, moment):
    (made,) = hand.write(hand.field("deals", "ks_x", "text"))
    gone = hand.drop("deals", "ks_x", made.destination_id)
    sandbox.fault(f"reset_{moment}", "pipedrive", method="DELETE")
    assert hand.write(gone)[0].status is Status.UNKNOWN
    (verdict,) = hand.resolve([gone])
    assert verdict.status is (Status.LANDED if moment == "after" else Status.ABSENT)


@pytest.mark.parametrize(
    ("name", "code"),
    [("title", "NO_OPTIONS"), ("status", "NO_OPTIONS"), ("ks_none", "NO_SUCH_FIELD")],
)
def test_what_has_no_list_of_options_takes_none(hand, name, code):
    operation = hand.grow("deals", name, "x", type={"title": "text"}.get(name, "choice"))
    (verdict,) = hand.write(operation)
    assert (verdict.status, verdict.code) == (Status.REFUSED, code)


def test_pipedrive_s_own_fields_are_not_removed(hand, asked):
    (verdict,) = hand.write(hand.drop("deals", "label_ids", "deals/label_ids"))
    assert (verdict.status, verdict.code) == (Status.REFUSED, "SYSTEM_FIELD")
    assert asked("DELETE") == []


def test_the_type_of_a_field_cannot_be_changed(hand):
    hand.write(hand.field("deals", "ks_x", "text"))
    (verdict,) = hand.write(grow(["a"]))
    assert (verdict.status, verdict.code) == (Status.REFUSED, "FIELD_TYPE")


@pytest.mark.parametrize(
    ("field", "code"),
    [
        (("deals", "title", "text"), "FIELD_EXISTS"),
        (("notes", "ks_x", "text"), "NO_CUSTOM_FIELDS"),
        (("leads", "ks_x", "text"), "NO_CUSTOM_FIELDS"),
        (("deals", "ks_x", "datetime"), "FIELD_TYPE"),
        (("deals", "x" * 256, "text"), "FIELD_TYPE"),
    ],
)
def test_a_field_that_cannot_be_is_refused(hand, asked, field, code):
    (verdict,) = hand.write(hand.field(*field))
    assert (verdict.status, verdict.code) == (Status.REFUSED, code)
    assert f"{field[0]}.{field[1]}" in verdict.message
    assert not asked("POST")


def test_a_field_beyond_the_plan_names_the_plans(sandbox, hand):
    sandbox.crm.custom_field_cap = 1
    verdicts = hand.write(hand.field("deals", "ks_a", "text"), hand.field("deals", "ks_b", "text"))
    assert [verdict.status for verdict in verdicts] == [Status.LANDED, Status.REFUSED]
    assert "Lite 30, Growth 100" in verdicts[1].message


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("moment", ["after", "before"])
def test_a_field_made_in_silence_is_looked_up(sandbox, hand, moment):
    operation = hand.field("deals", "ks_x", "text")
    sandbox.fault(f"timeout_{moment}", "pipedrive", method="POST")
    assert hand.write(operation)[0].status is Status.UNKNOWN
    (verdict,) = hand.resolve([operation])
    assert verdict.status is (Status.LANDED if moment == "after" else Status.ABSENT)
    there = "ks_x" in hand.destination.describe("deals").fields
    assert there is (moment == "after")


def test_a_field_that_was_made_twice_shows_its_double(sandbox, hand):
    operation = hand.field("deals", "ks_x", "text")
    late = sandbox.fault("late_commit", "pipedrive", method="POST")
    hand.write(operation)
    (made,) = hand.write(operation)
    sandbox.release(late)
    (verdict,) = hand.resolve([operation])
    assert verdict.status is Status.LANDED
    assert {verdict.destination_id, *verdict.duplicates} >= {made.destination_id}
    assert len(verdict.duplicates) == 1


@pytest.mark.parametrize("moment", ["after", "before"])
def test_options_added_in_silence_are_looked_up(sandbox, hand, moment):
    hand.write(hand.field("deals", "ks_x", "choice", options=["a"]))
    sandbox.fault(f"reset_{moment}", "pipedrive", method="POST")
    hand.write(grow(["b"]))
    (verdict,) = hand.resolve([grow(["b"])])
    assert verdict.status is (Status.LANDED if moment == "after" else Status.ABSENT)


def test_fields_cost_what_fields_cost(destination):
    assert destination.cost(SCHEMA, Kind.CREATE, 3).tokens == 15
    assert destination.cost(SCHEMA, Kind.DELETE, 3).tokens == 9


@pytest.mark.parametrize(
    ("object_name", "tokens"),
    [
        ("organizations", (5, 5, 3)),
        ("deals", (5, 5, 3)),
        ("activities", (5, 5, 3)),
        ("notes", (10, 10, 6)),
        ("files", (10, 10, 6)),
    ],
)
def test_records_cost_what_pipedrive_charges(destination, object_name, tokens):
    kinds = (Kind.CREATE, Kind.UPDATE, Kind.DELETE)
    assert tuple(destination.cost(object_name, kind, 1).tokens for kind in kinds) == tokens
