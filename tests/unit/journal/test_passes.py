"""Passes: absence is judged only by a stream that was read whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.unit.journal.samples import keys_of, row

from crm_transforms.journal import Counts, Journal, JournalError, Reject

if TYPE_CHECKING:
    from collections.abc import Sequence


def read(journal: Journal, stream_id: int, keys: Sequence[str], *rejects: Reject) -> int:
    pass_id = journal.begin_pass(stream_id)
    journal.stage({stream_id: [row(key) for key in keys]}, {stream_id: pass_id}, rejects)
    return journal.complete_pass(stream_id, pass_id)


def test_a_row_that_a_whole_pass_did_not_see_is_gone(journal: Journal, jobs_stream: int) -> None:
    assert read(journal, jobs_stream, ["1", "2", "3"]) == 0
    before = journal.last_seq()
    assert read(journal, jobs_stream, ["1", "3"]) == 1
    assert keys_of(journal, jobs_stream) == ["1", "3"]
    assert keys_of(journal, jobs_stream, include_gone=True) == ["1", "2", "3"]
    assert journal.counts(jobs_stream) == Counts(records=2, gone=1)
    lost = journal.rows(jobs_stream, ["2"])["2"]
    assert lost.gone
    assert lost.seq > before
    assert journal.changed_since(jobs_stream, before)


def test_a_row_goes_only_once(journal: Journal, jobs_stream: int) -> None:
    read(journal, jobs_stream, ["1", "2"])
    assert read(journal, jobs_stream, ["1"]) == 1
    before = journal.last_seq()
    assert read(journal, jobs_stream, ["1"]) == 0
    assert journal.last_seq() == before


def test_a_row_that_comes_back_is_no_longer_gone(journal: Journal, jobs_stream: int) -> None:
    read(journal, jobs_stream, ["1", "2"])
    read(journal, jobs_stream, ["1"])
    before = journal.last_seq()
    counted = journal.stage({jobs_stream: [row("2")]}, {})
    assert counted == (0, 1, 0)
    assert journal.counts(jobs_stream) == Counts(records=2, gone=0)
    assert journal.rows(jobs_stream, ["2"])["2"].seq > before


def test_an_incremental_run_never_infers_deletions(journal: Journal, jobs_stream: int) -> None:
    read(journal, jobs_stream, ["1", "2"])
    journal.stage({jobs_stream: [row("1", name="other")]}, {})
    assert keys_of(journal, jobs_stream) == ["1", "2"]


def test_a_pass_that_never_ended_deletes_nothing(journal: Journal, jobs_stream: int) -> None:
    read(journal, jobs_stream, ["1", "2"])
    journal.begin_pass(jobs_stream)
    assert keys_of(journal, jobs_stream) == ["1", "2"]
    info = journal.streams()["jobs"]
    assert (info.current_pass, info.completed_pass) == (2, 1)
    assert info.completed_at is not None


def test_a_stream_that_was_never_read_whole_says_so(journal: Journal, jobs_stream: int) -> None:
    journal.stage({jobs_stream: [row("1")]}, {})
    assert journal.streams()["jobs"].completed_pass == 0
    assert journal.streams()["jobs"].completed_at is None


def test_what_one_interrupted_pass_saw_does_not_count_for_the_next(
    journal: Journal, jobs_stream: int
) -> None:
    read(journal, jobs_stream, ["1", "2"])
    first = journal.begin_pass(jobs_stream)
    journal.stage({jobs_stream: [row("2")]}, {jobs_stream: first})
    assert read(journal, jobs_stream, ["1"]) == 1
    assert keys_of(journal, jobs_stream) == ["1"]


def test_a_pass_that_was_superseded_judges_nothing(journal: Journal, jobs_stream: int) -> None:
    first = journal.begin_pass(jobs_stream)
    journal.begin_pass(jobs_stream)
    with pytest.raises(JournalError, match="absence cannot be judged"):
        journal.complete_pass(jobs_stream, first)
    with pytest.raises(JournalError, match="absence cannot be judged"):
        journal.stage({jobs_stream: [row("1")]}, {jobs_stream: first})
    assert keys_of(journal, jobs_stream) == []


def test_a_pass_of_another_process_judges_nothing(journal_url: str) -> None:
    with Journal.open(journal_url, source="a", target="b") as journal, journal.lease("test"):
        stream_id = journal.stream("jobs", {}, ["id"])
        read(journal, stream_id, ["1", "2"])
        pass_id = journal.begin_pass(stream_id)
    with Journal.open(journal_url, source="a", target="b") as journal, journal.lease("test"):
        with pytest.raises(JournalError, match="absence cannot be judged"):
            journal.complete_pass(stream_id, pass_id)
        assert journal.counts(stream_id) == (2, 0)


def test_a_rejected_record_was_seen(journal: Journal, jobs_stream: int) -> None:
    read(journal, jobs_stream, ["1", "2", "3"])
    refused = Reject("stage", "jobs", key="2", rule="schema")
    assert read(journal, jobs_stream, ["1"], refused) == 1
    assert keys_of(journal, jobs_stream) == ["1", "2"]


@pytest.mark.parametrize("stream", ["jobs", "", "unheard of"])
def test_a_line_that_may_be_any_record_makes_no_other_gone(
    journal: Journal, jobs_stream: int, stream: str
) -> None:
    read(journal, jobs_stream, ["1", "2"])
    assert read(journal, jobs_stream, ["1"], Reject("stage", stream, rule="json", line=3)) == 0
    assert keys_of(journal, jobs_stream) == ["1", "2"]
    assert read(journal, jobs_stream, ["1"]) == 1


def test_a_line_of_another_stream_hides_nothing_of_this_one(
    journal: Journal, jobs_stream: int
) -> None:
    journal.stream("notes", {}, ["id"])
    read(journal, jobs_stream, ["1", "2"])
    assert read(journal, jobs_stream, ["1"], Reject("stage", "notes", rule="json", line=3)) == 1


def test_streams_are_judged_each_by_its_own_pass(journal: Journal, jobs_stream: int) -> None:
    notes = journal.stream("notes", {}, ["id"])
    read(journal, jobs_stream, ["1", "2"])
    read(journal, notes, ["1", "2"])
    assert read(journal, jobs_stream, ["1"]) == 1
    assert keys_of(journal, notes) == ["1", "2"]


def test_a_large_pass_is_judged_page_by_page(journal: Journal, jobs_stream: int) -> None:
    keys = [str(number) for number in range(12_000)]
    read(journal, jobs_stream, keys)
    assert read(journal, jobs_stream, keys[::2]) == 6_000
    assert journal.counts(jobs_stream) == Counts(records=6_000, gone=6_000)
    assert set(keys_of(journal, jobs_stream)) == set(keys[::2])


def test_too_many_missing_rows_wait_for_a_persons_word(journal: Journal, jobs_stream: int) -> None:
    read(journal, jobs_stream, ["1", "2", "3"])
    pass_id = journal.begin_pass(jobs_stream)
    journal.stage({jobs_stream: [row("1")]}, {jobs_stream: pass_id})
    before = journal.last_seq()
    assert journal.complete_pass(jobs_stream, pass_id, most=1) == 2
    assert journal.counts(jobs_stream) == Counts(records=3, gone=0)
    assert not journal.changed_since(jobs_stream, before)
    assert journal.accept_missing(jobs_stream) == 2
    assert keys_of(journal, jobs_stream) == ["1"]
    assert journal.counts(jobs_stream) == Counts(records=1, gone=2)
    assert journal.accept_missing(jobs_stream) == 0


def test_a_missing_row_that_turns_up_is_not_gone_when_the_rest_is_accepted(
    journal: Journal, jobs_stream: int
) -> None:
    read(journal, jobs_stream, ["1", "2", "3", "4", "5"])
    pass_id = journal.begin_pass(jobs_stream)
    assert journal.complete_pass(jobs_stream, pass_id, most=0) == 5
    refused = Reject("stage", "jobs", key="3", rule="schema")
    journal.stage({jobs_stream: [row("1"), row("2", name="other")]}, {}, [refused])
    assert journal.accept_missing(jobs_stream) == 2
    assert keys_of(journal, jobs_stream) == ["1", "2", "3"]


def test_the_next_whole_pass_makes_up_its_own_mind(journal: Journal, jobs_stream: int) -> None:
    read(journal, jobs_stream, ["1", "2", "3"])
    pass_id = journal.begin_pass(jobs_stream)
    journal.complete_pass(jobs_stream, pass_id, most=0)
    assert read(journal, jobs_stream, ["1", "2", "3"]) == 0
    assert journal.accept_missing(jobs_stream) == 0
    assert keys_of(journal, jobs_stream) == ["1", "2", "3"]


def test_forgotten_rows_are_new_when_they_come_again(journal: Journal, jobs_stream: int) -> None:
    notes = journal.stream("notes", {}, ["id"])
    journal.stage({jobs_stream: [row("1")], notes: [row("1")]}, {})
    journal.forget_rows([jobs_stream])
    assert journal.counts(jobs_stream) == Counts(records=0, gone=0)
    assert keys_of(journal, jobs_stream) == []
    assert keys_of(journal, notes) == ["1"]
    assert journal.stage({jobs_stream: [row("1")]}, {}) == (1, 0, 0)
