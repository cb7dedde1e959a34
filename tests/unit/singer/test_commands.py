"""The commands that work from the journal, as a person or a script calls them."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import pytest
from tests.unit.singer.shop import GOOD, LANDED, SCHEMAS, customer, job, remark

from crm_transforms.exits import Exit
from crm_transforms.journal import Journal

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.singer.running import Shop

UNFIT = [customer(kind="Martian"), job(id="=1+1", status="weird"), remark(job_id="bad")]


@pytest.fixture
def rejected(shop: Shop) -> Shop:
    """A migration with three open rejects."""
    assert shop.load([*SCHEMAS, *GOOD, *UNFIT]).code == Exit.REJECTS
    return shop


def test_what_was_staged_is_applied_without_reading_again(shop: Shop) -> None:
    assert shop.load([*SCHEMAS, *GOOD], mode="stage").code == Exit.DONE
    assert shop.sandbox.requests == []
    run = shop.command("apply")
    assert (run.failure, run.code) == ("", Exit.DONE)
    assert "shop → pipedrive" in run.printed
    assert shop.there() == LANDED


def test_apply_again_writes_nothing(shop: Shop) -> None:
    shop.load([*SCHEMAS, *GOOD])
    shop.sandbox.requests.clear()
    run = shop.command("apply", "--format", "json")
    assert run.code == Exit.DONE
    assert json.loads(run.printed)["objects"]["deal"]["unchanged"] == len(LANDED["deals"])
    assert shop.writes() == 0


def test_rejects_are_listed_with_record_field_rule_and_place(rejected: Shop) -> None:
    run = rejected.command("rejects", "--format", "json")
    assert (run.failure, run.code) == ("", Exit.DONE)
    found = {
        (one["stream"], one["key"], one["field"], one["rule"], one["place"].split(": ")[-1])
        for one in json.loads(run.printed)
    }
    assert found == {
        (
            "customers",
            "bad",
            "shop_kind",
            "option",
            "objects.organization.custom.shop_kind.value",
        ),
        ("jobs", "=1+1", "status", "map", "objects.deal.fields.status"),
        ("remarks", "bad", "deal_id", "parent has not landed", "objects.note.fields.deal_id"),
    }


def test_a_person_sees_record_field_and_reason(rejected: Shop) -> None:
    said = rejected.command("rejects").printed
    for part in ("organization bad", "shop_kind", "Martian", "deal =1+1", "weird", "waits for"):
        assert part in said


def test_each_form_lists_the_same_rejects(rejected: Shop) -> None:
    as_json = json.loads(rejected.command("rejects", "--format", "json").printed)
    lines = rejected.command("rejects", "--format", "jsonl").printed.splitlines()
    assert [json.loads(line) for line in lines] == as_json
    rows = list(csv.DictReader(io.StringIO(rejected.command("rejects", "--format", "csv").printed)))
    assert [row["message"] for row in rows] == [one["message"] for one in as_json]


def test_no_spreadsheet_takes_a_reject_for_a_formula(rejected: Shop) -> None:
    printed = rejected.command("rejects", "--format", "csv").printed
    keys = [row["key"] for row in csv.DictReader(io.StringIO(printed))]
    assert "'=1+1" in keys


def test_a_line_without_stream_is_listed_by_its_place(shop: Shop) -> None:
    shop.load([*SCHEMAS, b"odd\n"], mode="stage")
    (one,) = json.loads(shop.command("rejects", "--format", "json").printed)
    assert one["place"] == f"line {len(SCHEMAS) + 1}"
    assert f"line {len(SCHEMAS) + 1}" in shop.command("rejects").printed


def test_retry_takes_up_what_is_mended_in_the_destination_and_nothing_else(
    rejected: Shop,
) -> None:
    crm = rejected.sandbox.crm
    (kind,) = (
        field
        for field in crm.snapshot()["organizationFields"]
        if field["field_name"] in {"shop_kind", "Kind"}
    )
    options = crm.fields.of("organizations")[kind["field_code"]]["options"]
    options.append({"id": 990_001, "label": "Martian"})
    assert rejected.command("apply").code == Exit.REJECTS
    rejected.sandbox.requests.clear()
    run = rejected.command("retry")
    assert (run.failure, run.code) == ("", Exit.REJECTS)
    assert rejected.there()["organizations"] == {*LANDED["organizations"], "Bad Ltd"}
    made = [r.path for r in rejected.sandbox.requests if r.method == "POST"]
    assert made == ["/pipedrive/api/v2/organizations"]


def test_status_tells_streams_landings_and_rejects(rejected: Shop) -> None:
    run = rejected.command("status", "--format", "json")
    assert (run.failure, run.code) == ("", Exit.DONE)
    told = json.loads(run.printed)
    assert told["streams"]["customers"]["records"] == len(LANDED["organizations"]) + 1
    assert sorted(count for *_, count in told["landed"]) == [1, 2, 2, 4]
    assert sum(count for *_, count in told["rejects"]) == len(UNFIT)
    assert rejected.command("status").code == Exit.DONE


def test_a_journal_that_is_not_there_is_said_and_not_made(shop: Shop) -> None:
    for command in ("status", "rejects", "apply", "retry"):
        run = shop.command(command)
        assert (run.failure, run.code) == ("", Exit.FAILURE)
        assert "There is no journal at" in run.said
    with pytest.raises(Exception, match="There is no journal"):
        shop.open_journal()


def test_a_command_without_source_finds_the_only_migration(shop: Shop) -> None:
    shop.load([*SCHEMAS, *GOOD])
    run = shop.command("status", "--format", "json", mapping=None)
    assert (run.failure, run.code) == ("", Exit.DONE)
    assert json.loads(run.printed)["source"] == "shop"


def test_a_command_without_source_lists_what_it_knows(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MELTANO_PROJECT_ROOT", str(tmp_path))
    for source in ("shop", "store"):
        url = f"sqlite:///{tmp_path}/.migration/{source}-pipedrive-live.db"
        Journal.open(url, source=source, target="pipedrive").close()
    run = shop.command("status", mapping=None, journal=None)
    assert (run.failure, run.code) == ("", Exit.USAGE)
    assert "--source is needed" in run.said
    assert "shop, store" in run.said
    assert shop.command("status", "--source", "store", mapping=None, journal=None).code == 0


def test_nothing_can_be_applied_without_a_mapping(shop: Shop) -> None:
    shop.load([*SCHEMAS, *GOOD], mode="stage")
    run = shop.command("apply", mapping=None)
    assert (run.failure, run.code) == ("", Exit.USAGE)
    assert "there is no mapping" in run.said


@pytest.mark.parametrize("command", ["apply", "retry"])
def test_a_command_waits_for_no_other_run(shop: Shop, command: str) -> None:
    shop.load([*SCHEMAS, *GOOD], mode="stage")
    with shop.open_journal() as journal, journal.lease("load"):
        run = shop.command(command)
    assert (run.failure, run.code) == ("", Exit.LEASE)
    assert shop.writes() == 0


@pytest.mark.parametrize("wrong", [{"mode": "lod"}, {"concurrency": 0}, {"api_token": None}])
def test_a_bad_setting_is_a_usage_error_of_every_command(shop: Shop, wrong: dict) -> None:
    shop.load([*SCHEMAS, *GOOD], mode="stage")
    run = shop.command("apply", **wrong)
    assert (run.failure, run.code) == ("", Exit.USAGE)
    assert next(iter(wrong)) in run.said


@pytest.mark.parametrize(
    "arguments", [("aply",), ("apply", "--frce"), ("status", "--format", "xml")]
)
def test_what_is_no_command_is_a_usage_error(shop: Shop, arguments: tuple[str, ...]) -> None:
    run = shop.command(*arguments)
    assert (run.failure, run.code) == ("", Exit.USAGE)


def test_vanished_rows_are_believed_when_somebody_says_so(shop: Shop) -> None:
    many = [customer(id=str(number), name=f"N{number}") for number in range(30)]
    whole = {"type": "ACTIVATE_VERSION", "stream": "customers", "version": 1}
    shop.load([*SCHEMAS, *many, whole], mode="stage")
    shop.load([*SCHEMAS, *many[:5], whole], mode="stage")
    with shop.open_journal() as journal:
        before = journal.streams()["customers"]
    assert (before.records, before.gone) == (30, 0)
    assert shop.command("apply", "--accept-deletes").code == Exit.DONE
    with shop.open_journal() as journal:
        after = journal.streams()["customers"]
    assert (after.records, after.gone) == (5, 25)
    assert len(shop.there()["organizations"]) == 5
