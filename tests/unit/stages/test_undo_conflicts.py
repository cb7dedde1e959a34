"""What people did since a load stays when it is taken back, and is listed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from tests.unit.stages.undoing import COMPANIES, ITEMS, told

from crm_transforms.canonical import encode
from crm_transforms.destination import SCHEMA, FieldSpec, Kind, Status
from crm_transforms.journal import Decision, Intent

if TYPE_CHECKING:
    from tests.unit.stages.undoing import Migration


@pytest.fixture
def loaded(migration: Migration) -> Migration:
    migration.load()
    return migration


def record(migration: Migration, name: str, key: str) -> dict[str, Any]:
    table = {"company": "companies", "person": "people", "product": "products"}[name]
    return migration.there.tables[table][migration.id_of(name, key)]


def test_a_record_that_a_person_changed_stays_with_all_it_stands_on(loaded: Migration) -> None:
    mine = record(loaded, "person", "p1")
    mine["name"] = "Changed by hand"

    report = loaded.undo()

    assert told(report) == [
        ("person", "p1", "name"),
        ("company", "c1", ""),
        ("schema", "companies.grade", ""),
        ("schema", "people.shop_id", ""),
        ("schema", "companies.shop_id", ""),
    ]
    name, company, *_ = [one.why for one in report.kept]
    assert name == "we wrote 'Person 1'; somebody set 'Changed by hand'"
    assert company == "still holds what is not ours or was kept: 1 people"
    assert loaded.there.tables["people"] == {loaded.id_of("person", "p1"): mine}
    assert loaded.there.sizes() == {"companies": 1, "people": 1, "products": 0}


@pytest.mark.parametrize("value", ["Portland", "u2"])
def test_a_field_that_a_person_filled_keeps_its_record(loaded: Migration, value: str) -> None:
    name = "city" if value == "Portland" else "owner_id"
    record(loaded, "company", "c2")[name] = value

    report = loaded.undo()

    assert told(report)[0] == ("company", "c2", name)
    assert report.kept[0].why == f"we left it empty; somebody set {value!r}"
    assert loaded.there.sizes()["companies"] == 1


def test_force_removes_what_people_changed_and_keeps_a_trace_of_it(loaded: Migration) -> None:
    record(loaded, "person", "p1")["name"] = "Changed by hand"
    loaded.undo()

    report = loaded.undo(force=True)

    assert report.kept == []
    assert loaded.there.sizes() == {"companies": 0, "people": 0, "products": 0}
    removal = next(
        op for op in loaded.journal.operations(object="person", newest_first=True) if op.key == "p1"
    )
    assert b"Changed by hand" in (removal.before or b"")


def test_what_a_person_hung_on_our_record_keeps_it(loaded: Migration) -> None:
    company = loaded.id_of("company", "c3")
    theirs = loaded.there.put("people", name="Not ours", company_id=company)

    report = loaded.undo()

    assert told(report)[0] == ("company", "c3", "")
    assert loaded.there.sizes() == {"companies": 1, "people": 1, "products": 0}
    assert loaded.there.tables["people"][theirs]["company_id"] == company


def test_a_parent_that_a_person_deleted_keeps_no_child(loaded: Migration) -> None:
    company = loaded.id_of("company", "c3")
    del loaded.there.tables["companies"][company]
    record(loaded, "person", "p3")["company_id"] = None  # as destinations do it

    report = loaded.undo()

    assert report.kept == []
    assert loaded.there.sizes() == {"companies": 0, "people": 0, "products": 0}


def test_a_reference_that_a_person_emptied_is_their_work(loaded: Migration) -> None:
    record(loaded, "person", "p3")["company_id"] = None
    report = loaded.undo()
    assert told(report)[0] == ("person", "p3", "company_id")


def test_records_that_no_load_verified_are_judged_by_what_most_of_them_hold(
    migration: Migration, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crm_transforms.stages.verify.Verifier.verify", lambda *_: None)
    migration.load()
    record(migration, "company", "c1")["city"] = "Portland"

    report = migration.undo()

    assert told(report)[0] == ("company", "c1", "city")
    assert migration.there.sizes()["companies"] == 1
    # Once more, now that the one record is all there is.
    assert told(migration.undo())[0] == ("company", "c1", "city")
    assert migration.there.sizes()["companies"] == 1


def test_the_vendors_own_moments_are_nobodys_work(loaded: Migration) -> None:
    stamp = FieldSpec("closed_at", "datetime")
    loaded.there.fields["companies"]["closed_at"] = stamp
    record(loaded, "company", "c1")["closed_at"] = "2026-01-01T00:00:00Z"
    assert loaded.undo().kept == []


# Records that were there before us


def test_an_adopted_record_gets_back_what_stood_there(migration: Migration) -> None:
    valve = migration.there.put("products", name="Valve", code=None)
    migration.load()
    migration.stage(items=[{**ITEMS[0], "price": "8"}])
    migration.load()
    assert migration.there.tables["products"][valve]["code"] == "V-1"

    report = migration.undo()

    assert report.kept == []
    held = migration.there.tables["products"][valve]
    assert (held["name"], held["code"], held["price"]) == ("Valve", None, None)
    assert report.restored == {"product": 1}
    assert report.released == {"product": 1}


def test_a_field_that_a_person_changed_since_is_not_restored(migration: Migration) -> None:
    valve = migration.there.put("products", name="Valve", code=None)
    migration.load()
    migration.there.tables["products"][valve]["code"] = "by hand"

    report = migration.undo()

    assert told(report)[0] == ("product", "i1", "code")
    held = migration.there.tables["products"][valve]
    assert (held["code"], held["price"]) == ("by hand", None)
    assert migration.linked()["product"] == 1
    report = migration.undo(force=True)
    assert report.kept == []
    assert held["code"] is None
    assert migration.linked() == {}


def test_an_adopted_record_that_a_person_deleted_is_let_go(migration: Migration) -> None:
    valve = migration.there.put("products", name="Valve", code=None)
    migration.load()
    del migration.there.tables["products"][valve]
    report = migration.undo()
    assert (report.kept, report.released) == ([], {"product": 1})


# Custom fields


def test_a_field_that_somebody_uses_stays(loaded: Migration) -> None:
    theirs = loaded.there.put("companies", name="Not ours", grade="B")

    report = loaded.undo()

    assert told(report) == [("schema", "companies.grade", "")]
    assert report.kept[0].why == "still holds a value in records: 1"
    assert loaded.there.tables["companies"][theirs]["grade"] == "B"
    assert list(loaded.there.custom["companies"]) == ["grade"]


def test_not_even_by_force_is_a_field_taken_from_those_who_use_it(loaded: Migration) -> None:
    loaded.there.put("companies", name="Not ours", grade="B")
    assert told(loaded.undo(force=True)) == [("schema", "companies.grade", "")]


def test_a_field_that_somebody_renamed_stays(loaded: Migration) -> None:
    loaded.there.custom["companies"]["grade"] = FieldSpec(
        "grade", "text", label="Rating", custom=True
    )
    assert told(loaded.undo()) == [("schema", "companies.grade", "name")]


def test_a_field_that_was_there_before_us_stays(migration: Migration) -> None:
    migration.there.custom["companies"]["grade"] = FieldSpec("grade", "text", custom=True)
    before = migration.there.state()
    migration.load()
    report = migration.undo()
    assert report.kept == []
    assert migration.there.state() == before


def add_options(migration: Migration, *labels: str) -> None:
    """A run adds options to a choice that was there before us."""
    spec = migration.there.custom["companies"]["size"]
    fields = {"object": "companies", "name": "size", "type": "choice"}
    fields["options"] = [*spec.options, *labels]
    intent = Intent(
        SCHEMA,
        SCHEMA,
        Kind.UPDATE,
        "companies.size",
        "companies/size",
        fields=encode(fields),
        before=encode({"options": [*spec.options]}),
        after=encode(fields),
        origin="adopted",
    )
    journal, work = migration.journal, migration.work("load")
    (number,) = journal.intend(work.run_id, "memory:1", [intent], {})
    journal.decide([Decision(number, Status.LANDED, "companies/size")])
    migration.there.custom["companies"]["size"] = replace(spec, options=tuple(fields["options"]))


@pytest.fixture
def sized(loaded: Migration) -> Migration:
    """An account with a choice of its own, to which two runs added options."""
    spec = FieldSpec("size", "choice", custom=True, options=("small",))
    loaded.there.custom["companies"]["size"] = spec
    add_options(loaded, "large", "huge")
    add_options(loaded, "tiny")
    return loaded


def sizes(migration: Migration) -> tuple[str, ...]:
    return migration.there.custom["companies"]["size"].options


def test_options_that_we_added_go_and_the_others_stay(sized: Migration) -> None:
    report = sized.undo()
    assert report.kept == []
    assert sizes(sized) == ("small",)
    assert (report.restored, report.released) == ({"schema": 1}, {"schema": 1})
    assert report.verified == 14 + 4 + 2


def test_an_option_that_somebody_chose_stays(sized: Migration) -> None:
    sized.there.put("companies", name="Not ours", size="large")

    foreseen, report = sized.undo(dry=True), sized.undo()

    assert told(report) == [("schema", "companies.size", "options")]
    assert report.kept[0].why == "1 records hold 'large'"
    assert sizes(sized) == ("small", "large")
    assert foreseen.kept == report.kept


def test_after_compact_options_are_listed_and_not_guessed(sized: Migration) -> None:
    sized.journal.compact(window=timedelta())
    report = sized.undo()
    assert ("schema", "companies.size", "options") in told(report)
    assert sizes(sized) == ("small", "large", "huge", "tiny")


def test_of_one_run_its_options_go(sized: Migration) -> None:
    last = sized.journal.runs()[-1].id
    assert sized.undo(runs=(last,)).kept == []
    assert sizes(sized) == ("small", "large", "huge")


def test_at_most_a_thousand_rows_are_listed_and_the_rest_is_counted(
    loaded: Migration, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crm_transforms.stages.undo_log.MOST_LISTED", 2)
    for number in range(len(COMPANIES)):
        record(loaded, "person", f"p{number}")["name"] = "by hand"
    report = loaded.undo()
    assert len(report.kept) == 2
    assert report.more_kept == 6 + 6 + 3 - 2
