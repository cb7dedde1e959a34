"""From rows to records: which there are, their keys, what they are matched by, what fails."""

from __future__ import annotations

from decimal import Decimal

import pytest

from crm_transforms.destination import FieldSpec
from crm_transforms.mapping import MappingError, RowError, overflow_text


def test_a_row_gives_one_record_with_its_key_as_text(deal):
    obj = deal("key: {source_id: id}\nfields: {title: name}")
    assert obj.records({"id": 5, "name": "x"}, {}) == [("5", None, 0)]
    assert obj.build({"id": 5, "name": "x"}, {}, None, 0, {}) == {"source_id": "5", "title": "x"}
    assert (obj.key_field, obj.field_names) == ("source_id", ("source_id", "title"))


@pytest.mark.parametrize("state", ["gone", None])
def test_rows_that_do_not_satisfy_the_condition_give_none(deal, state):
    obj = deal("where: state == 'here' if state else None")
    assert obj.has_filter
    assert obj.records({"id": 5, "state": state}, {}) == []
    assert obj.wants({"state": "here"}, {})


@pytest.mark.parametrize("key", [None, "", " "])
def test_a_row_without_key_is_an_error(deal, key):
    with pytest.raises(RowError, match="the key is null") as caught:
        deal("").records({"id": key}, {})
    assert (caught.value.field, caught.value.rule) == ("key", "key")


def test_a_list_gives_a_record_per_element(deal):
    obj = deal("each: lines\nkey: join('-', id, index)\nfields: {note: item.note, place: index}")
    row = {"id": 5, "lines": [{"note": "a"}, {"note": "b"}]}
    items = obj.records(row, {})
    assert [key for key, _, _ in items] == ["5-0", "5-1"]
    built = [obj.build(row, {}, item, index, {}) for _, item, index in items]
    assert built == [{"note": "a", "place": 0}, {"note": "b", "place": 1}]
    assert obj.records({"id": 5}, {}) == []


def test_what_is_no_list_cannot_be_gone_over(deal):
    obj = deal("each: lines\nkey: item")
    with pytest.raises(RowError, match="needs a list to go over, not text") as caught:
        obj.records({"lines": "a"}, {})
    assert caught.value.field == "each"


def test_two_elements_with_one_key_are_an_error(deal):
    obj = deal("each: lines\nkey: item.id")
    with pytest.raises(RowError, match="two elements of one row have the same key"):
        obj.records({"lines": [{"id": 1}, {"id": "1"}]}, {})


def test_the_stream_of_the_elements_is_known_where_the_key_needs_nothing_else(deal):
    lines = "with: {charges: {stream: job_charges, on: job_id}}\neach: charges\nkey: "
    assert deal(lines + "item.id").item_stream == "job_charges"
    assert deal(lines + "join('-', id, item.id)").item_stream is None
    assert deal("each: charges\nkey: item.id").item_stream is None
    assert deal(lines + "item.id").key_of({}, {}, {"id": 7}, 0) == "7"


def test_the_key_of_a_row_that_has_none_is_none(deal):
    obj = deal("key: integer(number)")
    assert [obj.key_of({"number": n}, {}, None, 0) for n in ("1", None, "x")] == ["1", None, None]


def test_an_object_without_rows_has_one_record(mapping):
    text = "objects: {line: {target: products, key: {k: '\"free\"'}, fields: {name: \"'Free'\"}}}"
    obj = mapping(text).objects["line"]
    assert obj.stream is None
    assert obj.records({}, {}) == [("free", None, 0)]
    assert obj.build({}, {}, None, 0, {}) == {"k": "free", "name": "Free"}


def test_records_that_were_there_before_are_matched_by_values(deal):
    obj = deal("match: {name: strip(name), price: 0}\ncreate: true\notherwise: fallback")
    assert obj.match_values({"name": " a "}, {}) == {"name": "a", "price": 0}
    assert (obj.match, obj.create, obj.otherwise) == (("name", "price"), True, "fallback")
    assert deal("match: {name: name}").create is False
    assert deal("").create is True


