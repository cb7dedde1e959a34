"""Staging: what a batch writes, and what it leaves alone (T-13)."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select
from tests.unit.journal.samples import body, jobs, keys_of, row, rows_of

from crm_transforms.journal import Counts, JournalError, Reject, StageCounts, tables

if TYPE_CHECKING:
    from crm_transforms.journal import Journal


def test_new_changed_and_unchanged_rows_are_told_apart(journal: Journal, jobs_stream: int) -> None:
    first = [row("1"), row("2"), row("3")]
    assert journal.stage({jobs_stream: first}, {}) == StageCounts(3, 0, 0)
    second = [row("1"), row("2", name="other"), row("4")]
    assert journal.stage({jobs_stream: second}, {}) == StageCounts(1, 1, 1)
    assert journal.counts(jobs_stream) == Counts(records=4, gone=0)
    found = journal.rows(jobs_stream, ["1", "2", "3", "4", "absent"])
    assert {key: each.body for key, each in found.items()} == {
        "1": body("1"),
        "2": body("2", name="other"),
        "3": body("3"),
        "4": body("4"),
    }


def test_of_the_same_key_twice_in_a_batch_the_last_wins(journal: Journal, jobs_stream: int) -> None:
    batch = [row("1", name="first"), row("2"), row("1", name="last")]
    assert journal.stage({jobs_stream: batch}, {}) == StageCounts(2, 0, 0)
    assert journal.rows(jobs_stream, ["1"])["1"].body == body("1", name="last")


def test_every_change_gets_a_higher_seq_and_nothing_else_does(
    journal: Journal, jobs_stream: int
) -> None:
    journal.stage({jobs_stream: [row("1"), row("2")]}, {})
    before = journal.last_seq()
    assert not journal.changed_since(jobs_stream, before)
    journal.stage({jobs_stream: [row("1"), row("2")]}, {})
    assert journal.last_seq() == before
    journal.stage({jobs_stream: [row("1"), row("2", name="other")]}, {})
    assert journal.changed_since(jobs_stream, before)
    found = journal.rows(jobs_stream, ["1", "2"])
    assert found["1"].seq <= before < found["2"].seq == journal.last_seq()


def test_a_batch_that_changes_nothing_writes_nothing(journal: Journal, jobs_stream: int) -> None:
    batch = [row(str(number)) for number in range(100)]
    journal.stage({jobs_stream: batch}, {})
    pass_id = journal.begin_pass(jobs_stream)
    with journal._reading() as connection:
        before = connection.execute(select(tables.counter)).all()
    size = journal.size()
    assert journal.stage({jobs_stream: batch}, {jobs_stream: pass_id}) == StageCounts(0, 0, 100)
    with journal._reading() as connection:
        assert connection.execute(select(tables.counter)).all() == before
    assert journal.size() == size


def test_a_batch_of_several_streams_is_kept_whole_or_not_at_all(
    journal: Journal, jobs_stream: int
) -> None:
    notes = journal.stream("notes", {}, ["id"])
    with pytest.raises(JournalError, match="holds a NUL"):
        journal.stage({jobs_stream: [row("1")], notes: [row("a\0b")]}, {})
    assert keys_of(journal, jobs_stream) == keys_of(journal, notes) == []
    journal.stage({jobs_stream: [row("1")], notes: [row("1", text="note")]}, {})
    assert journal.rows(notes, ["1"])["1"].body == body("1", text="note")
    assert journal.rows(jobs_stream, ["1"])["1"].body == body("1")


@pytest.mark.parametrize("key", ["\0", "a\0b", "\ud800"])
def test_a_key_that_no_database_stores_is_named(
    journal: Journal, jobs_stream: int, key: str
) -> None:
    batch = [row("1"), (key, bytes(16), b"{}")]
    with pytest.raises(JournalError, match="holds a NUL or half a surrogate pair") as caught:
        journal.stage({jobs_stream: batch}, {})
    assert repr(key) in str(caught.value)


@pytest.mark.parametrize(
    "key", ["", " ", "é", "e\u0301", "🛠️", "\u202eabc", "a\nb", "'\"\\", "x" * 2000]
)
def test_any_other_key_is_kept_as_it_is(journal: Journal, jobs_stream: int, key: str) -> None:
    journal.stage({jobs_stream: [row(key)]}, {})
    assert list(journal.rows(jobs_stream, [key])) == [key]
    assert keys_of(journal, jobs_stream) == [key]


@pytest.mark.parametrize("size", [0, 1, 100, 10_000_000])
def test_a_body_of_any_size_comes_back_byte_for_byte(
    journal: Journal, jobs_stream: int, size: int
) -> None:
    record = random.Random(size).randbytes(size)
    journal.stage({jobs_stream: [("1", bytes(16), record)]}, {})
    assert journal.rows(jobs_stream, ["1"])["1"].body == record


def test_bodies_packed_with_and_without_a_dictionary_both_come_back(
    journal: Journal, jobs_stream: int
) -> None:
    batch = jobs(600)
    for start, end in ((0, 3), (3, 500), (500, 600)):
        journal.stage({jobs_stream: batch[start:end]}, {})
    with journal._reading() as connection:
        assert len(connection.execute(select(tables.dictionary.c.id)).all()) == 1
    found = {each.key: each.body for each in journal.scan(jobs_stream, limit=1000)}
    assert found == {key: record for key, _, record in batch}


def test_records_without_anything_in_common_are_packed_too(
    journal: Journal, jobs_stream: int
) -> None:
    chance = random.Random(1)
    batch = [(str(n), bytes(16), chance.randbytes(9000)) for n in range(40)]
    journal.stage({jobs_stream: batch}, {})
    found = {each.key: each.body for each in journal.scan(jobs_stream)}
    assert found == {key: record for key, _, record in batch}


def test_pages_follow_the_order_of_the_keys_bytes(journal: Journal, jobs_stream: int) -> None:
    keys = ["10", "9", "Z", "a", "É", "é", "ä", "z", "", "🛠"]
    journal.stage({jobs_stream: [row(key) for key in keys]}, {})
    expected = sorted(keys, key=str.encode)
    met: list[str] = []
    after = None
    while page := journal.scan(jobs_stream, after, limit=3):
        met += [each.key for each in page]
        after = page[-1].key
    assert met == expected


def test_a_stream_is_registered_once_and_its_changes_are_recorded(journal: Journal) -> None:
    first = journal.stream("jobs", {"a": 1}, ["id"])
    assert journal.stream("jobs", {"a": 1}, ["id"]) == first
    assert journal.stream("jobs", {"a": 2}, ["id", "line"]) == first
    info = journal.streams()["jobs"]
    assert (info.id, info.name, info.schema, info.keys) == (first, "jobs", {"a": 2}, ("id", "line"))
    with journal._reading() as connection:
        changes = connection.execute(select(tables.schema_change)).all()
    assert [change.schema for change in changes] == ['{"a": 1}', '{"a": 2}']


def test_a_record_that_is_staged_well_is_no_longer_rejected(
    journal: Journal, jobs_stream: int
) -> None:
    bad = [Reject("stage", "jobs", key=key, rule="schema", line=3) for key in ("1", "2")]
    journal.stage({}, {}, bad)
    mapped = Reject("plan", "jobs", "deal", "1", rule="map")
    journal.reject([mapped])
    journal.stage({jobs_stream: [row("1")]}, {})
    assert [(each.stage, each.key) for each in journal.rejects()] == [("stage", "2"), ("plan", "1")]
    assert [each.key for each in journal.rejects("cleared")] == ["1"]


def test_a_record_as_before_is_no_longer_rejected_either(
    journal: Journal, jobs_stream: int
) -> None:
    journal.stage({jobs_stream: [row("1")]}, {})
    journal.stage({}, {}, [Reject("stage", "jobs", key="1", rule="schema")])
    assert journal.stage({jobs_stream: [row("1")]}, {}) == StageCounts(0, 0, 1)
    assert journal.rejects() == []


def test_rows_and_rejects_of_a_batch_are_kept_together(journal: Journal, jobs_stream: int) -> None:
    line = Reject("stage", rule="json", raw=b'{"type": "RECORD", "str', line=7)
    journal.stage({jobs_stream: [row("1")]}, {}, [line])
    (kept,) = journal.rejects()
    assert (kept.raw, kept.line, kept.rule) == (line.raw, 7, "json")
    assert keys_of(journal, jobs_stream) == ["1"]


@pytest.mark.parametrize("seed", range(3))
def test_the_journal_holds_what_a_dictionary_would(
    journal: Journal, jobs_stream: int, seed: int
) -> None:
    chance = random.Random(seed)
    model: dict[str, dict[str, Any]] = {}
    gone: set[str] = set()
    for _ in range(25):
        pass_id = journal.begin_pass(jobs_stream)
        met: set[str] = set()
        for _ in range(chance.randrange(3)):
            batch = [(str(chance.randrange(30)), chance.randrange(3)) for _ in range(20)]
            journal.stage(
                {jobs_stream: [row(key, n=n) for key, n in batch]}, {jobs_stream: pass_id}
            )
            for key, n in batch:
                model[key] = {"n": n}
                met.add(key)
                gone.discard(key)
        if chance.random() < 0.7:
            went = journal.complete_pass(jobs_stream, pass_id)
            missing = model.keys() - met - gone
            assert went == len(missing)
            gone |= missing
        assert journal.counts(jobs_stream) == (len(model) - len(gone), len(gone))
        found = rows_of(journal, jobs_stream, include_gone=True)
        assert {each.key: each.body for each in found} == {
            key: body(key, **fields) for key, fields in model.items()
        }
        assert {each.key for each in found if each.gone} == gone
        assert len({each.seq for each in found}) == len(found)
        assert journal.streams()["jobs"].last_seq == max((each.seq for each in found), default=0)
