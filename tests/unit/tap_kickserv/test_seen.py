"""Keys and rows that a run remembers without holding them in memory."""

from __future__ import annotations

from contextlib import closing
from decimal import Decimal
from typing import TYPE_CHECKING

from tap_kickserv.seen import RowStore, SeenKeys, key_of
from tap_kickserv.spool import Shared

if TYPE_CHECKING:
    import pytest


def test_a_key_is_new_once_in_memory_and_on_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tap_kickserv.seen.IN_MEMORY_KEYS", 10)
    with closing(SeenKeys()) as seen:
        keys = [*range(95), *(f"5001/{n}" for n in range(10)), -7, 2**62]
        assert all(seen.add(key) for key in keys)
        assert not any(seen.add(key) for key in reversed(keys))
        assert all(key in seen for key in keys)
        assert 96 not in seen


def test_numbers_and_texts_are_different_keys() -> None:
    with closing(SeenKeys()) as seen:
        assert seen.add(key_of(1))
        assert seen.add(key_of("1"))


def test_keys_of_any_size_fit_and_incomplete_ones_are_none() -> None:
    assert key_of(None) is None
    assert key_of(1, None) is None
    assert key_of(10**30) == str(10**30)
    assert key_of(5001, 961) == "5001/961"
    assert key_of(Decimal("1.5")) == "1.5"


def test_rows_kept_aside_come_back_exactly_and_once() -> None:
    with closing(RowStore()) as aside:
        row = {"id": 7, "total": Decimal("1464.270"), "name": "a\x00b", "notes": [{"id": 1}]}
        aside.put(7, row)
        aside.put(None, {"name": "nameless"})
        aside.put(None, {"name": "another"})
        assert aside.pop(7) == row
        assert aside.pop(7) is None
        assert len(aside.take(10)) == 2
        assert aside.take(10) == []


def test_each_stream_gets_its_rows_whoever_asks_first() -> None:
    batches = [{"jobs": [{"id": 1}], "notes": [{"id": 2}]}, {"notes": [{"id": 3}]}]
    shared = Shared(batches, ["jobs", "notes"])
    first = shared.rows("jobs")
    assert next(first) == {"id": 1}
    first.close()
    assert [row["id"] for row in shared.rows("notes")] == [2, 3]
    assert shared.read_whole
