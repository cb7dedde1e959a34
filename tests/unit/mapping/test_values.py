"""The forms of a value: literals, maps, references, lists, records, constants."""

from __future__ import annotations

from datetime import date, datetime, time, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_transforms.mapping import RowError
from crm_transforms.mapping.coercion import canonical

STATUS = "values: {status: {complete: won, 5: five, true: 'yes', null: none}}\n"


def build(obj, row, refs=None, joined=None):
    return obj.build({"id": 1, **row}, joined or {}, None, 0, refs or {})


def test_literals_stand_as_they_are(deal):
    obj = deal("fields: {a: 5, b: 0.50, c: true, d: null, e: \"'text'\", f: {const: text}}")
    assert build(obj, {}) == {
        "a": 5, "b": Decimal("0.5"), "c": True, "d": None, "e": "text", "f": "text",
    }  # fmt: skip


def test_constants_are_made_anew_for_each_record(deal):
    obj = deal("fields: {a: {const: {x: [1, 2.50]}}}")
    first = build(obj, {})
    first["a"]["x"].append(3)
    assert build(obj, {}) == {"a": {"x": [1, Decimal("2.5")]}}


@pytest.mark.parametrize(
    ("source", "mapped"),
    [
        ("complete", "won"),
        (5, "five"),
        (Decimal("5.0"), "five"),
        ("5", "five"),
        (True, "yes"),
        (None, "none"),
        (["complete", None], ["won", "none"]),
    ],
)
def test_value_maps_compare_keys_as_text(deal, source, mapped):
    obj = deal("fields: {status: {map: status, value: state}}", STATUS)
    assert build(obj, {"state": source}) == {"status": mapped}


def test_an_unmapped_value_is_an_error_at_its_field(deal):
    obj = deal("fields:\n  status: {map: status, value: state}", STATUS)
    with pytest.raises(RowError) as caught:
        build(obj, {"state": "On hold"})
    assert (caught.value.field, caught.value.rule, caught.value.line) == ("status", "map", 10)
    assert str(caught.value) == (
        'mapping.yml:10: objects.deal.fields.status: "On hold" is not in the value map status'
    )


@pytest.mark.parametrize(
    ("otherwise", "source", "mapped"),
    [("open", "new", "open"), ("null", "new", None), ("same", "new", "new"), ("same", 2, 2),
     ("same", "complete", "won"), ("same", ["complete", "x"], ["won", "x"]), ("open", None, None)],
)  # fmt: skip
def test_otherwise_answers_for_what_a_map_does_not_have(deal, otherwise, source, mapped):
    line = f"fields: {{status: {{map: m, value: state, otherwise: {otherwise}}}}}"
    obj = deal(line, "values: {m: {complete: won}}\n")
    assert build(obj, {"state": source}) == {"status": mapped}


def test_a_star_answers_for_everything_but_null(deal):
    obj = deal("fields: {s: {map: m, value: x}}", 'values: {m: {a: b, "*": c}}\n')
    assert [build(obj, {"x": x})["s"] for x in ("a", "z", "", None)] == ["b", "c", "c", None]


def test_a_record_drops_null_members_and_is_null_without_any(deal):
    obj = deal("fields: {address: {record: {city: city, zip: zip}}}")
    assert build(obj, {"city": "X"}) == {"address": {"city": "X"}}
    assert build(obj, {}) == {"address": None}


EMAILS = """
fields:
  emails:
    list:
      - {record: {value: email1, label: {const: work}, primary: true, zone: zone}}
      - {record: {value: email2, label: {const: home}, more: {list: [extra]}}}
      - email3
"""


def test_a_list_drops_what_says_nothing_but_literals(deal):
    obj = deal(EMAILS, "parameters: {zone: UTC}\n")
    assert build(obj, {"email2": "b", "extra": "c"}) == {
        "emails": [{"value": "b", "label": "home", "more": ["c"]}]
    }
    assert build(obj, {"email1": "a", "email3": "d"}) == {
        "emails": [{"value": "a", "label": "work", "primary": True, "zone": "UTC"}, "d"]
    }
    assert build(obj, {}) == {"emails": None}


def test_a_record_of_literals_alone_stays_in_a_list(deal):
    obj = deal("fields: {tags: {list: [{record: {label: {const: x}}}]}}")
    assert build(obj, {}) == {"tags": [{"label": "x"}]}


