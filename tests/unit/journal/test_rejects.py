"""Rejects: nothing is dropped silently."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.unit.journal.samples import ACCOUNT

from crm_transforms.journal import Reject

if TYPE_CHECKING:
    from crm_transforms.journal import Journal


def refused(key: str | None = "1", **more: Any) -> Reject:
    given = {
        "stage": "load",
        "stream": "jobs",
        "object": "deal",
        "field": "name",
        "rule": "length",
        "code": "400",
        "message": "too long",
        "place": "mapping.yml:7",
        "input_fp": b"i" * 16,
        "identity": ACCOUNT,
    }
    return Reject(**(given | {"key": key} | more))


def test_a_reject_keeps_everything_that_was_said(journal: Journal) -> None:
    given = refused(raw=b'{"half', line=9)
    journal.reject([given])
    (kept,) = journal.rejects()
    expected = refused(
        raw=b'{"half', line=9, id=kept.id, state="open", rejected_at=kept.rejected_at
    )
    assert kept == expected
    assert kept.id > 0
    assert kept.rejected_at.endswith("Z")


def test_a_record_that_is_rejected_again_has_only_its_latest_reasons(journal: Journal) -> None:
    journal.reject([refused(rule="old"), refused("2")])
    journal.reject([refused(rule="new"), refused(rule="newer", stage="plan")])
    assert [(each.key, each.rule) for each in journal.rejects()] == [
        ("2", "length"),
        ("1", "new"),
        ("1", "newer"),
    ]
    assert journal.rejected("deal", ACCOUNT, ["1"])["1"].rule == "new"


def test_a_line_that_is_read_again_is_rejected_once(journal: Journal) -> None:
    line = Reject("stage", rule="json", raw=b"{{", line=4)
    journal.reject([line])
    journal.reject([line, Reject("stage", rule="json", raw=b"}}", line=4)])
    assert [each.raw for each in journal.rejects()] == [b"{{", b"}}"]


def test_source_object_and_destination_are_rejected_apart(journal: Journal) -> None:
    journal.reject(
        [
            Reject("stage", "jobs", key="1"),
            Reject("stage", "notes", key="1"),
            refused(),
            refused(object="note"),
            refused(identity="trial"),
        ]
    )
    assert len(journal.rejects()) == 5
    assert set(journal.rejected("deal", ACCOUNT, ["1", "2"])) == {"1"}
    assert journal.clear_rejects("deal", ACCOUNT, ["1", "2"]) == 1
    assert len(journal.rejects()) == 4


def test_a_cleared_reject_is_history(journal: Journal) -> None:
    journal.reject([refused(raw=b"bytes"), refused("2")])
    journal.clear_rejects("deal", ACCOUNT, ["1"])
    assert [each.key for each in journal.rejects()] == ["2"]
    (cleared,) = journal.rejects("cleared")
    assert (cleared.key, cleared.raw) == ("1", None)
    assert [each.key for each in journal.rejects(None)] == ["1", "2"]
    assert journal.rejected("deal", ACCOUNT, ["1"]) == {}


def test_rejects_are_paged(journal: Journal) -> None:
    journal.reject([refused(str(number)) for number in range(5)])
    first = journal.rejects(limit=3)
    rest = journal.rejects(after_id=first[-1].id, limit=3)
    assert [each.key for each in first + rest] == ["0", "1", "2", "3", "4"]


def test_rejects_are_counted_by_record(journal: Journal) -> None:
    journal.reject(
        [
            refused("1", rule="length"),
            refused("1", rule="type"),
            refused("2", rule="length"),
            Reject("stage", rule="json", line=1),
            Reject("stage", rule="json", line=2),
        ]
    )
    assert journal.count_rejects() == {
        ("", "json"): 2,
        ("deal", "length"): 2,
        ("deal", "type"): 1,
    }
    assert journal.count_rejects(("object",)) == {("",): 2, ("deal",): 2}


@pytest.mark.parametrize("key", ["a\0b", "\ud800", "\ud800\0"])
def test_a_key_that_no_database_stores_is_kept_escaped(journal: Journal, key: str) -> None:
    journal.reject([refused(key, message="a\0b")])
    found = journal.rejected("deal", ACCOUNT, [key])[key]
    assert "\\" in str(found.key)
    assert found.message == "a\\x00b"
    journal.reject([refused(key)])
    assert len(journal.rejects()) == 1
    assert journal.clear_rejects("deal", ACCOUNT, [key]) == 1


def test_no_rejects_are_no_trouble(journal: Journal) -> None:
    journal.reject([])
    assert journal.rejects() == []
    assert journal.rejected("deal", ACCOUNT, []) == {}
    assert journal.clear_rejects("deal", ACCOUNT, []) == 0
    assert journal.count_rejects() == {}
