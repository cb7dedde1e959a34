"""The function table: every function does what its sentence says."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from crm_transforms.mapping.functions import FUNCTIONS

NEW_YORK = "America/New_York"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_example_of_a_function_is_true(evaluate, name):
    assert evaluate(FUNCTIONS[name].example) == FUNCTIONS[name].result


@pytest.mark.parametrize("name", [name for name, each in FUNCTIONS.items() if each.bare])
def test_null_passes_through(evaluate, name):
    needed = [p for p in FUNCTIONS[name].parameters.parameters.values() if p.default is p.empty]
    arguments = ["None", *["'x'"] * (len(needed) - 1)]
    assert evaluate(f"{name}({', '.join(arguments)})") is None


@pytest.mark.parametrize(
    ("source", "value", "expected"),
    [
        ("text(a)", Decimal("12.50"), "12.50"),
        ("text(a)", Decimal("1E+3"), "1000"),
        ("text(a)", True, "true"),
        ("strip(a)", "\u00a0x\n", "x"),
        ("lower(a)", "ÄÖ", "äö"),
        ("replace(a, '.', '')", 1.5, "15"),
        ("split(a, ';')", "a; b;;", ["a", "b"]),
        ("contains(a, 'x')", ["x"], True),
        ("contains(a, None)", "x", False),
        ("length(a)", [1, 2], 2),
        ("length(a)", "e\u0301", 2),
        ("join('-', 'note', 7, a)", 0, "note-7-0"),
        ("join(' ', a)", [None, "", " "], None),
        ("lines(a, ['x', ['y']])", "a\r\n", "a\r\n\nx\ny"),
        ("html(a)", "a\r\nb\n<c>&", "a<br>b<br>&lt;c&gt;&amp;"),
        ("paragraphs(a)", "one\ntwo\n\n  \nthree", "<p>one<br>two</p><p>three</p>"),
        ("paragraphs(a)", " \n ", None),
        ("html_note(a)", "x < y\nz", "x &lt; y<br>z"),
        ("html_note(a)", " ", None),
        ("html_note(a, [])", "<p>x</p>", "<p>x</p>"),
        ("email(a)", " Ann.O'Neil+x@Mail.example.ORG ", "Ann.O'Neil+x@Mail.example.ORG"),
        ("email(a)", " ", None),
        ("email_key(a)", "Ann@Example.org", "ann@example.org"),
        ("phone(a, 'US')", "415.555.2671 ext. 12", "+14155552671 x12"),
        ("phone(a)", "+44 20 7946 0958", "+442079460958"),
        ("phone(a)", "415 555 2671", "415 555 2671"),
        ("phone(a, 'US')", "415 555 2671 evenings", "415 555 2671 evenings"),
        ("phone(a, 'US')", "415 555 2671 / 415 555 2672", "415 555 2671 / 415 555 2672"),
        ("phone(a, 'US')", "12", "12"),
        ("phone(a, 'US')", "", None),
        ("url(a)", " HTTPS://x.org/a?b=c ", "HTTPS://x.org/a?b=c"),
        ("integer(a)", " -12 ", -12),
        ("integer(a)", Decimal("12.0"), 12),
        ("integer(a)", "", None),
        ("decimal(a)", "1.50", Decimal("1.50")),
        ("decimal(a)", ".5e2", Decimal(50)),
        ("decimal(a)", 0.1, Decimal("0.1")),
        ("boolean(a)", "Off", False),
        ("boolean(a)", 1, True),
        ("boolean(a)", "", None),
        ("round_half_up(a, 2)", Decimal("2.675"), Decimal("2.68")),
        ("round_half_up(a)", Decimal("-0.5"), Decimal(-1)),
        ("abs(a)", Decimal("-0.5"), Decimal("0.5")),
        ("total(a)", [Decimal("0.1"), Decimal("0.2"), None], Decimal("0.3")),
        ("total(a)", [], 0),
        ("min(a, 3)", [5, None, 4], 3),
        ("max(a)", ["a", "b"], "b"),
        ("max(a)", None, None),
        ("count(a)", [], 0),
        ("first(a)", [], None),
        ("last(a)", [1, 2], 2),
        ("distinct(a)", [{"x": 1}, {"x": 1}, 1, Decimal(1)], [{"x": 1}, 1]),
        ("sorted_by(a)", ["b", None, "a"], ["a", "b", None]),
        ("[x.n for x in sorted_by(a, 'n', descending=True)]", [{"n": 1}, {}, {"n": 2}],
         [2, 1, None]),
        ("coalesce(a, 0)", [], 0),
        ("coalesce(a, 'x')", False, False),
        ("default(a, 'x')", "", ""),
        ("date(a)", "2024-02-29", "2024-02-29"),
        ("date(a)", "2024-02-29 23:00", "2024-02-29"),
        (f"date(a, '{NEW_YORK}')", "2024-07-01T03:59:59Z", "2024-06-30"),
        ("date(a)", "", None),
        ("time(a)", "09:05", "09:05:00"),
        (f"time(a, '{NEW_YORK}')", "2024-01-01T00:30:00.123Z", "19:30:00"),
        ("instant(a)", "2024-05-17T10:04:14.999-04:00", "2024-05-17T14:04:14Z"),
        ("instant(a)", "2024-05-17 10:04:14 UTC", "2024-05-17T10:04:14Z"),
        ("instant(a)", "2024-05-17T10:04:14Z", "2024-05-17T10:04:14Z"),
        (f"instant(a, '{NEW_YORK}')", "2024-03-10T03:00:00", "2024-03-10T07:00:00Z"),
        (f"instant(a, '{NEW_YORK}')", "2024-07-01", "2024-07-01T04:00:00Z"),
        ("hours(a, '2024-03-10T05:00:00-04:00')", "2024-03-10T01:00:00-05:00", Decimal(3)),
        ("hours(a, '2024-01-02')", "2024-01-01T12:00", Decimal(12)),
        ("hours('2024-01-01', a)", None, None),
    ],
)  # fmt: skip
def test_a_function_gives(evaluate, source, value, expected):
    result = evaluate(source, {"a": value})
    assert result == expected
    assert isinstance(result, bool) == isinstance(expected, bool)


@pytest.mark.parametrize(
    ("source", "value", "message"),
    [
        ("text(a)", [1], "not a list"),
        ("text(a)", Decimal("1E+999999999"), "can be written out"),
        ("lower(a)", {}, "not a row"),
        ("replace(a, '', 'x')", "a", "replace needs"),
        ("split(a, '')", "a", "split needs"),
        ("join(a, 'x')", 1, "join needs text"),
        ("email(a)", "ann at example.org", "is no e-mail address"),
        ("email(a)", "ann@example", "is no e-mail address"),
        ("email(a)", "Ann <ann@example.org>", "is no e-mail address"),
        ("phone(a, text(a))", "1", "no region"),
        ("url(a)", "example.org", "no http or https address"),
        ("url(a)", "javascript:alert(1)", "no http or https address"),
        ("url(a)", "https://", "no http or https address"),
        ("url(a)", "https://[x", "no http or https address"),
        ("url(a)", "https://x.org/a b", "no http or https address"),
        ("integer(a)", "1.5", "no whole number"),
        ("integer(a)", "abc", "is no number"),
        ("integer(a)", "1e401", "can be written out"),
        ("integer(a)", True, "decimal needs a number"),
        ("decimal(a)", "1,234.50", "is no number"),
        ("decimal(a)", "NaN", "is no number"),
        ("decimal(a)", "١٢", "is no number"),
        ("boolean(a)", "perhaps", "neither yes nor no"),
        ("boolean(a)", 2, "neither yes nor no"),
        ("round_half_up(a, 21)", 1, "0 … 20 places"),
        ("round_half_up(a, 2)", Decimal("1E+900"), "more than 800 digits"),
        ("total(a)", ["1"], "convert it with decimal"),
        ("total(a)", 5, "total needs a list"),
        ("count(a)", "abc", "count needs a list"),
        ("min(a)", [1, "a"], "cannot compare"),
        ("sorted_by(a)", [1, "a"], "cannot compare"),
        ("sorted_by(a, 'n')", [1], "only a row has members"),
        ("sorted_by(a, 5)", [], "sorted_by needs"),
        ("date(a)", "31.01.2024", "is no date such as"),
        ("date(a)", "2023-02-29", "is no date: day"),
        ("date(a)", "2024-01-01T00:00:00Z", "means nothing here without a zone"),
        ("date(a)", 20240101, "a date needs text"),
        ("date(a, b)", "2024-01-01T00:00:00Z", "means nothing here without a zone"),
        ("time(a)", "25:00", "no time of day"),
        ("instant(a)", "2024-01-01T00:00:00", "without a zone"),
        ("instant(a)", "2024-01-01T00:00:00+99:00", "UTC offset"),
        ("instant(a)", "0001-01-01T00:00:00+14:00", "outside the calendar"),
        ("hours(a, '2024-01-01T00:00:00Z')", "2024-01-02T00:00:00Z", "is before"),
        ("hours(a, '2024-01-01T00:00:00Z')", "2023-01-02T00:00:00", "only one has a UTC offset"),
    ],
)  # fmt: skip
def test_what_cannot_be_converted_is_an_error(evaluate, source, value, message):
    with pytest.raises(ValueError, match=message):
        evaluate(source, {"a": value})


def test_images_in_a_note_give_way_to_their_file_names(evaluate):
    note = '<p>before <img src="data:x"> <IMG src="/b.png"/> <img src="c"></p>'
    images = [{"file_name": "one & two.png"}, {"src": "/b.png", "file_name": "b.png"}]
    assert evaluate("html_note(a, images)", {"a": note, "images": images}) == (
        '<p>before <em>[one &amp; two.png]</em> <em>[b.png]</em> <img src="c"></p>'
    )


@given(st.text())
def test_text_is_never_altered_unless_asked(evaluate, value):
    assert evaluate("a", {"a": value}) == value
    assert evaluate("text(a)", {"a": value}) == value
    joined = evaluate("join('', a)", {"a": value})
    assert joined == (value if value.strip() else None)


@given(st.datetimes(timezones=st.timezones()))
def test_instants_are_the_same_moment_whatever_their_offset(evaluate, moment):
    moment = moment.replace(microsecond=0)
    assume(not moment.utcoffset().seconds % 60 and 1 < moment.year < 9999)
    result = evaluate("instant(a)", {"a": moment.isoformat()})
    assert evaluate("hours(a, b)", {"a": result, "b": moment.isoformat()}) == 0
