"""Reconciliation: what people did, what we did, and what leads nowhere, told apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.unit.stages.memory import Memory
from tests.unit.stages.undoing import COMPANIES, PEOPLE

from crm_transforms.journal import Reject
from crm_transforms.stages.reconcile import (
    ABSENT,
    GONE_ROW,
    MOST_LISTED,
    UNREAD,
    WAITS,
    Reconciliation,
)

if TYPE_CHECKING:
    from tests.unit.stages.undoing import Migration

    from crm_transforms.stages.reconcile import Balance, ReconciliationReport


@pytest.fixture
def loaded(migration: Migration) -> Migration:
    """Companies, two of which belong to another, people and products, all landed."""
    chain = [{**one, "parent_id": "c0"} for one in COMPANIES[1:3]]
    migration.stage(customers=chain)
    migration.load()
    return migration


def reconcile(migration: Migration, share: float = 1.0) -> ReconciliationReport:
    return Reconciliation(migration.work("reconcile"), share).run()


def told(report: ReconciliationReport) -> list[tuple[str, str, str, str]]:
    return [(one.object, one.key, one.field, one.why) for one in report.differences]


def balance(report: ReconciliationReport, name: str) -> Balance:
    (found,) = (one for one in report.objects if one.object == name)
    return found


def lookup(report: ReconciliationReport, name: str, field: str) -> dict[str, int]:
    (found,) = (one for one in report.lookups if (one["object"], one["field"]) == (name, field))
    return {count: found[count] for count in ("filled", "empty", "broken")}


def edit(migration: Migration, table: str, obj: str, key: str, **fields: Any) -> None:
    """A person changes a record."""
    migration.there.tables[table][migration.id_of(obj, key)].update(fields)


def test_after_a_load_everything_is_as_it_should_be(loaded: Migration) -> None:
    writes = loaded.there.asked["write"]
    report = reconcile(loaded)
    assert report.clean
    assert told(report) == report.orphans == []
    found = balance(report, "company")
    assert (found.source, found.wanted, found.landed, found.compared, found.destination) == (6,) * 5
    assert lookup(report, "company", "parent_id") == {"filled": 2, "empty": 4, "broken": 0}
    assert lookup(report, "person", "company_id") == {"filled": 6, "empty": 0, "broken": 0}
    assert report.people == {"matched": 0, "unmatched": 0, "ambiguous": 0, "inactive": 0}
    assert loaded.there.asked["write"] == writes
    assert loaded.journal.get("reconciliation.memory:1") == report.as_json()


def test_what_a_person_changed_is_told_with_both_values(loaded: Migration) -> None:
    edit(loaded, "companies", "company", "c1", name="By hand")
    edit(loaded, "companies", "company", "c2", city="Bath", grade="B")
    report = reconcile(loaded)
    assert told(report) == [
        ("company", "c1", "name", "edited there"),
        ("company", "c2", "city", "edited there"),
        ("company", "c2", "grade", "edited there"),
    ]
    first = report.differences[0]
    assert (first.wanted, first.found) == ("Company 1", "By hand")
    assert first.destination_id == loaded.id_of("company", "c1")
    assert balance(report, "company").edited_there == 2
    assert not report.clean


def test_what_a_person_deleted_breaks_what_leads_to_it(loaded: Migration) -> None:
    del loaded.there.tables["companies"][loaded.id_of("company", "c0")]
    report = reconcile(loaded)
    assert told(report) == [("company", "c0", "", "deleted there")]
    assert balance(report, "company").destination == 5
    assert balance(report, "company").deleted_there == 1
    assert lookup(report, "company", "parent_id") == {"filled": 0, "empty": 3, "broken": 2}
    assert lookup(report, "person", "company_id") == {"filled": 5, "empty": 0, "broken": 1}


def test_a_lookup_that_was_emptied_or_bent_is_told_by_object_and_key(loaded: Migration) -> None:
    edit(loaded, "people", "person", "p1", company_id=None)
    edit(loaded, "people", "person", "p2", company_id=loaded.id_of("company", "c5"))
    edit(loaded, "people", "person", "p3", company_id="77")
    report = reconcile(loaded)
    values = [(one.key, one.wanted, one.found) for one in report.differences]
    assert values == [
        ("p1", "company c1", None),
        ("p2", "company c2", "company c5"),
        ("p3", "company c3", "a record that is not ours"),
    ]
    assert lookup(report, "person", "company_id") == {"filled": 5, "empty": 0, "broken": 1}


def test_what_nobody_changed_and_is_wanted_otherwise_is_ours(loaded: Migration) -> None:
    loaded.stage(customers=[{**COMPANIES[4], "name": "Renamed"}])
    report = reconcile(loaded)
    assert told(report) == [("company", "c4", "name", "not as mapped")]
    assert balance(report, "company").different == 1


def test_what_never_became_what_we_wrote_is_ours(migration: Migration) -> None:
    class Lossy(Memory):
        def put(self, table: str, **fields: Any) -> str:
            lost = {"code": "lost"} if table == "products" else {}
            return super().put(table, **{**fields, **lost})

    migration.there = Lossy()
    migration.load()
    report = reconcile(migration)
    assert {one.why for one in report.differences} == {"not as mapped"}
    assert {one.key for one in report.differences} == {"i1", "i2"}


def test_what_was_there_before_us_is_nobodys_difference(migration: Migration) -> None:
    migration.there.put("products", name="Valve", code="theirs")
    migration.load()
    assert reconcile(migration).clean


def test_what_is_neither_loaded_nor_rejected_is_missing(loaded: Migration) -> None:
    loaded.stage(contacts=[{"id": "p9", "name": "Late", "company_id": "c1"}])
    report = reconcile(loaded)
    assert told(report) == [("person", "p9", "", ABSENT)]
    found = balance(report, "person")
    assert (found.wanted, found.landed) == (7, 6)


def test_rejects_and_orphans_are_counted_and_fail_it(loaded: Migration) -> None:
    loaded.stage(items=[{"id": "i3", "name": "Odd", "code": "O", "price": "cheap"}])
    loaded.stage(contacts=[{"id": "p9", "name": "Nobody's", "company_id": "c99"}])
    loaded.load()
    loaded.journal.reject([Reject("stage", "contacts", key="p8", rule="type")])
    report = reconcile(loaded)
    assert report.differences == []
    assert balance(report, "product").rejected == 1
    assert balance(report, "person").waiting == 1
    assert report.orphans == [
        {"object": "contacts", "rule": UNREAD, "records": 1},
        {"object": "person", "rule": WAITS, "records": 1},
    ]
    assert not report.clean


def test_rows_that_are_gone_are_reported_and_fail_nothing(loaded: Migration) -> None:
    loaded.stage_only(contacts=PEOPLE[:4])
    loaded.load()
    report = reconcile(loaded)
    assert report.orphans == [{"object": "person", "rule": GONE_ROW, "records": 2}]
    assert (balance(report, "person").landed, report.clean) == (6, True)


def test_a_custom_field_that_is_gone_is_told_once(loaded: Migration) -> None:
    del loaded.there.custom["companies"]["grade"]
    for record in loaded.there.tables["companies"].values():
        record.pop("grade", None)
    report = reconcile(loaded)
    assert told(report) == [("schema", "companies.grade", "", "deleted there")]


def test_of_a_share_the_keys_decide_which_ones_are_read(loaded: Migration) -> None:
    first, again = reconcile(loaded, 0.5), reconcile(loaded, 0.5)
    assert [one.compared for one in first.objects] == [one.compared for one in again.objects]
    assert 0 < sum(one.compared for one in first.objects) < 14
    assert [one.wanted for one in first.objects] == [6, 6, 2]
    assert (first.share, first.clean) == (0.5, True)


def test_the_list_ends_and_the_counting_does_not(migration: Migration) -> None:
    rows = [{"id": f"x{n}", "name": f"P {n}", "company_id": "c1"} for n in range(MOST_LISTED + 5)]
    migration.stage(contacts=rows)
    found: list[str] = []
    work = migration.work("reconcile")
    report = Reconciliation(work, tell=lambda one: found.append(one.key)).run()
    assert len(report.differences) == MOST_LISTED
    assert len(found) == MOST_LISTED + report.more_differences == 6 + 6 + 2 + MOST_LISTED + 5
