"""Whole documents: order, streams, manifest, hash, and what is shipped."""

from __future__ import annotations

import itertools
import json
from importlib.resources import files

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_transforms.mapping import Mapping, json_schema
from crm_transforms.mapping.marked_yaml import parse_document
from crm_transforms.mapping.order import Dependency, load_order


def test_a_document_says_what_it_is(mapping):
    document = mapping(
        "parameters: {zone: UTC}\nvalues: {m: {a: b}}\n"
        "objects: {x: {target: t, from: s}}\nleft_behind: {roles: Set them up by hand.}\n"
    )
    assert (document.source, document.destination) == ("a", "b")
    assert document.parameters == {"zone": "UTC"}
    assert document.values["m"].table == {"a": "b"}
    assert document.left_behind["roles"].text == "Set them up by hand."


def test_every_stream_that_is_read_is_known(mapping):
    document = mapping(
        "objects:\n"
        "  x:\n"
        "    target: t\n"
        "    from: a\n"
        "    with: {j: {stream: b, of: i, with: {k: {stream: c, on: i}}}}\n"
        "    custom: {f: {type: choice, value: v, options: {stream: d, value: v}}}\n"
        "  one: {target: t, key: \"'1'\"}\n"
        "checks: {many: {stream: e, over: 1, say: s}}\n"
        "gotchas: [{of: pair, text: t, stream: f}, {of: pair, text: t, check: many}]\n"
        "left_behind: {x: {text: t, evidence: {l: {stream: g, value: v}}}, y: t}\n"
    )
    assert document.streams == set("abcdefg")


def test_parents_come_first_and_circles_are_cut_where_the_document_runs_backwards(mapping):
    document = mapping(
        "objects:\n"
        "  deal: {target: t, from: s, fields: {person: {ref: person, of: p}}}\n"
        "  company:\n"
        "    target: t\n"
        "    from: s\n"
        "    fields: {first: {ref: person, of: p}, parent: {ref: company, of: c}}\n"
        "  person: {target: t, from: s, fields: {company: {ref: company, of: c}}}\n"
    )
    assert document.order == ("company", "person", "deal")
    assert document.deferred == {"company": {"first", "parent"}}


def test_a_required_reference_is_never_the_one_that_is_deferred(mapping):
    document = mapping(
        "objects:\n"
        "  a: {target: t, from: s, fields: {b: {ref: b, of: x, required: true}}}\n"
        "  b: {target: t, from: s, fields: {a: {ref: a, of: x}}}\n"
    )
    assert document.order == ("b", "a")
    assert document.deferred == {"b": {"a"}}


edges = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.booleans()), max_size=15)


@given(edges)
def test_every_reference_is_satisfied_deferred_or_reported(pairs):
    names = [f"o{n}" for n in range(6)]
    dependencies = [
        Dependency(names[child], f"f{n}", names[parent], required)
        for n, (child, parent, required) in enumerate(pairs)
    ]
    found = load_order(names, dependencies)
    assert sorted(found.order) == names
    for each in dependencies:
        later = found.order.index(each.parent) >= found.order.index(each.child)
        deferred = each.field in found.deferred.get(each.child, ())
        assert not deferred or not each.required
        assert not later or deferred or each in found.cycles


def test_without_references_the_document_is_the_order():
    for names in itertools.permutations("abc"):
        assert load_order(names, []).order == names


def test_one_field_of_two_objects_is_made_once_with_all_options(mapping):
    field = "{{type: choice, label: {label}, value: v, options: [{options}], priority: {priority}}}"
    first = field.format(label="''", options="A, B", priority=10)
    second = field.format(label="Kind", options="B, C", priority=60)
    (custom,) = mapping(
        "objects:\n"
        f"  x: {{target: t, from: s, custom: {{kind: {first}}}}}\n"
        f"  y: {{target: t, from: s, custom: {{kind: {second}}}}}\n"
    ).manifest()
    assert custom.spec.options == ("A", "B", "C")
    assert (custom.spec.label, custom.priority, custom.target) == ("Kind", 60, "t")


def test_discovered_columns_join_the_manifest(mapping):
    text = 'objects: {x: {target: t, from: s, discover: [{pattern: "c.*", name: column}]}}'
    document = mapping(text)
    found = document.discovering({"s": {"properties": {"c1": {"type": "integer"}, "d": {}}}})
    assert [(c.spec.name, c.spec.type) for c in found.manifest()] == [("c1", "integer")]
    assert found.hash == document.hash
    assert document.manifest() == ()


def test_the_hash_is_of_what_is_said_and_not_of_how(mapping):
    text = "objects:\n  x:\n    target: t\n    from: s\n"
    said_otherwise = '# why\nobjects: {"x": {target: "t", from: s}}\n'
    assert mapping(text).hash == mapping(said_otherwise).hash
    assert mapping(text).hash != mapping(text + "    where: y\n").hash


def test_a_path_and_a_bare_name_both_load(tmp_path):
    path = tmp_path / "mine.yml"
    path.write_text(
        "source: a\ndestination: b\nversion: 1\nobjects: {x: {target: t, from: s}}",
        encoding="utf-8",
    )
    assert Mapping.load(path).source == "a"
    assert Mapping.load(str(path)).objects["x"].place() == f"{path}:4: objects.x"


@pytest.mark.parametrize("name", Mapping.shipped())
def test_what_is_shipped_loads_and_leads_where_its_name_says(name):
    document = Mapping.load(name)
    assert name == f"{document.source}_to_{document.destination}"
    seen: set[str] = set()
    for obj in map(document.objects.get, document.order):
        deferred = document.deferred.get(obj.name, frozenset())
        needed = {parent for ref in obj.refs if ref.field not in deferred for parent in ref.objects}
        assert needed <= seen
        seen.add(obj.name)


@pytest.mark.parametrize("name", Mapping.shipped())
def test_editors_accept_what_is_shipped(name):
    content = (files("crm_transforms") / "mappings" / f"{name}.yml").read_bytes()
    data = parse_document(content, name).data
    jsonschema.Draft202012Validator(json_schema()).validate(
        json.loads(json.dumps(data, default=float))
    )


def test_editors_mark_what_the_loader_refuses():
    schema = jsonschema.Draft202012Validator(json_schema())
    document = {"source": "a", "destination": "b", "version": 1,
                "objects": {"x": {"target": "t", "from": "s"}}}  # fmt: skip
    assert schema.is_valid(document)
    assert not schema.is_valid({**document, "version": 2})
    assert not schema.is_valid({**document, "objects": {"x": {"target": "t", "form": "s"}}})
    assert not schema.is_valid({**document, "objects": {"X Y": {"target": "t", "from": "s"}}})
    check = {"stream": "s", "say": "t"}
    assert schema.is_valid({**document, "checks": {"c": {**check, "over": 1}}})
    assert not schema.is_valid({**document, "checks": {"c": check}})
    assert not schema.is_valid({**document, "checks": {"c": {**check, "over": 1, "when": "a"}}})
    assert not schema.is_valid({**document, "gotchas": [{"of": "both", "text": "t"}]})
    assert schema.is_valid({**document, "left_behind": {"a": "t", "b": {"text": "t"}}})
    assert not schema.is_valid({**document, "left_behind": {"a": {"txt": "t"}}})
