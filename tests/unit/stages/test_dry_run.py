"""A dry run says what a load then does, and writes nothing, neither there nor in the journal."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest
from tests.unit.stages.undoing import COMPANIES, DOCUMENT, ITEMS, PEOPLE, Migration

from crm_transforms.stages.dry_run import DryRun
from crm_transforms.stages.roster import (
    ADOPT,
    CREATE,
    REJECTED,
    UNCHANGED,
    UPDATE,
    WAITING,
    Roster,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crm_transforms.journal import Journal
    from crm_transforms.stages.dry_run import Outlook


class Rehearsal:
    """A migration, and dry runs of it."""

    def __init__(self, journal: Journal) -> None:
        self.migration = Migration(journal)
        self.rosters: list[Roster] = []

    def run(self, **told: Any) -> tuple[Roster, Outlook]:
        roster = Roster()
        self.rosters.append(roster)
        return roster, DryRun(self.migration.work("plan", **told), roster).run()

    def counts(self) -> dict[str, dict[str, int]]:
        """What a dry run predicts, without zeros."""
        roster, _ = self.run()
        return {
            name: {verdict: count for verdict, count in counts.items() if count}
            for name, counts in roster.counts().items()
        }

    def changed(self, name: str) -> dict[str, tuple[str, ...]]:
        roster, _ = self.run()
        return {one.key: one.changed for one in roster.entries(name, UPDATE)}


@pytest.fixture
def rehearsal(journal: Journal) -> Iterator[Rehearsal]:
    made = Rehearsal(journal)
    yield made
    for roster in made.rosters:
        roster.close()


@pytest.fixture
def loaded(rehearsal: Rehearsal) -> Rehearsal:
    rehearsal.migration.load()
    return rehearsal


def test_of_a_fresh_account_everything_is_to_be_made(rehearsal: Rehearsal) -> None:
    assert rehearsal.counts() == {
        "company": {CREATE: 6},
        "person": {CREATE: 6},
        "product": {CREATE: 2},
    }


def test_nothing_is_written_anywhere(rehearsal: Rehearsal) -> None:
    migration = rehearsal.migration
    there, links = copy.deepcopy(migration.there.state()), migration.linked()
    rehearsal.run()
    assert migration.there.state() == there
    assert migration.there.asked["write"] == 0
    assert migration.linked() == links
    assert migration.journal.rejects() == []
    assert migration.journal.operations() == []
    assert migration.there.expected == {"companies": [], "people": [], "products": []}


def test_the_run_that_asks_counts_nothing_as_done(rehearsal: Rehearsal) -> None:
    work = rehearsal.migration.work("plan")
    document = work.mapping
    with Roster() as roster:
        DryRun(work, roster).run()
    assert (work.tallies, work.findings, work.mapping) == ({}, {}, document)


def test_after_a_load_everything_is_unchanged(loaded: Rehearsal) -> None:
    assert loaded.counts() == {
        "company": {UNCHANGED: 6},
        "person": {UNCHANGED: 6},
        "product": {UNCHANGED: 2},
    }


def test_after_edits_just_the_edited_are_updated_and_the_fields_are_told(
    loaded: Rehearsal,
) -> None:
    loaded.migration.stage(
        customers=[{**COMPANIES[0], "city": "Bath"}, {**COMPANIES[1], "parent_id": "c0"}],
        items=[{**ITEMS[0], "name": "Valve", "price": "8"}],
        contacts=[{"id": "p9", "name": "New", "company_id": "c0"}],
    )
    assert loaded.counts() == {
        "company": {UPDATE: 2, UNCHANGED: 4},
        "person": {CREATE: 1, UNCHANGED: 6},
        "product": {UPDATE: 1, UNCHANGED: 1},
    }
    assert loaded.changed("company") == {"c0": ("city",), "c1": ("parent_id",)}
    assert loaded.changed("product") == {"i1": ("price",)}


def test_an_edit_that_no_field_shows_leaves_a_record_unchanged(loaded: Rehearsal) -> None:
    loaded.migration.stage(customers=[{**COMPANIES[0], "fax": "1"}])
    assert loaded.counts()["company"] == {UNCHANGED: 6}


def test_records_are_not_read_one_by_one(loaded: Rehearsal) -> None:
    loaded.migration.stage(customers=[{**one, "city": "Bath"} for one in COMPANIES])
    loaded.migration.there.asked.clear()
    _, outlook = loaded.run()
    assert loaded.migration.there.asked["read"] == 0
    assert (outlook.writes["company"].updates, outlook.writes["company"].looked_at) == (6, 6)


def test_what_the_destination_would_refuse_is_a_reject_and_its_children_wait(
    rehearsal: Rehearsal,
) -> None:
    rehearsal.migration.there.unfit.add("Company 2")
    roster, outlook = rehearsal.run()
    (refused,) = roster.entries("company", REJECTED)
    assert (refused.key, refused.field, refused.rule) == ("c2", "name", "value")
    assert refused.place.startswith("shop.yml:")
    (waiting,) = roster.entries("person", WAITING)
    assert (waiting.key, waiting.field, waiting.code) == ("p2", "company_id", "PARENT_MISSING")
    assert outlook.writes["company"].created == 5
    assert roster.orphans(5) == []


def test_children_of_planned_parents_are_planned_and_know_them(rehearsal: Rehearsal) -> None:
    roster, _ = rehearsal.run()
    assert roster.planned("person", ["p1", "p2"]) == {"p1", "p2"}
    (parent,) = roster.parents("person", ["p1"])["p1"]
    assert parent[:3] == ("company_id", "company", "c1")
    assert roster.row_keys("person", ["p1"]) == {"p1": "p1"}


def test_a_child_of_nobody_is_an_orphan(rehearsal: Rehearsal) -> None:
    rehearsal.migration.stage(contacts=[{"id": "p9", "name": "Lost", "company_id": "none"}])
    roster, _ = rehearsal.run()
    (lost,) = roster.orphans(5)
    assert (lost.object, lost.parent, lost.records, lost.examples) == (
        "person",
        "company",
        1,
        ("p9",),
    )


def test_rows_that_cannot_be_mapped_are_rejects_with_their_place(rehearsal: Rehearsal) -> None:
    rehearsal.migration.stage(items=[{**ITEMS[0], "price": "dear"}])
    roster, _ = rehearsal.run()
    (refused,) = roster.entries("product", REJECTED)
    assert (refused.key, refused.field, refused.rule) == ("i1", "price", "expression")
    assert "objects.product.fields.price" in refused.place


def test_of_two_rows_with_one_key_the_second_is_a_reject(rehearsal: Rehearsal) -> None:
    rehearsal.migration.document = DOCUMENT.replace(
        "key: {shop_id: id}\n    match", "key: {shop_id: code}\n    match"
    )
    many = [
        {"id": f"i{n:04}", "name": f"N{n}", "code": f"C{n % 600}", "price": "1"}
        for n in range(1_200)
    ]
    rehearsal.migration.stage_only(items=many)
    predicted = rehearsal.counts()["product"]
    assert predicted == {CREATE: 600, REJECTED: 600}
    tally = rehearsal.migration.load().tallies["product"]
    assert (tally.created, tally.rejected) == (600, 600)


def test_what_matches_is_adopted_and_a_child_gets_its_real_id(rehearsal: Rehearsal) -> None:
    there = rehearsal.migration.there
    full = there.put("products", name="Filter", code="F-1", price=9)
    there.put("products", name="Valve", code=None, price=None)
    there.tables["products"][full] |= {"shop_id": "i2"}
    roster, outlook = rehearsal.run()
    adopted = {one.key: one for one in roster.entries("product", ADOPT)}
    assert set(adopted) == {"i1", "i2"}
    assert adopted["i1"].changed == ("code", "price", "shop_id")
    assert adopted["i2"].destination_id == full
    assert roster.ids("product", ["i2"]) == {"i2": full}
    assert outlook.writes["product"].created == 0


def test_several_matches_are_a_reject(rehearsal: Rehearsal) -> None:
    for _ in range(2):
        rehearsal.migration.there.put("products", name="Valve")
    assert rehearsal.counts()["product"] == {CREATE: 1, REJECTED: 1}


def test_references_to_what_comes_later_cost_a_second_pass(rehearsal: Rehearsal) -> None:
    circle = [{**one, "parent_id": f"c{(n + 1) % 6}"} for n, one in enumerate(COMPANIES)]
    rehearsal.migration.stage(customers=circle)
    _, outlook = rehearsal.run()
    predicted = outlook.writes["company"]
    tally = rehearsal.migration.load().tallies["company"]
    assert (predicted.created, predicted.updates) == (tally.created, tally.updated)
    assert tally.updated > 0
    assert rehearsal.counts()["company"] == {UNCHANGED: 6}


def test_a_parent_that_arrives_updates_those_that_waited_for_it(loaded: Rehearsal) -> None:
    loaded.migration.stage(customers=[{**COMPANIES[0], "parent_id": "c9"}])
    loaded.migration.load()
    assert loaded.counts()["company"] == {UNCHANGED: 6}
    loaded.migration.stage(customers=[{**COMPANIES[1], "id": "c9"}])
    assert loaded.counts()["company"] == {CREATE: 1, UPDATE: 1, UNCHANGED: 5}
    assert loaded.changed("company") == {"c0": ("parent_id",)}


def test_known_rejects_stay_rejects_until_their_rows_change(rehearsal: Rehearsal) -> None:
    migration = rehearsal.migration
    migration.there.unfit.add("Company 2")
    migration.load()
    assert rehearsal.counts()["company"] == {UNCHANGED: 5, REJECTED: 1}
    assert rehearsal.counts()["person"] == {UNCHANGED: 5, WAITING: 1}
    migration.stage(customers=[{**COMPANIES[2], "name": "Better"}])
    assert rehearsal.counts()["company"] == {UNCHANGED: 5, CREATE: 1}
    assert rehearsal.counts()["person"] == {UNCHANGED: 5, CREATE: 1}


def test_vanished_rows_that_the_mapping_removes_are_counted(loaded: Rehearsal) -> None:
    loaded.migration.stage_only(customers=COMPANIES[:5])
    _, outlook = loaded.run()
    assert outlook.vanished["company"] == 1
    assert outlook.writes["company"].deletes == 1


def test_a_lost_journal_is_recognised_and_its_records_are_adopted(
    rehearsal: Rehearsal, journal: Journal
) -> None:
    migration = rehearsal.migration
    migration.load()
    journal.purge()
    migration.stage(customers=COMPANIES, contacts=PEOPLE, items=ITEMS)
    assert rehearsal.counts() == {
        "company": {ADOPT: 6},
        "person": {ADOPT: 6},
        "product": {ADOPT: 2},
    }


def test_a_conflict_in_the_schema_is_told_and_the_rest_is_planned(rehearsal: Rehearsal) -> None:
    there = rehearsal.migration.there
    spec = there.fields["companies"]["made_at"]
    there.custom["companies"]["grade"] = spec
    _, outlook = rehearsal.run()
    (companies,) = [one for one in outlook.manifests if one.target == "companies"]
    assert companies.conflicts == [("grade", "text", "datetime")]
    assert rehearsal.counts()["company"] == {CREATE: 6}


def test_strata_tell_records_apart_by_their_choices(rehearsal: Rehearsal) -> None:
    rehearsal.migration.document = DOCUMENT.replace(
        "grade: {type: text, value: grade}",
        "grade: {type: choice, options: [A, B], value: grade}",
    )
    rehearsal.migration.stage(customers=[{**COMPANIES[0], "grade": "B"}])
    roster, _ = rehearsal.run()
    assert roster.strata("company") == [("create, grade: A", 5), ("create, grade: B", 1)]
    assert roster.pick("company", "create, grade: B", 5, "seed") == ["c0"]
