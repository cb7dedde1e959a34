"""Scopes: which rows stand beside a row when it is mapped, and what counts as its input."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event
from tests.unit.stages.working import keep, keep_only, mapping, scoped

from crm_transforms.stages.scope import ScopeReader

if TYPE_CHECKING:
    from crm_transforms.journal import Journal

DEAL = mapping(
    """
objects:
  deal:
    target: deals
    from: jobs
    where: status != "draft"
    with:
      customer: {stream: customers, of: customer_id}
      crew: {stream: employees, of: employee_ids}
      charges: {stream: charges, on: job_id, where: not deleted, order: position}
      time:
        stream: hours
        on: job_id
        with: {employee: {stream: employees, of: employee_id}}
    fields:
      title: name
"""
)


@pytest.fixture(autouse=True)
def _rows(journal: Journal) -> None:
    keep(journal, "customers", [{"id": "c1", "name": "Good"}, {"id": "c2", "name": "Fair"}])
    keep(journal, "employees", [{"id": "1", "name": "Ann"}, {"id": "2", "name": "Ben"}])
    keep(
        journal,
        "charges",
        [
            {"id": "9", "job_id": "j1", "position": 1, "deleted": False},
            {"id": "3", "job_id": "j1", "position": 2, "deleted": False},
            {"id": "4", "job_id": "j1", "position": 3, "deleted": True},
            {"id": "5", "job_id": "j2", "position": 1, "deleted": False},
        ],
    )
    keep(journal, "hours", [{"id": "h1", "job_id": "j1", "employee_id": 2}])
    keep(
        journal,
        "jobs",
        [
            {"id": "j1", "name": "A", "customer_id": "c1", "employee_ids": [2, 1, 7]},
            {"id": "j2", "name": "B", "customer_id": "c404", "employee_ids": []},
            {"id": "j3", "name": "C", "customer_id": None, "employee_ids": None},
        ],
    )


def test_a_row_is_joined_by_its_key(journal: Journal) -> None:
    rows = scoped(journal, DEAL, "deal")
    assert rows["j1"].joined["customer"] == {"id": "c1", "name": "Good"}
    assert rows["j2"].joined["customer"] is None
    assert rows["j3"].joined["customer"] is None


def test_a_list_of_keys_joins_rows_in_its_own_order(journal: Journal) -> None:
    rows = scoped(journal, DEAL, "deal")
    assert [one["name"] for one in rows["j1"].joined["crew"]] == ["Ben", "Ann"]
    assert rows["j2"].joined["crew"] == []


def test_children_are_filtered_and_sorted(journal: Journal) -> None:
    rows = scoped(journal, DEAL, "deal")
    assert [one["id"] for one in rows["j1"].joined["charges"]] == ["9", "3"]
    assert [one["id"] for one in rows["j2"].joined["charges"]] == ["5"]
    assert rows["j3"].joined["charges"] == []


def test_joined_rows_have_joins_of_their_own(journal: Journal) -> None:
    (hours,) = scoped(journal, DEAL, "deal")["j1"].joined["time"]
    assert hours["employee"] == {"id": "2", "name": "Ben"}


def test_a_row_that_is_gone_is_not_joined(journal: Journal) -> None:
    keep_only(journal, "charges", [{"id": "3", "job_id": "j1", "position": 2, "deleted": False}])
    keep_only(journal, "customers", [])
    row = scoped(journal, DEAL, "deal")["j1"]
    assert [one["id"] for one in row.joined["charges"]] == ["3"]
    assert row.joined["customer"] is None


def test_a_child_that_moves_changes_its_old_and_its_new_parent(journal: Journal) -> None:
    before = {key: row.fingerprints for key, row in scoped(journal, DEAL, "deal").items()}
    keep(journal, "charges", [{"id": "9", "job_id": "j3", "position": 1, "deleted": False}])
    after = {key: row.fingerprints for key, row in scoped(journal, DEAL, "deal").items()}
    assert {key for key in before if before[key] != after[key]} == {"j1", "j3"}


CHANGES = {
    "the row": ("jobs", {"id": "j1", "name": "Z", "customer_id": "c1"}, {"j1"}),
    "its parent": ("customers", {"id": "c1", "name": "Z"}, {"j1"}),
    "a parent that comes late": ("customers", {"id": "c404"}, {"j2"}),
    "a child": ("charges", {"id": "5", "job_id": "j2", "position": 8, "deleted": False}, {"j2"}),
    "a new child": ("charges", {"id": "6", "job_id": "j3", "position": 1}, {"j3"}),
    "a child of a child": ("employees", {"id": "2", "name": "Z"}, {"j1"}),
    "a row of nobody": ("charges", {"id": "7", "job_id": "j404", "position": 1}, set()),
}


@pytest.mark.parametrize("name", CHANGES)
def test_the_input_of_a_row_is_itself_and_what_is_joined_to_it(journal: Journal, name: str) -> None:
    stream, row, changed = CHANGES[name]
    before = {key: row.fingerprints for key, row in scoped(journal, DEAL, "deal").items()}
    keep(journal, stream, [row])
    after = {key: row.fingerprints for key, row in scoped(journal, DEAL, "deal").items()}
    assert {key for key in before if before[key] != after[key]} == changed


def test_children_cannot_be_mixed_up_between_joins(journal: Journal) -> None:
    two = mapping(
        """
