from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.journeys.world import World

OUTSIDE_THE_CALENDAR = "9999-12-31T23:59:59-05:00"


@pytest.fixture
def job(world: World) -> dict[str, Any]:
    """A new job that cannot land, with a charge and a note."""
    source = world.sandbox.source
    known = next(source.records("customers"))
    job = source.add(
        "jobs",
        customer_id=known["id"],
        name="Dig",
        status="scheduled",
        total="10.0",
        scheduled_on=OUTSIDE_THE_CALENDAR,
    )
    source.add(
        "job_charges", job_id=job["id"], description="Dig", quantity="1.0", price_per_unit="10.0"
    )
    source.add("notes", noteable_type="Job", noteable_id=job["id"], note="Mind the cable.")
    return job


def test_a_row_mended_in_the_source_lands_with_its_children(
    world: World, job: dict[str, Any]
) -> None:
    refused = world.run()

    assert refused.code == 3, refused.log
    assert sorted(reject.name for reject in world.rejects()) == ["deal", "line", "note"]
    assert world.findings(rejects=world.rejects()) == []

    world.sandbox.source.edit("jobs", job["id"], scheduled_on="2026-11-20T09:00:00-05:00")
    mended = world.run()

    assert mended.code == 0, mended.log
    assert world.rejects() == []
    assert world.findings() == []


def test_a_reject_names_record_field_rule_and_place_and_need_not_fail_the_run(
    world: World, job: dict[str, Any]
) -> None:
    outcome = world.run(fail_on_rejects=False)

    [told] = [row for row in world.listed() if row["object"] == "deal"]
    assert outcome.code == 0, outcome.log
    assert (told["stream"], told["key"]) == ("jobs", str(job["id"]))
    assert told["field"]
    assert told["rule"]
    assert "kickserv_to_pipedrive.yml:" in told["place"]


def test_a_row_that_its_schema_refuses_is_taken_once_it_is_right(world: World) -> None:
    source = world.sandbox.source
    entry = next(source.records("time_entries"))
    source.edit("time_entries", entry["id"], number_of_hours="two")

    refused = world.run()

    assert refused.code == 3, refused.log
    assert [reject[:2] for reject in world.rejects()] == [("time_entries", str(entry["id"]))]

    source.edit("time_entries", entry["id"], number_of_hours="2.0")
    mended = world.run()

    assert mended.code == 0, mended.log
    assert world.rejects() == []
    assert world.findings() == []


def test_retry_sends_what_was_refused_once_the_cause_is_mended_there(world: World) -> None:
    source, human = world.sandbox.source, world.sandbox.crm.human
    item, deal = next(source.records("items")), next(source.records("jobs"))
    product = world.crm_row("products", f"item-{item['id']}")["id"]
    human.edit("products", product, is_linkable=False)
    charge = source.add(
        "job_charges", job_id=deal["id"], item_id=item["id"], quantity="1.0", price_per_unit="18.0"
    )

    refused = world.run()

    assert refused.code == 3, refused.log
    [told] = world.listed()
    assert (told["object"], told["key"]) == ("line", str(charge["id"]))
    assert "cannot be added" in told["message"]
    assert world.findings(rejects=world.rejects()) == []

    again = world.run()

    assert again.code == 3, again.log
    assert again.writes == []

    human.edit("products", product, is_linkable=True)
    retried = world.command("retry")

    assert retried.code == 0, retried.log
    assert world.rejects() == []
    assert world.findings() == []
