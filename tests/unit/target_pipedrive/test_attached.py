"""What hangs on records, counted before they are removed."""

from __future__ import annotations

from decimal import Decimal

import pytest

PARENT = {"organizations": "org_id", "persons": "person_id", "deals": "deal_id"}


@pytest.fixture
def stored(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(b"x")
    return {"path": str(path), "name": "a.txt", "size": 1}


@pytest.mark.parametrize("object_name", PARENT)
def test_notes_files_activities_and_mails_hang_on_a_record(sandbox, hand, object_name, stored):
    parent = PARENT[object_name]
    title = "title" if object_name == "deals" else "name"
    bare, id_ = (hand.made(object_name, **{title: n}) for n in ("Bare", "Full"))
    assert hand.destination.attached(object_name, [id_, bare]) == {}
    hand.made("notes", content="x", **{parent: id_})
    hand.made("files", file=stored, **{parent: id_})
    links = {"participants": [{"person_id": id_}]} if parent == "person_id" else {parent: id_}
    activities = [hand.made("activities", subject="Call", **links) for _ in range(2)]
    sandbox.crm.human.mail(**{parent: int(id_)})
    full = {"notes": 1, "files": 1, "activities": 2, "emails": 1}
    assert hand.destination.attached(object_name, [id_, bare]) == {id_: full}
    hand.write(hand.remove("activities", activities[0]))
    assert hand.destination.attached(object_name, [id_]) == {id_: {**full, "activities": 1}}


def test_people_and_deals_hang_on_an_organization_and_deals_on_a_person(hand):
    org = hand.made("organizations", name="Acme")
    person = hand.made("persons", name="Mary", org_id=org)
    other = hand.made("persons", name="John")
    for status in ("open", "won", "lost"):
        hand.made("deals", title="J", org_id=org, person_id=person, status=status)
    attached = hand.destination.attached
    assert attached("organizations", [org]) == {org: {"persons": 1, "deals": 3}}
    assert attached("persons", [person, other]) == {person: {"deals": 3}}


def test_lines_and_participants_hang_on_a_deal_but_not_its_own_contact(sandbox, hand):
    product = hand.made("products", name="Pipe")
    person, other = (hand.made("persons", name=name) for name in ("Mary", "John"))
    deal = hand.made("deals", title="J", person_id=person)
    archived = hand.made("deals", title="Old", person_id=person)
    hand.write(*(line for one in (deal, archived) for line in hand.lines(one, product, [1, 2])))
    sandbox.crm.human.edit("deals", int(archived), is_archived=True)
    attached = hand.destination.attached
    lines = {"deal_products": 2}
    assert attached("deals", [deal, archived]) == {deal: lines, archived: lines}
    sandbox.crm.human.join(int(deal), int(other))
    assert attached("deals", [deal]) == {deal: {**lines, "participants": 1}}
    assert attached("persons", [other]) == {other: {"deals": 1}}


def test_followers_are_no_work(hand):
    deal = hand.made("deals", title="J")
    assert hand.destination.attached("deals", [deal]) == {}


def test_a_product_is_used_in_lines_of_anybody_s_deals(sandbox, hand, asked):
    used, unused = (hand.made("products", name=name) for name in ("Pipe", "Tap"))
    theirs = sandbox.crm.human.create("deals", title="Theirs")["id"]
    old = sandbox.crm.human.create("deals", title="Old")["id"]
    for deal in (theirs, old):
        sandbox.crm.human.attach(deal, product_id=int(used), item_price=1, quantity=1)
    sandbox.crm.human.edit("deals", old, is_archived=True)
    hand.made("deals", title="Without lines")
    sandbox.requests.clear()
    lines = {"deal_products": 2}
    assert hand.destination.attached("products", [used, unused]) == {used: lines}
    lists = ["deals", "deals/archived", "deals/products"]
    assert asked() == [f"GET /api/v2/{path}" for path in lists]


@pytest.mark.parametrize("object_name", ["activities", "notes", "files", "deal_products"])
def test_nothing_hangs_on_what_hangs_itself(hand, asked, object_name):
    assert hand.destination.attached(object_name, ["1", "2"]) == {}
    assert asked() == []


def test_a_hundred_records_cost_one_request(sandbox, hand):
    ids = [str(sandbox.crm.human.create("deals", title=f"J {n}")["id"]) for n in range(250)]
    note = hand.made("notes", content="x", deal_id=ids[-1])
    assert note
    hand.destination.describe("deals")
    spent = sandbox.crm.budget.spent
    assert hand.destination.attached("deals", ids) == {ids[-1]: {"notes": 1}}
    assert sandbox.crm.budget.spent - spent == 30


def test_what_was_removed_has_nothing_attached(hand):
    deal = hand.made("deals", title="J")
    hand.made("notes", content="x", deal_id=deal)
    hand.write(hand.remove("deals", deal))
    assert hand.destination.attached("deals", [deal, "999999"]) == {}


@pytest.mark.parametrize(
    ("object_name", "count", "requests", "tokens"),
    [
        ("deals", 1, 1, 10),
        ("deals", 250, 3, 30),
        ("deal_products", 100, 1, 10),
        ("notes", 10, 10, 20),
        ("notes", 501, 2, 40),
        ("files", 11, 1, 20),
        ("files", 250, 3, 60),
        ("schema", 1, 1, 10),
        ("schema", 30, 4, 40),
        ("organizations", 0, 0, 0),
    ],
)
def test_reading_back_costs_what_lists_cost(destination, object_name, count, requests, tokens):
    cost = destination.reading_cost(object_name, count)
    assert (cost.calls, cost.tokens) == (requests, tokens)


@pytest.mark.parametrize("object_name", ["organizations", "notes", "files"])
def test_what_reading_costs_is_what_is_spent(sandbox, hand, object_name, stored):
    """Files and notes of a fresh account stand in the first pages of their lists."""
    org = hand.made("organizations", name="Acme")
    record = {"organizations": {"name": "B"}, "notes": {"content": "x", "org_id": org}}
    record["files"] = {"file": stored, "org_id": org}
    ids = [hand.made(object_name, **record[object_name]) for _ in range(12)]
    spent = sandbox.crm.budget.spent
    assert len(hand.destination.read(object_name, ids, ["name"])) == 12
    cost = hand.destination.reading_cost(object_name, 12)
    assert sandbox.crm.budget.spent - spent == cost.tokens


def test_everything_says_what_stays(destination):
    told = {name: destination.lasting(name) for name in ("", "deals", "files", "schema", "nothing")}
    assert told.pop("nothing") == ()
    sentences = [sentence for some in told.values() for sentence in some]
    assert all(sentence.endswith(".") and sentence[0].isupper() for sentence in sentences)
    assert any("30 days" in sentence for sentence in told["deals"])
    assert Decimal(len(sentences)) > len(told)
