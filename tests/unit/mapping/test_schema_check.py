"""A mapping against the schemas of its source: what it names must be there."""

from __future__ import annotations

import pytest

SCHEMAS = {
    "jobs": {
        "properties": {
            "id": {"type": "integer"},
            "name": {"type": ["string", "null"]},
            "customer_id": {"type": "integer"},
            "employee_ids": {"type": ["array", "null"], "items": {"type": "integer"}},
            "tags": {
                "type": "array",
                "items": {"type": "object", "properties": {"label": {"type": "string"}}},
            },
            "site": {"type": "object", "properties": {"city": {"type": "string"}}},
            "_extra": {"type": "object", "additionalProperties": True},
        }
    },
    "customers": {"properties": {"id": {}, "city": {}, "parent_id": {}}},
    "time_entries": {"properties": {"id": {}, "job_id": {}, "note": {}, "employee_id": {}}},
    "employees": {"properties": {"id": {}, "name": {}}},
}
JOINS = """
    with:
      customer: {stream: customers, of: customer_id}
      technicians: {stream: employees, of: employee_ids}
      time:
        stream: time_entries
        on: job_id
        with: {employee: {stream: employees, of: employee_id}}
"""


def problems(mapping, lines, head=""):
    text = f"{head}objects:\n  deal:\n    target: deals\n    from: jobs{JOINS}{lines}"
    return [str(each).split(": ", 1)[1] for each in mapping(text).check(SCHEMAS)]


@pytest.mark.parametrize(
    "expression",
    [
        "name",
        "customer.city",
        "site.city",
        "_extra.anything.at_all",
        "[t.note for t in time]",
        "[t.employee.name for t in time]",
        "[t.name for t in technicians]",
        "first(time).employee.name",
        "sorted_by(time, 'note')[0].note",
        "[t.label for t in tags if t.label]",
        "time[:2][0].note",
        "employee_ids[0]",
        "join(', ', distinct([t.employee.name for t in time]))",
        "zone",
    ],
)
def test_what_is_there_is_no_problem(mapping, expression):
    lines = f'    fields: {{f: "{expression}"}}'
    assert problems(mapping, lines, "parameters: {zone: UTC}\n") == []


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("nmae", 'column 1: stream jobs has no "nmae"; did you mean "name"?'),
        ("customer.town", 'column 1: stream customers has no "town"'),
        ("site.town", 'column 1: site has no "town"'),
        ("[t.nothing for t in time]", 'column 2: stream time_entries has no "nothing"'),
        ("[t.employee.nick for t in time]", 'column 2: stream employees has no "nick"'),
        ("[t.nick for t in technicians]", 'column 2: stream employees has no "nick"'),
        ("technicians.name", 'column 1: a list has no "name"; go over it: [x.name for x in …]'),
        ("last(time).nothing", 'column 1: stream time_entries has no "nothing"'),
        ("join('', missing)", 'column 10: stream jobs has no "missing"'),
        ("round_half_up(id, places=missing)", 'column 26: stream jobs has no "missing"'),
        ("[t.text for t in tags]", 'column 2: tags has no "text"'),
        ("site['town']", 'column 1: site has no "town"'),
    ],
)  # fmt: skip
def test_what_is_not_there_is_a_problem_at_its_place(mapping, expression, message):
    found = problems(mapping, f'    fields: {{f: "{expression}"}}')
    assert found == [f"objects.deal.fields.f: {message}"]


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("    where: missing", 'objects.deal.where: column 1: stream jobs has no "missing"'),
        ("    key: missing", 'objects.deal.key: column 1: stream jobs has no "missing"'),
        ("    match: {a: missing}", 'objects.deal.match.a: column 1: stream jobs has no "missing"'),
        (
            "    each: time\n    key: item.missing",
            'objects.deal.key: column 1: stream time_entries has no "missing"',
        ),
        (
            "    after: [{action: x, when: missing}]",
            'objects.deal.after.0.when: column 1: stream jobs has no "missing"',
        ),
        (
            "    custom: {c: {type: choice, value: id, options: {stream: employees, value: nick}}}",
            'objects.deal.custom.c.options.value: column 1: stream employees has no "nick"',
        ),
    ],
)
def test_every_part_of_an_object_is_checked(mapping, lines, message):
    assert problems(mapping, lines) == [message]


def test_joins_are_checked(mapping):
    text = (
        "objects:\n  deal:\n    target: deals\n    from: jobs\n    with:\n"
        "      a: {stream: costumers, of: id}\n"
        "      b: {stream: employees, on: job, order: nick, where: gone}\n"
        "      c: {stream: customers, of: b_id, with: {d: {stream: customers, of: a.x}}}\n"
    )
    assert [str(each).removeprefix("mapping.yml:") for each in mapping(text).check(SCHEMAS)] == [
        '9: objects.deal.with.a.stream: there is no stream "costumers"; did you mean "customers"?',
        "10: objects.deal.with.b.on: stream employees has no column job",
        "10: objects.deal.with.b.order: stream employees has no column nick",
        '10: objects.deal.with.b.where: column 1: stream employees has no "gone"',
        '11: objects.deal.with.c.of: column 1: stream jobs has no "b_id"; did you mean "id"?',
        '11: objects.deal.with.c.with.d.of: column 1: stream customers has no "a"',
    ]


def test_a_stream_that_is_gone_is_one_problem_and_not_many(mapping):
    document = mapping("objects: {x: {target: t, from: tasks, fields: {a: b, c: d}}}")
    assert [str(each) for each in document.check(SCHEMAS)] == [
        'mapping.yml:4: objects.x.from: there is no stream "tasks"'
    ]


def test_a_parameter_that_hides_a_column_is_a_problem(mapping):
    found = problems(mapping, "    fields: {f: name}", "parameters: {name: x}\n")
    assert found == ["parameters.name: this hides the column name of stream jobs"]


def test_what_only_looks_at_rows_is_checked_too(mapping):
    text = (
        "parameters: {note: x}\n"
        "objects: {deal: {target: deals, from: jobs}}\n"
        "checks:\n"
        "  fine: {stream: employees, same: lower(name), say: s}\n"
        "  gone: {stream: staff, over: 5, say: s}\n"
        "  column: {stream: employees, when: nmae is None, say: s}\n"
        "  hidden: {stream: time_entries, when: note == job_id, say: s}\n"
        "gotchas:\n"
        "  - {of: pair, text: t}\n"
        "  - {of: pair, text: t, stream: tsk}\n"
        "left_behind:\n"
        "  roles: {text: t, evidence: {Rights: {stream: employees, value: admin}}}\n"
        "  taxes: {text: t, evidence: {Rates: {stream: taxes, value: rate}}}\n"
    )
    assert [str(each).removeprefix("mapping.yml:") for each in mapping(text).check(SCHEMAS)] == [
        "4: parameters.note: this hides the column note of stream time_entries",
        '8: checks.gone.stream: there is no stream "staff"',
        '9: checks.column.when: column 1: stream employees has no "nmae"; did you mean "name"?',
        '13: gotchas.1.stream: there is no stream "tsk"',
        '15: left_behind.roles.evidence.Rights.value: column 1: stream employees has no "admin"',
        '16: left_behind.taxes.evidence.Rates.stream: there is no stream "taxes"',
    ]
    assert len(mapping(text).check(SCHEMAS, whole=False)) == 3
