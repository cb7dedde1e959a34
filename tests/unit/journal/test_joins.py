"""Join indexes: the children of a parent."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text
from tests.unit.journal.samples import row

from crm_transforms.journal import JournalError

if TYPE_CHECKING:
    from crm_transforms.journal import Journal


def job_id(record: bytes) -> str | None:
    value: str | None = json.loads(record).get("job_id")
    return value


def children(journal: Journal, stream_id: int, *jobs: str) -> dict[str, list[str]]:
    found = journal.joined(stream_id, "job_id", jobs)
    return {value: [each.key for each in rows] for value, rows in found.items()}


def test_children_are_found_by_parent_in_the_order_of_their_keys(
    journal: Journal, jobs_stream: int
) -> None:
    journal.stage(
        {
            jobs_stream: [
                row("c", job_id="1"),
                row("a", job_id="1"),
                row("b", job_id="2"),
                row("d", job_id=None),
                row("e"),
            ]
        },
        {},
    )
    assert journal.index_join(jobs_stream, "job_id", job_id) == 5
    assert children(journal, jobs_stream, "1", "2", "3") == {"1": ["a", "c"], "2": ["b"]}
    (first, _) = journal.joined(jobs_stream, "job_id", ["1"])["1"]
    assert json.loads(first.body)["job_id"] == "1"


def test_only_what_changed_is_looked_at_again(journal: Journal, jobs_stream: int) -> None:
    journal.stage({jobs_stream: [row(str(n), job_id="1") for n in range(20)]}, {})
    journal.index_join(jobs_stream, "job_id", job_id)
    journal.stage({jobs_stream: [row("3", job_id="2"), row("4", job_id="1")]}, {})
    assert journal.index_join(jobs_stream, "job_id", job_id) == 1
    assert journal.index_join(jobs_stream, "job_id", job_id) == 0
    assert children(journal, jobs_stream, "2") == {"2": ["3"]}
    assert "3" not in children(journal, jobs_stream, "1")["1"]


def test_gone_rows_leave_the_index_and_come_back(journal: Journal, jobs_stream: int) -> None:
    journal.stage({jobs_stream: [row("a", job_id="1"), row("b", job_id="1")]}, {})
    journal.index_join(jobs_stream, "job_id", job_id)
    pass_id = journal.begin_pass(jobs_stream)
    journal.stage({jobs_stream: [row("a", job_id="1")]}, {jobs_stream: pass_id})
    journal.complete_pass(jobs_stream, pass_id)
    journal.index_join(jobs_stream, "job_id", job_id)
    assert children(journal, jobs_stream, "1") == {"1": ["a"]}
    journal.stage({jobs_stream: [row("b", job_id="1")]}, {})
    journal.index_join(jobs_stream, "job_id", job_id)
    assert children(journal, jobs_stream, "1") == {"1": ["a", "b"]}


def test_streams_and_fields_are_indexed_apart(journal: Journal, jobs_stream: int) -> None:
    notes = journal.stream("notes", {}, ["id"])
    journal.stage(
        {jobs_stream: [row("a", job_id="1", other="x")], notes: [row("a", job_id="1")]}, {}
    )
    journal.index_join(jobs_stream, "job_id", job_id)
    journal.index_join(jobs_stream, "other", lambda record: json.loads(record)["other"])
    assert children(journal, jobs_stream, "1", "x") == {"1": ["a"]}
    assert list(journal.joined(jobs_stream, "other", ["1", "x"])) == ["x"]
    with pytest.raises(JournalError, match="no index of 'job_id'"):
        journal.joined(notes, "job_id", ["1"])


def test_a_field_that_cannot_be_extracted_leaves_the_index_where_it_was(
    journal: Journal, jobs_stream: int
) -> None:
    journal.stage({jobs_stream: [row("a", job_id="1")]}, {})
    with pytest.raises(ZeroDivisionError):
        journal.index_join(jobs_stream, "job_id", lambda _: str(1 // 0))
    assert journal.index_join(jobs_stream, "job_id", job_id) == 1
    assert children(journal, jobs_stream, "1") == {"1": ["a"]}


@pytest.mark.parametrize("journal_url", ["sqlite"], indirect=True)
def test_what_changed_is_read_in_the_tables_own_order(journal: Journal, jobs_stream: int) -> None:
    journal.stage({jobs_stream: [row("a")]}, {})
    with journal._reading() as connection:
        plan = connection.execute(
            text(
                "EXPLAIN QUERY PLAN SELECT key, body FROM staged "
                "WHERE seq > 0 AND stream_id + 0 = 1 ORDER BY seq LIMIT 10"
            )
        ).all()
    assert [step.detail for step in plan] == ["SEARCH staged USING INTEGER PRIMARY KEY (rowid>?)"]
