"""What expressions mean, what they refuse, and that nothing else can be reached through them."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_transforms.mapping.code import Code, Scope
from crm_transforms.mapping.expression import ExpressionError, parse_expression
from crm_transforms.mapping.functions import FUNCTIONS

if TYPE_CHECKING:
    from collections.abc import Callable

CUSTOMER = {"name": "Ann", "site": {"city": "Springfield"}}


@pytest.mark.parametrize(
    ("source", "row", "expected"),
    [
        ("name", {"name": "x"}, "x"),
        ("name", {}, None),
        ("customer.name", {"customer": CUSTOMER}, "Ann"),
        ("customer.site.city", {"customer": CUSTOMER}, "Springfield"),
        ("customer.site.city", {"customer": None}, None),
        ("customer.nothing", {"customer": CUSTOMER}, None),
        ("extra['Gate code']", {"extra": {"Gate code": "12"}}, "12"),
        ("company or name", {"name": "x"}, "x"),
        ("company and name", {"company": "c", "name": "x"}, "x"),
        ("not company", {}, True),
        ("'a' if paid else 'b'", {"paid": True}, "a"),
        ("name[:3]", {"name": "abcdef"}, "abc"),
        ("name[-2:]", {"name": "abcdef"}, "ef"),
        ("name[0]", {"name": "abc"}, "a"),
        ("name[9]", {"name": "abc"}, None),
        ("name[length(name) - 1]", {"name": "abc"}, "c"),
        ("name[:2]", {}, None),
        ("[1, x]", {"x": 2}, [1, 2]),
        ("[t.note for t in time if t.billable]", {"time": [
            {"note": "a", "billable": True}, {"note": "b", "billable": False}]}, ["a"]),
        ("[t.note for t in time]", {}, []),
        ("[[y for y in x] for x in rows]", {"rows": [[1], [2]]}, [[1], [2]]),
        ("status in ['won', 'lost']", {"status": "won"}, True),
        ("status not in ('won', 'lost')", {"status": "won"}, False),
        ("'b' in name", {"name": "abc"}, True),
        ("'b' in name", {}, None),
        ("'b' not in tags", {"tags": ["a"]}, True),
        ("total is None", {}, True),
        ("total is not None", {"total": 0}, True),
        ("a == b", {"a": Decimal("1.0"), "b": 1}, True),
        ("a != b", {"a": "1", "b": 1}, True),
        ("a < b", {"a": Decimal("1.5"), "b": 2}, True),
        ("a >= 'b'", {"a": "b"}, True),
        ("a > 1", {}, None),
        ("'ks_' + column", {"column": "text1"}, "ks_text1"),
        ("-a", {"a": Decimal("1.5")}, Decimal("-1.5")),
        ("-a", {}, None),
    ],
)  # fmt: skip
def test_an_expression_gives(evaluate, source, row, expected):
    result = evaluate(source, row)
    assert result == expected
    assert type(result) is type(expected)


def test_a_function_and_a_column_may_have_the_same_name(evaluate):
    assert evaluate("email(email)", {"email": " a@b.org "}) == "a@b.org"


def test_parameters_are_constants_and_joins_hide_columns(evaluate):
    assert evaluate("currency", {}, {}, {"currency": "USD"}) == "USD"
    assert (
        evaluate("customer.name", {"customer": {"name": "glue"}}, {"customer": CUSTOMER}) == "Ann"
    )


def test_loop_variables_hide_everything_else_only_inside_the_loop(evaluate):
    row = {"x": "outer", "list": [1, 2]}
    assert evaluate("[[x for x in list], x]", row) == [[1, 2], "outer"]


@pytest.mark.parametrize(
    ("source", "row", "message"),
    [
        ("a + b", {"a": "1", "b": 1}, "convert it with decimal"),
        ("a * 2", {"a": True}, "needs a number, not true or false"),
        ("a / b", {"a": 1, "b": 0}, "division by zero"),
        ("a < b", {"a": "1", "b": 1}, "cannot compare text with a number"),
        ("a.b", {"a": "text"}, 'only a row has members; "b" was asked of text'),
        ("a[0]", {"a": 5}, "a number has no place"),
        ("a[:1]", {"a": 5}, "needs text or a list"),
        ("a[:b]", {"a": "x", "b": "y"}, "cut at whole numbers"),
        ("[x for x in a]", {"a": "text"}, "a comprehension needs a list, not text"),
        ("1 in a", {"a": "text"}, "only text can be in text"),
        ("a in b", {"b": 5}, '"in" needs a list or text'),
    ],
)
def test_what_cannot_be_done_with_a_value_is_an_error(evaluate, source, row, message):
    with pytest.raises(ValueError, match=message):
        evaluate(source, row)


def test_arithmetic_beyond_eight_hundred_digits_is_an_error_and_not_rounded(evaluate):
    with pytest.raises(ValueError, match="more than 800 digits"):
        evaluate("a + b", {"a": Decimal("1E+900"), "b": 1})


@pytest.mark.parametrize(
    ("source", "column", "message"),
    [
        ("", 1, "an expression is missing"),
        ("x.__class__", 1, 'names do not start with "__"'),
        ("__import__('os')", 1, 'there is no function "__import__"'),
        ("open('/etc/passwd')", 1, 'there is no function "open"'),
        ("name.lower()", 1, "functions are called by name"),
        ("lowr(name)", 1, 'did you mean "lower"'),
        ("lower()", 1, "missing a required argument: 'value': lower\\(value\\)"),
        ("lower(a, b)", 1, "too many positional arguments"),
        ("lower(value=a, b=c)", 1, "unexpected keyword argument 'b'"),
        ("join(*parts)", 6, "the star is not part of the language"),
        ("join(**parts)", 8, "the star is not part of the language"),
        ("(lambda: 1)()", 1, "functions are called by name"),
        ("[lambda: 1]", 2, "lambda is not part of the language"),
        ("f'{name}'", 1, "text in braces is not filled in"),
        ("'x' * 10**9", 1, "are for numbers"),
        ("10 ** 9", 1, "powers are not part of the language"),
        ("9 % 2", 1, "operators are"),
        ("~a", 1, "Invert is not part of the language"),
        ("(y := 5)", 2, "assignment is not part"),
        ("{'a': 1}", 1, "use {record: …}"),
        ("{1, 2}", 1, "use a list"),
        ("(x for x in y)", 1, "in brackets"),
        ("[x for x in y for z in x]", 8, "one for"),
        ("[x for x, y in z]", 8, "binds one name"),
        ("[[[c for c in b] for b in a] for a in x]", 3, "nest 2 deep"),
        ("a < b < c", 1, "comparisons do not chain"),
        ("a is b", 1, '"is" asks for None'),
        ("1 is None", 1, '"is" asks for None'),
        ("a[::2]", 3, "a slice has no step"),
        ("true", 1, 'write True, not "true"'),
        ("a == null", 6, 'write None, not "null"'),
        ("b'x'", 1, "bytes is not part"),
        ("1j", 1, "complex is not part"),
        ("...", 1, "ellipsis is not part"),
        ("'\\ud800'", 1, "surrogate"),
        ("1" * 41, 1, "may have 40 characters"),
        ("1e999", 1, "is no number that can be written out"),
        ("x" * 2001, 2000, "may have 2000 characters"),
        ("+".join("1" * 300), 1, "too large"),
        ("-" * 1900 + "1", 26, "too large"),
        ("date(x, 'Amercia/New_York')", 9, "is no time zone"),
        ("phone(x, 'USA')", 10, "is no region"),
        ("items.price", 1, r'"items" is a list of rows; write \[one.price for one in items\]'),
        ("join(item.price, index)", 6, '"item" is only there in an object with "each"'),
    ],
)
def test_what_is_not_part_of_the_language_is_refused_at_its_column(source, column, message):
    with pytest.raises(ExpressionError, match=message) as caught:
        Code(Scope(joins={"items": True})).expression(parse_expression(source))
    assert caught.value.column == column


@pytest.mark.parametrize(
    "source",
    [
        "a b",
        "a +",
        "a; b",
        "import os",
        "'\\d'",
        "a if b",
        "a\0b",
        "(" * 300,
        "yield",
        "01",
        "\t\n(",
    ],
)
def test_what_python_cannot_read_is_refused_in_its_words(source):
    with pytest.raises(ExpressionError, match="cannot be read: ") as caught:
        parse_expression(source)
    assert 1 <= caught.value.column <= len(source) + 1


def test_columns_are_counted_in_characters():
    with pytest.raises(ExpressionError) as caught:
        parse_expression("'é€😀' == foo(x)")
    assert caught.value.column == 10


def test_literals_are_checked_through_parameters_too():
    code = Code(Scope(parameters={"zone": "Mars/Olympus"}))
    with pytest.raises(ExpressionError, match="is no time zone"):
        code.expression(parse_expression("date(x, zone)"))


def test_numbers_with_a_point_are_exact(evaluate):
    assert evaluate("0.1 + 0.2 == 0.3") is True
    assert evaluate("0.1") == Decimal("0.1")


decimals = st.decimals(
    allow_nan=False, allow_infinity=False, places=6, min_value=-(10**12), max_value=10**12
)


@given(decimals, decimals)
def test_sums_differences_and_products_are_exact(evaluate, a, b):
    row = {"a": a, "b": b}
    assert evaluate("a + b - b == a", row) is True
    assert evaluate("total([a, b, -a])", row) == b
    product = evaluate("a * b", row)
    assert product.as_integer_ratio()[0] * b.as_integer_ratio()[1] * a.as_integer_ratio()[1] == (
        a.as_integer_ratio()[0] * b.as_integer_ratio()[0] * product.as_integer_ratio()[1]
    )


WORDS = [*"abc", "item", "None", "True", "'t'", "1", "0.5", "()", "[]", "__class__", "os", "é"]
PIECES = [
    "({0} + {1})", "({0} / {1})", "({0} if {1} else {2})", "{0}[{1}]", "{0}[{1}:{2}]", "{0}.b",
    "[x for x in {0} if {1}]", "({0} in {1})", "({0} < {1})", "(not {0})", "({0} == {1})",
    "({0} and {1})", "({0} or {1})", "-{0}", "[{0}, {1}]", "(lambda: {0})()", "{0}.__class__",
    "f'{{{0}}}'", "({0} is {1})", "{0}({1})", "{0} ** {1}", "({0} - {1})", "({0} * {1})",
    *(f"{name}({{0}})" for name in FUNCTIONS),
    *(f"{name}({{0}}, {{1}})" for name in FUNCTIONS),
]  # fmt: skip


def _grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds(
        lambda piece, *parts: piece.format(*parts), st.sampled_from(PIECES), inner, inner, inner
    )


expressions = st.recursive(st.sampled_from(WORDS), _grown, max_leaves=12)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | decimals | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner),
    max_leaves=6,
)


@given(expressions, st.fixed_dictionaries(dict.fromkeys("abc", json_values)))
def test_any_expression_is_refused_or_gives_a_json_value_or_a_sentence(evaluate, source, row):
    result, refusal = outcome(lambda: evaluate(source, row))
    assert is_json(result) if refusal is None else str(refusal)


@given(st.text())
def test_any_text_is_refused_or_read(source):
    expression, refusal = outcome(lambda: parse_expression(source))
    assert expression is not None if refusal is None else refusal.column >= 1


def outcome(work: Callable[[], object]) -> tuple[object, ValueError | None]:
    """What came of it; anything but a ``ValueError`` is a defect and ends the test."""
    try:
        return work(), None
    except ValueError as error:
        return None, error


def is_json(value: object) -> bool:
    if isinstance(value, list):
        return all(map(is_json, value))
    if isinstance(value, dict):
        return all(isinstance(name, str) and is_json(member) for name, member in value.items())
    return value is None or isinstance(value, bool | int | Decimal | str)
