"""A reconciliation reads everything back, writes nothing, and tells whose doing a difference is."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.journeys.world import Outcome, World


def asked(world: World, *flags: str, code: int = 0) -> Outcome:
    """A reconciliation; it only ever reads."""
    outcome = world.command("reconcile", *flags)
    assert outcome.code == code, outcome.log + outcome.out
    assert {request.method for request in outcome.requests} == {"GET"}
    assert outcome.commits == ()
    return outcome


def reconcile(world: World, *flags: str, code: int = 0) -> dict[str, Any]:
    return json.loads(asked(world, "--format", "json", *flags, code=code).out)


def told(report: dict[str, Any]) -> list[tuple[str, str, str, str]]:
    names = ("object", "key", "field", "why")
    return [tuple(one[name] for name in names) for one in report["differences"]]


@pytest.fixture
def contact(world: World) -> dict[str, Any]:
    return next(world.sandbox.source.records("contacts"))


@pytest.fixture
def person(world: World, contact: dict[str, Any]) -> int:
    """The contact's person in Pipedrive."""
    return world.crm_row("persons", contact["id"])["id"]


def test_after_a_load_it_is_clean_and_counts_everything(world: World) -> None:
    report = reconcile(world)

    assert report["clean"]
    assert (report["differences"], report["orphans"], report["more_differences"]) == ([], [], 0)
    crm, source = world.sandbox.crm, world.sandbox.source
    found = {one["object"]: one for one in report["objects"]}
    for name, stream, table in (
        ("organization", "customers", "organizations"),
        ("person", "contacts", "persons"),
        ("deal", "jobs", "deals"),
    ):
        size = len(list(crm.tables[table]))
        one = found[name]
        assert one["source"] == sum(1 for _ in source.records(stream))
        assert one["wanted"] == one["landed"] == one["compared"] == one["destination"] == size
    assert sum(report["people"].values()) == sum(1 for _ in source.records("employees"))
    lookups = {(one["object"], one["field"]): one for one in report["lookups"]}
    org = lookups["person", "org_id"]
    assert (org["filled"], org["empty"], org["broken"]) == (found["person"]["compared"], 0, 0)
    assert lookups["activity", "deal_id"]["broken"] == 0


def test_a_persons_work_is_told_with_what_we_wrote_and_what_stands_there(
    world: World, contact: dict[str, Any], person: int
) -> None:
    title = world.code("persons", "ks_title")
    human = world.sandbox.crm.human
    human.edit("persons", person, name="By hand", custom_fields={title: "Boss"})
    human.note("Called them.", person_id=person)

    report = reconcile(world, code=3)

    key = str(contact["id"])
    assert told(report) == [
        ("person", key, "name", "edited there"),
        ("person", key, "ks_title", "edited there"),
    ]
    name, *_ = report["differences"]
    assert (name["found"], name["destination_id"]) == ("By hand", str(person))
    assert contact["last_name"] in name["wanted"]
    assert "By hand" in asked(world, code=3).out
    rows = list(csv.DictReader(io.StringIO(asked(world, "--format", "csv", code=3).out)))
    assert [row["field"] for row in rows] == ["name", "ks_title"]


def test_a_deleted_record_is_told_with_the_lookups_that_it_breaks(world: World) -> None:
    customer = next(world.sandbox.source.records("customers"))
    number = world.crm_row("organizations", customer["id"])["id"]
    crm = world.sandbox.crm
    people = sum(row["org_id"] == number for row in crm.tables["persons"])
    deals = sum(row["org_id"] == number for row in crm.tables["deals"])
    crm.human.delete("organizations", number)

    report = reconcile(world, code=3)

    assert told(report) == [("organization", str(customer["id"]), "", "deleted there")]
    lookups = {(one["object"], one["field"]): one["broken"] for one in report["lookups"]}
    assert people
    assert deals
    assert (lookups["person", "org_id"], lookups["deal", "org_id"]) == (people, deals)


def test_a_lookup_that_was_emptied_is_broken(
    world: World, contact: dict[str, Any], person: int
) -> None:
    world.sandbox.crm.human.edit("persons", person, org_id=None)

    report = reconcile(world, code=3)

    assert told(report) == [("person", str(contact["id"]), "org_id", "edited there")]
    (one,) = report["differences"]
    assert (one["wanted"], one["found"]) == (f"organization {contact['customer_id']}", None)
    (broken,) = [one for one in report["lookups"] if one["broken"]]
    assert (broken["object"], broken["field"], broken["broken"]) == ("person", "org_id", 1)


def test_what_is_staged_and_not_loaded_is_ours(world: World, contact: dict[str, Any]) -> None:
    world.sandbox.source.edit("contacts", contact["id"], title="Keeper of the dam")
    world.sandbox.source.add("contacts", customer_id=contact["customer_id"], first_name="Ada")
    world.run(mode="stage")

    report = reconcile(world, code=3)

    edited, added = sorted(told(report), key=lambda one: one[2], reverse=True)
    assert edited == ("person", str(contact["id"]), "ks_title", "not as mapped")
    assert added[3] == "neither loaded nor rejected"


def test_a_share_is_the_same_each_time_and_costs_less(world: World) -> None:
    whole = asked(world)
    first, again = (reconcile(world, "--share", "0.2") for _ in range(2))

    compared = [one["compared"] for one in first["objects"]]
    assert compared == [one["compared"] for one in again["objects"]]
    assert 0 < sum(compared) < sum(one["wanted"] for one in first["objects"]) / 2
    assert (first["share"], first["clean"]) == (0.2, True)
    assert "20.0% of the records read back" in asked(world, "--share", "0.2").out
    assert len(asked(world, "--share", "0.05").requests) <= len(whole.requests)


def test_records_of_others_are_nobodys_business(world: World) -> None:
    human = world.sandbox.crm.human
    theirs = human.create("organizations", name="Theirs")
    human.create("deals", title="Their own", org_id=theirs["id"])
    assert reconcile(world)["clean"]
