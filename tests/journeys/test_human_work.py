from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.journeys.world import World


@pytest.fixture
def customer(world: World) -> dict[str, Any]:
    return next(world.sandbox.source.records("customers"))


def test_what_a_person_changed_is_not_overwritten_and_the_rest_of_the_record_is(
    world: World, customer: dict[str, Any]
) -> None:
    phone = world.code("organizations", "ks_phone")
    number = world.crm_row("organizations", customer["id"])["id"]
    world.sandbox.crm.human.edit("organizations", number, custom_fields={phone: "by hand"})
    world.sandbox.source.edit(
        "customers", customer["id"], phone_number="207-555-0111", special_instructions="Ring twice."
    )

    outcome = world.run()

    assert outcome.code == 0, outcome.log
    row = world.crm_row("organizations", customer["id"])["custom_fields"]
    assert row[phone] == "by hand"
    assert row[world.code("organizations", "ks_instructions")] == "Ring twice."
    assert world.conflicts() == [("organization", str(customer["id"]), "ks_phone")]

    again = world.run()

    assert again.writes == []
    assert len(world.conflicts()) == 1


def test_force_overwrites_what_a_person_changed(world: World, customer: dict[str, Any]) -> None:
    phone = world.code("organizations", "ks_phone")
    number = world.crm_row("organizations", customer["id"])["id"]
    world.sandbox.crm.human.edit("organizations", number, custom_fields={phone: "by hand"})
    world.sandbox.source.edit("customers", customer["id"], phone_number="207-555-0111")
    world.run()

    outcome = world.command("apply", "--force")

    assert outcome.code == 0, outcome.log
    assert [(one.action, one.object) for one in outcome.commits] == [("update", "organizations")]
    assert world.findings() == []
    assert world.conflicts() == []


def test_a_person_and_the_source_who_agree_are_no_conflict(
    world: World, customer: dict[str, Any]
) -> None:
    phone = world.code("organizations", "ks_phone")
    number = world.crm_row("organizations", customer["id"])["id"]
    world.sandbox.crm.human.edit("organizations", number, custom_fields={phone: "207-555-0111"})
    world.sandbox.source.edit("customers", customer["id"], phone_number="207-555-0111")

    outcome = world.run()

    assert outcome.writes == []
    assert world.conflicts() == []
    assert world.findings() == []


def test_fields_and_records_of_people_are_left_alone(
    world: World, customer: dict[str, Any]
) -> None:
    human = world.sandbox.crm.human
    number = world.crm_row("organizations", customer["id"])["id"]
    own = human.add_field("organizations", "Gate code", "varchar")
    human.edit("organizations", number, website="https://example.org", custom_fields={own: "1234"})
    note = human.note("Called them.", org_id=number)
    deal = human.create("deals", title="Something else", org_id=number)
    world.sandbox.source.edit("customers", customer["id"], phone_number="207-555-0111")

    outcome = world.run()

    assert outcome.code == 0, outcome.log
    row = world.crm_row("organizations", customer["id"])
    assert (row["website"], row["custom_fields"][own]) == ("https://example.org", "1234")
    others = {("notes", note["id"]), ("deals", deal["id"])}
    assert world.findings(others=others) == []


def test_what_a_person_deleted_is_not_made_again(world: World) -> None:
    contact = next(world.sandbox.source.records("contacts"))
    number = world.crm_row("persons", contact["id"])["id"]
    world.sandbox.crm.human.delete("persons", number)

    unchanged = world.run()
    world.sandbox.source.edit("contacts", contact["id"], title="Gone fishing")
    outcome = world.run()

    assert unchanged.writes == outcome.writes == []
    assert [found[:2] for found in world.conflicts()] == [("person", str(contact["id"]))]
