"""Stream maps and flattening of the SDK, which act before anything is staged."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from tests.unit.singer.shop import GOOD, LANDED, SCHEMAS, STAGED, job, record, schema

from crm_transforms.exits import Exit

if TYPE_CHECKING:
    from tests.unit.singer.running import Shop

LINES = [*SCHEMAS, *GOOD]


def rows(shop: Shop, stream: str) -> dict[str, dict[str, Any]]:
    with shop.open_journal() as journal:
        found = journal.scan(journal.streams()[stream].id)
        return {row.key: json.loads(row.body) for row in found}


def test_a_computed_column_arrives(shop: Shop) -> None:
    maps = {"customers": {"name": "name.upper()"}}
    assert shop.load(LINES, stream_maps=maps).code == Exit.DONE
    assert shop.there()["organizations"] == {"GOOD LTD", "FAIR LTD"}


def test_a_filtered_row_is_neither_staged_nor_rejected(shop: Shop) -> None:
    maps = {"jobs": {"__filter__": "status == 'done'"}}
    assert shop.load(LINES, stream_maps=maps).code == Exit.DONE
    assert shop.staged()["jobs"] == {"j1"}
    assert shop.rejects() == []


def test_a_stream_may_get_another_name(shop: Shop) -> None:
    before = [line for line in SCHEMAS if line["stream"] != "customers"]
    clients = [
        {**line, "stream": "clients"} if line["stream"] == "customers" else line for line in GOOD
    ]
    lines = [*before, {**schema("customers"), "stream": "clients"}, *clients]
    assert shop.load(lines, stream_maps={"clients": {"__alias__": "customers"}}).code == Exit.DONE
    assert shop.staged() == STAGED
    assert shop.there() == LANDED


def test_a_stream_that_is_left_out_counts_as_never_seen(shop: Shop) -> None:
    run = shop.load(LINES, stream_maps={"remarks": None})
    assert (run.failure, run.code) == ("", Exit.DONE)
    assert "remarks" not in shop.staged()


def test_keys_may_be_declared(shop: Shop) -> None:
    keyless = {**schema("jobs"), "key_properties": []}
    lines = [line for line in SCHEMAS if line["stream"] != "jobs"]
    maps = {"jobs": {"__key_properties__": ["id"]}}
    assert shop.load([*lines, keyless, *GOOD], stream_maps=maps).code == Exit.DONE
    assert shop.staged() == STAGED


@pytest.mark.parametrize("deep", [1, 2])
def test_nested_columns_are_flattened(shop: Shop, deep: int) -> None:
    place = {"type": "object", "properties": {"geo": {"type": "object", "properties": {
        "lat": {"type": "number"}}}, "city": {"type": "string"}}}  # fmt: skip
    row = job(place={"city": "Springfield", "geo": {"lat": 1.5}})
    lines = [*SCHEMAS, schema("jobs", place=place), row]
    run = shop.load(lines, mode="stage", flattening_enabled=True, flattening_max_depth=deep)
    assert run.code == Exit.DONE
    kept = rows(shop, "jobs")["bad"]
    assert kept["place__city"] == "Springfield"
    assert kept.get("place__geo__lat") == (1.5 if deep == 2 else None)


def test_what_a_map_makes_is_checked_against_its_schema(shop: Shop) -> None:
    maps = {"jobs": {"total": "int(total)"}}
    lines = [*SCHEMAS, job(total="12"), job(id="2", total="twelve")]
    run = shop.load(lines, mode="stage", stream_maps=maps)
    assert (run.failure, run.code) == ("", Exit.REJECTS)
    assert set(rows(shop, "jobs")) == {"bad"}
    (reject,) = shop.rejects()
    assert (reject.stream, reject.line) == ("jobs", len(SCHEMAS) + 2)


def test_bad_lines_are_kept_with_maps_too(shop: Shop) -> None:
    bad = [b"odd\n", record("jobs", name="no key"), {"type": "RECORD", "stream": "jobs"}]
    run = shop.load([*SCHEMAS, *bad, *GOOD], stream_maps={"jobs": {"extra": "name"}})
    assert (run.failure, run.code) == ("", Exit.REJECTS)
    assert [reject.rule for reject in shop.rejects()] == ["json", "key", "json"]
    assert shop.there() == LANDED


def test_an_unknown_stream_with_maps_is_only_counted(shop: Shop) -> None:
    lines = [*SCHEMAS, schema("visits"), record("visits", id="1"), *GOOD]
    run = shop.load(lines, stream_maps={"jobs": {"extra": "name"}})
    assert (run.failure, run.code) == ("", Exit.DONE)
    assert "visits: 1 records of a stream that the mapping does not use" in run.said
