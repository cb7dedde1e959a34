"""Absence: what is concluded from rows that a reading did not bring."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.unit.singer.shop import record, schema
from tests.unit.stages.working import WHOLE, jobs, keys

if TYPE_CHECKING:
    from collections.abc import Callable

    from crm_transforms.journal import Journal
    from crm_transforms.stages.stage import Stager


def test_a_row_missing_from_a_whole_pass_is_gone(
    journal: Journal, read: Callable[..., Stager]
) -> None:
    read(schema("jobs"), *jobs(*range(20)), WHOLE)
    stager = read(schema("jobs"), *jobs(*range(19)), WHOLE)
    assert (stager.totals["jobs"].vanished, stager.totals["jobs"].held_back) == (1, False)
    assert keys(journal) == {str(number) for number in range(19)}
    assert keys(journal, gone=True) == {"19"}


NOT_WHOLE: dict[str, list[Any]] = {
    "no marker": jobs(1),
    "a marker before the records, as the SDK's taps send it": [WHOLE, *jobs(1)],
    "a record after the marker": [*jobs(1), WHOLE, *jobs(1)],
    "another stream's marker": [*jobs(1), {**WHOLE, "stream": "customers"}],
}


@pytest.mark.parametrize("name", NOT_WHOLE)
def test_nothing_is_concluded_from_a_stream_that_was_not_read_whole(
    journal: Journal, read: Callable[..., Stager], name: str
) -> None:
    read(schema("jobs"), *jobs(1, 2, 3), WHOLE)
    stager = read(schema("jobs"), *NOT_WHOLE[name])
    assert (stager.totals["jobs"].whole, stager.totals["jobs"].vanished) == (False, 0)
    assert keys(journal) == {"1", "2", "3"}


def test_markers_before_and_after_count_as_after(
    journal: Journal, read: Callable[..., Stager]
) -> None:
    read(schema("jobs"), *jobs(*range(20)), WHOLE)
    read(schema("jobs"), WHOLE, *jobs(*range(19)), WHOLE)
    assert keys(journal, gone=True) == {"19"}


@pytest.mark.parametrize(
    ("known", "missing", "believed"),
    [(19, 1, False), (20, 1, True), (20, 2, False), (100, 5, True), (100, 6, False),
     (1_000, 50, True), (1_000, 51, False), (3, 3, False)],
)  # fmt: skip
def test_more_than_a_twentieth_missing_is_not_believed(
    journal: Journal, read: Callable[..., Stager], known: int, missing: int, *, believed: bool
) -> None:
    read(schema("jobs"), *jobs(*range(known)), WHOLE)
    stager = read(schema("jobs"), *jobs(*range(known - missing)), WHOLE)
    assert stager.totals["jobs"].vanished == missing
    assert stager.totals["jobs"].held_back is not believed
    assert len(keys(journal)) == (known - missing if believed else known)


def test_rows_that_were_held_back_and_come_again_were_never_gone(
    journal: Journal, read: Callable[..., Stager]
) -> None:
    read(schema("jobs"), *jobs(*range(100)), WHOLE)
    assert read(schema("jobs"), *jobs(*range(50)), WHOLE).totals["jobs"].held_back
    stager = read(schema("jobs"), *jobs(*range(100)), WHOLE)
    assert (stager.new, stager.changed, stager.totals["jobs"].vanished) == (0, 0, 0)
    assert len(keys(journal)) == 100


def test_new_rows_do_not_hide_how_many_are_missing(
    journal: Journal, read: Callable[..., Stager]
) -> None:
    read(schema("jobs"), *jobs(*range(100)), WHOLE)
    stager = read(schema("jobs"), *jobs(*range(1_000, 2_000)), WHOLE)
    assert stager.totals["jobs"].vanished == 100
    assert stager.totals["jobs"].held_back
    assert len(keys(journal)) == 1_100


def test_a_row_that_was_rejected_is_not_missing(
    journal: Journal, read: Callable[..., Stager]
) -> None:
    read(schema("jobs"), *jobs(1, 2), WHOLE)
    stager = read(schema("jobs"), *jobs(1), *jobs(2, name=5), WHOLE)
    assert stager.totals["jobs"].vanished == 0
    assert keys(journal) == {"1", "2"}


@pytest.mark.parametrize("line", [b"odd\n", record("jobs", name="no key")], ids=["odd", "no key"])
def test_a_line_that_may_be_any_row_leaves_all_rows_present(
    journal: Journal, read: Callable[..., Stager], line: Any
) -> None:
    read(schema("jobs"), *jobs(1, 2), WHOLE)
    stager = read(schema("jobs"), *jobs(1), line, WHOLE)
    assert stager.totals["jobs"].vanished == 0
    assert keys(journal) == {"1", "2"}


def test_a_stream_that_comes_empty_is_not_believed_to_be(
    journal: Journal, read: Callable[..., Stager]
) -> None:
    read(schema("jobs"), *jobs(1, 2), WHOLE)
    totals = read(schema("jobs"), WHOLE).totals["jobs"]
    assert (totals.vanished, totals.held_back) == (2, True)
    assert keys(journal) == {"1", "2"}


def test_a_stream_that_never_had_rows_was_read_whole_all_the_same(
    journal: Journal, read: Callable[..., Stager]
) -> None:
    totals = read(schema("jobs"), WHOLE).totals["jobs"]
    assert (totals.whole, totals.vanished, totals.held_back) == (True, 0, False)
    assert journal.streams()["jobs"].completed_pass > 0


def test_one_doubtful_stream_puts_the_whole_reading_in_doubt(
    journal: Journal, read: Callable[..., Stager]
) -> None:
    visits = [record("visits", id=str(number)) for number in range(20)]
    visited = {**WHOLE, "stream": "visits"}
    both = [schema("jobs"), schema("visits")]
    read(*both, *jobs(*range(20)), *visits, WHOLE, visited)
    totals = read(*both, *jobs(*range(19)), *visits[:5], WHOLE, visited).totals
    assert {name: one.held_back for name, one in totals.items()} == {"jobs": True, "visits": True}
    assert (len(keys(journal)), len(keys(journal, "visits"))) == (20, 20)
    read(*both, *jobs(*range(19)), *visits, WHOLE, visited)
    assert (len(keys(journal)), len(keys(journal, "visits"))) == (19, 20)
