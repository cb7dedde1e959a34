"""Lines that are no Singer messages, or messages that cannot be kept, among good ones."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from tests.unit.singer.shop import (
    GOOD,
    LANDED,
    SCHEMAS,
    STAGED,
    STATE,
    job,
    record,
    schema,
    state,
    written,
)

from crm_transforms.exits import Exit

if TYPE_CHECKING:
    from tests.unit.singer.running import Shop
    from tests.unit.singer.shop import Line

PLACE = f"line {len(SCHEMAS) + 1}"


@dataclass(frozen=True)
class Bad:
    """One bad line and the reject that it must become."""

    line: Line
    rule: str
    says: str
    stream: str = ""
    key: str | None = None
    field: str = ""


def _job(**columns: bytes) -> bytes:
    """A job with columns written as no JSON library would write them."""
    extra = b"".join(b',"%s":%s' % (name.encode(), value) for name, value in columns.items())
    good = b'"id":"bad","name":"Bad","customer_id":"c1","status":"open"'
    return b'{"type":"RECORD","stream":"jobs","record":{%s%s}}\n' % (good, extra)


DEEP = 100_000
LINES: dict[str, Bad] = {
    "text": Bad(b"hello\n", "json", "malformed"),
    "half a line": Bad(b'{"type":"RECORD","stream":"jobs","rec\n', "json", "malformed"),
    "two messages in a line": Bad(
        written([job()]).rstrip() + written([job()]), "json", "trailing characters"
    ),
    "UTF-16": Bad('{"type":"STATE"}'.encode("utf-16") + b"\n", "json", "malformed"),
    "byte order mark": Bad(b"\xef\xbb\xbf" + written([job()]), "json", "malformed"),
    "a list": Bad(b"[1, 2]\n", "json", "Expected `object`, got `array`"),
    "a number": Bad(b"5\n", "json", "Expected `object`, got `int`"),
    "null": Bad(b"null\n", "json", "Expected `object`, got `null`"),
    "a type that is null": Bad({"type": None}, "json", "`$.type`"),
    "a stream that is a number": Bad(record(5, id="bad"), "json", "`$.stream`"),
    "keys that are text": Bad(
        {**schema("jobs"), "key_properties": "id"}, "json", "`$.key_properties`"
    ),
    "unknown type": Bad({"type": "RECROD", "stream": "jobs"}, "type", "unknown message type"),
    "no type": Bad({"stream": "jobs", "record": {"id": "bad"}}, "type", "unknown message type"),
    "BATCH": Bad({"type": "BATCH", "stream": "jobs"}, "type", "'BATCH'"),
    "no stream": Bad({"type": "RECORD", "record": {"id": "bad"}}, "stream", "names no stream"),
    "no record": Bad({"type": "RECORD", "stream": "jobs"}, "json", "truncated", "jobs"),
    "a record that is null": Bad(
        {"type": "RECORD", "stream": "jobs", "record": None}, "json", "got `null`", "jobs"
    ),
    "a record that is a list": Bad(
        {"type": "RECORD", "stream": "jobs", "record": [1]}, "json", "got `array`", "jobs"
    ),
    "a record that is text": Bad(
        {"type": "RECORD", "stream": "jobs", "record": "{}"}, "json", "got `str`", "jobs"
    ),
    "wrong UTF-8 in a record": Bad(_job(total=b'"\xff\xfe"'), "json", "not UTF-8", "jobs"),
    "wrong UTF-8 in a stream": Bad(b'{"type":"RECORD","stream":"\xff"}\n', "json", "not UTF-8"),
    "NaN": Bad(_job(total=b"NaN"), "json", "malformed"),
    "a number beyond a double": Bad(_job(total=b"1e400"), "json", "out of range", "jobs"),
    "an integer of 5,000 digits": Bad(
        _job(total=b"9" * 5_000), "json", "out of range", "jobs"
    ),
    "deep nesting": Bad(_job(deep=b"[" * DEEP + b"]" * DEEP), "json", "nested too deeply"),
    "a raw NUL": Bad(_job(total=b'"a\x00b"'), "json", "invalid character"),
    "a lone surrogate": Bad(_job(total=b'"\\ud800"'), "json", "truncated"),
    "no key": Bad(record("jobs", name="Bad"), "key", "the key (id) is missing", "jobs"),
    "a key that is empty": Bad(job(id=""), "key", "the key (id) is missing", "jobs"),
    "a key with NUL": Bad(job(id="a\0b"), "key", "storable text", "jobs"),
    "a key that is null": Bad(job(id=None), "type", "type string", "jobs", field="id"),
    "a key that is a number": Bad(job(id=7), "type", "type string", "jobs", "7", "id"),
    "a column of another type": Bad(
        job(customer_id=7), "type", "type ['string', 'null']", "jobs", "bad", "customer_id"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", LINES)
def test_a_bad_line_is_kept_with_its_reason_and_costs_nothing_else(shop: Shop, name: str) -> None:
    bad = LINES[name]
    run = shop.load([*SCHEMAS, bad.line, *GOOD, state(STATE)])
    assert not run.failure
    assert run.code == Exit.REJECTS
    (reject,) = shop.rejects()
    assert reject.stage == "stage"
    assert (reject.rule, reject.stream, reject.key, reject.field) == (
        bad.rule,
        bad.stream,
        bad.key,
        bad.field,
    )
    assert bad.says in reject.message
    assert (reject.place, reject.line) == (PLACE, len(SCHEMAS) + 1)
    assert reject.raw == written([bad.line]).rstrip(b"\n")
    assert shop.staged() == STAGED
    assert shop.there() == LANDED
    assert run.states == [STATE]


FORMATS: dict[str, tuple[dict[str, Any], Any, str, str]] = {
    "date-time": ({"type": "string", "format": "date-time"}, "yesterday", "format", "date-time"),
    "date": ({"type": "string", "format": "date"}, "2026-02-30", "format", "date"),
    "email": ({"type": "string", "format": "email"}, "secret", "format", "email"),
    "enum": ({"enum": ["a", "b"]}, "secret", "enum", "['a', 'b']"),
    "maximum": ({"type": "integer", "maximum": 5}, 4711, "maximum", "5"),
    "length": ({"type": "string", "maxLength": 2}, "secret", "maxLength", "2"),
    "pattern": ({"type": "string", "pattern": "^a"}, "secret", "pattern", "^a"),
    "a fraction": ({"type": "integer"}, 4.711, "type", "integer"),
}


@pytest.mark.parametrize("name", FORMATS)
def test_a_row_that_its_schema_refuses_names_column_and_rule_but_not_the_value(
    shop: Shop, name: str
) -> None:
    column, value, rule, says = FORMATS[name]
    run = shop.load([*SCHEMAS, schema("jobs", odd=column), job(odd=value), *GOOD])
    assert run.code == Exit.REJECTS
    (reject,) = shop.rejects()
    assert (reject.stream, reject.key, reject.field, reject.rule) == ("jobs", "bad", "odd", rule)
    assert says in reject.message
    assert str(value) not in reject.message
    assert shop.there() == LANDED


def test_a_fault_inside_a_row_is_named_by_its_path(shop: Shop) -> None:
    nested = {"type": "array", "items": {"properties": {"price": {"type": "number"}}}}
    row = job(lines=[{"price": 1}, {"price": "much"}])
    shop.load([*SCHEMAS, schema("jobs", lines=nested), row])
    (reject,) = shop.rejects()
    assert (reject.field, reject.rule) == ("lines.1.price", "type")


HARMLESS: dict[str, Line] = {
    "empty lines": b"\n   \n\r\n",
    "a STATE without value": {"type": "STATE"},
    "a version of an unknown stream": {"type": "ACTIVATE_VERSION", "stream": "x", "version": 1},
    "a version without number": {"type": "ACTIVATE_VERSION", "stream": "jobs"},
    "a record of a stream that the mapping does not use": record("visits", id="1"),
    "an unusable schema of such a stream": {"type": "SCHEMA", "stream": "visits", "schema": 5},
}


@pytest.mark.parametrize("name", HARMLESS)
def test_what_says_nothing_is_no_error(shop: Shop, name: str) -> None:
    run = shop.load([*SCHEMAS, HARMLESS[name], *GOOD, state(STATE)])
    assert (run.failure, run.code) == ("", Exit.DONE)
    assert shop.rejects() == []
    assert shop.there() == LANDED
    assert run.states == [STATE]


def test_lines_that_end_as_on_windows_are_read(shop: Shop) -> None:
    run = shop.load([written([*SCHEMAS, *GOOD]).replace(b"\n", b"\r\n")])
    assert run.code == Exit.DONE
    assert shop.there() == LANDED


def test_a_last_line_without_end_is_read(shop: Shop) -> None:
    run = shop.load([written([*SCHEMAS, *GOOD]).rstrip(b"\n")])
    assert run.code == Exit.DONE
    assert shop.there() == LANDED


def test_a_last_line_that_was_cut_off_is_said_and_left_to_the_next_run(shop: Shop) -> None:
    """The tap died: nothing would ever clear a reject of half a line, and its row comes again."""
    whole = written([*SCHEMAS, *GOOD, job()])
    run = shop.load([whole[:-20]])
    assert run.code == Exit.DONE
    assert "the input ended within" in run.said
    assert not shop.rejects()
    assert shop.there() == LANDED


def test_nesting_that_is_still_readable_is_kept(shop: Shop) -> None:
    run = shop.load([*SCHEMAS, *GOOD, _job(deep=b"[" * 500 + b"]" * 500)])
    assert run.code == Exit.DONE
    assert shop.staged()["jobs"] == {"j1", "j2", "bad"}


def test_a_line_of_ten_megabytes_is_read_like_any_other(shop: Shop) -> None:
    run = shop.load([*SCHEMAS, *GOOD, job(extra="x" * 10_000_000)])
    assert run.code == Exit.DONE
    assert shop.staged()["jobs"] == {"j1", "j2", "bad"}


def test_the_same_key_twice_is_one_record_and_the_last_one_wins(shop: Shop) -> None:
    run = shop.load([*SCHEMAS, job(name="First"), *GOOD, job(name="Last")])
    assert run.code == Exit.DONE
    assert shop.there()["deals"] == {*LANDED["deals"], "Last"}


@pytest.mark.parametrize("bad_at", [1, 5_000, 9_999, 10_000])
def test_one_bad_line_in_ten_thousand_leaves_the_others_staged(shop: Shop, bad_at: int) -> None:
    lines: list[Line] = [job(id=str(number)) for number in range(1, 10_001)]
    bad = b'{"type":"RECORD","stream":"jobs","record":{"id":"\xe9t\xe9","na\n'
    lines[bad_at - 1] = bad
    began = time.monotonic()
    run = shop.load([schema("jobs"), *lines], mode="stage")
    assert time.monotonic() - began < 60
    assert run.code == Exit.REJECTS
    assert shop.staged()["jobs"] == {str(n) for n in range(1, 10_001) if n != bad_at}
    (reject,) = shop.rejects()
    assert (reject.line, reject.raw) == (bad_at + 1, bad.rstrip(b"\n"))


def test_ten_thousand_bad_lines_are_all_kept(shop: Shop) -> None:
    bad = [b"line %d is no JSON\n" % number for number in range(10_000)]
    shop.load([schema("jobs"), *bad, job(id="1")], mode="stage")
    assert shop.staged() == {"jobs": {"1"}}
    with shop.open_journal() as journal:
        kept = {reject.raw for reject in journal.rejects(limit=20_000)}
    assert kept == {line.rstrip(b"\n") for line in bad}


def test_a_row_that_is_mended_is_no_longer_rejected(shop: Shop) -> None:
    assert shop.load([*SCHEMAS, *GOOD, job(customer_id=7)]).code == Exit.REJECTS
    assert shop.load([*SCHEMAS, *GOOD, job(name="Mended")]).code == Exit.DONE
    assert shop.rejects() == []
    assert shop.there()["deals"] == {*LANDED["deals"], "Mended"}
