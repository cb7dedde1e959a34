"""YAML without its traps."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_transforms.mapping import Mapping, MappingError
from crm_transforms.mapping.marked_yaml import MAX_BYTES, parse_document


def read(text: str) -> object:
    return parse_document(text.encode(), "m.yml").data


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("yes", "yes"),
        ("no", "no"),
        ("on", "on"),
        ("true", True),
        ("False", False),
        ("~", None),
        ("null", None),
        ("", None),
        ("'null'", "null"),
        ("12", 12),
        ("-3", -3),
        ("0042", "0042"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
        ("0.10", Decimal("0.10")),
        ("1e3", Decimal("1e3")),
        (".5", Decimal("0.5")),
        (".inf", ".inf"),
        ("12:30:45", "12:30:45"),
        ("2024-01-31", "2024-01-31"),
        ('"\\u00e9"', "é"),
        ("! 5", "5"),
    ],
)
def test_a_plain_scalar_is_what_it_looks_like(text, value):
    result = read(f"k: {text}\n")
    assert result == {"k": value}
    assert type(result["k"]) is type(value)


def test_keys_are_text_except_a_plain_null():
    text = '{yes: 1, true: 2, 3: 3, 1.50: 4, null: 5, "null": 6}'
    assert read(text) == {"yes": 1, "true": 2, "3": 3, "1.5": 4, None: 5, "null": 6}


def test_every_place_has_its_line():
    document = parse_document(b"a:\n  b:\n    - x\n    -\n      c: 1\n", "m.yml")
    assert document.line(("a",)) == 1
    assert document.line(("a", "b", 0)) == 3
    assert document.line(("a", "b", 1, "c")) == 5
    assert document.line(("a", "b", 1, "missing", "deeper")) == 5


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: 1\nb: 2\na: 3", "m.yml:3: a: the key stands here twice, first in line 1"),
        ("x:\n  1: a\n  '1': b", "m.yml:3: x.1: the key stands here twice, first in line 2"),
        ("a: &x [1]\n", "m.yml:1: a: anchors and aliases are not allowed (x)"),
        ("a: 1\nb: *x\n", "m.yml:2: b: anchors and aliases are not allowed (x)"),
        ("a: !!python/object:os.system x", "m.yml:1: a: tags are not allowed"),
        ("a: !!binary aGk=", "m.yml:1: a: tags are not allowed"),
        ("a: 1\n---\nb: 2", "m.yml:2: a second document starts here"),
        ("? [a]\n: b", "m.yml:1: a key must be text, not a list or a mapping"),
        ("a: [1\nb: 2", "m.yml:2: is no YAML: "),
        ("a: 1\nb:\tc: 2", "m.yml:2: is no YAML: "),
        ("a: 1\nb: \x07", "m.yml:2: holds the character U+0007"),
        ("a: " + "1" * 41, "m.yml:1: a: a number may have 40 characters"),
        ("[" * 50 + "]" * 50, "m.yml:1: is nested deeper than 40 levels"),
    ],
)
def test_what_json_cannot_say_is_refused_at_its_line(text, problem):
    with pytest.raises(MappingError) as caught:
        read(text)
    assert str(caught.value).startswith(problem)


def test_a_bomb_of_aliases_is_refused_at_its_first_anchor():
    levels = "\n".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]" for n in range(1, 9))
    with pytest.raises(MappingError, match=r"m\.yml:1: l0: anchors and aliases are not allowed"):
        read(f"l0: &l0 lol\n{levels}")


def test_a_file_over_a_million_bytes_is_refused_unread(tmp_path):
    path = tmp_path / "big.yml"
    path.write_text("# " + "x" * MAX_BYTES, encoding="utf-8")
    with pytest.raises(MappingError, match="is larger than 1,000,000 bytes"):
        Mapping.load(path)


def test_bytes_that_are_no_utf8_are_refused_at_their_line():
    with pytest.raises(MappingError, match=r"m\.yml:2: is not UTF-8 text"):
        parse_document(b"a: 1\nb: \xff", "m.yml")


def test_a_byte_order_mark_is_no_part_of_the_document():
    assert parse_document("\ufeffa: 1".encode(), "m.yml").data == {"a": 1}


@given(st.text(alphabet=st.sampled_from("ab:-[]{},#&*!|>'\"%@` \n\t?~1.0"), max_size=60))
def test_any_text_is_refused_or_read_as_plain_data(text):
    data, problems = None, ()
    try:
        data = read(text)
    except MappingError as error:
        problems = error.problems
    assert is_plain(data)
    assert all(problem.line >= 1 and problem.message for problem in problems)


def is_plain(data: object) -> bool:
    if isinstance(data, dict):
        return all((key is None or type(key) is str) and is_plain(v) for key, v in data.items())
    if isinstance(data, list):
        return all(map(is_plain, data))
    return data is None or type(data) in {str, int, bool, Decimal}
