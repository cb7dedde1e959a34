from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.journeys.changes import differences, values

if TYPE_CHECKING:
    from tests.journeys.world import World

MOST_READS = 10


def test_an_unchanged_run_writes_nothing_and_hardly_reads(world: World) -> None:
    outcome = world.run()

    assert outcome.code == 0, outcome.log
    assert outcome.writes == []
    assert outcome.commits == ()
    assert len(outcome.reads) <= MOST_READS


def test_an_unchanged_run_reads_as_little_however_much_there_is(world: World, fresh: World) -> None:
    fresh.run()

    few, many = fresh.run(), world.run()

    assert few.commits == many.commits == ()
    assert [one.path for one in few.requests] == [one.path for one in many.requests]


def test_after_edits_just_the_changed_fields_are_written(world: World) -> None:
    source = world.sandbox.source
    customer = next(source.records("customers"))
    contact = next(source.records("contacts"))
    entry = next(source.records("time_entries"))
    job = next(job for job in source.records("jobs") if job["id"] != entry["job_id"])
    charge = next(
        one
        for one in source.records("job_charges")
        if one["job_id"] not in (job["id"], entry["job_id"])
    )
    note, task = next(source.records("notes")), next(source.records("tasks"))
    item = next(source.records("items"))
    before, links = values(world.sandbox.crm), _places(world)
    source.edit("customers", customer["id"], phone_number="207-555-0199")
    source.edit("contacts", contact["id"], title="Caretaker of the dam")
    source.edit("jobs", job["id"], description="Bring the long ladder.")
    source.edit("time_entries", entry["id"], number_of_hours="7.75")
    source.edit("job_charges", charge["id"], price_per_unit="1234.5")
    source.edit("notes", note["id"], note="Said differently.")
    source.edit("tasks", task["id"], name="Second visit")
    source.edit("items", item["id"], price="18.5")

    outcome = world.run()

    assert outcome.code == 0, outcome.log
    assert {one.action for one in outcome.commits} == {"update"}
    written = differences(before, values(world.sandbox.crm))
    assert written.pop(links["organizations", customer["id"]]) == {"ks_phone"}
    assert written.pop(links["persons", contact["id"]]) == {"ks_title"}
    assert written.pop(links["deals", job["id"]]) == {"ks_description"}
    assert written.pop(links["deals", entry["job_id"]]) == {"ks_time_hours", "ks_time_entries"}
    assert written.pop(links["deals", charge["job_id"]]) == {"value"}
    assert written.pop(links["products", f"item-{item['id']}"]) == {"prices"}
    assert sorted((name, *fields) for (name, _), fields in written.items()) == [
        ("activities", "subject"),
        ("deal_products", *(written[_only(written, "deal_products")])),
        ("notes", "content"),
    ]
    assert written[_only(written, "deal_products")] == {"item_price", "sum"}
    assert world.findings() == []


def test_an_edit_takes_one_write_and_no_reading_of_lists(world: World) -> None:
    customer = next(world.sandbox.source.records("customers"))
    world.sandbox.source.edit("customers", customer["id"], fax="207-555-0133")

    outcome = world.run()

    assert [(one.method, one.path.rsplit("/", 2)[-2]) for one in outcome.writes] == [
        ("PATCH", "organizations")
    ]
    assert len(outcome.reads) <= MOST_READS


def test_an_edit_that_changes_no_mapped_field_writes_nothing(world: World) -> None:
    customer = next(world.sandbox.source.records("customers"))
    world.sandbox.source.edit("customers", customer["id"], send_notifications=None, pager="12")

    outcome = world.run()

    assert outcome.code == 0, outcome.log
    assert outcome.writes == []


def test_a_value_that_is_taken_away_is_cleared(world: World) -> None:
    source = world.sandbox.source
    customer = next(row for row in source.records("customers") if row.get("email_address"))
    source.edit("customers", customer["id"], email_address=None, email=None)

    outcome = world.run()

    assert outcome.code == 0, outcome.log
    assert world.findings() == []


def test_new_rows_and_late_arrivals_are_created_and_nothing_else(world: World) -> None:
    source = world.sandbox.source
    long_ago = "2014-06-01T08:00:00-04:00"
    customer = source.add(
        "customers", name="Ferry Landing", company=False, company_name="Ferry Landing"
    )
    known = next(source.records("jobs"))
    late = source.add(
        "jobs",
        customer_id=known["customer_id"],
        name="Written down in a dead zone",
        status="complete",
        total="0.0",
        created_at=long_ago,
        updated_at=long_ago,
        completed_on=long_ago,
    )
    source.add("contacts", customer_id=customer["id"], first_name="Io", last_name="Bly")
    source.add(
        "job_charges", job_id=late["id"], description="Pump", quantity="2.0", price_per_unit="9.5"
    )
    source.add("notes", noteable_type="Job", noteable_id=late["id"], note="Came in late.")

    outcome = world.run()

    assert outcome.code == 0, outcome.log
    created = sorted(one.object for one in outcome.commits if one.action == "create")
    assert created == ["deal_products", "deals", "notes", "organizations", "persons"]
    assert {one.object for one in outcome.commits if one.action == "update"} <= {"deals"}
    assert world.findings() == []


def _places(world: World) -> dict[tuple[str, Any], tuple[str, int]]:
    """Object and source key to object and id."""
    places = {}
    for name in ("organizations", "persons", "products", "deals"):
        code = world.code(name, "ks_source_id")
        for row in world.sandbox.crm.tables[name]:
            key = row["custom_fields"][code]
            places[name, int(key) if key.isdigit() else key] = (name, row["id"])
    return places


def _only(written: dict[tuple[str, int], set[str]], name: str) -> tuple[str, int]:
    [place] = [place for place in written if place[0] == name]
    return place
