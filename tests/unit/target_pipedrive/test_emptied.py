"""The way back of fields: everything that can be written can be emptied, or says why not."""

from __future__ import annotations

from decimal import Decimal

import pytest

from crm_transforms.destination import Status
from target_pipedrive.tables import TABLES

MOMENT = "2021-01-01T00:00:00Z"
ADDRESS = {"value": "Main St 1", "country": "US"}
NO_SUCH_RECORD = {"lead_id", "project_id", "task_id", "product_variation_id"}
"""What only objects can hold that the sandbox does not have."""

CUSTOM = {
    "x_text": "text",
    "x_long_text": "text",
    "x_decimal": Decimal("1.5"),
    "x_money": {"value": Decimal(3), "currency": "USD"},
    "x_date": "2021-01-01",
    "x_time": "10:00:00",
    "x_phone": "123",
    "x_address": ADDRESS,
    "x_boolean": "yes",
    "x_choice": "a",
    "x_choices": ["a", "b"],
}


@pytest.fixture
def full(sandbox, hand, tmp_path):
    """A record of each object with all that it can hold."""
    sandbox.crm.features.add("contact sync")
    for name, table in TABLES.items():
        if table.custom:
            types = [key.removeprefix("x_") for key in CUSTOM]
            more = {"choice": {"options": ["a"]}, "choices": {"options": ["a", "b"]}}
            hand.write(*(hand.field(name, f"x_{t}", t, **more.get(t, {})) for t in types))
    org, other = (hand.made("organizations", name=name) for name in ("Acme", "Other"))
    person = hand.made("persons", name="Mary")
    product = hand.made("products", name="Pipe")
    deal = hand.made("deals", title="Job")
    path = tmp_path / "a.txt"
    path.write_bytes(b"x")
    records = {
        "organizations": {
            "name": "Full", "label_ids": ["Customer"], "address": ADDRESS, "website": "x.test",
            "linkedin": "x.test", "industry": "Energy", "annual_revenue": 5, "employee_count": 5,
            **CUSTOM,
        },
        "persons": {
            "name": "Ann Lee", "org_id": org, "emails": [{"value": "a@x.test"}],
            "phones": [{"value": "1"}], "label_ids": ["Customer"], "postal_address": ADDRESS,
            "notes": "x", "im": [{"value": "x"}], "birthday": "1990-01-01", "job_title": "x",
            **CUSTOM,
        },
        "products": {
            "name": "Full", "code": "x", "description": "x", "unit": "m", "tax": Decimal(19),
            "category": "Service", "is_linkable": False, "billing_frequency": "monthly",
            "billing_frequency_cycles": 3, "prices": [{"currency": "EUR", "price": Decimal(2)}],
            **CUSTOM,
        },
        "deals": {
            "title": "Full", "person_id": person, "org_id": org, "value": Decimal(7),
            "status": "lost", "probability": Decimal(5), "lost_reason": "x", "lost_time": MOMENT,
            "close_time": MOMENT, "expected_close_date": "2021-01-01", "label_ids": ["Hot"],
            **CUSTOM,
        },
        "deal_products": {
            "deal_id": deal, "product_id": product, "item_price": Decimal(1),
            "quantity": Decimal(1), "tax": Decimal(5), "discount": Decimal(1),
            "discount_type": "amount", "comments": "x", "is_enabled": False,
            "billing_frequency": "monthly", "billing_frequency_cycles": 2,
            "billing_start_date": "2026-01-01",
        },
        "activities": {
            "subject": "Call", "type": "call", "deal_id": deal, "org_id": org,
            "due_date": "2021-01-01", "due_time": "10:00:00", "duration": "01:00:00",
            "busy": True, "done": True, "location": ADDRESS, "priority": "High",
            "participants": [{"person_id": person, "primary": True}], "note": "<p>x</p>",
            "public_description": "x",
        },
        "notes": {
            "content": "<p>x</p>", "deal_id": deal, "org_id": org, "person_id": person,
            "pinned_to_deal_flag": True, "pinned_to_organization_flag": True,
            "pinned_to_person_flag": True,
        },
        "files": {
            "file": {"path": str(path), "name": "a.txt", "size": 1}, "deal_id": deal,
            "description": "x",
        },
    }  # fmt: skip
    assert other
    return lambda name: dict(records[name])


def emptiable(name, record):
    """The fields of a record that an update empties on its own."""
    natives = {native.name: native for native in TABLES[name].fields}
    return [
        field
        for field in record
        if field not in natives
        or (
            natives[field].update
            and natives[field].emptiable
            and not natives[field].required
            and not natives[field].emptied_with
        )
    ]


