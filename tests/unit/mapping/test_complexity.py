"""The grade of a migration, by rules that are a table."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_transforms.mapping import Figures, complexity
from crm_transforms.mapping.complexity import GRADES, MEASURES, SENTENCES

SIMPLE = Figures(
    objects=5,
    one_to_one=5,
    custom_fields=3,
    value_maps=1,
    unlisted_columns=0,
    records=900,
    days=0.1,
    calls_per_record=1,
    has_budget=False,
)


ALL_FIT = "5 of 5 source objects map 1:1; the rest are split, folded, matched or left behind."


def grades(figures):
    return {graded.name: graded.grade for graded in complexity(figures).inputs}


def test_a_small_migration_is_simple_and_says_why():
    found = complexity(SIMPLE)
    assert (found.grade, found.title) == ("A", "Simple")
    assert [(graded.name, graded.why) for graded in found.inputs] == [
        (
            "overall complexity",
            (
                "Simple migration: object compatibility A, field-mapping clarity A, "
                "timeline complexity A, API constraints A, data-volume sensitivity A."
            ),
        ),
        ("object compatibility", ALL_FIT),
        (
            "field-mapping clarity",
            (
                "3 custom fields and 1 value maps are to be confirmed; "
                "columns that the mapping does not list: 0."
            ),
        ),
        ("timeline complexity", "Loading takes about 2 hours."),
        ("API constraints", "1.0 requests per record, without a daily budget."),
        ("data-volume sensitivity", "900 records are to be written."),
    ]


@pytest.mark.parametrize(
    ("changes", "name", "grade"),
    [
        ({"one_to_one": 4}, "object compatibility", "A"),
        ({"one_to_one": 3}, "object compatibility", "B"),
        ({"objects": 100, "one_to_one": 30}, "object compatibility", "B"),
        ({"one_to_one": 1}, "object compatibility", "C"),
        ({"one_to_one": 0}, "object compatibility", "D"),
        ({"objects": 0, "one_to_one": 0}, "object compatibility", "A"),
        ({"custom_fields": 11}, "field-mapping clarity", "B"),
        ({"value_maps": 13}, "field-mapping clarity", "C"),
        ({"unlisted_columns": 61, "custom_fields": 11}, "field-mapping clarity", "D"),
        ({"days": 1}, "timeline complexity", "A"),
        ({"days": 3}, "timeline complexity", "B"),
        ({"days": 31}, "timeline complexity", "D"),
        ({"calls_per_record": 1.5}, "API constraints", "B"),
        ({"calls_per_record": 11}, "API constraints", "D"),
        ({"has_budget": True}, "API constraints", "B"),
        ({"records": 10_001}, "data-volume sensitivity", "B"),
        ({"records": 2_000_000}, "data-volume sensitivity", "C"),
        ({"records": 2_000_001}, "data-volume sensitivity", "D"),
    ],
)
def test_an_input_is_graded_by_the_worst_of_its_figures(changes, name, grade):
    assert grades(replace(SIMPLE, **changes))[name] == grade


@pytest.mark.parametrize(
    ("changes", "grade"),
    [
        ({"days": 3}, "A"),
        ({"days": 3, "has_budget": True}, "B"),
        ({"days": 20}, "B"),
        ({"records": 3_000_000}, "C"),
        ({"records": 3_000_000, "days": 40}, "D"),
    ],
)
def test_the_whole_is_the_second_hardest_or_one_below_the_hardest(changes, grade):
    found = complexity(replace(SIMPLE, **changes))
    assert found.grade == found.inputs[0].grade == grade


@pytest.mark.parametrize(
    ("days", "told"),
    [(0, "1 hour"), (0.04, "1 hour"), (0.5, "12 hours"), (1, "1 day"), (6.6, "7 days")],
)
def test_time_is_told_in_whole_hours_or_days(days, told):
    (why,) = [
        graded.why
        for graded in complexity(replace(SIMPLE, days=days)).inputs
        if graded.name == "timeline complexity"
    ]
    assert why == f"Loading takes about {told}."


def test_figures_are_told_as_people_write_them():
    figures = replace(SIMPLE, records=1_234_567, has_budget=True, calls_per_record=2.345)
    whys = [graded.why for graded in complexity(figures).inputs]
    assert "1,234,567 records are to be written." in whys
    assert "2.3 requests per record, within a daily budget." in whys


def test_the_table_covers_each_input_with_rising_limits():
    assert {each.input for each in MEASURES} == SENTENCES.keys()
    assert all(list(each.limits) == sorted(each.limits) for each in MEASURES)


def test_the_grade_is_plain_data():
    told = complexity(SIMPLE).as_json()
    assert json.loads(json.dumps(told)) == told
    assert told["grade"] == "A"
    assert told["inputs"][1] == {
        "name": "object compatibility",
        "grade": "A",
        "why": ALL_FIT,
    }


@given(st.sampled_from(["custom_fields", "records", "days", "calls_per_record"]),
       st.integers(0, 10**7), st.integers(0, 10**7))  # fmt: skip
def test_more_of_anything_is_never_easier(name, one, other):
    less, more = sorted((one, other))
    easier = complexity(replace(SIMPLE, **{name: less})).grade
    harder = complexity(replace(SIMPLE, **{name: more})).grade
    assert GRADES.index(easier) <= GRADES.index(harder)
