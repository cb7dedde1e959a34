"""Answers of another shape than documented: nothing is concluded from them."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from crm_transforms.destination import DestinationError, Status


@pytest.fixture
def answered(sandbox):
    """Answer the next request to a path with ``data``, and whatever stands beside it."""

    def answer(method, path, data, **beside):
        body = json.dumps({"success": True, "data": data, **beside})
        return sandbox.fault("json_error_200", "pipedrive", method=method, path=path, body=body)

    return answer


def row(**more):
    return {"field_code": "a", "field_name": "b", "field_type": "varchar", **more}


READS = {
    "an account in words": ("users/me$", "x", lambda d: d.identity()),
    "an account that is a list": ("users/me$", [], lambda d: d.identity()),
    "an account without id": ("users/me$", {}, lambda d: d.identity()),
    "an account without company": ("users/me$", {"id": 1}, lambda d: d.identity()),
    "users in words": ("users$", "x", lambda d: d.people()),
    "no users": ("users$", None, lambda d: d.people()),
    "an empty list of users": ("users$", [], lambda d: d.people()),
    "users without id": ("users$", [{"name": "x"}], lambda d: d.people()),
    "no fields": ("dealFields$", None, lambda d: d.describe("deals")),
    "an empty list of fields": ("dealFields$", [], lambda d: d.describe("deals")),
    "fields without code": ("dealFields$", [{"x": 1}], lambda d: d.describe("deals")),
    "fields with an empty code": (
        "dealFields$", [row(field_code="")], lambda d: d.describe("deals")
    ),
    "options in words": ("dealFields$", [row(options=["a"])], lambda d: d.describe("deals")),
    "records in words": ("deals$", ["x"], lambda d: d.mark(["deals"])),
    "records without id": ("deals$", [{}], lambda d: d.mark(["deals"])),
    "records whose id is text": ("notes$", [{"id": "a"}], lambda d: d.mark(["notes"])),
    "one record in words": ("notes/7$", "x", lambda d: d.read("notes", ["7"], [])),
    "lines without deal": (
        "deals/products$", [{"id": 1}], lambda d: d.read("deal_products", ["1/1"], [])
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", READS)
def test_a_read_of_another_shape_names_endpoint_and_place(destination, answered, name):
    path, data, read = READS[name]
    if name == "records in words":
        destination.describe("deals")
    answered("GET", path, data)
    with pytest.raises(DestinationError) as wrong:
        read(destination)
    assert path.rstrip("$").replace("7", "{id}") in str(wrong.value)
    assert "not as documented" in str(wrong.value) or "no fields at all" in str(wrong.value)


@pytest.mark.parametrize(
    ("beside", "place"),
    [
        ({"additional_data": []}, "additional_data"),
        ({"additional_data": {"next_cursor": 7}}, "additional_data.next_cursor"),
        ({"additional_data": {"pagination": {"next_start": "x"}}}, "pagination.next_start"),
    ],
)
def test_a_list_that_does_not_say_how_it_goes_on_is_an_error(destination, answered, beside, place):
    answered("GET", "dealFields$", [row()], **beside)
    with pytest.raises(DestinationError, match=place):
        destination.describe("deals")


def test_what_is_not_as_documented_is_not_quoted(destination, answered):
    answered("GET", "users$", [{"id": "secret words"}])
    with pytest.raises(DestinationError) as wrong:
        destination.people()
    assert "secret" not in str(wrong.value)


UNUSABLE = [None, "x", [1], {}, {"id": "abc"}, {"id": "7"}, {"id": True}, {"id": 0}, {"id": 1.5}]


@pytest.mark.parametrize("data", UNUSABLE, ids=str)
def test_a_create_without_a_usable_id_is_unknown_and_looked_for(hand, answered, data):
    hand.destination.describe("organizations")
    marks = hand.destination.mark(["organizations"])
    operation = hand.create("organizations", name="Acme")
    answered("POST", "organizations$", data)
    (verdict,) = hand.write(operation)
    assert (verdict.status, verdict.code) == (Status.UNKNOWN, "STRANGE_ANSWER")
    assert hand.resolve([operation], marks)[0].status is Status.ABSENT


@pytest.mark.parametrize("data", [*UNUSABLE, {"field_code": "x"}, row(options=["a"])], ids=str)
def test_a_field_without_a_usable_code_is_unknown(hand, answered, data):
    answered("POST", "dealFields$", data)
    (verdict,) = hand.write(hand.field("deals", "ks_x", "text"))
    assert (verdict.status, verdict.code) == (Status.UNKNOWN, "STRANGE_ANSWER")
    assert "ks_x" not in hand.destination.describe("deals").fields


@pytest.mark.parametrize("data", [*UNUSABLE, [{"id": 1}], {"id": 1}], ids=str)
@pytest.mark.parametrize("lines", [1, 2])
def test_lines_without_usable_ids_are_unknown(hand, answered, data, lines):
    deal = hand.made("deals", title="Job")
    product = hand.made("products", name="Pipe")
    operations = [
        hand.create(
            "deal_products",
            deal_id=deal,
            product_id=product,
            item_price=Decimal(number),
            quantity=Decimal(1),
        )
        for number in range(1, lines + 1)
    ]
    answered("POST", "products", data)
    assert {verdict.status for verdict in hand.write(*operations)} == {Status.UNKNOWN}


@pytest.mark.parametrize("data", [None, "x", {"ids": 7}, {"ids": ["1"]}, [1]], ids=str)
def test_lines_whose_removal_is_not_shown_are_removed_singly(hand, answered, data):
    deal = hand.made("deals", title="Job")
    product = hand.made("products", name="Pipe")
    made = [v.destination_id for v in hand.write(*hand.lines(deal, product, [1, 2]))]
    answered("DELETE", "products$", data)
    verdicts = hand.write(*(hand.remove("deal_products", id_) for id_ in made))
    assert {verdict.status for verdict in verdicts} == {Status.LANDED}
    assert hand.destination.read("deal_products", made, []) == {}


@pytest.mark.parametrize("success", [{}, {"success": None}, {"success": "yes"}], ids=str)
def test_a_change_that_is_not_said_to_have_succeeded_is_unknown(sandbox, hand, success):
    id_ = hand.made("organizations", name="Acme")
    body = json.dumps({**success, "data": {"id": int(id_)}})
    sandbox.fault("json_error_200", "pipedrive", method="PATCH", body=body)
    operation = hand.change("organizations", id_, name="Neu")
    (verdict,) = hand.write(operation)
    assert (verdict.status, verdict.code) == (Status.UNKNOWN, "STRANGE_ANSWER")
    assert hand.resolve([operation])[0].status is Status.ABSENT


def test_a_null_list_of_records_is_an_empty_one(destination, answered):
    answered("GET", "notes$", None)
    assert destination.mark(["notes"]) == {"notes": "0"}
