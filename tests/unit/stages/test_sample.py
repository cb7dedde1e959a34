"""A sample: loaded for real, compared field by field, taken away or adopted."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from tests.unit.stages.memory import Memory

from crm_transforms.destination import DestinationError, FieldSpec, Identity
from crm_transforms.stages.diff import EMPTY, FILLED, KEPT, REASONS, plain
from crm_transforms.stages.run import LoadRun
from crm_transforms.stages.sample import LEAST, MOST, Sampler, clamped
from crm_transforms.stages.undo_scope import sampled_runs

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tests.unit.stages.undoing import Migration

    from crm_transforms.destination import Handle, Operation, Record, Verdict
    from crm_transforms.stages.diff import FieldDiff
    from crm_transforms.stages.sample import SampleReport

MANY = 150
EVERYTHING = {"company": 6, "person": 6, "product": 2}


class Shouting(Memory):
    """Keeps names in capitals, and says so."""

    def put(self, table: str, **fields: Any) -> str:
        return super().put(table, **self.normalise(table, fields))

    def normalise(self, object_name: str, record: Record) -> dict[str, Any]:
        del object_name
        return {
            name: value.upper() if name == "name" and isinstance(value, str) else value
            for name, value in record.items()
        }


class Forgetful(Memory):
    """Keeps no cities, shows no person of one name, and fills in what is empty."""

    def put(self, table: str, **fields: Any) -> str:
        if table == "companies":
            fields = {"parent_id": "1", **fields, "city": None}
        return super().put(table, **fields)

    def read(
        self, object_name: str, ids: Sequence[str], fields: Sequence[str]
    ) -> dict[str, Record]:
        found = super().read(object_name, ids, fields)
        return {id_: one for id_, one in found.items() if one.get("name") != "Person 2"}


class Ending(Memory):
    """Ends after a few writes."""

    left = 2

    def write(self, operations: Sequence[Operation]) -> Iterator[Handle | Verdict]:
        yield from super().write(operations)
        self.left -= 1
        if not self.left:
            raise DestinationError("the line is dead")


def sample(migration: Migration, **told: Any) -> SampleReport:
    return Sampler(migration.work("sample"), "trial", **told).run()


def fields(report: SampleReport, name: str, key: str) -> Mapping[str, FieldDiff]:
    (found,) = (one for one in report.diff if (one.object, one.key) == (name, key))
    return {one.field: one for one in found.fields}


def many(migration: Migration) -> None:
    """More than a sample holds."""
    migration.stage(
        customers=[
            {"id": f"c{n}", "name": f"C {n}", "city": None, "parent_id": f"c{n + 1}", "grade": "A"}
            for n in range(MANY)
        ],
        contacts=[
            {"id": f"p{n}", "name": f"P {n}", "company_id": f"c{n}"} for n in range(0, MANY, 3)
        ],
    )


def test_every_mapped_field_is_told_as_it_was_is_wanted_and_is_held(migration: Migration) -> None:
    report = sample(migration)
    assert report.is_as_mapped
    assert report.records == EVERYTHING
    assert report.counts == {"equal": 56, "normalised": 0, "different": 0, "missing": 0}
    found = fields(report, "person", "p3")
    assert set(found) == {"shop_id", "name", "company_id"}
    assert (found["name"].source, found["name"].held) == ({"name": "Person 3"}, "Person 3")
    reference = found["company_id"]
    assert (reference.source, reference.mapped) == ({"company_id": "c3"}, "company c3")
    assert (reference.held, reference.verdict) == ("company c3", "equal")


def test_it_is_kept_with_what_an_approval_rests_on(migration: Migration) -> None:
    report = sample(migration, seed=5)
    kept = migration.journal.get("sample.memory:1")
    assert kept == report.as_json()
    assert kept["mapping_hash"] == migration.work("look").mapping.hash
    assert (kept["environment"], kept["seed"], kept["undone_at"]) == ("trial", 5, None)
    assert kept["schema"]["companies.grade"] == {"type": "text", "required": False}
    assert len(kept["schema_hash"]) == len(kept["diff_hash"]) == 64
    assert kept["diff"][0]["place"].startswith("shop.yml:")


def test_what_it_comes_to_does_not_depend_on_ids(migration: Migration) -> None:
    first = sample(migration)

    class Other(Memory):
        def identity(self) -> Identity:
            return Identity("memory:2", "Other", "")

    migration.there = Other()
    for _ in range(50):
        migration.there.put("companies", name="there before")
    second = sample(migration)
    assert first.diff[0].destination_id != second.diff[0].destination_id
    assert (first.diff_hash, first.schema_hash) == (second.diff_hash, second.schema_hash)


def test_a_form_of_the_destinations_own_is_no_difference_and_says_why(
    migration: Migration,
) -> None:
    migration.there = Shouting()
    report = sample(migration)
    name = fields(report, "company", "c1")["name"]
    assert (name.mapped, name.held) == ("Company 1", "COMPANY 1")
    assert (name.verdict, name.reason) == ("normalised", REASONS["text"])
    assert report.is_as_mapped


def test_what_got_lost_is_different_and_what_cannot_be_seen_is_missing(
    migration: Migration,
) -> None:
    migration.there = Forgetful()
    rows = [{"id": "c1", "name": "Company 1", "city": "Bath", "parent_id": None, "grade": "A"}]
    migration.stage(customers=rows)
    report = sample(migration)
    company = fields(report, "company", "c1")
    assert (company["city"].mapped, company["city"].held) == ("Bath", None)
    assert company["city"].verdict == "different"
    assert (company["parent_id"].verdict, company["parent_id"].reason) == ("normalised", FILLED)
    assert company["parent_id"].held == "a record that is not ours"
    assert {one.verdict for one in fields(report, "person", "p2").values()} == {"missing"}
    assert report.counts["different"] == 1
    assert report.counts["missing"] == 3
    assert [(one["object"], one["key"]) for one in report.rejects] == [
        ("company", "c1"),
        ("person", "p2"),
    ]
    assert not report.is_as_mapped


def test_an_empty_text_counts_as_nothing(migration: Migration) -> None:
    class Emptying(Memory):
        def normalise(self, object_name: str, record: Record) -> dict[str, Any]:
            del object_name
            return {name: value or None for name, value in record.items()}

        def put(self, table: str, **fields: Any) -> str:
            return super().put(table, **self.normalise(table, fields))

    migration.there = Emptying()
    rows = [{"id": "c1", "name": "Company 1", "city": "", "parent_id": None, "grade": "A"}]
    migration.stage(customers=rows)
    city = fields(sample(migration), "company", "c1")["city"]
    assert (city.mapped, city.held, city.reason) == ("", None, EMPTY)


def test_what_people_had_there_before_us_is_kept_and_no_difference(migration: Migration) -> None:
    migration.there.put("products", name="Valve", code="their own")
    code = fields(sample(migration), "product", "i1")["code"]
    assert (code.mapped, code.held) == ("V-1", "their own")
    assert (code.verdict, code.reason) == ("normalised", KEPT)


def test_what_is_rejected_is_listed_and_not_compared(migration: Migration) -> None:
    migration.stage(items=[{"id": "i3", "name": "Odd", "code": "O", "price": "cheap"}])
    migration.stage(contacts=[{"id": "p9", "name": "Nobody's", "company_id": "c99"}])
    report = sample(migration)
    found = {(one["object"], one["key"]): one for one in report.rejects}
    assert found.keys() == {("product", "i3"), ("person", "p9")}
    assert found["product", "i3"]["field"] == "price"
    assert found["person", "p9"]["code"] == "PARENT_MISSING"
    assert report.records == EVERYTHING
    assert not report.is_as_mapped


def test_a_slice_of_many_is_loaded_and_nothing_else(migration: Migration) -> None:
    many(migration)
    report = sample(migration, size=LEAST)
    linked = {name: count for name, count in migration.linked().items() if name != "schema"}
    assert {name: len(keys) for name, keys in report.rows.items()} == report.records == linked
    assert migration.there.sizes()["companies"] == report.records["company"] < MANY
    assert report.is_as_mapped
    assert migration.journal.get("loaded.memory:1.company") is None


def test_a_load_adopts_it_without_making_anything_twice(migration: Migration) -> None:
    many(migration)
    sampled = sample(migration, size=LEAST).records
    migration.there.commits.clear()
    work = migration.load()
    assert work.tallies["company"].created == MANY - sampled["company"]
    assert migration.there.sizes()["companies"] == MANY


def test_taken_away_it_leaves_the_account_as_it_was(migration: Migration) -> None:
    many(migration)
    migration.there.put("products", name="Valve", code="their own")
    before = migration.there.state()
    sample(migration, size=LEAST)
    report = migration.undo(runs=sampled_runs(migration.work("look")), sample=True)
    assert (migration.there.state(), report.kept) == (before, [])
    assert migration.journal.get("sample.memory:1")["undone_at"]


def test_taken_again_it_is_the_same_as_long_as_nothing_has_changed(migration: Migration) -> None:
    many(migration)
    first = sample(migration, size=LEAST)
    writes = migration.there.asked["write"]
    again = sample(migration, size=LEAST)
    assert (again.rows, again.diff_hash) == (first.rows, first.diff_hash)
    assert migration.there.asked["write"] == writes
    assert len(again.run_ids) == 2
    migration.undo(runs=sampled_runs(migration.work("look")), sample=True)
    anew = sample(migration, size=LEAST)
    assert (anew.rows, anew.diff_hash) == (first.rows, first.diff_hash)
    assert anew.run_ids != again.run_ids


def test_cut_short_it_can_be_taken_away_and_goes_on_with_the_same_records(
    migration: Migration,
) -> None:
    many(migration)
    migration.there = Ending()
    before = migration.there.state()
    with pytest.raises(DestinationError):
        sample(migration, size=LEAST)
    kept = migration.journal.get("sample.memory:1")
    assert (kept["mapping_hash"], len(kept["run_ids"])) == ("", 1)
    report = sample(migration, size=LEAST)
    assert report.rows == kept["rows"]
    assert report.run_ids[0] == kept["run_ids"][0]
    assert migration.there.sizes()["companies"] == report.records["company"]
    migration.undo(runs=sampled_runs(migration.work("look")), sample=True)
    assert migration.there.state() == before


def test_of_a_lost_journal_the_rest_is_still_recognised_after_a_sample(
    migration: Migration,
) -> None:
    many(migration)
    field = FieldSpec("shop_id", "text", custom=True)
    for name in ("companies", "people", "products"):
        migration.there.custom[name]["shop_id"] = field
    for number in range(MANY):
        migration.there.put("companies", shop_id=f"c{number}", name="as we left it")
    sample(migration, size=LEAST)
    LoadRun(migration.work("load")).run()
    assert migration.there.sizes()["companies"] == MANY


@pytest.mark.parametrize(("asked", "taken"), [(1, LEAST), (300, 300), (9_000, MOST)])
def test_its_size_is_one_that_a_person_can_look_through(asked: int, taken: int) -> None:
    assert clamped(asked) == taken


def test_exact_numbers_stay_exact() -> None:
    told = {"a": [Decimal("7.50"), Decimal(3), Decimal("0.12345678901234567890")], "b": None}
    assert plain(told) == {"a": [7.5, 3, "0.12345678901234567890"], "b": None}
