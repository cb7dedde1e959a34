"""Acts: done once, to whole records, after everything else; and the first to be taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.unit.stages.undoing import DOCUMENT

from crm_transforms.destination import Kind
from crm_transforms.stages.run import LoadRun

if TYPE_CHECKING:
    from tests.unit.stages.undoing import Migration

POSTING = DOCUMENT.replace(
    "      grade: {type: text, value: grade}\n",
    """      grade: {type: text, value: grade}
    after:
      - {action: posted, when: grade == "A", fields: {city: city}}
""",
)
LINES = """
  line:
    target: people
    from: customers
    each: '[name]'
    key: join("-", id, index)
    fields: {name: "need(city, 'no city')", company_id: {ref: company, of: id}}
"""
FIRST = {"id": "c0", "name": "Company 0", "city": "Bonn", "parent_id": None, "grade": "A"}
SECOND = {**FIRST, "id": "c1", "name": "Company 1", "grade": "B"}


@pytest.fixture
def posting(migration: Migration) -> Migration:
    migration.document = POSTING
    migration.there.inverses = {"posted": "draft"}
    migration.stage_only(customers=[FIRST, SECOND], contacts=[], items=[])
    return migration


def acts(migration: Migration) -> list[str]:
    return [id_ for kind, _, id_ in migration.there.commits if kind == Kind.ACT.value]


def test_an_act_is_done_once_to_the_records_that_want_it(posting: Migration) -> None:
    posting.load()
    posting.load()
    posting.load(force=True)
    assert acts(posting) == [posting.id_of("company", "c0")]
    states = {one["name"]: one["state"] for one in posting.there.tables["companies"].values()}
    assert states == {"Company 0": "posted", "Company 1": "draft"}
    assert posting.journal.count_rejects() == {}


def test_an_act_comes_after_everything_else_has_landed(posting: Migration) -> None:
    posting.stage(contacts=[{"id": "p0", "name": "Person", "company_id": "c0"}])
    posting.load()
    last_kind, last_table, _ = posting.there.commits[-1]
    assert (last_kind, last_table) == ("act", "companies")


def test_a_row_that_changes_its_mind_later_is_acted_on_then(posting: Migration) -> None:
    posting.load()
    posting.stage(customers=[{**SECOND, "grade": "A"}])
    posting.load()
    assert acts(posting) == [posting.id_of("company", key) for key in ("c0", "c1")]


def test_an_act_that_nobody_answered_is_asked_about_and_not_repeated(posting: Migration) -> None:
    posting.document = DOCUMENT
    posting.load()
    posting.document = POSTING
    posting.there.silent = 9
    posting.load()
    posting.there.silent = 0
    posting.load()
    assert len(acts(posting)) == 1


def test_a_record_whose_row_gave_others_that_are_rejected_waits(posting: Migration) -> None:
    posting.document = POSTING + LINES
    posting.stage(customers=[{**FIRST, "city": None}])
    posting.load()
    assert acts(posting) == []
    posting.stage(customers=[FIRST])
    posting.load()
    assert len(acts(posting)) == 1


def test_what_a_sample_has_only_in_part_is_acted_on_when_the_rest_is_there(
    posting: Migration,
) -> None:
    posting.document = POSTING + LINES
    posting.stage(customers=[FIRST])
    work = posting.work("sample")
    work.only = {"company": {"c0"}, "line": set(), "person": set(), "product": set()}
    LoadRun(work).run()
    assert acts(posting) == []
    posting.load()
    assert len(acts(posting)) == 1


def test_an_act_that_is_refused_is_listed_once_and_retried_on_demand(posting: Migration) -> None:
    posting.document = POSTING.replace("{city: city}", "{city: \"need(None, 'not today')\"}")
    posting.load()
    (reject,) = posting.journal.rejected("company", "memory:1", ["c0"]).values()
    assert (reject.stage, reject.message) == ("act", "not today")
    posting.load()
    assert sum(posting.journal.count_rejects().values()) == 1
    posting.load(retry=True)
    assert acts(posting) == []


def test_a_rollback_reverts_every_act_before_it_removes_anything(posting: Migration) -> None:
    before = posting.there.state()
    posting.load()
    posting.there.final = {posting.id_of("company", "c0")}
    posting.there.commits.clear()

    report = posting.undo()

    assert report.kept == []
    assert [kind for kind, _, _ in posting.there.commits][:2] == ["act", "delete"]
    assert posting.there.state() == before
