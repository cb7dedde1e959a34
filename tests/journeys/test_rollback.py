"""The way back: what was loaded goes, what people did stays, and the account is as it was."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.journeys.world import World

LOADED = (
    "organizations", "persons", "products", "deals", "deal_products", "activities", "notes",
    "files",
)  # fmt: skip
CUSTOM = ("organizations", "persons", "products", "deals")
TRIP = "item-70148"
"""Trip charge, 48.0, the sixteenth item."""
DAILY = 600
MOST_DAYS = 12


def undone(world: World, *flags: str, code: int = 0) -> dict[str, Any]:
    """The report of a rollback."""
    outcome = world.command("rollback", "--yes", "--format", "json", *flags)
    assert outcome.code == code, outcome.log + outcome.out
    return json.loads(outcome.out)


def kept(report: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(one["object"], one["key"], one["field"]) for one in report["kept"]]


def sizes(world: World) -> dict[str, int]:
    return {name: len(world.sandbox.crm.tables[name]) for name in LOADED}


def left(world: World) -> dict[str, int]:
    """How many records of each object there are, where there are any."""
    snapshot = world.sandbox.crm.snapshot()
    return {name: len(snapshot[name]) for name in LOADED if snapshot[name]}


def custom_fields(world: World) -> dict[str, int]:
    """How many custom fields each object has, where it has any."""
    found = {name: len(world.sandbox.crm.fields.custom_codes(name)) for name in CUSTOM}
    return {name: count for name, count in found.items() if count}


def edit_everything(world: World) -> None:
    """Kickserv changes: of every kind of record one, and some go and come."""
    source = world.sandbox.source
    customer, contact = next(source.records("customers")), next(source.records("contacts"))
    job, note = next(source.records("jobs")), next(source.records("notes"))
    source.edit("customers", customer["id"], phone_number="207-555-0199")
    source.edit("contacts", contact["id"], title="Caretaker of the dam")
    source.edit("jobs", job["id"], description="Bring the long ladder.", status="completed")
    source.edit("notes", note["id"], note="Said differently.")
    source.edit("items", next(source.records("items"))["id"], price="18.5")
    source.edit("job_charges", next(source.records("job_charges"))["id"], price_per_unit="1234.5")
    source.add("contacts", customer_id=customer["id"], first_name="Ada", is_primary=False)


def test_after_a_load_and_its_rollback_the_account_is_as_it_was_and_can_be_loaded_again(
    fresh: World,
) -> None:
    before = fresh.sandbox.crm.snapshot()
    loading = fresh.run()
    assert loading.code == 0, loading.log
    loaded = sizes(fresh)

    outcome = fresh.command("rollback", "--yes")

    assert outcome.code == 0, outcome.log + outcome.out
    assert fresh.sandbox.crm.snapshot() == before
    assert len(outcome.requests) <= 1.2 * len(loading.requests)
    again = fresh.command("apply")
    assert again.code == 0, again.log
    assert sizes(fresh) == loaded
    assert fresh.findings() == []
    assert fresh.run().writes == []


def test_a_load_and_its_delta_are_taken_back_together(fresh: World) -> None:
    before = fresh.sandbox.crm.snapshot()
    assert fresh.run().code == 0
    edit_everything(fresh)
    delta = fresh.run()
    assert delta.code == 0, delta.log

    report = undone(fresh)

    assert report["kept"] == []
    assert fresh.sandbox.crm.snapshot() == before
    audit = fresh.command("audit", "--verify")
    assert audit.code == 0, audit.out
    assert fresh.run().code == 0
    assert fresh.findings() == []


def test_of_a_delta_alone_what_it_changed_comes_back(fresh: World) -> None:
    assert fresh.run().code == 0
    before = fresh.sandbox.crm.snapshot()
    edit_everything(fresh)
    assert fresh.run().code == 0
    last = fresh.status()["runs"][-1]["id"]

    report = undone(fresh, "--run", str(last))

    assert report["kept"] == []
    assert fresh.sandbox.crm.snapshot() == before
    assert fresh.run().code == 0
    assert fresh.findings() == []


def test_a_load_that_was_paused_is_taken_back_over_several_days(fresh: World) -> None:
    before = fresh.sandbox.crm.snapshot()
    crm = fresh.sandbox.crm
    crm.daily_budget = DAILY
    assert "paused: " in fresh.run().log

    days = 0
    outcome = fresh.command("rollback", "--yes")
    while outcome.code == 4 and days < MOST_DAYS:
        crm.next_day()
        days += 1
        refused = fresh.command("apply")
        assert (refused.code, refused.writes) == (1, []), refused.log
        assert "rollback" in refused.log + refused.out
        outcome = fresh.command("rollback", "--yes")

    assert outcome.code == 0, outcome.log + outcome.out
    assert days
    assert crm.snapshot() == before


# What people did


def test_what_people_changed_stays_with_all_it_stands_on(world: World) -> None:
    contact = next(world.sandbox.source.records("contacts"))
    row = world.crm_row("persons", contact["id"])
    world.sandbox.crm.human.edit("persons", row["id"], name="Changed By Hand")

    report = undone(world, code=3)

    assert kept(report)[0] == ("person", str(contact["id"]), "name")
    assert "Changed By Hand" in report["kept"][0]["why"]
    customer = ("organization", str(contact["customer_id"]), "")
    assert kept(report)[1] == customer
    assert {name for name, *_ in kept(report)[2:]} == {"schema"}
    assert left(world) == {"organizations": 1, "persons": 1}
    assert set(custom_fields(world)) == {"organizations", "persons"}

    forced = undone(world, "--force")

    assert forced["kept"] == []
    assert (left(world), custom_fields(world)) == ({}, {})


def test_what_people_filled_in_and_hung_on_records_of_ours_stays(world: World) -> None:
    human = world.sandbox.crm.human
    customers = world.sandbox.source.records("customers")
    filled, parent = (world.crm_row("organizations", next(customers)["id"]) for _ in range(2))
    job = next(world.sandbox.source.records("jobs"))
    deal = world.crm_row("deals", job["id"])
    human.edit("organizations", filled["id"], website="https://example.org")
    person = human.create("persons", name="Not Ours", org_id=parent["id"])
    note = human.note("They called.", deal_id=deal["id"])

    report = undone(world, code=3)

    rows = [one for one in report["kept"] if one["object"] != "schema"]
    told = {(one["object"], one["destination_id"], one["field"]) for one in rows}
    ours = {"organization": str(job["customer_id"]), "deal": str(job["id"])}
    assert ("deal", str(deal["id"]), "") in told
    assert ("organization", str(filled["id"]), "website") in told
    assert ("organization", str(parent["id"]), "") in told
    assert {one["key"] for one in rows} >= set(ours.values())
    tables = world.sandbox.crm.tables
    assert tables["persons"].rows[person["id"]]["org_id"] == parent["id"]
    assert tables["notes"].rows[note["id"]]["deal_id"] == deal["id"]
    assert left(world) == {
        "organizations": len({filled["id"], parent["id"], deal["org_id"]}),
        "persons": 1 + len({deal["person_id"]} - {None}),
        "deals": 1,
        "notes": 1,
    }


def test_a_dry_run_foresees_it_and_writes_nothing(world: World) -> None:
    deal = world.crm_row("deals", next(world.sandbox.source.records("jobs"))["id"])
    world.sandbox.crm.human.note("They called.", deal_id=deal["id"])
    before = world.sandbox.crm.snapshot()

    outcome = world.command("rollback", "--dry-run", "--format", "json")

    assert outcome.code == 3, outcome.log
    assert outcome.writes == []
    assert world.sandbox.crm.snapshot() == before
    foreseen = json.loads(outcome.out)
    report = undone(world, code=3)
    assert foreseen["kept"] == report["kept"]
    assert foreseen["removed"] == report["removed"]


def test_records_below_one_that_a_person_deleted_go_as_well(world: World) -> None:
    job = next(world.sandbox.source.records("jobs"))
    human = world.sandbox.crm.human
    human.delete("deals", world.crm_row("deals", job["id"])["id"])
    human.delete("organizations", world.crm_row("organizations", job["customer_id"])["id"])

    report = undone(world)

    assert report["kept"] == []
    assert (left(world), custom_fields(world)) == ({}, {})


def test_a_field_of_ours_that_somebody_uses_stays_with_its_values(world: World) -> None:
    code = world.code("organizations", "ks_phone")
    human = world.sandbox.crm.human
    theirs = human.create("organizations", name="Not Ours", custom_fields={code: "207-555-0111"})

    report = undone(world, code=3)

    assert kept(report) == [("schema", "organizations.ks_phone", "")]
    assert custom_fields(world) == {"organizations": 1}
    row = world.sandbox.crm.tables["organizations"].rows[theirs["id"]]
    assert row["custom_fields"][code] == "207-555-0111"


def test_an_adopted_product_is_as_it_was(fresh: World) -> None:
    prices = [{"currency": "USD", "price": 48, "cost": 0}]
    human = fresh.sandbox.crm.human
    human.create("products", name="Trip charge", prices=prices, code="OURS")
    before = fresh.sandbox.crm.snapshot()
    assert fresh.run().code == 0

    report = undone(fresh)

    assert report["kept"] == []
    assert report["restored"] == {"item": 1}
    assert report["released"]["item"] == 1
    assert fresh.sandbox.crm.snapshot() == before


# Parts, and refusals


def test_of_one_object_the_rest_stays(world: World) -> None:
    before = sizes(world)

    report = undone(world, "--object", "note", "--object", "note_image")

    assert set(report["removed"]) == {"note", "note_image"}
    images = report["removed"]["note_image"]
    assert sizes(world) == {**before, "notes": 0, "files": before["files"] - images}
    again = world.command("apply")
    assert again.code == 0, again.log
    assert sizes(world) == before
    assert world.findings() == []


def test_what_pipedrive_refuses_to_remove_is_listed_and_goes_the_next_time(world: World) -> None:
    deal = world.crm_row("deals", next(world.sandbox.source.records("jobs"))["id"])
    world.sandbox.fault(
        "json_error_200", "pipedrive", method="DELETE", path=f"/deals/{deal['id']}$", times=None
    )

    report = undone(world, code=3)

    assert report["kept"][0]["destination_id"] == str(deal["id"])
    assert "something went wrong" in report["kept"][0]["why"]
    assert left(world)["deals"] == 1
    world.sandbox.clear_faults()
    assert undone(world)["kept"] == []
    assert (left(world), custom_fields(world)) == ({}, {})


def test_what_cannot_be_meant_is_a_usage_error(world: World) -> None:
    sentences = {
        ("--run", "99"): "there is no run 99",
        ("--object", "invoice"): "there is no object 'invoice'",
        ("--sample",): "there is no sample",
    }
    for flags, sentence in sentences.items():
        outcome = world.command("rollback", "--yes", *flags)
        assert (outcome.code, outcome.writes) == (2, []), outcome.log
        assert sentence in outcome.log


def test_without_a_terminal_nobody_can_be_asked(world: World) -> None:
    outcome = world.command("rollback")
    assert outcome.code == 2
    assert "--yes" in outcome.log
    assert outcome.requests == ()


def test_after_compact_the_whole_load_can_still_be_removed_and_the_trail_tells_of_it(
    world: World,
) -> None:
    assert world.command("compact", "--window", "0").code == 0

    assert undone(world)["kept"] == []

    assert (left(world), custom_fields(world)) == ({}, {})
    trail = [json.loads(line) for line in world.command("audit").out.splitlines()]
    made = {one["operation"]: one for one in trail if one["kind"] == "create"}
    removed = [one for one in trail if one["action"] == "undo" and one["kind"] == "delete"]
    assert {one["undoes"] for one in removed} == set(made)
    for one in removed:
        assert made[one["undoes"]]["destination_id"] == one["destination_id"]
