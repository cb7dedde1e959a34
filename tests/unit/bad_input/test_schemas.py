"""SCHEMA messages that describe nothing usable stop the run: every record would be guessed at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from tests.unit.singer.shop import GOOD, LANDED, SCHEMAS, STATE, job, record, schema, state

from crm_transforms.exits import Exit

if TYPE_CHECKING:
    from tests.unit.singer.running import Shop
    from tests.unit.singer.shop import Line

PLACE = f"line {len(SCHEMAS) + 1}: SCHEMA of stream jobs"


@dataclass(frozen=True)
class Unusable:
    """A schema of ``jobs``, its keys, and what is said of it."""

    schema: Any
    says: str
    keys: tuple[str, ...] = ("id",)


def _with(column: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {"id": {"type": "string"}, "odd": column}}


SCHEMAS_AT_FAULT: dict[str, Unusable] = {
    "none": Unusable(None, "a schema with properties"),
    "a list": Unusable([], "a schema with properties"),
    "no properties": Unusable({"type": "object"}, "a schema with properties"),
    "properties that are a list": Unusable({"properties": ["id"]}, "a schema with properties"),
    "a column that is null": Unusable(_with(None), "the schema is not valid"),
    "an unknown type": Unusable(_with({"type": "strng"}), '"strng"'),
    "a pattern that is none": Unusable(_with({"pattern": "("}), '"("'),
    "a length that is text": Unusable(_with({"maxLength": "9"}), '"9"'),
    "a key that is no column": Unusable(_with({}), "['number'] are not among", ("number",)),
    "a reference to another document": Unusable(
        _with({"$ref": "https://schemas.example.com/odd.json"}), "schemas.example.com"
    ),
    "a reference to a file": Unusable(_with({"$ref": "file:///etc/hostname"}), "/etc/hostname"),
    "a reference to nothing": Unusable(_with({"$ref": "#/definitions/odd"}), "/definitions/odd"),
}


@pytest.mark.parametrize("name", SCHEMAS_AT_FAULT)
def test_an_unusable_schema_is_named_by_line_stream_and_fault(shop: Shop, name: str) -> None:
    bad = SCHEMAS_AT_FAULT[name]
    line = {**schema("jobs"), "schema": bad.schema, "key_properties": list(bad.keys)}
    run = shop.load([*SCHEMAS, line, *GOOD, state(STATE)])
    assert (run.failure, run.code) == ("", Exit.FAILURE)
    assert PLACE in run.said
    assert bad.says in run.said
    assert run.states == []
    assert shop.writes() == 0


@pytest.mark.parametrize("name", ["none", "a pattern that is none"])
def test_after_a_schema_was_mended_everything_lands(shop: Shop, name: str) -> None:
    bad = {**schema("jobs"), "schema": SCHEMAS_AT_FAULT[name].schema}
    assert shop.load([*SCHEMAS, *GOOD, bad]).code == Exit.FAILURE
    run = shop.load([*SCHEMAS, *GOOD, state(STATE)])
    assert (run.code, run.states) == (Exit.DONE, [STATE])
    assert shop.there() == LANDED


def test_a_schema_never_makes_the_target_ask_anybody(shop: Shop) -> None:
    odd = {"$ref": f"{shop.sandbox.url}/kickserv/odd.json"}
    shop.load([{**schema("jobs"), "schema": _with(odd)}])
    assert shop.sandbox.requests == []


def test_a_reference_inside_the_schema_is_followed(shop: Shop) -> None:
    told = {**_with({"$ref": "#/definitions/odd"}), "definitions": {"odd": {"type": "integer"}}}
    shop.load([{**schema("jobs"), "schema": told}, job(odd=1), job(id="2", odd="x")], mode="stage")
    assert shop.staged() == {"jobs": {"bad"}}
    (reject,) = shop.rejects()
    assert (reject.key, reject.field, reject.rule) == ("2", "odd", "type")


CHANGED = {**schema("jobs"), "key_properties": ["name"]}


@pytest.mark.parametrize("between", [[], [state(STATE)]], ids=["at once", "after a state"])
def test_a_key_that_changes_under_staged_rows_is_an_error(shop: Shop, between: list[Line]) -> None:
    run = shop.load([*SCHEMAS, *GOOD, *between, CHANGED, job(name="Other")])
    assert (run.failure, run.code) == ("", Exit.FAILURE)
    for part in (f"line {len(SCHEMAS) + len(GOOD) + len(between) + 1}", "jobs", "id", "name"):
        assert part in run.said
    assert shop.writes() == 0


def test_a_key_that_changed_between_runs_is_an_error(shop: Shop) -> None:
    assert shop.load([*SCHEMAS, *GOOD]).code == Exit.DONE
    run = shop.load([CHANGED, job(name="Other")])
    assert (run.failure, run.code) == ("", Exit.FAILURE)
    assert "SCHEMA of stream jobs" in run.said
    assert shop.there() == LANDED


def test_a_key_may_change_before_the_first_row(shop: Shop) -> None:
    run = shop.load([CHANGED, *SCHEMAS, *GOOD])
    assert run.code == Exit.DONE
    assert shop.there() == LANDED


def test_a_record_before_its_schema_is_a_reject_and_the_rest_goes_on(shop: Shop) -> None:
    before = [line for line in SCHEMAS if line["stream"] != "jobs"]
    run = shop.load([*before, job(), schema("jobs"), *GOOD])
    assert run.code == Exit.REJECTS
    (reject,) = shop.rejects()
    assert (reject.stream, reject.rule, reject.place) == ("jobs", "schema", "line 5")
    assert "before its stream's SCHEMA" in reject.message
    assert shop.there() == LANDED


def test_input_without_any_message_does_not_blame_the_mapping(shop: Shop) -> None:
    run = shop.load([])
    assert run.failure == ""
    assert run.code in {Exit.DONE, Exit.FAILURE}
    assert "shop.yml" not in run.said
    assert "SCHEMA" in run.said


def test_states_alone_are_handed_on(shop: Shop) -> None:
    shop.load([*SCHEMAS, *GOOD])
    run = shop.load([state({"a": 1}), state(STATE)])
    assert (run.failure, run.code) == ("", Exit.DONE)
    assert run.states[-1] == STATE
    assert shop.there() == LANDED


def test_columns_that_no_schema_announced_are_kept(shop: Shop) -> None:
    run = shop.load([*SCHEMAS, *GOOD, record("jobs", id="3", customer_id="c1", name="N", odd=1)])
    assert run.code == Exit.DONE
    with shop.open_journal() as journal:
        row = journal.rows(journal.streams()["jobs"].id, ["3"])["3"]
    assert b'"odd": 1' in row.body
