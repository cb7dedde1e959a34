"""Partial rollbacks: one run, one object; and what is no scope at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.unit.stages.undoing import COMPANIES, PEOPLE, told

from crm_transforms.stages.undo_scope import UndoScope, problem

if TYPE_CHECKING:
    from tests.unit.stages.undoing import Migration


@pytest.fixture
def two_runs(migration: Migration) -> tuple[Migration, int, int]:
    """Six companies and people; then two companies change and a seventh comes with a person."""
    first = migration.load().run_id
    changed = [{**one, "name": f"{one['name']} Ltd", "grade": "B"} for one in COMPANIES[:2]]
    new = {**COMPANIES[0], "id": "c7", "name": "Company 7"}
    migration.stage(
        customers=[*changed, new],
        contacts=[{"id": "p7", "name": "Person 7", "company_id": "c7"}],
    )
    return migration, first, migration.load().run_id


def names(migration: Migration) -> set[tuple[str, str]]:
    table = migration.there.tables["companies"].values()
    return {(one["name"], one["grade"]) for one in table}


def test_of_one_run_the_records_go_and_the_changes_come_back(
    two_runs: tuple[Migration, int, int],
) -> None:
    migration, _, second = two_runs
    report = migration.undo(runs=(second,))
    assert report.kept == []
    assert (report.removed, report.restored) == ({"person": 1, "company": 1}, {"company": 2})
    assert names(migration) == {(f"Company {n}", "A") for n in range(6)}
    assert migration.linked() == {"company": 6, "person": 6, "product": 2, "schema": 4}


def test_the_next_load_does_it_again(two_runs: tuple[Migration, int, int]) -> None:
    migration, _, second = two_runs
    before = names(migration)
    migration.undo(runs=(second,))
    migration.load()
    assert names(migration) == before
    assert migration.there.sizes() == {"companies": 7, "people": 7, "products": 2}
    commits = len(migration.there.commits)
    migration.load()
    assert len(migration.there.commits) == commits


def test_of_an_earlier_run_the_later_changes_go_as_well(
    two_runs: tuple[Migration, int, int],
) -> None:
    migration, first, _ = two_runs
    report = migration.undo(runs=(first,))
    assert migration.there.sizes() == {"companies": 1, "people": 1, "products": 0}
    # What the later run made still uses the fields.
    assert told(report) == [
        ("schema", "companies.grade", ""),
        ("schema", "people.shop_id", ""),
        ("schema", "companies.shop_id", ""),
    ]


def test_both_runs_are_everything(two_runs: tuple[Migration, int, int]) -> None:
    migration, *runs = two_runs
    report = migration.undo(runs=tuple(runs))
    assert report.kept == []
    assert migration.there.sizes() == {"companies": 0, "people": 0, "products": 0}
    assert migration.there.custom["companies"] == {}


def test_a_field_that_a_later_run_wrote_is_left_to_it(
    two_runs: tuple[Migration, int, int],
) -> None:
    migration, _, second = two_runs
    migration.stage(customers=[{**COMPANIES[0], "name": "Company 0 Inc", "grade": "B"}])
    migration.load()

    report = migration.undo(runs=(second,))

    assert told(report) == [("company", "c0", "name")]
    assert report.kept[0].why == "a later run wrote 'Company 0 Inc'"
    # Of the same record the other field comes back.
    assert ("Company 0 Inc", "A") in names(migration)


def test_a_field_that_a_person_changed_since_is_left_to_them(
    two_runs: tuple[Migration, int, int],
) -> None:
    migration, _, second = two_runs
    company = migration.there.tables["companies"][migration.id_of("company", "c1")]
    company["name"] = "By hand"

    report = migration.undo(runs=(second,))

    assert told(report) == [("company", "c1", "name")]
    assert (company["name"], company["grade"]) == ("By hand", "A")
    assert migration.undo(runs=(second,), force=True).kept == []
    assert company["name"] == "Company 1"


def test_a_run_that_was_taken_back_is_not_taken_back_twice(
    two_runs: tuple[Migration, int, int],
) -> None:
    migration, _, second = two_runs
    migration.undo(runs=(second,))
    migration.load()
    before = names(migration)
    report = migration.undo(runs=(second,))
    assert (report.removed, report.restored, report.kept) == ({}, {}, [])
    assert names(migration) == before


def test_of_one_object_the_others_stay(migration: Migration) -> None:
    migration.load()
    report = migration.undo(objects=("person",))
    assert (report.kept, report.removed) == ([], {"person": 6})
    assert migration.there.sizes() == {"companies": 6, "people": 0, "products": 2}
    assert migration.linked() == {"company": 6, "product": 2, "schema": 4}
    migration.load()
    assert migration.there.sizes()["people"] == len(PEOPLE)


def test_an_object_on_which_others_stand_stays(migration: Migration) -> None:
    migration.load()
    report = migration.undo(objects=("company",))
    assert len(report.kept) == 6
    assert migration.there.sizes()["companies"] == 6


PROBLEMS = [
    ({"runs": (99,)}, "there is no run 99 on this account; there are: 1"),
    ({"objects": ("deal",)}, "there is no object 'deal'; there are: company, person, product,"),
    ({"sample": True}, "there is no sample on this account"),
    ({"runs": (1,), "objects": ("person",)}, ""),
    ({"objects": ("schema",)}, ""),
]


@pytest.mark.parametrize(("scope", "sentence"), PROBLEMS)
def test_what_cannot_be_meant_is_said(
    migration: Migration, scope: dict[str, tuple[int, ...]], sentence: str
) -> None:
    migration.load()
    told_ = problem(migration.work("rollback"), UndoScope(**scope))
    assert told_.startswith(sentence)
    assert bool(told_) == bool(sentence)


def test_how_much_is_before_it_is_known_beforehand(two_runs: tuple[Migration, int, int]) -> None:
    migration, _, second = two_runs
    journal, identity = migration.journal, migration.there.identity().id
    assert journal.undo_extent(identity)["company"] == (7, 0, 0)
    assert journal.undo_extent(identity, (second,)) == {
        "company": (1, 2, 0),
        "person": (1, 0, 0),
    }
