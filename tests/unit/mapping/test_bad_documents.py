"""What is wrong with a document is said all at once, each with its file, line and place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_transforms.mapping import Mapping, MappingError
from crm_transforms.mapping.marked_yaml import parse_document

if TYPE_CHECKING:
    from collections.abc import Iterator

HEAD = "source: a\ndestination: b\nversion: 1\n"
DEAL = f"{HEAD}objects:\n  deal:\n    target: deals\n    from: jobs\n"

CASES = {
    "empty": ("", "1: must be keys with values"),
    "text": ("hello", "1: must be keys with values"),
    "no version": ("source: a\ndestination: b\nobjects: {}", '1: the key "version" is missing'),
    "other version": (
        HEAD.replace("1", "2") + "objects: {}",
        "3: version: must be 1, not 2",
    ),
    "no objects": (HEAD + "objects: {}", "4: objects: must not be empty"),
    "unknown section": (
        HEAD + "object: {}",
        '4: object: this key is unknown; did you mean "objects"?',
    ),
    "unknown key": (
        DEAL + "    feilds: {}",
        '8: objects.deal.feilds: this key is unknown; did you mean "fields"?',
    ),
    "no target": (
        HEAD + "objects:\n  deal:\n    from: jobs",
        '5: objects.deal: the key "target" is missing',
    ),
    "name": (
        HEAD + "objects:\n  My Deal: {target: x}",
        '5: objects.My Deal: "My Deal" is no name of small letters, digits and _',
    ),
    "null name": (
        HEAD + "parameters:\n  null: 5\nobjects: {d: {target: x, key: \"'1'\"}}",
        "5: parameters.null: null is no name of small letters, digits and _",
    ),
    "not a boolean": (
        DEAL + "    match: {a: b}\n    create: yes",
        '9: objects.deal.create: must be a valid boolean, not "yes"',
    ),
    "syntax": (
        DEAL + "    fields:\n      status: name +",
        "9: objects.deal.fields.status: column ",
    ),
    "torn apart by YAML": (
        DEAL + "    fields: {status: lower(a, b)}",
        "8: objects.deal.fields.status: column 6: cannot be read: '(' was never closed; inside { }",
    ),
    "function": (
        DEAL + "    fields:\n      status: lowr(name)",
        '9: objects.deal.fields.status: column 1: there is no function "lowr"; did you mean',
    ),
    "code": (
        DEAL + "    where: __import__('os').system('x')",
        "8: objects.deal.where: column 1: functions are called by name",
    ),
    "empty expression": (
        DEAL + "    fields: {status: ''}",
        "8: objects.deal.fields.status: column 1: an expression is missing; empty text is written",
    ),
    "expression that is a number": (
        DEAL + "    where: 5",
        "8: objects.deal.where: must be an expression, written as text",
    ),
    "unquoted list": (
        DEAL + "    fields: {tags: [a, b]}",
        "8: objects.deal.fields.tags: a value is an expression, a number, true, false, null or",
    ),
    "no form": (
        DEAL + "    fields:\n      status: {mop: x, value: y}",
        "9: objects.deal.fields.status: a value is an expression, a number, true, false",
    ),
    "deep expression": (
        DEAL + "    fields:\n      emails:\n        list:\n          - {record: {value: emial(x)}}",
        "11: objects.deal.fields.emails.list.0.record.value: column 1: there is no function",
    ),
    "map without value": (
        DEAL + "    fields: {status: {map: m}}",
        '8: objects.deal.fields.status: the key "value" is missing',
    ),
    "unknown map": (
        DEAL.replace("objects:", "values: {state: {a: b}}\nobjects:")
        + "    fields: {status: {map: stat, value: x}}",
        '9: objects.deal.fields.status.map: there is no value map "stat"; did you mean "state"?',
    ),
    "map of lists": (
        HEAD + "values:\n  m: {a: [b]}\nobjects: {}",
        "5: values.m.a: must be text, a number, true, false or null",
    ),
    "unknown object": (
        DEAL + "    fields: {org_id: {ref: organisation, of: x}}",
        '8: objects.deal.fields.org_id.ref: there is no object "organisation"',
    ),
    "candidates": (
        DEAL + "    fields: {org_id: {ref: [deal, deal], of: [x]}}",
        "8: objects.deal.fields.org_id: each object of ref needs its expression in of",
    ),
    "required self": (
        DEAL + "    fields: {parent: {ref: deal, of: x, required: true}}",
        "8: objects.deal.fields.parent: a required reference to the same object leaves no record",
    ),
    "circle": (
        HEAD
        + "objects:\n  a: {target: x, from: s, fields: {b: {ref: b, of: b, required: true}}}\n"
        + "  b: {target: y, from: s, fields: {a: {ref: a, of: a, required: true}}}",
        "5: objects.a.fields.b: required references go in a circle through b",
    ),
    "constant key": (
        DEAL + "    key: \"'x'\"",
        "8: objects.deal.key: all rows would share this key; make it of a column",
    ),
    "key of elements": (
        DEAL + "    each: lines\n    key: id",
        "9: objects.deal.key: the elements of a row would share this key",
    ),
    "two keys": (
        DEAL + "    key: {a: id, b: id}",
        "8: objects.deal.key: a key is an expression or one field with its expression",
    ),
    "changing key without rows": (
        HEAD + "objects:\n  one: {target: x, key: id}",
        "5: objects.one.key: ",
    ),
    "join without rows": (
        HEAD + "objects:\n  one: {target: x, key: \"'1'\", with: {a: {stream: s, of: b}}}",
        '5: objects.one.with: "with" needs rows; say where they come "from"',
    ),
    "item without each": (
        DEAL + "    fields: {a: item.x}",
        '8: objects.deal.fields.a: column 1: "item" is only there in an object with "each"',
    ),
    "join both ways": (
        DEAL + "    with: {c: {stream: s, on: a, of: b}}",
        '8: objects.deal.with.c: needs either "on" (many rows) or "of" (one row)',
    ),
    "join named item": (
        DEAL + "    with: {item: {stream: s, of: b}}",
        '8: objects.deal.with.item: "item" is a word of the language already',
    ),
    "member of a list": (
        DEAL + "    with: {c: {stream: s, on: a}}\n    fields: {x: c.y}",
        '9: objects.deal.fields.x: column 1: "c" is a list of rows; write [one.y for one in c]',
    ),
    "nested join": (
        DEAL + "    with:\n      c:\n        stream: s\n        of: a\n"
        "        with: {d: {stream: s, of: f(x)}}",
        '12: objects.deal.with.c.with.d.of: column 1: there is no function "f"',
    ),
    "field twice": (
        DEAL + "    fields: {a: x}\n    custom: {a: {type: text, value: y}}",
        '9: objects.deal.custom.a: this field stands under "fields" too',
    ),
    "key field twice": (
        DEAL + "    key: {a: id}\n    fields: {a: x}",
        "9: objects.deal.fields.a: this field holds the external key already",
    ),
    "field type": (
        DEAL + "    custom: {a: {type: textt, value: y}}",
        '8: objects.deal.custom.a.type: "textt" is no field type; did you mean "text"?',
    ),
    "custom without value": (
        DEAL + "    custom: {a: {type: text}}",
        '8: objects.deal.custom.a: the key "value" is missing',
    ),
    "choice without options": (
        DEAL + "    custom: {a: {type: choice, value: x}}",
        '8: objects.deal.custom.a.type: type choice needs "options", or "open: true"',
    ),
    "options of text": (
        DEAL + "    custom: {a: {type: text, value: x, options: [b]}}",
        "8: objects.deal.custom.a.options: type text has no options",
    ),
    "map beyond the options": (
        (f"{HEAD}values: {{m: {{a: New, b: Old}}}}\n{DEAL.removeprefix(HEAD)}"
        "    custom: {a: {type: choice, options: [New], map: m, value: x}}"),
        '9: objects.deal.custom.a.options: "Old" of value map m is no option',
    ),
    "length of a number": (
        DEAL + "    custom: {a: {type: integer, value: x, length: 5}}",
        "8: objects.deal.custom.a.length: type integer has no length",
    ),
    "two meanings": (
        HEAD
        + "objects:\n  a: {target: x, from: s, custom: {f: {type: text, value: v}}}\n"
        + "  b: {target: x, from: s, custom: {f: {type: integer, value: v}}}",
        "6: objects.b.custom.f: one field, two meanings: type is text in a and integer here",
    ),
    "pattern": (
        DEAL + "    discover: [{pattern: '(', name: column}]",
        "8: objects.deal.discover.0.pattern: is no pattern: missing )",
    ),
    "name of a discovered field": (
        DEAL + "    discover: [{pattern: x, name: colum}]",
        '8: objects.deal.discover.0.name: column 1: "colum" is unknown here; there is column',
    ),
    "create without match": (
        DEAL + "    create: true",
        '8: objects.deal.create: "create" goes with "match"',
    ),
    "people with fields": (
        DEAL + "    match: {email: e}\n    people: true\n    fields: {a: b}",
        "9: objects.deal.people: people are only matched, so they have no fields here",
    ),
    "match by a reference": (
        DEAL + "    match: {a: {ref: deal, of: x}}",
        '8: objects.deal.match.a: a reference here stands under "fields" too, word for word',
    ),
    "match by a list": (
        DEAL + "    match: {a: {list: [x]}}",
        "8: objects.deal.match.a: records are matched by single values",
    ),
    "vanished": (
        DEAL + "    vanished: delete",
        '8: objects.deal.vanished: must be \'report\' or \'remove\', not "delete"',
    ),
    "zone in a parameter": (
        DEAL.replace("objects:", "parameters: {zone: Mars}\nobjects:")
        + "    fields: {d: 'date(x, zone)'}",
        '9: objects.deal.fields.d: column 9: "Mars" is no time zone',
    ),
    "parameter named index": (
        f"{HEAD}parameters: {{index: 1}}\n{DEAL.removeprefix(HEAD)}",
        '4: parameters.index: "index" is a word of the language already',
    ),
    "action": (
        DEAL + "    after: [{action: post, when: nope(x)}]",
        '8: objects.deal.after.0.when: column 1: there is no function "nope"',
    ),
    "duplicate key": (
        DEAL + "    from: tasks",
        "8: objects.deal.from: the key stands here twice, first in line 7",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_problem_is_named_with_its_file_and_line(name):
    text, expected = CASES[name]
    with pytest.raises(MappingError) as caught:
        Mapping.parse(text, "bad.yml")
    assert any(
        str(problem).startswith(f"bad.yml:{expected}") for problem in caught.value.problems
    ), str(caught.value)


def test_every_problem_is_reported_in_order_and_once():
    text = DEAL + (
        "    fields:\n"
        "      a: nope(x)\n"
        "      b: {map: missing, value: y}\n"
        "      c: {list: [{record: {d: item}}]}\n"
        "  task:\n"
        "    target: tasks\n"
        "    from: tasks\n"
        "    fields:\n"
        "      deal_id: {ref: deel, of: job_id}\n"
        "      org_id: {ref: deal, of: job_id}\n"
        "      done: {map: missing, value: y}\n"
    )
    with pytest.raises(MappingError) as caught:
        Mapping.parse(text, "bad.yml")
    assert str(caught.value).splitlines() == [
        'bad.yml:9: objects.deal.fields.a: column 1: there is no function "nope"',
        (
            'bad.yml:16: objects.task.fields.deal_id.ref: there is no object "deel"; '
            'did you mean "deal"?'
        ),
        'bad.yml:18: objects.task.fields.done.map: there is no value map "missing"',
    ]


def test_a_name_that_is_not_shipped_suggests_one_that_is():
    with pytest.raises(MappingError, match='did you mean "kickserv_to_pipedrive"'):
        Mapping.load("kickserv_to_pipedriv")


def test_a_file_that_is_not_there_is_a_problem_too(tmp_path):
    with pytest.raises(MappingError, match="cannot be read: No such file"):
        Mapping.load(tmp_path / "none.yml")


PAGE = Path(__file__).parents[3] / "docs" / "mapping-language.md"
EXAMPLE = parse_document(PAGE.read_bytes().split(b"```")[1].removeprefix(b"yaml\n"), "m.yml").data
anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from(["", "id", "item", "deal", "a.b", "("]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["from", "map", "ref", "of", "value", "list", "x y"]), inner
        )
    ),
    max_leaves=4,
)


def places(data: object, where: tuple = ()) -> Iterator[tuple]:
    yield where
    parts = (
        data.items()
        if isinstance(data, dict)
        else enumerate(data)
        if isinstance(data, list)
        else ()
    )
    for name, part in parts:
        yield from places(part, (*where, name))


def replaced(data: object, where: tuple, value: object) -> object:
    if not where:
        return value
    copy = dict(data) if isinstance(data, dict) else list(data)
    copy[where[0]] = replaced(copy[where[0]], where[1:], value)
    return copy


@given(st.sampled_from(list(places(EXAMPLE))), anything)
def test_a_document_with_anything_anywhere_is_refused_or_compiled(where, value):
    outcome = None
    try:
        outcome = Mapping.parse(json.dumps(replaced(EXAMPLE, where, value), default=float))
    except MappingError as error:
        outcome = error.problems
    assert outcome
