"""``rejects`` with the source's rows, and ``audit`` with the mapping's rules."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

import pytest
from tests.unit.singer.shop import GOOD, MAPPING, SCHEMAS, customer, job, record, remark

from crm_transforms.commands.listing import as_json
from crm_transforms.exits import Exit

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.singer.running import Run, Shop

UNFIT = [customer(kind="Martian", credit="7.50"), job(status="weird"), remark(job_id="bad")]
ODD = b'{"type": "RECORD", "stream": "jobs", "record": {"id": 7}}\n'


@pytest.fixture
def rejected(shop: Shop) -> Shop:
    """A migration with rejects of several stages."""
    assert shop.load([*SCHEMAS, *GOOD, *UNFIT, ODD]).code == Exit.REJECTS
    return shop


def listed(shop: Shop, command: str, *flags: str) -> list[dict[str, Any]]:
    run = shop.command(command, "--format", "json", *flags)
    assert (run.failure, run.code) == ("", Exit.DONE)
    return json.loads(run.printed)


def rows(run: Run) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(run.printed)))


def test_a_reject_comes_with_the_row_that_was_staged(rejected: Shop) -> None:
    found = {(one["stream"], one["key"]): one for one in listed(rejected, "rejects")}
    assert found["customers", "bad"]["row"] == UNFIT[0]["record"]
    assert found["remarks", "bad"]["row"]["job_id"] == "bad"
    assert found["customers", "bad"]["raw"] is None


def test_what_never_was_a_row_comes_as_it_was_read(rejected: Shop) -> None:
    (odd,) = [one for one in listed(rejected, "rejects") if one["raw"]]
    assert json.loads(odd["raw"]) == json.loads(ODD)
    assert (odd["row"], odd["line"]) == (None, len(SCHEMAS) + len(GOOD) + len(UNFIT) + 1)


def test_in_a_spreadsheet_the_row_is_one_cell(rejected: Shop) -> None:
    found = rows(rejected.command("rejects", "--format", "csv"))
    (one,) = [row for row in found if row["stream"] == "customers"]
    assert json.loads(one["row"]) == UNFIT[0]["record"]


def test_the_row_is_found_also_where_the_record_has_another_key(shop: Shop, tmp_path: Path) -> None:
    own, plain = tmp_path / "own.yml", "from: jobs\n    key: {shop_id: id}"
    made = plain.replace("id}", '\'join("-", "job", id)\'}')
    own.write_text(MAPPING.read_text().replace(plain, made))
    shop.mapping = own
    unmapped, refused = job(id="j9", due="9999-99-99"), job(id="j8", name="x" * 300)
    assert shop.load([*SCHEMAS, *GOOD, unmapped, refused]).code == Exit.REJECTS
    found = {one["key"]: one for one in listed(shop, "rejects") if one["object"] == "deal"}
    assert found.keys() == {"job-j8", "job-j9"}
    assert [found[key]["stage"] for key in sorted(found)] == ["check", "map"]
    assert (found["job-j8"]["row_key"], found["job-j8"]["row"]) == ("j8", refused["record"])
    assert (found["job-j9"]["row_key"], found["job-j9"]["row"]) == ("j9", unmapped["record"])


def test_rows_that_compact_dropped_are_done_without(rejected: Shop) -> None:
    with rejected.open_journal() as journal, journal.lease("test"):
        journal.mark_landed(journal.last_seq())
        journal.drop_payloads()
    assert {one["row"] for one in listed(rejected, "rejects")} == {None}


def test_an_operation_comes_with_the_rule_that_made_it(rejected: Shop) -> None:
    found = listed(rejected, "audit")
    deals = [one for one in found if one["object"] == "deal"]
    line = MAPPING.read_text().splitlines().index("  deal:") + 1
    assert {one["rule"] for one in deals} == {f"{MAPPING}:{line}: objects.deal"}
    assert {one["rule"] for one in found if one["object"] == "schema"} == {None}


def test_a_changed_mapping_claims_no_operation_of_an_earlier_one(
    rejected: Shop, tmp_path: Path
) -> None:
    other = tmp_path / "other.yml"
    other.write_text(MAPPING.read_text().replace("label: Limit", "label: Credit"))
    rejected.mapping = other
    assert {one["rule"] for one in listed(rejected, "audit")} == {None}


def test_the_trail_of_one_run_is_that_of_no_other(rejected: Shop) -> None:
    rejected.load(
        [*SCHEMAS, record("jobs", id="j1", name="New name", customer_id="c1", status="open")]
    )
    with rejected.open_journal() as journal:
        first, second = (run.id for run in journal.runs())
    assert {one["run"] for one in listed(rejected, "audit", "--run", str(second))} == {second}
    whole = listed(rejected, "audit")
    assert {one["run"] for one in whole} == {first, second}


def test_the_trail_opens_in_a_spreadsheet(rejected: Shop) -> None:
    found = rows(rejected.command("audit", "--format", "csv"))
    as_lines = rejected.command("audit").printed.splitlines()
    assert len(found) == len(as_lines) > 5
    first = json.loads(as_lines[-1])
    assert json.loads(found[-1]["fields"]) == first["fields"]
    assert found[-1]["key"] == first["key"]


def test_an_empty_list_is_a_list(shop: Shop) -> None:
    shop.load([*SCHEMAS, *GOOD], mode="stage")
    assert listed(shop, "rejects") == listed(shop, "audit") == []


def test_a_key_with_half_a_character_is_told_all_the_same() -> None:
    assert json.loads(as_json({"key": "a\ud800"})) == {"key": "a\ud800"}
