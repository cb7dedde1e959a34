"""What a field is made of, by name and by value."""

from __future__ import annotations

from decimal import Decimal

import pytest

HEAD = "parameters: {zone: UTC, unit: EUR}\nvalues: {m: {a: b}}\n"
WITH = """
with:
  customer: {stream: customers, of: customer_id}
  charges: {stream: charges, on: job_id}
  workers: {stream: employees, of: employee_ids}
  time: {stream: time, on: job_id, with: {worker: {stream: employees, of: employee_id}}}
"""
ANN, BOB = {"name": "Ann"}, {"name": "Bob"}
ROW = {
    "name": "Pump",
    "total": Decimal("12.50"),
    "tags": ["a", "b"],
    "site": {"city": "Rome", "gate code": "12#"},
    "many": [1, 2, 3, 4, 5, 6, 7],
    "huge": Decimal("1E+999999"),
    "gone": None,
}
JOINED = {
    "customer": {"city": "Oslo", "phones": ["1", "2"]},
    "charges": [{"price": 1}, {"price": 2}, {"price": None}],
    "workers": [ANN],
    "time": [{"note": "x", "worker": ANN}, {"note": "y", "worker": BOB}, {"note": "z"}],
    "nobody": None,
}


@pytest.mark.parametrize(
    ("value", "sources"),
    [
        ("name", {"name": "Pump"}),
        ("total", {"total": Decimal("12.5")}),
        ("gone", {"gone": None}),
        ("missing", {"missing": None}),
        ("join(' ', name, 'x', unit)", {"name": "Pump"}),
        ("'text'", {}),
        ("unit", {}),
        ("5", {}),
        ("customer.city", {"customer.city": "Oslo"}),
        ("customer.town", {"customer.town": None}),
        ("site['gate code']", {"site.gate code": "12#"}),
        ("customer.phones[0]", {"customer.phones": ["1", "2"]}),
        ("name[:3]", {"name": "Pump"}),
        ("tags[total]", {"tags": ["a", "b"], "total": Decimal("12.5")}),
        ("date(total, zone)", {"total": Decimal("12.5")}),
        ("round_half_up(total, places=many)", {"total": Decimal("12.5"),
                                               "many": [1, 2, 3, 4, 5, "… 7 in all"]}),
        ("count(charges)", {"charges": "3 rows"}),
        ("workers", {"workers": "1 row"}),
        ("customer", {"customer": "1 row"}),
        ("total if count(charges) == 0 else None", {"charges": "3 rows",
                                                    "total": Decimal("12.5")}),
        ("[c.price for c in charges]", {"charges.price": [1, 2, None]}),
        ("[1 for c in charges]", {"charges": "3 rows"}),
        ("[t.note for t in time if t.worker.name]", {"time.worker.name": ["Ann", "Bob", None],
                                                     "time.note": ["x", "y", "z"]}),
        ("[t for t in tags]", {"tags": ["a", "b"]}),
        ("[[c.price for t in time] for c in charges]", {"time": "3 rows",
                                                        "charges.price": [1, 2, None]}),
        ("[c for c in split(name, ',')]", {"name": "Pump"}),
        ("first(time).worker.name", {"time.worker.name": ["Ann", "Bob", None]}),
        ("sorted_by(time, 'note')[0].note", {"time.note": ["x", "y", "z"]}),
        ("sorted_by(time, name).note", {"time": "3 rows", "name": "Pump"}),
        ("customer.phones", {"customer.phones": ["1", "2"]}),
        ("huge", {"huge": "1E+999999"}),
        ("{map: m, value: name}", {"name": "Pump"}),
        ("{ref: deal, of: name}", {"name": "Pump"}),
        ("{ref: [deal, deal], of: [name, total]}", {"name": "Pump", "total": Decimal("12.5")}),
        ("{list: [{record: {a: name, b: {const: x}}}, total]}", {"name": "Pump",
                                                                "total": Decimal("12.5")}),
    ],
)  # fmt: skip
def test_a_field_is_made_of_what_its_expressions_name(deal, value, sources):
    given = value if value.startswith("{") else f'"{value}"'
    obj = deal(f"{WITH}fields: {{f: {given}, other: name}}", HEAD)
    assert obj.source_values("f", ROW, JOINED) == sources
    assert obj.sources("f") == tuple(sources)


def test_an_element_and_its_place_are_named(deal):
    obj = deal(
        f"{WITH}each: charges\nkey: item.id\n"
        "fields: {price: item.price, place: index, whole: item, title: name}"
    )
    held = (ROW, JOINED, {"price": 2}, 1)
    assert obj.source_values("price", *held) == {"item.price": 2}
    assert obj.source_values("place", *held) == {"index": 1}
    assert obj.source_values("whole", *held) == {"item": "1 row"}
    assert obj.source_values("title", *held) == {"name": "Pump"}


def test_a_value_inside_a_field_has_sources_of_its_own(deal):
    obj = deal("fields: {mails: {list: [{record: {value: a}}, {record: {value: b}}]}, mailsx: c}")
    assert obj.sources("mails") == ("a", "b")
    assert obj.sources("mails.1") == ("b",)
    assert obj.sources("mails.1.value") == ("b",)


def test_keys_custom_fields_and_discovered_columns_have_sources(deal):
    obj = deal(
        "key: {source_id: \"join('-', 'x', id)\"}\n"
        "custom: {kind: {type: text, value: sort}, of: {type: reference, ref: deal, of: parent}}\n"
        'discover: [{pattern: "c.*", name: "\'x_\' + column"}]\n'
        "overflow: {field: more}"
    ).discovering({"c1": {"type": "integer"}})
    row = {"id": 5, "sort": "a", "parent": 4, "c1": 7}
    assert obj.source_values("source_id", row, {}) == {"id": 5}
    assert obj.source_values("kind", row, {}) == {"sort": "a"}
    assert obj.source_values("of", row, {}) == {"parent": 4}
    assert obj.source_values("x_c1", row, {}) == {"c1": 7}
    assert obj.sources("more") == ()
    assert obj.sources("unknown") == ()


def test_a_join_that_found_nothing_is_told_as_nothing(deal):
    obj = deal(f"{WITH}fields: {{a: customer.city, b: '[c.price for c in charges]'}}")
    nothing = {"customer": None, "charges": [], "workers": [], "time": []}
    assert obj.source_values("a", ROW, nothing) == {"customer.city": None}
    assert obj.source_values("b", ROW, nothing) == {"charges.price": []}