objects:
  deal:
    target: deals
    from: jobs
    with:
      a: {stream: charges, on: job_id, where: deleted}
      b: {stream: charges, on: job_id, where: not deleted}
    fields: {title: name}
"""
    )
    same = {"id": "5", "job_id": "j2", "position": 1}
    keep(journal, "charges", [{**same, "deleted": True}])
    as_first = scoped(journal, two, "deal")["j2"]
    keep(journal, "charges", [{**same, "deleted": False}])
    as_second = scoped(journal, two, "deal")["j2"]
    assert (len(as_first.joined["a"]), len(as_second.joined["b"])) == (1, 1)
    assert as_first.fingerprints != as_second.fingerprints


def test_a_join_that_fails_costs_one_row(journal: Journal) -> None:
    odd = mapping(
        """
objects:
  deal:
    target: deals
    from: jobs
    with: {charges: {stream: charges, on: job_id, where: decimal(position) > 0}}
    fields: {title: name}
"""
    )
    keep(journal, "charges", [{"id": "8", "job_id": "j2", "position": "first"}])
    rows = scoped(journal, odd, "deal")
    assert {key for key, row in rows.items() if row.error} == {"j2"}
    error = rows["j2"].error
    assert error is not None
    assert (error.field, error.rule, error.line) == ("with.charges", "join", 9)
    assert '"first" is no number' in error.message


def test_an_object_without_stream_has_one_empty_row(journal: Journal) -> None:
    one = mapping("objects: {line: {target: products, key: \"'x'\", fields: {name: \"'x'\"}}}")
    (row,) = scoped(journal, one, "line").values()
    assert (row.row, row.joined) == ({}, {})


def test_a_stream_that_never_came_has_no_rows(journal: Journal) -> None:
    none = mapping("objects: {visit: {target: activities, from: visits, fields: {subject: name}}}")
    assert scoped(journal, none, "visit") == {}
    assert ScopeReader(journal).count(none.objects["visit"]) == 0


def test_many_rows_cost_one_query_per_join_and_chunk(journal: Journal) -> None:
    keep(journal, "jobs", [{"id": f"k{n}", "customer_id": "c1"} for n in range(300)])
    obj = DEAL.objects["deal"]
    reader = ScopeReader(journal)
    reader.prepare(obj.joins)
    asked = []
    engine = journal._database.engine

    event.listen(engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    rows = sum(len(chunk) for chunk in reader.chunks(obj, 500))
    queries = [text for text in asked if text.lstrip().upper().startswith("SELECT")]
    assert rows == 303
    assert len(queries) <= 10


def test_rows_that_are_gone_or_filtered_out_are_unwanted(journal: Journal) -> None:
    keep(journal, "jobs", [{"id": "j2", "status": "draft"}])
    left = [{"id": "j2", "status": "draft"}, {"id": "j3", "name": "C"}]
    keep_only(journal, "jobs", left)
    found: dict[str, str] = {}
    reader = ScopeReader(journal)
    reader.prepare(DEAL.objects["deal"].joins)
    for keys in reader.unwanted(DEAL.objects["deal"], 2):
        found |= keys
    assert found == {"j1": "jobs", "j2": "jobs"}
