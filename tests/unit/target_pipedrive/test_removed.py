"""The way back of records: each is removed, also with others hanging on it, and only once."""

from __future__ import annotations

from decimal import Decimal

import pytest

from crm_transforms.destination import SCHEMA, Kind, Status


@pytest.fixture
def records(hand, tmp_path):
    """An id of each object, all of them hanging on each other."""
    path = tmp_path / "a.txt"
    path.write_bytes(b"x")
    org = hand.made("organizations", name="Acme")
    person = hand.made("persons", name="Mary", org_id=org)
    product = hand.made("products", name="Pipe")
    deal = hand.made("deals", title="Job", org_id=org, person_id=person)
    (line,) = hand.write(*hand.lines(deal, product, [1]))
    parents = {"deal_id": deal, "org_id": org}
    file = {"path": str(path), "name": "a.txt", "size": 1}
    return {
        "organizations": org,
        "persons": person,
        "products": product,
        "deals": deal,
        "deal_products": line.destination_id,
        "activities": hand.made("activities", subject="Call", **parents),
        "notes": hand.made("notes", content="x", **parents),
        "files": hand.made("files", file=file, **parents),
    }


OBJECTS = (
    "organizations",
    "persons",
    "products",
    "deals",
    "deal_products",
    "activities",
    "notes",
    "files",
)


@pytest.mark.parametrize("object_name", OBJECTS)
def test_a_record_is_removed_although_others_hang_on_it(hand, records, object_name):
    id_ = records[object_name]
    gone = hand.remove(object_name, id_)
    assert hand.resolve([gone])[0].status is Status.ABSENT
    (verdict,) = hand.write(gone)
    assert (verdict.status, verdict.destination_id, verdict.code) == (Status.LANDED, id_, "")
    assert hand.destination.read(object_name, [id_], []) == {}
    assert hand.resolve([gone])[0].status is Status.LANDED
    (again,) = hand.write(gone)
    assert (again.status, again.code) == (Status.LANDED, "ALREADY_GONE")


def test_children_first_everything_goes_and_nothing_is_left(sandbox, hand, records):
    """All but what the account had from the start."""
    for object_name in reversed(OBJECTS):
        (verdict,) = hand.write(hand.remove(object_name, records[object_name]))
        assert (verdict.status, verdict.code) == (Status.LANDED, "")
    snapshot = sandbox.crm.snapshot()
    assert [name for name in OBJECTS if snapshot[name]] == []


def test_lines_of_a_deal_that_is_gone_are_gone_too(hand, records):
    hand.write(hand.remove("deals", records["deals"]))
    gone = hand.remove("deal_products", records["deal_products"])
    assert hand.resolve([gone])[0].status is Status.LANDED
    (verdict,) = hand.write(gone)
    assert (verdict.status, verdict.code) == (Status.LANDED, "ALREADY_GONE")


def test_an_archived_deal_is_removed(sandbox, hand, records):
    deal = records["deals"]
    sandbox.crm.human.edit("deals", int(deal), is_archived=True)
    gone = hand.remove("deals", deal)
    assert hand.resolve([gone])[0].status is Status.ABSENT
    assert hand.write(gone)[0].status is Status.LANDED
    assert hand.resolve([gone])[0].status is Status.LANDED


def test_lines_of_an_archived_deal_stay_and_say_why(sandbox, hand, records):
    sandbox.crm.human.edit("deals", int(records["deals"]), is_archived=True)
    (verdict,) = hand.write(hand.remove("deal_products", records["deal_products"]))
    assert verdict.status is Status.REFUSED
    assert "archived" in verdict.message


@pytest.mark.parametrize("count", [1, 2, 100, 250])
def test_lines_go_a_hundred_at_a_time(sandbox, hand, records, asked, count):
    deal, product = records["deals"], records["products"]
    made = hand.write(*hand.lines(deal, product, range(count)))
    sandbox.requests.clear()
    spent = sandbox.crm.budget.spent
    gone = [hand.remove("deal_products", verdict.destination_id) for verdict in made]
    assert {verdict.status for verdict in hand.write(*gone)} == {Status.LANDED}
    cost = hand.destination.cost("deal_products", Kind.DELETE, count, parents=1)
    assert (len(asked("DELETE")), sandbox.crm.budget.spent - spent) == (cost.calls, cost.tokens)
    assert cost.calls == -(-count // 100)


def test_lines_that_somebody_removed_meanwhile_cost_a_request_each(sandbox, hand, records, asked):
    made = hand.write(*hand.lines(records["deals"], records["products"], range(3)))
    ids = [verdict.destination_id for verdict in made]
    hand.write(hand.remove("deal_products", ids[1]))
    sandbox.requests.clear()
    verdicts = hand.write(*(hand.remove("deal_products", id_) for id_ in ids))
    assert {verdict.status for verdict in verdicts} == {Status.LANDED}
    assert [verdict.code for verdict in verdicts] == ["", "ALREADY_GONE", ""]
    assert len(asked("DELETE")) == 2


def test_restored_lines_make_the_value_of_their_deal_again(hand, records):
    deal, line = records["deals"], records["deal_products"]
    hand.write(hand.change("deal_products", line, quantity=Decimal(5)))
    assert hand.destination.read("deals", [deal], ["value"])[deal] == {"value": Decimal(5)}
    hand.write(hand.change("deal_products", line, quantity=Decimal(1)))
    assert hand.destination.read("deals", [deal], ["value"])[deal] == {"value": Decimal(1)}


@pytest.mark.parametrize("object_name", OBJECTS)
def test_removing_costs_what_is_spent(sandbox, hand, records, object_name):
    hand.destination.describe(object_name)
    spent = sandbox.crm.budget.spent
    hand.write(hand.remove(object_name, records[object_name]))
    cost = hand.destination.cost(object_name, Kind.DELETE, 1)
    assert (cost.calls, cost.tokens) == (1, sandbox.crm.budget.spent - spent)


def test_removing_a_field_costs_what_is_spent(sandbox, hand):
    (made,) = hand.write(hand.field("deals", "ks_x", "text"))
    hand.destination.describe("deals")
    spent = sandbox.crm.budget.spent
    hand.write(hand.drop("deals", "ks_x", made.destination_id))
    look = hand.destination.reading_cost(SCHEMA, 1).tokens
    assert (
        sandbox.crm.budget.spent - spent - look
        == hand.destination.cost(SCHEMA, Kind.DELETE, 1).tokens
    )
