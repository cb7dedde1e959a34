"""Merging: what people changed is kept, what is unchanged is not sent."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_transforms.stages.threeway import changed_fields, merge
from crm_transforms.stages.verify import differences, same

settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

scalars = st.none() | st.booleans() | st.integers(0, 3) | st.sampled_from(["", "a", "b", "1"])
decimals = st.sampled_from([Decimal(1), Decimal("1.0"), Decimal("0.5")])
values = st.recursive(
    scalars | decimals,
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("xy"), inner, max_size=2)
    ),
    max_leaves=4,
)
records = st.dictionaries(st.sampled_from("abcd"), values, max_size=4)


def canonical(value: Any) -> Any:
    """A value such that equality of Python is equality of meaning."""
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return (type(value).__name__, value)
    if isinstance(value, list):
        return [canonical(each) for each in value]
    if isinstance(value, dict):
        return {key: canonical(each) for key, each in value.items() if each is not None}
    return ("number", Decimal(value))


def equal(one: Any, other: Any) -> bool:
    return canonical(one) == canonical(other)


@given(records, records, records)
def test_a_value_that_somebody_else_set_is_never_overwritten(last: Any, there: Any, wanted: Any):
    merged = merge(last, there, wanted, changed_fields(last, wanted))
    for name in merged.fields:
        before, now = last.get(name), there.get(name)
        if not isinstance(before, dict | list) and not isinstance(now, dict | list):
            assert equal(before, now)


@given(records, records, records)
def test_nothing_is_sent_that_stands_there_already(last: Any, there: Any, wanted: Any):
    merged = merge(last, there, wanted, changed_fields(last, wanted))
    for name, value in merged.fields.items():
        assert not equal(value, there.get(name))


@given(records, records)
def test_a_record_that_nobody_touched_becomes_what_is_wanted(last: Any, wanted: Any):
    merged = merge(last, last, wanted, changed_fields(last, wanted))
    assert merged.conflicts == []
    result = {**last, **merged.fields}
    assert all(same(wanted.get(name), result.get(name)) for name in {*wanted, *result})
    assert all(same(value, merged.after.get(name)) for name, value in wanted.items())


@given(records, records, records)
def test_every_changed_field_is_sent_or_listed_or_there(last: Any, there: Any, wanted: Any):
    changed = changed_fields(last, wanted)
    merged = merge(last, there, wanted, changed)
    listed = {name for name, _, _ in merged.conflicts}
    assert not listed & merged.fields.keys()
    assert listed | merged.fields.keys() <= changed.keys()
    for name in changed.keys() - listed - merged.fields.keys():
        assert same(changed[name], there.get(name))


@given(records, records, records)
def test_what_is_replaced_is_kept_for_the_way_back(last: Any, there: Any, wanted: Any):
    merged = merge(last, there, wanted, changed_fields(last, wanted))
    assert merged.before == {name: there.get(name) for name in merged.fields}


@given(records, records, records)
def test_force_lists_nothing_and_brings_what_is_wanted(last: Any, there: Any, wanted: Any):
    changed = changed_fields(last, wanted)
    merged = merge(last, there, wanted, changed, force=True)
    assert merged.conflicts == []
    result = {**there, **merged.fields}
    assert all(same(value, result.get(name)) for name, value in changed.items())


@given(records, records, records)
def test_after_a_conflict_the_field_still_counts_as_we_wrote_it(last: Any, there: Any, wanted: Any):
    merged = merge(last, there, wanted, changed_fields(last, wanted))
    for name, _, _ in merged.conflicts:
        assert equal(merged.after.get(name), last.get(name))


@given(records)
def test_equal_records_have_nothing_to_change(record: Any):
    assert changed_fields(record, record) == {}
    assert changed_fields(record, {**record, "absent": None}) == {}


def test_a_field_that_is_no_longer_wanted_is_emptied():
    assert changed_fields({"a": 1, "b": 2}, {"a": 1}) == {"b": None}


ADDRESS = {"value": "1 Main St"}


def test_parts_that_the_destination_adds_by_itself_are_no_human_work():
    there = {"address": {**ADDRESS, "locality": "Springfield", "country": "US"}}
    wanted = {"address": {"value": "2 Main St"}}
    merged = merge({"address": ADDRESS}, there, wanted, wanted)
    assert (merged.fields, merged.conflicts) == (wanted, [])


def test_a_part_that_a_person_took_away_is_human_work():
    last = {"address": {**ADDRESS, "route": "Main St"}}
    wanted = {"address": {"value": "2 Main St", "route": "Main St"}}
    merged = merge(last, {"address": ADDRESS}, wanted, wanted)
    assert merged.fields == {}
    assert [name for name, _, _ in merged.conflicts] == ["address"]


def test_a_person_who_did_the_same_is_no_conflict():
    merged = merge({"a": "1"}, {"a": "2"}, {"a": "2"}, {"a": "2"})
    assert (merged.fields, merged.conflicts, merged.after) == ({}, [], {"a": "2"})


SAME: list[tuple[Any, Any, bool]] = [
    (None, None, True),
    (Decimal("1.0"), 1, True),
    (Decimal("0.1"), Decimal("0.10"), True),
    (Decimal("0.1"), Decimal("0.11"), False),
    (True, 1, False),
    (False, None, False),
    (False, 0, False),
    ("1", 1, False),
    ("", None, False),
    ("a", "A", False),
    ({"a": 1}, {"a": 1, "b": 2}, True),
    ({"a": 1, "b": None}, {"a": 1}, True),
    ({"a": 1, "b": 2}, {"a": 1}, False),
    ([1, 2], [1, 2], True),
    ([1, 2], [2, 1], False),
    ([1], [1, 2], False),
    ([{"v": Decimal(1)}], [{"v": 1, "more": 0}], True),
    ([], None, False),
]


@pytest.mark.parametrize(("wanted", "found", "expected"), SAME)
def test_values_are_the_same_by_meaning(wanted: Any, found: Any, *, expected: bool):
    assert same(wanted, found) is expected


@given(values)
def test_every_value_is_the_same_as_itself(value: Any):
    assert same(value, value)


def test_differences_name_field_wanted_and_found():
    (found,) = differences({"a": 1, "b": None, "c": "x"}, {"a": Decimal(1), "c": "y", "d": 4})
    assert (found.field, found.wanted, found.found) == ("c", "x", "y")
