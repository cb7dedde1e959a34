"""Reading back: equal to what was written, complete, and cheap."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.unit.target_pipedrive.conftest import KEY

from crm_transforms.destination import Status

CUSTOM = {
    "ks_text": ("text", " Ünïcode 🚲 "),
    "ks_long": ("long_text", "line\n" * 1_000),
    "ks_int": ("integer", 7),
    "ks_decimal": ("decimal", Decimal("-12.3450")),
    "ks_money": ("money", {"value": Decimal("99.90"), "currency": "EUR"}),
    "ks_bool": ("boolean", True),
    "ks_date": ("date", "2024-02-29"),
    "ks_time": ("time", "07:05"),
    "ks_choice": ("choice", "B"),
    "ks_choices": ("choices", ["C", "A"]),
    "ks_email": ("email", "a@b.example"),
    "ks_phone": ("phone", "+1 212 555 0100"),
    "ks_url": ("url", "https://a.example/b"),
    "ks_address": ("address", {"value": "Main St 1", "postal_code": "10001"}),
}


@pytest.mark.parametrize("object_name", ["organizations", "persons", "products", "deals"])
def test_every_type_of_custom_field_survives(hand, object_name):
    choices = {"ks_choice", "ks_choices"}
    fields = [
        hand.field(object_name, name, type_, options=["A", "B", "C"] if name in choices else [])
        for name, (type_, _) in CUSTOM.items()
    ]
    assert {v.status for v in hand.write(*fields)} == {Status.LANDED}
    record = {name: value for name, (_, value) in CUSTOM.items()}
    record["title" if object_name == "deals" else "name"] = "Acme"
    id_ = hand.made(object_name, **record)
    read = hand.destination.read(object_name, [id_], list(record))
    assert read == {id_: hand.destination.normalise(object_name, record)}


def test_references_to_records_and_users_survive(hand):
    wanted = {"ks_org": "organizations", "ks_person": "persons", "ks_user": "users"}
    hand.write(*(hand.field("deals", n, "reference", reference=to) for n, to in wanted.items()))
    record = {
        "title": "Job",
        "ks_org": hand.made("organizations", name="Acme"),
        "ks_person": hand.made("persons", name="Ann"),
        "ks_user": hand.destination.people()[1].id,
        "owner_id": hand.destination.people()[2].id,
    }
    id_ = hand.made("deals", **record)
    assert hand.destination.read("deals", [id_], list(record)) == {id_: record}


NATIVE = {
    "organizations": {
        "name": "Acme",
        "address": {"value": "Main St 1", "locality": "Bonn"},
        "website": "https://acme.example",
        "visible_to": 3,
        "label_ids": ["Customer"],
        "industry": "Retail",
        "employee_count": 12,
        "add_time": "2015-05-05T05:05:05Z",
    },
    "persons": {
        "name": " Ann  Lee",
        "emails": [{"value": "ann@acme.example"}, {"value": None}],
        "phones": [{"value": "1", "label": "mobile", "primary": True}, {"value": "2"}],
        "add_time": "2015-05-05T05:05:05Z",
    },
    "products": {
        "name": "Pipe",
        "code": "P-1",
        "unit": "m",
        "tax": Decimal("19.0"),
        "category": "Material",
        "prices": [{"currency": "USD", "price": Decimal("0.10"), "cost": Decimal(0)}],
    },
    "deals": {
        "title": "Job",
        "value": Decimal("1234567.89"),
        "currency": "USD",
        "status": "won",
        "won_time": "2019-01-01T00:00:00Z",
        "expected_close_date": "2019-01-02",
        "visible_to": 5,
        "probability": 80,
    },
    "activities": {
        "subject": "Call",
        "type": "call",
        "due_date": "2021-01-01",
        "due_time": "09:30",
        "duration": "01:00:00",
        "done": True,
        "priority": "High",
        "location": {"value": "Here"},
        "note": "<p>a</p>",
    },
}


@pytest.mark.parametrize("object_name", NATIVE)
def test_native_fields_survive(hand, object_name):
    record = NATIVE[object_name]
    id_ = hand.made(object_name, **record)
    read = hand.destination.read(object_name, [id_], list(record))
    assert read == {id_: hand.destination.normalise(object_name, record)}


def test_records_are_read_a_hundred_at_a_time(keyed, asked):
    operations = [keyed.create("deals", title=f"J {n}", **{KEY: str(n)}) for n in range(250)]
    ids = [verdict.destination_id for verdict in keyed.write(*operations)]
    found = keyed.destination.read("deals", ids, ["title", KEY])
    assert [found[id_][KEY] for id_ in ids] == [str(n) for n in range(250)]
    assert asked("GET").count("GET /api/v2/deals") == 3


def test_deleted_records_are_left_out(sandbox, keyed):
    ids = [keyed.made("deals", title="Job") for _ in range(3)]
    sandbox.crm.human.delete("deals", int(ids[1]))
    assert set(keyed.destination.read("deals", ids, ["title"])) == {ids[0], ids[2]}


def test_a_field_that_is_gone_reads_as_empty(keyed):
    id_ = keyed.made("deals", title="Job")
    assert keyed.destination.read("deals", [id_], ["title", "gone"])[id_]["gone"] is None


@pytest.fixture
def notes(sandbox, org):
    """Makes notes; their ids in the order of their numbers."""

    def written(count):
        note = sandbox.crm.human.note
        return [str(note(f"<p>{n}</p>", org_id=int(org))["id"]) for n in range(count)]

    return written


@pytest.fixture
def org(hand):
    return hand.made("organizations", name="Acme")


@pytest.mark.parametrize("older", [0, 30, 2_300])
def test_many_notes_are_read_by_pages(sandbox, hand, notes, asked, older):
    notes(older)
    ids = notes(1_200)
    sandbox.requests.clear()
    found = {}
    for start in range(0, 1_200, 200):
        found.update(hand.destination.read("notes", ids[start : start + 200], ["content"]))
    assert len(found) == 1_200
    assert [found[id_]["content"] for id_ in ids] == [f"<p>{n}</p>" for n in range(1_200)]
    assert len(asked()) <= 24


def test_a_few_notes_are_read_one_by_one(hand, notes, asked):
    ids = notes(4)
    before = len(asked())
    assert len(hand.destination.read("notes", ids, ["content"])) == 4
    assert asked()[before:] == [f"GET /v1/notes/{id_}" for id_ in sorted(ids, key=int)]


def test_notes_that_lie_far_apart_are_not_paged_through(sandbox, hand, notes, asked):
    ids = notes(4_500)[::300]
    sandbox.requests.clear()
    assert len(hand.destination.read("notes", ids, ["content"])) == 15
    assert sum("/v1/notes/" in line for line in asked()) >= 10
    assert len(asked()) <= 18


def test_notes_are_not_taken_for_gone_when_older_ones_are_deleted(sandbox, hand, notes):
    old = notes(700)
    ids = notes(600)
    assert len(hand.destination.read("notes", ids[:300], ["content"])) == 300
    for number in old[:600]:
        sandbox.crm.human.delete("notes", int(number))
    assert len(hand.destination.read("notes", ids, ["content"])) == 600


def test_notes_that_were_deleted_are_left_out_of_a_long_read(sandbox, hand, notes):
    ids = notes(200)
    for id_ in ids[50:60]:
        sandbox.crm.human.delete("notes", int(id_))
    assert set(hand.destination.read("notes", ids, ["content"])) == {*ids[:50], *ids[60:]}


def test_reading_back_a_thousand_deals_costs_a_hundredth_of_writing_them(sandbox, hand):
    operations = [hand.create("deals", title=f"J {n}") for n in range(1_000)]
    ids = [verdict.destination_id for verdict in hand.write(*operations)]
    sandbox.requests.clear()
    hand.destination.read("deals", ids, ["title"])
    assert len(sandbox.requests) <= 10


def test_a_note_is_sent_as_it_is_and_compared_as_pipedrive_keeps_it(sandbox, hand, org):
    record = {"content": '<p class="x">a<script>b</script></p>', "org_id": org}
    hand.destination.describe("notes")
    id_ = hand.made("notes", **record)
    assert sandbox.requests[-1].size > len(record["content"])
    read = hand.destination.read("notes", [id_], ["content"])
    assert read[id_] == {"content": hand.destination.normalise("notes", record)["content"]}


def test_people_are_all_users_with_their_state(sandbox, destination):
    rows = {str(row["id"]): row for row in sandbox.crm.users}
    people = destination.people()
    assert [person.id for person in people] == list(rows)
    assert {person.active for person in people} == {True, False}
    for person in people:
        row = rows[person.id]
        assert (person.email, person.name, person.active) == (
            row["email"],
            row["name"],
            row["active_flag"],
        )


def test_identity_is_the_company_and_not_the_address(sandbox, destination):
    identity = destination.identity()
    assert identity.id == str(sandbox.crm.seed + 9_000_000)
    assert identity.details["user_id"] == str(sandbox.crm.me["id"])
    assert identity.url.startswith("https://acme-service")


def test_limits_are_told_in_tokens_less_the_reserve(sandbox, connect):
    sandbox.crm.daily_budget = 30_000
    limits = connect(daily_token_reserve="10%").limits()
    assert limits.budget_total == 30_000
    assert limits.budget_left == 30_000 - 2 - 3_000
    assert limits.requests_per_second == 60
    assert limits.resets_at.endswith("T00:00:00Z")


def test_what_was_spent_is_what_pipedrive_counted(sandbox, hand, org):
    hand.write(*(hand.create("notes", content=f"{n}", org_id=org) for n in range(12)))
    hand.destination.people()
    assert hand.destination.spent() == {
        "requests": len(sandbox.requests.of("pipedrive")),
        "tokens": sandbox.crm.budget.spent,
    }
