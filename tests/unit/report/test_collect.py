"""What a report reads out of a journal."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from tests.unit.report import samples, told
from tests.unit.report.business import ACCOUNT, MAPPING, OBJECTS, PEOPLE, STREAMS, TRIAL

from crm_transforms.destination import SettingError, Status
from crm_transforms.journal import Decision, Reject
from crm_transforms.mapping import Mapping
from crm_transforms.report import collect as collecting
from crm_transforms.report.collect import collect

if TYPE_CHECKING:
    from crm_transforms.journal import Journal
    from crm_transforms.report.collect import Report

PLUGIN = "target-pipedrive"


def of(journal: Journal, **more: str) -> Report:
    return collect(journal, PLUGIN, **more)  # type: ignore[arg-type]


def test_every_record_is_counted_once_in_either_database(journal: Journal) -> None:
    samples.fill(journal, 0.05)
    report = of(journal)
    figures = {one.object: one for one in report.figures.objects}
    for one in OBJECTS:
        assert figures[one.name].whole == max(1, round(one.records * 0.05)), one.name
    note = figures["note"]
    assert (note.arrived, note.rejected, note.waiting) == (241, 2, 1)
    assert figures["organization"].conflicts == 0
    assert figures["owner"].matched == Counter(verdict for *_, verdict in PEOPLE)["matched"]
    assert report.figures.lines == 6
    assert {one.name: one.records for one in report.figures.streams} == {
        name: max(1, round(records * 0.05)) for name, records in STREAMS
    }


def test_the_report_is_about_the_account_that_was_worked_on_last(loaded: Journal) -> None:
    told.tell(loaded)
    report = of(loaded)
    assert report.account == ACCOUNT
    assert report.values["sample"]["account"]["id"] == TRIAL["id"]


def test_another_account_can_be_asked_for(loaded: Journal) -> None:
    told.tell(loaded, "sample")
    report = of(loaded, account=TRIAL["id"])
    assert report.account["name"] == TRIAL["name"]
    assert report.figures.total("arrived") == 0
    assert sum(report.others.values()) > 100
    with pytest.raises(SettingError, match="knows of no such account"):
        of(loaded, account="404")


def test_without_a_plan_the_name_of_the_account_is_that_of_the_run(loaded: Journal) -> None:
    assert of(loaded).account == {"id": ACCOUNT["id"], "name": ACCOUNT["name"], "url": ""}


def test_a_rejected_record_that_is_there_counts_as_rejected(journal: Journal) -> None:
    run = journal.begin_run("load", MAPPING, "7")
    intents = [samples.intent(OBJECTS[0], key) for key in "ab"]
    numbers = journal.intend(run, "7", intents, {})
    journal.decide([Decision(number, Status.LANDED, str(number)) for number in numbers])
    journal.reject([Reject("verify", "customers", "organization", "a", identity="7")])
    [figures] = of(journal).figures.objects
    assert (figures.created, figures.rejected, figures.incomplete) == (1, 1, 1)


def test_a_record_with_several_conflicts_is_one(journal: Journal) -> None:
    journal.begin_run("load", MAPPING, "7")
    journal.reject(
        [
            Reject("conflict", "jobs", "deal", "a", field=name, rule=name, identity="7")
            for name in ("title", "value")
        ]
    )
    report = of(journal)
    assert report.figures.total("conflicts") == 1
    assert len(report.rejects) == 2


def test_what_a_plan_wants_remains_until_a_load_has_ended(journal: Journal) -> None:
    journal.end_run(journal.begin_run("plan", MAPPING, ACCOUNT["id"]), 0, {})
    told.tell(journal, "plan")
    wanted = sum(one.records for one in OBJECTS)
    lost = sum(one["rejected"] + one["waiting"] for one in told.plan()["objects"])
    assert of(journal).figures.total("remaining") == wanted
    run = journal.begin_run("load", MAPPING, ACCOUNT["id"])
    assert of(journal).figures.total("remaining") == wanted
    journal.end_run(run, 3, {})
    assert of(journal).figures.total("remaining") == 0
    assert 0 < lost < wanted


def test_the_rejects_of_another_account_are_not_told(journal: Journal) -> None:
    journal.begin_run("load", MAPPING, "7")
    journal.reject([Reject("map", "jobs", "deal", "a", rule="x", identity="8")])
    report = of(journal)
    assert report.rejects == []
    assert report.figures.rejected == 0


def test_lists_are_cut_and_say_so(loaded: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MOST_REJECTS", "MOST_OPERATIONS", "MOST_RUNS", "MOST_PEOPLE"):
        monkeypatch.setattr(collecting, name, 1)
    report = of(loaded)
    assert len(report.rejects) == len(report.operations) == len(report.runs) == 1
    assert (report.more_rejects, report.more_runs) == (7, 1)
    assert report.people is not None
    assert len(report.people["rows"]) == 1
    assert sum(report.people["counts"].values()) == len(PEOPLE)


def test_runs_tell_what_they_did_and_spent(loaded: Journal) -> None:
    load, sample = of(loaded).runs
    assert load.did == {"create": of(loaded).chain_length}
    assert (load.end, load.exit_code) == ("done, with rejects", 3)
    assert load.spent == {"requests": 8_412, "tokens": 98_530}
    assert (sample.verb, sample.did, sample.end) == ("sample", {}, "done")


def test_a_run_that_never_ended_says_so(journal: Journal) -> None:
    journal.begin_run("load", MAPPING, "7")
    [run] = of(journal).runs
    assert (run.end, run.seconds) == ("under way, or killed", None)


def test_operations_are_told_without_their_values(loaded: Journal) -> None:
    newest = of(loaded).operations[0]
    assert (newest.id, newest.fields) == (of(loaded).chain_length, ["id", "name"])


def test_the_mapping_tells_the_routes_until_there_is_a_plan(loaded: Journal) -> None:
    mapping = Mapping.load("kickserv_to_pipedrive")
    assert of(loaded).routes.flows(of(loaded).figures) == []
    report = collect(loaded, PLUGIN, mapping=mapping)
    flows = {flow.object: flow.stream for flow in report.routes.flows(report.figures)}
    assert flows["line"] == "job_charges"


def test_an_empty_journal_gives_an_empty_report(journal: Journal) -> None:
    report = of(journal)
    assert (report.account, report.runs, report.figures.objects) == ({}, [], [])


def test_after_a_purge_runs_and_chain_are_left(loaded: Journal) -> None:
    told.tell(loaded)
    before = of(loaded)
    loaded.purge()
    after = of(loaded)
    assert [run.id for run in after.runs] == [run.id for run in before.runs]
    assert after.chain_head == before.chain_head
    assert (after.values, after.rejects, after.operations) == ({}, [], [])


def test_scripts_get_all_of_it_as_json(loaded: Journal) -> None:
    told.tell(loaded)
    again = json.loads(json.dumps(of(loaded).as_json()))
    assert again["figures"]["groups"][0].keys() >= {"kind", "object", "rule", "records"}
    assert again["account"] == ACCOUNT
