"""The inventory: one pass over the rows, whatever they are, in memory that does not grow."""

from __future__ import annotations

import json
import resource
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import pytest

from crm_transforms.mapping import Mapping
from crm_transforms.stages.column_profile import MOST_VALUES, ColumnProfile, Distinct
from crm_transforms.stages.inventory import Inventory
from crm_transforms.stages.work import no_progress

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crm_transforms.journal import Journal

DOCUMENT = """
source: shop
destination: pipedrive
version: 1
objects:
  organization:
    target: organizations
    from: customers
    key: id
    fields: {name: name}
checks:
  nameless: {stream: customers, when: name is None, severity: error, say: They have no name.}
  doubles: {stream: customers, same: email, severity: warning, say: They share an address.}
  many: {stream: customers, over: 2, severity: info, say: There are many.}
  few: {stream: customers, over: 1000, severity: info, say: There are even more.}
  odd: {stream: customers, when: integer(size) > 3, severity: info, say: They are large.}
left_behind:
  roles: {text: Set them up by hand., evidence: {Roles: {stream: customers, value: role}}}
"""


def stage(journal: Journal, rows: Iterable[dict[str, Any]], **properties: Any) -> None:
    number = journal.stream("customers", {"properties": properties}, ["id"])
    bodies = [(str(row["id"]), json.dumps(row).encode()) for row in rows]
    journal.stage(
        {number: [(key, blake2b(body, digest_size=16).digest(), body) for key, body in bodies]}, {}
    )


def taken(journal: Journal) -> Inventory:
    """An inventory that is still open; its file goes with it."""
    inventory = Inventory(journal, Mapping.parse(DOCUMENT, "shop.yml"))
    inventory.run(no_progress)
    return inventory


def columns(journal: Journal) -> dict[str, dict[str, Any]]:
    with taken(journal) as inventory:
        (stream,) = inventory.streams
    return {column["name"]: column for column in stream["columns"]}


def test_streams_are_counted_with_their_bytes(journal: Journal) -> None:
    rows = [{"id": "1", "name": "Good"}, {"id": "2", "name": None}]
    stage(journal, rows, id={"type": "string"}, name={"type": "string"})
    with taken(journal) as inventory:
        (stream,) = inventory.streams
        assert inventory.bytes == sum(len(json.dumps(row)) for row in rows)
    told = ("stream", "records", "gone", "read_whole")
    assert [stream[name] for name in told] == ["customers", 2, 0, False]


@pytest.mark.parametrize(
    ("values", "schema", "kind", "longest"),
    [
        (["a", "bcd"], {"type": ["string", "null"]}, "text", 3),
        (["x" * 300], {"type": ["string", "null"]}, "long_text", 300),
        (["2024-01-01"], {"type": "string", "format": "date"}, "date", 10),
        ([1, 20], {"type": "integer"}, "integer", 2),
        ([1.5, 20], {"type": ["number", "null"]}, "decimal", 3),
        ([True], {"type": "boolean"}, "boolean", 4),
        ([[1, 2]], {"type": "array"}, "long_text", 5),
    ],
)
def test_a_column_is_told_by_its_type_and_its_longest_value(
    journal: Journal, values: list[Any], schema: dict[str, Any], kind: str, longest: int
) -> None:
    rows = [{"id": str(n), "thing": value} for n, value in enumerate(values)]
    stage(journal, rows, thing=schema)
    thing = columns(journal)["thing"]
    assert (thing["type"], thing["longest"], thing["filled"]) == (kind, longest, len(values))
    assert thing["distinct"] == len(values)


def test_empty_values_do_not_fill_a_column_and_false_and_zero_do(journal: Journal) -> None:
    held = [None, "", [], {}, False, 0]
    stage(journal, [{"id": str(n), "thing": value} for n, value in enumerate(held)], thing={})
    thing = columns(journal)["thing"]
    assert thing["filled"] == 2
    assert dict(thing["values"]) == {"false": 1, "0": 1}


