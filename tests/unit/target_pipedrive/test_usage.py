"""What of the schema is in use: fields and options that records hold, whoever wrote them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from crm_transforms.destination import DestinationError

KEPT = {
    "text": "x",
    "decimal": Decimal(0),
    "money": {"value": Decimal(3), "currency": "USD"},
    "date": "2021-01-01",
    "time": "10:00:00",
    "choice": "a",
    "choices": ["a", "b"],
}


def test_a_field_is_in_use_as_long_as_a_live_record_holds_a_value(sandbox, hand, asked):
    options = {"choice": {"options": ["a"]}, "choices": {"options": ["a", "b"]}}
    hand.write(*(hand.field("deals", t, t, **options.get(t, {})) for t in (*KEPT, "phone")))
    deals = [hand.made("deals", title=f"J {n}", **KEPT) for n in range(2)]
    archived = hand.made("deals", title="Old", text="x", is_archived=True)
    sandbox.requests.clear()
    used = hand.destination.in_use("deals", [*KEPT, "phone"])
    assert used == {**dict.fromkeys(KEPT, 2), "text": 3, "phone": 0}
    lists = ["/api/v2/deals", "/api/v2/deals/archived", "/v1/leads", "/v1/leads/archived"]
    assert asked() == [f"GET {path}" for path in lists]
    hand.write(hand.remove("deals", deals[0]), hand.remove("deals", archived))
    assert hand.destination.in_use("deals", ["text"]) == {"text": 1}
    hand.write(hand.change("deals", deals[1], text=None, choices=None))
    assert hand.destination.in_use("deals", ["text", "choices", "date"]) == {
        "text": 0,
        "choices": 0,
        "date": 1,
    }


@pytest.mark.parametrize("object_name", ["organizations", "persons", "products"])
def test_work_of_people_counts(sandbox, hand, asked, object_name):
    code = hand.write(hand.field(object_name, "ks_x", "text"))[0].destination_id.split("/")[1]
    theirs = sandbox.crm.human.create(object_name, name="Theirs", custom_fields={code: "x"})
    sandbox.requests.clear()
    assert hand.destination.in_use(object_name, ["ks_x", "ks_y"]) == {"ks_x": 1, "ks_y": 0}
    assert asked() == [f"GET /api/v2/{object_name}"]
    sandbox.crm.human.edit(object_name, theirs["id"], custom_fields={code: None})
    assert hand.destination.in_use(object_name, ["ks_x"]) == {"ks_x": 0}


def test_a_pass_costs_ten_tokens_for_five_hundred_records(sandbox, hand):
    code = hand.write(hand.field("organizations", "ks_x", "text"))[0].destination_id.split("/")[1]
    for number in range(1_001):
        sandbox.crm.human.create("organizations", name=f"O {number}", custom_fields={code: "x"})
    spent = sandbox.crm.budget.spent
    assert hand.destination.in_use("organizations", ["ks_x"]) == {"ks_x": 1_001}
    assert sandbox.crm.budget.spent - spent == 30


def test_a_field_that_is_not_there_is_not_looked_for(hand, asked, sandbox):
    hand.destination.describe("deals")
    sandbox.requests.clear()
    assert hand.destination.in_use("deals", ["ks_x", "title"]) == {"ks_x": 0, "title": 0}
    assert hand.destination.options_in_use("deals", "ks_x", ["a"]) == {"a": 0}
    assert hand.destination.in_use("notes", ["content"]) == {"content": 0}
    assert asked() == []


def test_of_two_fields_of_one_name_both_count(sandbox, hand):
    first = hand.write(hand.field("deals", "ks_x", "text"))[0].destination_id.split("/")[1]
    second = sandbox.crm.human.add_field("deals", "ks_x", "text")
    for code in (first, second):
        sandbox.crm.human.create("deals", title="J", custom_fields={code: "x"})
    hand.destination._account.book.forget("deals")
    assert hand.destination.in_use("deals", ["ks_x"]) == {"ks_x": 2}


def test_leads_hold_the_fields_of_deals(sandbox, hand):
    verdicts = hand.write(
        hand.field("deals", "ks_x", "text"),
        hand.field("deals", "ks_set", "choices", options=["a", "b", "c"]),
    )
    text, several = (verdict.destination_id.split("/")[1] for verdict in verdicts)
    ids = {label: id_ for id_, label in sandbox.crm.fields.options("deals", several).items()}
    person = sandbox.crm.human.create("persons", name="Mary")["id"]
    leads = [
        sandbox.crm.human.create(
            "leads",
            title="Hm",
            person_id=person,
            **{text: "x", several: f"{ids['a']},{ids['b']}"},
        )
        for _ in range(3)
    ]
    sandbox.crm.human.edit("leads", leads[0]["id"], is_archived=True)
    assert hand.destination.in_use("deals", ["ks_x", "ks_set"]) == {"ks_x": 3, "ks_set": 3}
    used = hand.destination.options_in_use("deals", "ks_set", ["a", "b", "c"])
    assert used == {"a": 3, "b": 3, "c": 0}


def test_hundreds_of_leads_are_all_looked_at(sandbox, hand):
    code = hand.write(hand.field("deals", "ks_x", "text"))[0].destination_id.split("/")[1]
    person = sandbox.crm.human.create("persons", name="Mary")["id"]
    for number in range(501):
        sandbox.crm.human.create("leads", title=f"L {number}", person_id=person, **{code: "x"})
    assert hand.destination.in_use("deals", ["ks_x"]) == {"ks_x": 501}


def test_leads_that_may_not_be_read_stop_the_count(sandbox, hand):
    """No count at all is better than one that would have a field of somebody's leads removed."""
    hand.write(hand.field("deals", "ks_x", "text"))
    body = '{"success":false,"error":"Scope and URL mismatch","code":"ERR_SCOPE"}'
    sandbox.fault("server_error", "pipedrive", path="/leads", status=403, body=body, times=None)
    with pytest.raises(DestinationError, match="Scope and URL mismatch"):
        hand.destination.in_use("deals", ["ks_x"])


def test_options_are_counted_by_who_holds_them(sandbox, hand, asked):
    hand.write(hand.field("deals", "ks_x", "choice", options=["a", "b", "c"]))
    for choice, labels in (("a", ["Hot"]), ("a", ["Hot", "Cold"]), ("b", None)):
        hand.made("deals", title="J", ks_x=choice, label_ids=labels)
    hand.made("deals", title="Old", ks_x="a", is_archived=True)
    sandbox.requests.clear()
    in_use = hand.destination.options_in_use
    assert in_use("deals", "ks_x", ["a", "c", "never"]) == {"a": 3, "c": 0, "never": 0}
    assert in_use("deals", "label_ids", ["Hot", "Warm", "Cold"]) == {"Hot": 2, "Warm": 0, "Cold": 1}
    assert len(asked()) == 8


def test_a_label_of_a_person_counts_as_well(sandbox, hand):
    labels = sandbox.crm.fields.options("persons", "label_ids")
    first = next(iter(labels))
    sandbox.crm.human.create("persons", name="Mary", label_ids=[first])
    used = hand.destination.options_in_use("persons", "label_ids", list(labels.values()))
    assert sum(used.values()) == used[labels[first]] == 1