def test_an_error_inside_lists_and_records_names_the_value(deal):
    obj = deal("fields:\n  emails:\n    list:\n      - {record: {value: email(x)}}")
    with pytest.raises(RowError) as caught:
        build(obj, {"x": "nobody"})
    assert caught.value.field == "emails.0.value"
    assert caught.value.where == "objects.deal.fields.emails.list.0.record.value"
    assert caught.value.line == 11


REFS = """
fields:
  parent: {ref: deal, of: parent_id}
  members: {ref: deal, of: "[m.id for m in members]"}
  either: {ref: [deal, other], of: [a, b]}
  lines: {list: [{record: {product: {ref: other, of: product_id}}}]}
"""
OTHER = "objects:\n  other: {target: x, from: y}\n"


@pytest.fixture
def referring(mapping):
    body = "".join(f"    {line}\n" for line in REFS.strip().splitlines())
    return mapping(f"{OTHER}  deal:\n    target: deals\n    from: jobs\n{body}").objects["deal"]


def test_references_give_the_keys_that_they_point_to(referring):
    row = {"parent_id": 7, "members": [{"id": 1}, {"id": None}, {"id": Decimal("1.0")}], "b": "x",
           "product_id": "p"}  # fmt: skip
    assert referring.ref_keys(row, {}) == {
        "parent": (("deal", "7"),),
        "members": (("deal", "1"),),
        "either": (("other", "x"),),
        "lines.0.product": (("other", "p"),),
    }
    assert set(referring.ref_keys({"parent_id": " "}, {}).values()) == {None}


def test_references_are_described_for_the_engine(referring):
    described = {ref.field: (ref.objects, ref.many) for ref in referring.refs}
    assert described == {
        "parent": (("deal",), False),
        "members": (("deal",), True),
        "either": (("deal", "other"), False),
        "lines.0.product": (("other",), False),
    }


def test_ids_take_the_place_of_references(referring):
    refs = {"parent": "70", "members": ["71", "72"], "either": None, "lines.0.product": "9"}
    assert referring.build({"id": 1}, {}, None, 0, refs) == {
        "parent": "70", "members": ["71", "72"], "either": None, "lines": [{"product": "9"}],
    }  # fmt: skip


def test_a_list_of_keys_for_one_reference_is_an_error_not_a_choice(referring):
    with pytest.raises(RowError, match="2 keys for a reference to one record") as caught:
        referring.ref_keys({"parent_id": [1, 2]}, {})
    assert (caught.value.field, caught.value.rule) == ("parent", "ref")


def test_a_column_that_holds_a_list_is_declared_many(deal):
    obj = deal("fields: {members: {ref: deal, of: ids, many: true}}")
    assert obj.refs[0].many
    assert obj.ref_keys({"ids": [1, 2]}, {}) == {"members": (("deal", "1"), ("deal", "2"))}


@pytest.mark.parametrize("key", [True, {"id": 1}, [[1]], Decimal("1E+999")])
def test_what_cannot_be_a_key_is_an_error(referring, key):
    with pytest.raises(RowError):
        referring.ref_keys({"parent_id": key}, {})


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Decimal("5.00"), 5),
        (Decimal("5.50"), Decimal("5.5")),
        (Decimal("-0.0"), 0),
        (1.5, Decimal("1.5")),
        (date(2024, 1, 31), "2024-01-31"),
        (time(9, 5, 1, 7), "09:05:01"),
        (datetime(2024, 1, 31, 9, tzinfo=timezone.utc), "2024-01-31T09:00:00Z"),
        ({"a": [Decimal("1.0")]}, {"a": [1]}),
        ("e\u0301\0😀", "e\u0301\0😀"),
    ],
)
def test_values_leave_in_one_form(value, expected):
    assert canonical(value) == expected
    assert type(canonical(value)) is type(expected)


@pytest.mark.parametrize(
    "value", [Decimal("NaN"), Decimal("Infinity"), float("nan"), Decimal("1E+99999"), object(),
              datetime(2024, 1, 1)],  # noqa: DTZ001 - an instant without offset is what is refused
)  # fmt: skip
def test_what_no_destination_can_hold_is_an_error(value):
    with pytest.raises(ValueError, match=r"."):
        canonical(value)


@given(
    st.decimals(
        allow_nan=False, allow_infinity=False, places=12, min_value=-(10**30), max_value=10**30
    )
)
def test_decimals_keep_their_value_and_have_one_form(value):
    result = canonical(value)
    assert Decimal(result) == value
    assert isinstance(result, int) == (value == value.to_integral_value())
    assert str(canonical(Decimal(f"{value:.15f}"))) == str(result)
