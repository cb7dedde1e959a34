"""Checks, gotchas and what is left behind: what they say, and what is wrong with bad ones."""

from __future__ import annotations

import dataclasses
from decimal import Decimal

import pytest

from crm_transforms.mapping import MappingError, RowError

OBJECTS = "objects: {x: {target: t, from: s}}\n"


@pytest.fixture
def check(mapping):
    """Compile one check over the stream ``people``."""

    def check(lines, head=""):
        text = f"{head}{OBJECTS}checks:\n  c: {{stream: people, say: Look., {lines}}}\n"
        return mapping(text).checks["c"]

    return check


@pytest.fixture
def evidence(mapping):
    def evidence(value):
        given = f'{{l: {{stream: s, value: "{value}"}}}}'
        text = f"{OBJECTS}left_behind: {{a: {{text: t, evidence: {given}}}}}"
        (found,) = mapping(text).left_behind["a"].evidence
        return found

    return evidence


def test_a_check_says_what_it_is(check):
    found = check("when: email is None")
    assert (found.name, found.stream, found.kind) == ("c", "people", "when")
    assert (found.severity, found.say, found.over) == ("warning", "Look.", None)
    assert (found.line, found.place) == (6, "mapping.yml:6: checks.c")
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.name = "d"


@pytest.mark.parametrize(
    ("row", "held"),
    [({"age": 5}, True), ({"age": 50}, False), ({"age": None}, False), ({}, False)],
)
def test_a_condition_holds_where_it_is_neither_false_nor_null(check, row, held):
    found = check("when: age < limit", "parameters: {limit: 18}\n")
    assert found.holds(row) is held
    assert found.value(row) is None


@pytest.mark.parametrize(
    ("row", "value"),
    [
        ({"key": "a"}, "a"),
        ({"key": 5}, "5"),
        ({"key": Decimal("5.0")}, "5"),
        ({"key": True}, "true"),
        ({"key": ["a", 1]}, "a, 1"),
        ({"key": None}, None),
        ({"key": " "}, None),
        ({"key": []}, None),
        ({}, None),
    ],
)
def test_what_rows_share_is_text_and_blanks_are_shared_by_nobody(check, row, value):
    found = check("same: key")
    assert found.value(row) == value
    assert not found.holds(row)


def test_a_check_of_the_number_of_rows_looks_at_no_row(check):
    found = check("over: 20, severity: info")
    assert (found.kind, found.over, found.severity) == ("over", 20, "info")
    assert (found.holds({}), found.value({}), found.expressions) == (False, None, ())


@pytest.mark.parametrize(
    ("lines", "ask", "where"),
    [
        ("when: age < 18", "holds", "checks.c.when"),
        ("same: email(age)", "value", "checks.c.same"),
    ],
)
def test_a_row_that_cannot_be_checked_is_an_error_at_its_place(check, lines, ask, where):
    with pytest.raises(RowError) as caught:
        getattr(check(lines), ask)({"age": "old"})
    assert str(caught.value).startswith(f"mapping.yml:6: {where}: ")


def test_a_gotcha_applies_always_or_to_what_was_found(mapping):
    always, found, filled = mapping(
        f"{OBJECTS}checks: {{c: {{stream: s, say: t, over: 1}}}}\ngotchas:\n"
        "  - {of: source, text: First}\n"
        "  - {of: destination, text: Second, check: c}\n"
        "  - {of: pair, text: Third, stream: tags}\n"
    ).gotchas
    assert [each.of for each in (always, found, filled)] == ["source", "destination", "pair"]
    assert (found.text, found.check, found.stream) == ("Second", "c", None)
    assert (found.line, found.place) == (8, "mapping.yml:8: gotchas.1")
    assert [each.applies((), ()) for each in (always, found, filled)] == [True, False, False]
    assert [each.applies({"c"}, ()) for each in (always, found, filled)] == [True, True, False]
    assert [each.applies((), {"tags"}) for each in (always, found, filled)] == [True, False, True]


def test_what_is_left_behind_has_a_short_and_a_long_form(mapping):
    left = mapping(
        f"{OBJECTS}left_behind:\n"
        "  roles: Set them up.\n"
        "  books:\n"
        "    text: Connect them.\n"
        "    documented: true\n"
        "    evidence: {Terms: {stream: s, value: terms}, Codes: {stream: q, value: code}}\n"
    ).left_behind
    roles, books = left["roles"], left["books"]
    assert (roles.name, roles.text, roles.evidence, roles.documented) == (
        "roles", "Set them up.", (), False,
    )  # fmt: skip
    assert (books.text, books.documented) == ("Connect them.", True)
    assert [(each.label, each.stream) for each in books.evidence] == [
        ("Terms", "s"),
        ("Codes", "q"),
    ]
    assert (books.line, books.place) == (7, "mapping.yml:7: left_behind.books")


