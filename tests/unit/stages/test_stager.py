"""Staging: what is kept, and when its state is let out."""

from __future__ import annotations

import json
import random
import sys
from typing import TYPE_CHECKING, Any

import pytest
from tests.unit.singer.shop import record, schema, state, written
from tests.unit.stages.working import WHOLE, jobs, keys

from crm_transforms.journal import JournalError
from crm_transforms.stages import stage
from crm_transforms.stages.message import MessageError
from crm_transforms.stages.stage import Stager

if TYPE_CHECKING:
    from collections.abc import Callable

    from crm_transforms.journal import Journal

JOBS = frozenset({"jobs"})


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stage, "FLUSH_ROWS", 7)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every STATE is an occasion to make everything durable."""
    monkeypatch.setattr(stage, "FLUSH_SECONDS", -1.0)


def body(journal: Journal, key: str, name: str = "jobs") -> dict[str, Any]:
    info = journal.streams()[name]
    return json.loads(journal.rows(info.id, [key])[key].body)


def test_rows_arrive_byte_for_byte(journal: Journal, read: Callable[..., Stager]) -> None:
    line = b'{"type":"RECORD","stream":"jobs","record":{"id":"1", "total": 1.10, "x":"\\u00e9"}}\n'
    read(schema("jobs"), line)
    row = journal.rows(journal.streams()["jobs"].id, ["1"])["1"]
    assert row.body == b'{"id":"1", "total": 1.10, "x":"\\u00e9"}'


@pytest.mark.usefixtures("small_batches")
@pytest.mark.parametrize("count", [0, 1, 6, 7, 8, 21, 100])
def test_batches_of_any_size_keep_every_row(
    journal: Journal, read: Callable[..., Stager], count: int
) -> None:
    stager = read(schema("jobs"), *jobs(*range(count)))
    assert keys(journal) == {str(number) for number in range(count)}
    assert (stager.new, stager.changed) == (count, 0)
    assert stager.totals["jobs"].records == count


def test_a_large_batch_is_flushed_by_its_bytes(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stage, "FLUSH_BYTES", 1_000)
    stager = Stager(journal)
    stager.read(written([schema("jobs"), *jobs(1, 2, text="x" * 600)]).splitlines())
    assert keys(journal) == {"1", "2"}


@pytest.mark.usefixtures("small_batches", "impatient")
def test_no_state_is_let_out_before_every_row_before_it_is_durable(journal: Journal) -> None:
    seed = random.randrange(10**6)
    sys.stdout.write(f"seed {seed}\n")
    chance = random.Random(seed)
    lines: list[Any] = [schema("jobs")]
    rows = 0
    for _ in range(300):
        kind = chance.choice(["row", "row", "row", "bad", "state"])
        if kind == "row":
            lines += jobs(rows)
            rows += 1
        elif kind == "bad":
            lines.append(record("jobs", id=str(rows), name=5))
            rows += 1
        else:
            lines.append(state({"rows": rows}))
    let_out: list[int] = []

    def durable(value: Any) -> None:
        if value is None:
            return
        kept = journal.counts(journal.streams()["jobs"].id).records
        kept += len(journal.rejects(limit=10_000))
        assert kept >= value["rows"]
        let_out.append(value["rows"])

    stager = Stager(journal, on_durable=durable)
    stager.read(written(lines).splitlines())
    stager.finish()
    assert let_out == sorted(let_out)
    assert let_out[-1] == max(json.loads(json.dumps(each)).get("value", {}).get("rows", 0)
                              for each in lines if each["type"] == "STATE")  # fmt: skip


def test_a_state_is_let_out_once(read: Callable[..., Stager]) -> None:
    let_out: list[Any] = []
    stager = read(
        schema("jobs"), *jobs(1), state({"a": 1}), state({"a": 2}), on_durable=let_out.append
    )
    stager.flush()
    assert [value for value in let_out if value is not None] == [{"a": 2}]


def test_a_state_stays_in_when_its_rows_cannot_be_kept(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_out: list[Any] = []
    stager = Stager(journal, on_durable=let_out.append)

    def full(*_: Any) -> None:
        raise JournalError("no room")

    stager.read(written([schema("jobs"), *jobs(1), state({"a": 1})]).splitlines())
    with monkeypatch.context() as broken:
        broken.setattr(journal, "stage", full)
        with pytest.raises(JournalError, match="no room"):
            stager.finish()
    assert let_out == []
    stager.finish()
    assert let_out == [{"a": 1}]
    assert keys(journal) == {"1"}


def test_streams_outside_the_mapping_are_counted_and_not_kept(
    journal: Journal, read: Callable[..., Stager]
) -> None:
    visits = [record("visits", id=str(number)) for number in range(3)]
    stager = read(schema("jobs"), schema("visits"), *jobs(1), *visits, wanted=JOBS)
    assert stager.unmapped == {"visits": 3}
    assert set(journal.streams()) == {"jobs"}
    assert journal.rejects() == []


@pytest.mark.usefixtures("small_batches")
@pytest.mark.parametrize("apart", [0, 20])
def test_of_a_key_that_comes_twice_the_last_row_stays(
    journal: Journal, read: Callable[..., Stager], apart: int
) -> None:
    between = jobs(*range(100, 100 + apart))
    stager = read(schema("jobs"), *jobs(1, name="first"), *between, *jobs(1, name="last"))
    assert body(journal, "1")["name"] == "last"
    assert stager.totals["jobs"].records == apart + 2
    assert journal.counts(journal.streams()["jobs"].id).records == apart + 1


def test_the_same_rows_again_are_neither_new_nor_changed(read: Callable[..., Stager]) -> None:
    read(schema("jobs"), *jobs(1, 2))
    again = read(schema("jobs"), *jobs(1), *jobs(2, name="other"))
    assert (again.new, again.changed) == (0, 1)


def test_rows_without_key_are_all_kept_also_when_they_are_equal(
    journal: Journal, read: Callable[..., Stager]
) -> None:
    keyless = {**schema("jobs"), "key_properties": []}
    read(keyless, *jobs(1, 1, 1), keyless_prefix="a-")
    assert len(keys(journal)) == 3
    read(keyless, *jobs(1), keyless_prefix="b-")
    assert len(keys(journal)) == 4


def test_keys_of_several_columns_are_kept_apart(
    journal: Journal, read: Callable[..., Stager]
) -> None:
    pair = {**schema("jobs", part={}), "key_properties": ["id", "part"]}
    parts = [1, "1", "2", 12]
    read(pair, *[record("jobs", id="1", part=part) for part in parts], *jobs(1, part=None))
    assert keys(journal) == {json.dumps(["1", part], separators=(",", ":")) for part in parts}
    assert [reject.rule for reject in journal.rejects()] == ["key"]


def test_numbers_and_text_make_the_same_single_key(
    journal: Journal, read: Callable[..., Stager]
) -> None:
    free = schema("jobs", id={})
    read(free, record("jobs", id=7), record("jobs", id="7", name="same"))
    assert keys(journal) == {"7"}
    read(free, record("jobs", id=7.5), record("jobs", id=True), record("jobs", id=["7"]))
    assert [reject.rule for reject in journal.rejects()] == ["key"] * 3


def test_a_schema_that_changes_in_mid_stream_rules_what_comes_after_it(
    journal: Journal, read: Callable[..., Stager]
) -> None:
    narrow = schema("jobs", name={"type": "integer"})
    read(schema("jobs"), *jobs(1, name="a"), narrow, *jobs(2, name=5), *jobs(3, name="c"))
    assert keys(journal) == {"1", "2"}
    assert [reject.key for reject in journal.rejects()] == ["3"]
    assert journal.streams()["jobs"].schema["properties"]["name"] == {"type": "integer"}


def test_the_same_schema_again_changes_nothing(
    journal: Journal, read: Callable[..., Stager]
) -> None:
    stager = read(schema("jobs"), *jobs(1), schema("jobs"), *jobs(2), WHOLE)
    assert stager.totals["jobs"].whole
    assert keys(journal) == {"1", "2"}


def test_a_message_that_stops_the_run_leaves_whole_batches_only(
    journal: Journal, read: Callable[..., Stager]
) -> None:
    with pytest.raises(MessageError, match="line 3: SCHEMA of stream jobs"):
        read(schema("jobs"), *jobs(1), {**schema("jobs"), "schema": None})
    assert keys(journal) <= {"1"}
    read(schema("jobs"), *jobs(1), WHOLE)
    assert keys(journal) == {"1"}
