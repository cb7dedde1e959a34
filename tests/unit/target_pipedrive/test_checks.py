"""What is decided without asking: descriptions and complaints."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.unit.target_pipedrive.conftest import KEY

from crm_transforms.destination import SCHEMA, FieldSpec, Status


def complaints(destination, object_name, record, **how):
    return {(one.field, one.rule) for one in destination.check(object_name, record, **how)}


@pytest.mark.parametrize(
    ("object_name", "record", "expected"),
    [
        ("organizations", {}, {("name", "required field")}),
        ("organizations", {"name": " "}, {("name", "required field")}),
        ("deals", {"title": "x" * 256}, {("title", "length")}),
        ("deals", {"title": "a", "nope": 1}, {("nope", "unknown field")}),
        ("deals", {"title": "a", "add_time": "x"}, {("add_time", "read-only field")}),
        ("deals", {"title": "a", "status": "done"}, {("status", "option")}),
        ("deals", {"title": "a", "probability": 101}, {("probability", "range")}),
        ("deals", {"title": "a", "won_time": "2021-01-01T00:00:00Z"}, {("won_time", "status")}),
        (
            "deals",
            {"title": "a", "status": "won", "lost_reason": "no", "lost_time": None},
            {("lost_reason", "status")},
        ),
        ("deals", {"title": "a", "status": "lost", "lost_reason": "no"}, set()),
        ("deals", {"title": "a", "value": Decimal(123456789012345)}, {("value", "digits")}),
        ("notes", {"content": "a"}, {("deal_id", "required field")}),
        ("notes", {"content": "a", "org_id": "7"}, set()),
        ("notes", {"content": "x" * 100_001, "org_id": "7"}, {("content", "length")}),
        ("activities", {"subject": "a", "person_id": "7"}, {("person_id", "read-only field")}),
        ("deal_products", {"deal_id": "1"}, {(n, "required field") for n in (
            "product_id", "item_price", "quantity")}),
        ("files", {"file": {"path": "x", "size": 200 << 20}, "deal_id": "1"},
         {("file", "file")}),
    ],
)  # fmt: skip
def test_a_record_is_judged_without_asking(destination, asked, object_name, record, expected):
    destination.describe(object_name)
    before = asked()
    assert complaints(destination, object_name, record) == expected
    assert asked() == before


def test_of_an_update_only_what_it_changes_is_judged(destination):
    assert not complaints(destination, "deals", {"value": Decimal(7)}, whole=False)
    assert not complaints(destination, "deals", {"lost_reason": "x"}, whole=False)
    assert not complaints(destination, "notes", {"content": "x"}, whole=False)
    assert complaints(destination, "deals", {"title": None}, whole=False) == {
        ("title", "required field")
    }


def test_what_cannot_be_changed_later_is_said_and_refused(destination, hand):
    change = {"add_time": "2021-01-01T00:00:00Z"}
    assert complaints(destination, "organizations", change, whole=False) == {
        ("add_time", "fixed field")
    }
    assert not complaints(destination, "organizations", {"name": "a", **change})
    spec = destination.describe("organizations").fields["add_time"]
    assert (spec.writable, spec.updatable) == (True, False)
    (verdict,) = hand.write(hand.change("organizations", "1", **change))
    assert (verdict.status, verdict.code) == (Status.REFUSED, "FIXED_FIELD")


@pytest.mark.parametrize("type_", ["datetime", "html", "list", "file"])
def test_a_type_that_pipedrive_lacks_is_refused_with_advice(destination, type_):
    ((name, rule, message, _),) = destination.check(SCHEMA, {"name": "ks_x", "type": type_})
    assert (name, rule) == ("ks_x", "field type")
    assert f"no custom field of type {type_}" in message
    assert message.count(":") == 1


def test_a_choice_needs_options_that_differ(destination):
    field = {"name": "ks_x", "type": "choice"}
    assert complaints(destination, SCHEMA, {**field, "options": []}) == {("ks_x", "options")}
    assert complaints(destination, SCHEMA, {**field, "options": ["a", "a"]}) == {
        ("ks_x", "options")
    }
    assert not complaints(destination, SCHEMA, {**field, "options": ["a", "b"]})


def test_a_reference_goes_only_where_pipedrive_has_one(destination):
    field = {"name": "ks_x", "type": "reference"}
    assert not complaints(destination, SCHEMA, {**field, "reference": "users"})
    assert complaints(destination, SCHEMA, {**field, "reference": "products"})


@pytest.mark.parametrize(
    ("wanted", "held"),
    [
        ("text", "text"), ("long_text", "long_text"), ("integer", "decimal"), ("money", "money"),
        ("decimal", "decimal"), ("boolean", "choice"), ("date", "date"), ("time", "time"),
        ("choice", "choice"), ("choices", "choices"), ("email", "text"), ("phone", "phone"),
        ("url", "text"), ("address", "address"), ("reference", "reference"),
    ],
)  # fmt: skip
def test_a_field_is_described_as_it_was_said_to_be_held(destination, hand, wanted, held):
    spec = FieldSpec("ks_x", wanted, options=("a",) if "choice" in wanted else (),
                     reference="users" if wanted == "reference" else None)  # fmt: skip
    assert destination.held_as(spec) == held
    operation = hand.field(
        "deals", "ks_x", wanted, options=list(spec.options), reference=spec.reference
    )
    assert hand.write(operation)[0].status is Status.LANDED
    assert destination.describe("deals").fields["ks_x"].type == held


def test_fields_of_one_name_are_not_chosen_between(sandbox, destination):
    sandbox.crm.human.add_field("deals", "Twice", "varchar")
    sandbox.crm.human.add_field("deals", "Twice", "text")
    record = {"title": "a", "Twice": "b"}
    assert complaints(destination, "deals", record) == {("Twice", "ambiguous field")}


def test_more_fields_than_a_page_holds_are_all_known(sandbox, destination):
    for number in range(600):
        sandbox.crm.human.add_field("deals", f"Field {number}", "varchar")
    assert "Field 599" in destination.describe("deals").fields


def test_a_description_is_asked_for_once(destination, asked):
    for _ in range(3):
        destination.describe("persons")
    assert asked().count("GET /api/v2/personFields") == 1


def test_the_room_for_fields_is_told_by_the_plan(sandbox, destination):
    sandbox.crm.plan = "lite"
    destination.identity()
    sandbox.crm.human.add_field("persons", "One", "varchar")
    assert destination.describe("deals").custom_field_room == 29
    assert destination.describe("notes").custom_field_room == 0


def test_what_is_no_object_of_pipedrive_has_no_description(destination):
    with pytest.raises(KeyError):
        destination.describe("leads")


def test_a_normal_record_is_what_is_read_back(destination):
    record = {"name": " Acme ", "label_ids": ["b", "a"], "address": "Main St", KEY: "7"}
    assert destination.normalise("organizations", record) == {
        "name": "Acme",
        "label_ids": ["a", "b"],
        "address": {"value": "Main St"},
        KEY: "7",
    }