def test_a_failing_value_is_found_among_the_others(deal):
    obj = deal("fields:\n  a: name\n  b: decimal(total)\n  c: other / 0\n  d: email(x)")
    with pytest.raises(RowError) as caught:
        obj.build({"name": "x", "total": "abc"}, {}, None, 0, {})
    assert (caught.value.field, caught.value.rule) == ("b", "expression")
    assert str(caught.value) == 'mapping.yml:10: objects.deal.fields.b: "abc" is no number'
    assert (caught.value.path, caught.value.message) == ("mapping.yml", '"abc" is no number')


def test_a_failing_condition_says_so(deal):
    obj = deal("where: total > 5")
    with pytest.raises(RowError, match="cannot compare text with a number") as caught:
        obj.records({"id": 1, "total": "9"}, {})
    assert (caught.value.field, caught.value.rule) == ("where", "where")


def test_one_bad_row_leaves_the_next_alone(deal):
    obj = deal("fields: {n: integer(n)}")
    for _ in range(2):
        with pytest.raises(RowError):
            obj.build({"n": "x"}, {}, None, 0, {})
        assert obj.build({"n": "7"}, {}, None, 0, {}) == {"n": 7}


def test_actions_keep_their_order_conditions_and_fields(deal):
    obj = deal(
        "after:\n"
        "  - {action: confirm}\n"
        "  - {action: pay, when: paid > 0, fields: {amount: paid, journal: {ref: deal, of: j}}}"
    )
    confirm, pay = obj.after
    assert (confirm.name, confirm.wants({}, {})) == ("confirm", True)
    assert [pay.wants({"paid": paid}, {}) for paid in (1, 0, None)] == [True, False, False]
    assert pay.fields.ref_keys({"j": 3}, {}, None, 0) == {"journal": (("deal", "3"),)}
    assert pay.fields.build({"paid": Decimal("2.0")}, {}, None, 0, {"journal": "8"}) == {
        "amount": 2,
        "journal": "8",
    }


def test_places_lead_back_to_the_document(deal):
    obj = deal("key: {k: id}\nfields:\n  a: x\ncustom:\n  b: {type: text, value: y}")
    assert obj.place() == "mapping.yml:5: objects.deal"
    assert obj.place("k") == "mapping.yml:8: objects.deal.key.k"
    assert obj.place("a") == "mapping.yml:10: objects.deal.fields.a"
    assert obj.place("b") == "mapping.yml:12: objects.deal.custom.b.value"
    assert obj.place("unknown") == "mapping.yml:5: objects.deal"


HASHED = "values: {{m: {{a: {value}}}, n: {{a: {other}}}}}\nparameters: {{zone: {zone}}}\n"
LINES = "fields: {s: {map: m, value: x}, d: 'date(y, zone)'}"


def digest(deal, lines=LINES, value="b", other="b", zone="UTC"):
    return deal(lines, HASHED.format(value=value, other=other, zone=zone)).hash


def test_the_hash_changes_with_everything_that_changes_records_and_nothing_else(deal):
    same = digest(deal)
    assert digest(deal, other="c") == same
    assert digest(deal, LINES + "  # said differently") == same
    changed = [
        digest(deal, value="c"),
        digest(deal, zone="Europe/Paris"),
        digest(deal, LINES + "\nwhere: x"),
    ]
    assert len({same, *changed}) == 4


CUSTOM = """
key: {source_id: id}
custom:
  phone: {type: phone, label: Phone, value: phone_number, priority: 90}
  state: {type: choice, options: {map: m}, map: m, value: state}
  kind: {type: choice, options: {stream: kinds, value: upper(name)}, value: k, open: true}
  parent: {type: reference, ref: deal, of: parent_id}
overflow: {field: more, label: More}
"""