def test_a_column_of_few_values_is_a_pick_list_with_counts(journal: Journal) -> None:
    rows = [{"id": str(n), "thing": "ab"[n % 3 == 0]} for n in range(30)]
    stage(journal, rows, thing={"type": "string"})
    assert columns(journal)["thing"]["values"] == [["a", 20], ["b", 10]]


@pytest.mark.parametrize("values", [range(MOST_VALUES + 1), ["x" * 100, "y"]])
def test_many_or_long_values_are_no_pick_list(journal: Journal, values: Any) -> None:
    stage(journal, [{"id": str(n), "thing": value} for n, value in enumerate(values)], thing={})
    thing = columns(journal)["thing"]
    assert thing["values"] == []
    assert thing["distinct"] == len(values)


def test_columns_that_the_source_does_not_list_are_marked(journal: Journal) -> None:
    rows = [{"id": "1", "stray": 7, "_extra": {"priority": "High", "empty": None}}]
    stage(journal, rows, id={"type": "string"}, _extra={"type": "object"})
    found = columns(journal)
    assert {name for name, column in found.items() if column["unlisted"]} == {"stray", "priority"}
    assert (found["stray"]["type"], found["priority"]["type"]) == ("integer", "text")
    with taken(journal) as inventory:
        assert inventory.unlisted == 2


def test_many_different_values_are_counted_within_a_sixth() -> None:
    for count in (255, 256, 3_000, 100_000):
        distinct = Distinct()
        for number in range(count):
            distinct.add(b"%d" % number)
            distinct.add(b"%d" % number)
        assert distinct.count() == pytest.approx(count, rel=1 / 6)


def test_checks_find_what_they_look_for_and_name_a_few(journal: Journal) -> None:
    rows = [{"id": f"{n:02}", "name": None if n < 8 else "n", "email": "a@b"} for n in range(10)]
    stage(journal, [*rows, {"id": "99", "name": "n", "email": "alone@b"}])
    with taken(journal) as inventory:
        found = {one.check: one for one in inventory.findings()}
    assert set(found) == {"nameless", "doubles", "many"}
    assert (found["nameless"].records, found["nameless"].severity) == (8, "error")
    assert found["nameless"].examples == ["00", "01", "02", "03", "04"]
    assert (found["doubles"].records, found["doubles"].examples) == (
        10,
        ["00", "01", "02", "03", "04"],
    )
    assert (found["many"].records, found["many"].examples) == (11, [])


def test_doubles_are_found_across_pages(journal: Journal) -> None:
    stage(journal, [{"id": f"{n:05}", "name": "n", "email": str(n % 1_500)} for n in range(3_000)])
    with taken(journal) as inventory:
        (doubles,) = [one for one in inventory.findings() if one.check == "doubles"]
    assert doubles.records == 3_000
    assert doubles.examples == ["00000", "01500", "00001", "01501", "00010"]


def test_a_check_that_cannot_be_evaluated_says_so_and_goes_on(journal: Journal) -> None:
    sizes = [1, 9, "huge"]
    stage(journal, [{"id": str(n), "name": "n", "size": size} for n, size in enumerate(sizes)])
    with taken(journal) as inventory:
        found = [one for one in inventory.findings() if one.check == "odd"]
    assert [(one.records, one.examples) for one in found] == [(1, ["1"]), (1, ["2"])]
    assert "cannot be told of some rows" in found[1].say
    assert "shop.yml:" in found[1].say


def test_what_is_left_behind_is_shown_by_its_most_frequent_values(journal: Journal) -> None:
    stage(journal, [{"id": str(n), "role": "boss" if n % 4 == 0 else "hand"} for n in range(8)])
    with taken(journal) as inventory:
        (roles,) = inventory.left_behind()
    assert roles == {
        "name": "roles",
        "text": "Set them up by hand.",
        "evidence": [{"label": "Roles", "values": [["hand", 6], ["boss", 2]]}],
    }


def test_memory_does_not_grow_with_the_rows() -> None:
    profile = ColumnProfile({"type": "string"})
    for number in range(2_000):
        profile.observe(f"value {number}")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for number in range(200_000):
        profile.observe(f"another value {number}")
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 2_000, f"{grown} kB more for 200,000 values"
