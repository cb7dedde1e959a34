"""Records known by what they belong to: the price of a product in a price book, say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.unit.stages.undoing import DOCUMENT

from crm_transforms.stages.dry_run import DryRun
from crm_transforms.stages.roster import ADOPT, CREATE, Roster

if TYPE_CHECKING:
    from tests.unit.stages.undoing import Migration

BY_COMPANY = DOCUMENT.replace(
    "    key: {shop_id: id}\n    fields: {name: name, company_id",
    "    key: {shop_id: id}\n"
    "    match: {name: name, company_id: {ref: company, of: company_id}}\n"
    "    create: true\n"
    "    fields: {name: name, company_id",
)


def planned(migration: Migration) -> dict[str, int]:
    """What a dry run says of people."""
    with Roster() as roster:
        DryRun(migration.work("plan"), roster).run()
        verdicts = (ADOPT, CREATE)
        return {one: len(list(roster.entries("person", one))) for one in verdicts}


def test_a_record_of_the_same_parent_is_adopted_and_one_of_another_is_not(
    migration: Migration,
) -> None:
    migration.load()
    there = migration.there
    first, second = (migration.id_of("company", key) for key in ("c0", "c1"))
    person = there.put("people", name="Ann", company_id=first)
    there.put("people", name="Ben", company_id=second)
    migration.document = BY_COMPANY
    migration.stage(
        contacts=[
            {"id": "new0", "name": "Ann", "company_id": "c0"},
            {"id": "new1", "name": "Ben", "company_id": "c0"},
        ]
    )

    migration.load()

    assert migration.id_of("person", "new0") == person
    assert len(there.tables["people"]) == 9


def test_below_a_parent_that_is_yet_to_be_made_everything_is_new(migration: Migration) -> None:
    migration.document = BY_COMPANY

    assert planned(migration) == {ADOPT: 0, CREATE: 6}


def test_a_box_that_nobody_ticked_is_filled_like_an_empty_field(migration: Migration) -> None:
    valve = migration.there.put("products", name="Valve", code=False)
    migration.load()

    assert migration.there.tables["products"][valve]["code"] == "V-1"