def test_custom_fields_are_described_and_built(deal):
    obj = deal(CUSTOM, "values: {m: {a: A, b: B, c: null}}\n")
    specs = {custom.spec.name: custom for custom in obj.custom}
    assert specs["source_id"].spec == FieldSpec("source_id", "text", custom=True)
    assert specs["phone"].spec == FieldSpec("phone", "phone", label="Phone", custom=True)
    assert specs["state"].spec.options == ("A", "B")
    assert specs["parent"].spec.reference == "deals"
    assert specs["more"].spec == obj.overflow == FieldSpec("more", "long_text", "More", custom=True)
    assert [specs[n].priority for n in ("source_id", "more", "phone", "state")] == [
        100,
        100,
        90,
        50,
    ]
    assert (specs["kind"].options_stream, specs["kind"].spec.open_choice) == ("kinds", True)
    assert [specs["kind"].option({"name": n}) for n in ("a", " ", None)] == ["A", None, None]
    built = obj.build({"id": 1, "state": "b", "k": "X"}, {}, None, 0, {"parent": "3"})
    assert built == {"source_id": "1", "phone": None, "state": "B", "kind": "X", "parent": "3"}


DISCOVER = """
key: {source_id: id}
fields: {title: name}
discover:
  - {pattern: "custom_(text|number)\\\\d+", name: "'ks_' + column", priority: 10}
  - {pattern: "custom_.*", name: upper(column), type: text}
overflow: {field: more, label: More}
"""
COLUMNS = {
    "name": {"type": "string"},
    "custom_text1": {"type": ["string", "null"], "title": "Gate code"},
    "custom_number1": {"type": ["null", "number"]},
    "custom_list": {"type": "array"},
}


def test_columns_are_carried_by_rule(deal):
    obj = deal(DISCOVER).discovering(COLUMNS)
    found = {custom.spec.name: (custom.spec.type, custom.priority) for custom in obj.custom}
    assert found == {
        "source_id": ("text", 100), "more": ("long_text", 100), "ks_custom_text1": ("text", 10),
        "ks_custom_number1": ("decimal", 10), "CUSTOM_LIST": ("text", 20),
    }  # fmt: skip
    row = {
        "id": 1,
        "custom_text1": "12#",
        "custom_number1": Decimal("1.50"),
        "custom_list": [1, "a"],
    }
    assert obj.build(row, {}, None, 0, {}) == {
        "source_id": "1", "title": None, "ks_custom_text1": "12#",
        "ks_custom_number1": Decimal("1.5"), "CUSTOM_LIST": "1, a",
    }  # fmt: skip
    assert obj.hash != deal(DISCOVER).hash


def test_a_discovered_field_whose_name_is_taken_is_a_problem_of_the_rule(deal):
    obj = deal("fields: {a: x}\ndiscover:\n  - {pattern: b, name: \"'a'\"}")
    with pytest.raises(
        MappingError, match=r"mapping\.yml:10: objects\.deal\.discover\.0: column b"
    ):
        obj.discovering({"b": {}})


def test_what_finds_no_room_becomes_lines_of_text():
    dropped = {"a": FieldSpec("a", "text", "Gate code"), "b": FieldSpec("b", "decimal"),
               "c": FieldSpec("c", "text"), "d": FieldSpec("d", "list")}  # fmt: skip
    record = {"a": "12#", "b": Decimal("1.5"), "c": None, "d": ["x", "y"], "e": "kept"}
    assert overflow_text(record, dropped) == "Gate code: 12#\nb: 1.5\nd: x, y"
    assert overflow_text({}, dropped) is None


@pytest.mark.parametrize(
    ("schema", "kind"),
    [
        ({}, "text"),
        ({"type": ["null", "string"], "maxLength": 255}, "text"),
        ({"type": "string", "maxLength": 256}, "long_text"),
        ({"type": ["string", "null"], "format": "date"}, "date"),
        ({"type": "string", "format": "date-time"}, "datetime"),
        ({"type": ["null", "integer"]}, "integer"),
        ({"type": ["integer", "number"]}, "decimal"),
        ({"type": "boolean"}, "boolean"),
        ({"type": ["string", "integer"]}, "long_text"),
        ({"type": "object"}, "long_text"),
    ],
)
def test_the_type_of_a_carried_column_holds_all_that_its_schema_allows(deal, schema, kind):
    obj = deal("discover: [{pattern: c, name: column}]")
    (custom,) = obj.discovering({"c": schema}).custom
    assert custom.spec.type == kind
    assert (obj.discovers, deal("").discovers) == (True, False)