@pytest.mark.parametrize("object_name", TABLES)
def test_what_was_filled_is_emptied_and_read_back_empty(hand, full, object_name):
    record = full(object_name)
    id_ = hand.made(object_name, **record)
    names = emptiable(object_name, record)
    if object_name == "notes":
        names.remove("deal_id")  # a note needs one of them
        names.remove("pinned_to_deal_flag")
    there = hand.destination.read(object_name, [id_], names)[id_]
    wanted = dict.fromkeys(names)
    empty = hand.destination.normalise(object_name, wanted)
    assert not [name for name in names if there[name] == empty[name]]
    change = hand.change(object_name, id_, **wanted)
    assert hand.destination.check(object_name, wanted, whole=False) == []
    (verdict,) = hand.write(change)
    assert verdict.status is Status.LANDED, verdict
    assert hand.destination.read(object_name, [id_], names)[id_] == empty
    (verdict,) = hand.resolve([change])
    assert verdict.status is Status.LANDED


@pytest.mark.parametrize("object_name", TABLES)
def test_no_field_that_may_be_emptied_goes_untried(full, object_name):
    tried = set(emptiable(object_name, full(object_name)))
    every = {native.name: object() for native in TABLES[object_name].fields}
    untried = set(emptiable(object_name, every)) - tried - NO_SUCH_RECORD
    # An archived deal can be nothing but taken out of the archive, which is tried below.
    assert untried - {"is_archived", "pinned_to_lead_flag", "pinned_to_project_flag"} == set()


@pytest.mark.parametrize("object_name", TABLES)
def test_what_cannot_be_emptied_is_refused_without_asking(sandbox, hand, asked, object_name):
    hand.destination.describe(object_name)
    sandbox.requests.clear()
    for native in TABLES[object_name].fields:
        if native.update and native.emptiable and not native.required:
            continue
        (complaint, *_) = hand.destination.check(object_name, {native.name: None}, whole=False)
        (verdict,) = hand.write(hand.change(object_name, "7", **{native.name: None}))
        assert (verdict.status, complaint.field) == (Status.REFUSED, native.name)
    assert asked() == []


@pytest.mark.parametrize("status", ["won", "lost"])
def test_a_closed_deal_is_opened_again(hand, status):
    times = {f"{status}_time": MOMENT, "close_time": MOMENT}
    closed = {"status": status, **times, **({"lost_reason": "x"} if status == "lost" else {})}
    deal = hand.made("deals", title="Job", **closed)
    back = {"status": "open", **dict.fromkeys(closed.keys() - {"status"})}
    change = hand.change("deals", deal, **back)
    assert hand.write(change)[0].status is Status.LANDED
    assert hand.destination.read("deals", [deal], list(back))[deal] == back
    assert hand.resolve([change])[0].status is Status.LANDED


def test_a_won_deal_is_lost_again_as_it_was(hand):
    was = {"status": "lost", "lost_time": MOMENT, "close_time": MOMENT, "lost_reason": "x"}
    deal = hand.made("deals", title="Job", **was)
    won = {"status": "won", "won_time": "2022-02-02T00:00:00Z", "lost_time": None}
    assert (
        hand.write(hand.change("deals", deal, **won, lost_reason=None))[0].status is Status.LANDED
    )
    back = {**was, "won_time": None}
    assert hand.write(hand.change("deals", deal, **back))[0].status is Status.LANDED
    assert hand.destination.read("deals", [deal], list(back))[deal] == back


def test_an_archived_deal_is_taken_out_of_the_archive(hand):
    deal = hand.made("deals", title="Old", is_archived=True, archive_time=MOMENT)
    back = {"is_archived": None, "archive_time": None}
    assert hand.write(hand.change("deals", deal, **back))[0].status is Status.LANDED
    there = {"is_archived": False, "archive_time": None}
    assert hand.destination.read("deals", [deal], list(back))[deal] == there


def test_a_closing_time_alone_cannot_be_emptied(hand):
    deal = hand.made("deals", title="Job", status="won", won_time=MOMENT)
    (verdict,) = hand.write(hand.change("deals", deal, won_time=None))
    assert verdict.status is Status.REFUSED
    assert "except by a change of status" in verdict.message


def test_a_note_loses_one_parent_and_keeps_another_but_not_its_last(hand):
    org, deal = hand.made("organizations", name="Acme"), hand.made("deals", title="Job")
    note = hand.made("notes", content="x", org_id=org, deal_id=deal)
    assert hand.write(hand.change("notes", note, org_id=None))[0].status is Status.LANDED
    there = hand.destination.read("notes", [note], ["org_id", "deal_id"])[note]
    assert there == {"org_id": None, "deal_id": deal}
    assert hand.write(hand.change("notes", note, deal_id=None))[0].status is Status.REFUSED