@pytest.mark.parametrize(
    ("row", "value"),
    [({"a": "x"}, "x"), ({"a": False}, "false"), ({"a": ""}, None), ({}, None)],
)
def test_evidence_is_text_or_nothing(evidence, row, value):
    assert evidence("a").value(row) == value


def test_evidence_that_cannot_be_read_is_an_error_at_its_place(evidence):
    with pytest.raises(RowError, match=r"mapping.yml:5: left_behind.a.evidence.l.value: "):
        evidence("date(a)").value({"a": "soon"})


CHECK = "checks:\n  c:\n    stream: s\n    say: Look.\n"
BAD = {
    "check without anything to look for": (
        CHECK,
        '6: checks.c: needs one of "when", "same" and "over"',
    ),
    "check with two": (
        CHECK + "    when: a\n    over: 5",
        '6: checks.c: needs one of "when", "same" and "over"',
    ),
    "check for nothing": (
        CHECK + "    when:",
        '6: checks.c: needs one of "when", "same" and "over"',
    ),
    "check without a sentence": (
        "checks:\n  c: {stream: s, when: a}",
        '6: checks.c: the key "say" is missing',
    ),
    "check without a stream": (
        "checks:\n  c: {say: s, when: a}",
        '6: checks.c: the key "stream" is missing',
    ),
    "severity": (
        CHECK + "    when: a\n    severity: bad",
        "10: checks.c.severity: must be 'error', 'warning' or 'info', not \"bad\"",
    ),
    "over less than nothing": (CHECK + "    over: -1", "9: checks.c.over: "),
    "over a text": (CHECK + "    over: many", '9: checks.c.over: must be a valid integer, not "m'),
    "unknown key of a check": (
        CHECK + "    wen: a",
        '9: checks.c.wen: this key is unknown; did you mean "when"?',
    ),
    "name of a check": (
        "checks:\n  Too many: {stream: s, say: t, over: 1}",
        '6: checks.Too many: "Too many" is no name of small letters, digits and _',
    ),
    "check that cannot be read": (
        CHECK + "    when: lowr(a)",
        '9: checks.c.when: column 1: there is no function "lowr"; did you mean "lower"?',
    ),
    "check of an element": (
        CHECK + "    same: item.a",
        '9: checks.c.same: column 1: "item" is only there in an object with "each"',
    ),
    "check that is the same for every row": (
        CHECK + "    when: 1 == 1",
        "9: checks.c.when: this is the same for every row; make it of a column",
    ),
    "gotcha of nobody": (
        "gotchas:\n  - {of: both, text: t}",
        "6: gotchas.0.of: must be 'source', 'destination' or 'pair', not \"both\"",
    ),
    "gotcha without a text": (
        "gotchas:\n  - {of: pair}",
        '6: gotchas.0: the key "text" is missing',
    ),
    "gotcha of two things": (
        CHECK + "    over: 1\ngotchas:\n  - {of: pair, text: t, check: c, stream: s}",
        '11: gotchas.0: depends on a "check" or on a "stream", not on both',
    ),
    "gotcha of an unknown check": (
        CHECK.replace("  c:", "  many:")
        + "    over: 1\ngotchas:\n  - of: pair\n    text: t\n    check: man",
        '13: gotchas.0.check: there is no check "man"; did you mean "many"?',
    ),
    "gotchas by name": ("gotchas: {a: {of: pair, text: t}}", "5: gotchas: must be a list"),
    "left behind without a text": (
        "left_behind:\n  a: {documented: true}",
        '6: left_behind.a: the key "text" is missing',
    ),
    "left behind with nothing": (
        "left_behind:\n  a:",
        "6: left_behind.a: what is left behind is a text, or {text: …}",
    ),
    "left behind in silence": ("left_behind:\n  a: ''", "6: left_behind.a: "),
    "evidence without a value": (
        "left_behind:\n  a:\n    text: t\n    evidence:\n      l: {stream: s}",
        '9: left_behind.a.evidence.l: the key "value" is missing',
    ),
    "evidence that cannot be read": (
        "left_behind:\n  a:\n    text: t\n    evidence:\n      l: {stream: s, value: a +}",
        "9: left_behind.a.evidence.l.value: column ",
    ),
    "evidence that is the same for every row": (
        "left_behind:\n  a: {text: t, evidence: {l: {stream: s, value: \"'x'\"}}}",
        "6: left_behind.a.evidence.l.value: this is the same for every row; make it of a column",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_problem_is_named_with_its_file_and_line(mapping, name):
    text, expected = BAD[name]
    with pytest.raises(MappingError) as caught:
        mapping(OBJECTS + text)
    found = [str(problem) for problem in caught.value.problems]
    assert any(each.startswith(f"mapping.yml:{expected}") for each in found), found
    assert len(found) == 1


def test_a_gotcha_of_a_broken_check_is_no_second_problem(mapping):
    with pytest.raises(MappingError) as caught:
        mapping(f"{OBJECTS}{CHECK}gotchas: [{{of: pair, text: t, check: c}}]")
    assert len(caught.value.problems) == 1
