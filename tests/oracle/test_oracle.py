"""The judge finds what is wrong, and nothing where nothing is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.oracle import Reject

if TYPE_CHECKING:
    from tests.journeys.world import World
    from tests.oracle.truth import Truth


@pytest.fixture
def truth(world: World) -> Truth:
    return world.truth()


def _only(findings: list[str], oracle: str, *words: str) -> None:
    """There is one finding, of this oracle, and it names what is wrong."""
    assert len(findings) == 1, findings
    assert findings[0].startswith(f"{oracle} ")
    assert all(word in findings[0] for word in words), findings


def _row(world: World, name: str) -> dict[str, Any]:
    return next(iter(world.sandbox.crm.tables[name]))


def _put(world: World, table: str, row: dict[str, Any], /, **changes: Any) -> None:
    world.sandbox.crm.tables[table].put({**row, **changes})


def test_a_sound_account_has_no_findings(world: World) -> None:
    assert world.findings() == []


@pytest.mark.parametrize(
    ("name", "field", "value"),
    [
        ("organizations", "name", "Somebody else"),
        ("organizations", "owner_id", 1),
        ("organizations", "visible_to", 7),
        ("organizations", "add_time", "2020-01-01T00:00:00Z"),
        ("persons", "emails", [{"value": "a@example.com", "label": "work", "primary": True}]),
        ("products", "prices", [{"currency": "USD", "price": 1, "cost": 0}]),
        ("deals", "title", "Another job"),
        ("deals", "value", 0.5),
        ("deals", "status", "lost"),
        ("deal_products", "quantity", 77),
        ("deal_products", "comments", "Nothing of the kind"),
        ("activities", "due_time", "03:03:03"),
        ("activities", "done", None),
        ("notes", "content", "Not what was said"),
        ("notes", "add_time", "2020-01-01 00:00:00"),
        ("files", "name", "other.png"),
    ],
)
def test_a_changed_field_is_found(world: World, name: str, field: str, value: Any) -> None:
    # Which record came first is chance: requests go side by side.
    row = next(row for row in world.sandbox.crm.tables[name] if row[field] != value)
    _put(world, name, row, **{field: value})

    _only(world.findings(), "F", field)


def test_a_changed_custom_field_is_found(world: World) -> None:
    row, code = _row(world, "deals"), world.code("deals", "ks_job_number")
    _put(world, "deals", row, custom_fields={**row["custom_fields"], code: 4711})

    _only(world.findings(), "F", "ks_job_number", "4711")


def test_changed_bytes_of_a_file_are_found(world: World) -> None:
    number = _row(world, "files")["id"]
    content = world.sandbox.crm.contents[number]
    world.sandbox.crm.contents[number] = content[:-1] + bytes([content[-1] ^ 1])

    _only(world.findings(), "F", "sha256")


@pytest.mark.parametrize(
    ("name", "field", "parents"),
    [
        ("persons", "org_id", "organizations"),
        ("deals", "org_id", "organizations"),
        ("deal_products", "product_id", "products"),
        ("deal_products", "deal_id", "deals"),
        ("activities", "deal_id", "deals"),
        ("files", "deal_id", "deals"),
    ],
)
def test_a_swapped_parent_is_found(world: World, name: str, field: str, parents: str) -> None:
    row = next(row for row in world.sandbox.crm.tables[name] if row[field])
    numbers = [one["id"] for one in world.sandbox.crm.tables[parents]]
    other = next(number for number in reversed(numbers) if number != row[field])
    _put(world, name, row, **{field: other})

    _only(world.findings(), "R", field)


def test_a_lookup_that_should_be_empty_is_found(world: World) -> None:
    row, code = _row(world, "organizations"), world.code("organizations", "ks_parent")
    _put(world, "organizations", row, custom_fields={**row["custom_fields"], code: row["id"]})

    _only(world.findings(), "R", "ks_parent", "be empty")


@pytest.mark.parametrize("name", ["persons", "deal_products", "activities", "notes", "files"])
def test_a_missing_record_is_found(world: World, name: str) -> None:
    world.sandbox.crm.human.delete(name, _row(world, name)["id"]) if name != "deal_products" else (
        world.sandbox.crm.remove(name, _row(world, name)["id"])
    )

    findings = world.findings()

    _only([one for one in findings if one.startswith("L ")], "L", "neither landed nor rejected")


@pytest.mark.parametrize(
    "name",
    ["organizations", "persons", "products", "deals", "activities", "notes", "deal_products"],
)
def test_a_record_that_is_there_twice_is_found(world: World, name: str) -> None:
    table = world.sandbox.crm.tables[name]
    table.put({**_row(world, name), "id": table.next_id()})

    _only(world.findings(), "D")


def test_a_record_of_nobody_is_found_unless_it_is_somebodys(world: World) -> None:
    row = world.sandbox.crm.human.create("organizations", name="Walked in")

    _only(world.findings(), "D", "carries no key")
    assert world.findings(others={("organizations", row["id"])}) == []


def test_a_record_that_is_rejected_need_not_be_there(world: World, truth: Truth) -> None:
    contact = truth.rows("contacts")[0]
    number = world.crm_row("persons", contact["id"])["id"]
    deals = world.sandbox.crm.tables["deals"]
    for deal in list(deals.where("person_id", number)):
        deals.put({**deal, "person_id": None})
    world.sandbox.crm.human.delete("persons", number)

    findings = world.findings(rejects=[Reject("person", str(contact["id"]), "length")])

    assert [one for one in findings if " person " in one] == []


def test_a_rejected_row_is_not_folded_into_its_parent(world: World, truth: Truth) -> None:
    entry = truth.rows("time_entries")[0]

    findings = world.findings(rejects=[Reject("time_entries", str(entry["id"]), "type")])

    assert {one.split()[2] for one in findings} == {f"{entry['job_id']}:"}
    assert any("ks_time_hours" in one for one in findings)


def test_an_unusable_value_that_nobody_rejected_is_found(world: World, truth: Truth) -> None:
    entry = truth.rows("time_entries")[0]
    world.sandbox.source.edit("time_entries", entry["id"], number_of_hours="two")

    findings = world.findings()

    assert any("number_of_hours is unusable" in one for one in findings)


def test_what_has_gone_from_the_source_must_still_be_there(world: World, truth: Truth) -> None:
    task = truth.rows("tasks")[0]
    world.sandbox.source.remove("tasks", task["id"])

    assert world.findings(gone=truth) == []
    _only(world.findings(), "D", "no source record behind it")


def test_a_field_without_room_has_to_stand_in_the_field_for_the_rest(world: World) -> None:
    crm = world.sandbox.crm
    code, more = world.code("deals", "ks_po_number"), world.code("deals", "ks_more")
    rows = [row for row in crm.tables["deals"] if row["custom_fields"].get(code)]
    assert rows
    crm.human.remove_field("deals", code)

    assert len(world.findings()) == len(rows)

    for row in rows:
        text = f"Purchase order: {row['custom_fields'][code]}"
        _put(world, "deals", row, custom_fields={**row["custom_fields"], more: text})

    assert world.findings() == []
