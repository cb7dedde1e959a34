"""Undo: what we made goes, what we changed comes back, and a new load lands everything again."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tests.unit.stages.undoing import COMPANIES, ITEMS, told

from crm_transforms.journal import UNDO, Reject

if TYPE_CHECKING:
    import pytest
    from tests.unit.stages.undoing import Migration

NOW = timedelta()


def test_an_untouched_load_is_gone_afterwards_and_can_be_made_again(migration: Migration) -> None:
    migration.there.put("products", name="Valve", code="ours")
    before = migration.there.state()
    migration.load()
    loaded = migration.there.sizes()

    report = migration.undo()

    assert migration.there.state() == before
    assert report.kept == []
    assert report.removed == {"person": 6, "company": 6, "product": 1, "schema": 4}
    assert (report.restored, report.released) == ({"product": 1}, {"product": 1})
    assert report.verified == 18
    assert migration.linked() == {}
    migration.load()
    assert migration.there.sizes() == loaded
    assert migration.journal.verify_chain().is_valid


def test_nothing_is_taken_back_twice(migration: Migration) -> None:
    migration.load()
    migration.undo()
    commits = len(migration.there.commits)

    report = migration.undo()

    assert (report.removed, report.restored, report.kept) == ({}, {}, [])
    assert len(migration.there.commits) == commits


def test_the_report_stays_in_the_journal(migration: Migration) -> None:
    migration.load()
    report = migration.undo()
    kept = migration.journal.get("rollback.memory:1")
    assert kept["removed"] == report.removed
    assert kept["account"]["name"] == "Memory"
    assert kept["scope"] == {"runs": [], "objects": [], "sample": False, "force": False}


def test_children_go_first_and_the_schema_last(migration: Migration) -> None:
    migration.there.strict = True
    migration.load()
    migration.there.commits.clear()

    report = migration.undo()

    assert report.kept == []
    removed = [name for kind, name, _ in migration.there.commits if kind == "delete"]
    assert removed.index("companies") > max(n for n, one in enumerate(removed) if one == "people")
    assert set(removed[-4:]) == {"schema"}


def test_records_of_one_object_that_need_each_other_go_in_rounds(migration: Migration) -> None:
    *_, last = COMPANIES
    chain = [{**one, "parent_id": last["id"]} for one in COMPANIES[:-1]]
    # The last one made is the parent of all, and so cannot be the first to go.
    migration.stage(customers=[*chain, last])
    migration.there.strict = True
    migration.load()

    report = migration.undo()

    assert report.kept == []
    assert migration.there.tables["companies"] == {}


def test_writes_are_batched_as_the_destination_batches(migration: Migration) -> None:
    migration.load()
    migration.there.asked.clear()
    migration.undo()
    # Two batches of four for six records each, one for the products, one for the custom fields.
    assert migration.there.asked["write"] == 2 + 2 + 1 + 1


def test_a_record_that_somebody_deleted_counts_as_removed(migration: Migration) -> None:
    migration.load()
    del migration.there.tables["people"][migration.id_of("person", "p1")]

    report = migration.undo()

    assert report.kept == []
    assert report.removed["person"] == 6
    assert migration.linked() == {}


def test_what_a_load_removed_itself_is_no_longer_there_to_be_removed(migration: Migration) -> None:
    migration.load()
    migration.stage_only(customers=COMPANIES[:5])
    migration.load()

    report = migration.undo()

    assert report.removed["company"] == 5
    assert migration.there.sizes() == {"companies": 0, "people": 0, "products": 0}


def test_rejects_of_records_that_are_gone_are_cleared(migration: Migration) -> None:
    migration.load()
    conflict = Reject(
        "conflict", object="person", key="p1", field="name", identity="memory:1", message="changed"
    )
    migration.journal.reject([conflict])
    migration.undo()
    assert migration.journal.rejects() == []


def test_after_compact_what_we_made_can_still_be_removed(migration: Migration) -> None:
    migration.load()
    migration.journal.compact(window=NOW)
    assert migration.undo().kept == []
    assert migration.there.sizes() == {"companies": 0, "people": 0, "products": 0}


def test_after_compact_what_we_changed_is_listed_and_not_guessed(migration: Migration) -> None:
    migration.there.put("products", name="Valve", code=None)
    migration.load()
    migration.journal.compact(window=NOW)

    report = migration.undo()

    assert told(report) == [("product", "i1", ""), ("schema", "products.shop_id", "")]
    assert "compact" in report.kept[0].why
    assert migration.linked() == {"product": 1, "schema": 1}


def test_a_load_that_nobody_came_to_verify_is_gone_as_well(
    migration: Migration, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crm_transforms.stages.verify.Verifier.verify", lambda *_: None)
    migration.load()

    report = migration.undo()

    assert report.kept == []
    assert migration.there.sizes() == {"companies": 0, "people": 0, "products": 0}
    identity = migration.there.identity().id
    assert migration.journal.unconfirmed(identity, "company") == []


def test_an_object_that_left_the_mapping_is_undone_first(migration: Migration) -> None:
    migration.load()
    migration.there.commits.clear()
    migration.document = migration.document.split("  person:")[0] + (
        "  product:" + migration.document.split("  product:")[1]
    )

    report = migration.undo()

    assert report.kept == []
    assert report.removed["person"] == 6
    assert migration.there.commits[0][1] == "people"


def test_what_is_refused_is_listed_with_the_words_of_the_destination(migration: Migration) -> None:
    migration.load()
    id_ = migration.id_of("person", "p2")
    migration.there.refused = {id_}

    report = migration.undo()

    assert told(report)[0] == ("person", "p2", "")
    assert report.kept[0].destination_id == id_
    assert report.kept[0].why == "others need it (IN_USE)"
    assert ("company", "c2", "") in told(report)  # its person still hangs on it
    assert migration.linked() == {"person": 1, "company": 1, "schema": 3}


def test_what_is_kept_stands_among_the_rejects_until_the_next_load(migration: Migration) -> None:
    migration.load()
    migration.there.refused = {migration.id_of("product", "i2")}
    migration.undo()
    rejects = migration.journal.rejects(stage=UNDO)
    assert [(one.object, one.key) for one in rejects] == [
        ("product", "i2"),
        ("schema", "products.shop_id"),
    ]
    migration.load()
    assert migration.journal.rejects() == []
    assert migration.there.sizes() == {"companies": 6, "people": 6, "products": 2}


def test_a_removal_that_did_not_happen_is_found_by_reading_back(migration: Migration) -> None:
    migration.load()
    id_ = migration.id_of("product", "i1")
    migration.there.stubborn = {id_}

    report = migration.undo()

    assert told(report)[0] == ("product", "i1", "")
    assert "there all the same" in report.kept[0].why
    migration.there.stubborn = set()
    assert migration.undo().kept == []
    assert migration.there.sizes()["products"] == 0


def test_a_removal_without_an_answer_is_asked_about_and_not_repeated(migration: Migration) -> None:
    migration.load()
    migration.there.silent = 3
    migration.there.commits.clear()

    report = migration.undo()

    assert report.kept == []
    removed = [commit for commit in migration.there.commits if commit[0] == "delete"]
    assert len(removed) == len(set(removed)) == 6 + 6 + 2 + 4


def test_a_dry_run_says_what_would_happen_and_changes_nothing(migration: Migration) -> None:
    migration.there.put("products", name="Valve", code=None)
    migration.load()
    state, linked = migration.there.state(), migration.linked()

    report = migration.undo(dry=True)

    assert report.kept == []
    assert report.removed == {"person": 6, "company": 6, "product": 1, "schema": 4}
    assert (report.restored, report.released) == ({"product": 1}, {"product": 1})
    assert (migration.there.state(), migration.linked()) == (state, linked)
    assert migration.journal.get("rollback.memory:1") is None
    migration.load()


def test_a_dry_run_foresees_what_will_be_kept(migration: Migration) -> None:
    migration.load()
    migration.there.tables["people"][migration.id_of("person", "p1")]["name"] = "by hand"
    migration.there.put("people", name="Not ours", company_id=migration.id_of("company", "c2"))
    migration.there.put("companies", name="Not ours", grade="B")

    foreseen = migration.undo(dry=True)

    assert told(foreseen)[:3] == [
        ("person", "p1", "name"),
        ("company", "c2", ""),
        ("company", "c1", ""),
    ]
    assert migration.undo().kept == foreseen.kept


def test_a_sample_notes_that_it_was_undone(migration: Migration) -> None:
    run_id = migration.load().run_id
    migration.journal.put("sample.memory:1", {"run_ids": [run_id], "undone_at": None})
    report = migration.undo(sample=True, runs=(run_id,))
    assert report.kept == []
    assert migration.journal.get("sample.memory:1")["undone_at"] is not None
    assert len(ITEMS) == report.removed["product"]
