"""Which part of a sample's comparison a report shows."""

from __future__ import annotations

from typing import Any

from crm_transforms.report.diffs import MARKUP, diff_of


def record(key: str, *verdicts: str, value: str = "") -> dict[str, Any]:
    fields = [
        {
            "field": verdict,
            "source": {"a": value},
            "mapped": value,
            "held": value,
            "verdict": verdict,
        }
        for verdict in verdicts
    ]
    return {"object": "deal", "key": key, "fields": fields}


def test_the_worst_records_and_fields_come_first() -> None:
    found = diff_of(
        [record("1", "equal"), record("2", "equal", "different"), record("3", "normalised")]
    )
    assert [one.key for one in found.records] == ["2", "3", "1"]
    assert [one["verdict"] for one in found.records[0].fields] == ["different", "equal"]
    assert found.records[0].verdicts == {"different": 1, "equal": 1}


def test_what_there_is_no_room_for_is_counted() -> None:
    rows = [record(str(number), "equal") for number in range(10)]
    found = diff_of(rows, room=4 * MARKUP)
    assert (len(found.records), found.more) == (4, 6)


def test_a_long_value_takes_no_more_room_than_is_shown_of_it() -> None:
    found = diff_of([record("1", "equal", value="x" * 1_000_000)], room=3_000)
    assert found.more == 0


def test_a_record_is_called_by_its_first_text_that_is_not_its_key() -> None:
    row = record("7", "equal")
    row["fields"] = [
        {"field": name, "mapped": mapped, "verdict": "equal"}
        for name, mapped in (("id", "deal-7"), ("owner", 3), ("day", "2026"), ("title", "Roof"))
    ]
    assert diff_of([row]).records[0].title == "Roof"


def test_a_record_without_fields_is_equal() -> None:
    assert diff_of([record("1")]).records[0].worst == "equal"
