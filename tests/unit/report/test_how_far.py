"""How far a migration is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.unit.report import samples, told
from tests.unit.report.business import ACCOUNT, MAPPING

from crm_transforms.report import how_far
from crm_transforms.report.collect import collect

if TYPE_CHECKING:
    from crm_transforms.journal import Journal


def state(journal: Journal) -> dict[str, str]:
    report = collect(journal, "target-pipedrive")
    return {step.name: step.state for step in how_far.steps(report)}


def headline(journal: Journal) -> str:
    return how_far.headline(collect(journal, "target-pipedrive"))


def ran(journal: Journal, verb: str, code: int = 0) -> None:
    journal.end_run(journal.begin_run(verb, MAPPING, ACCOUNT["id"]), code, {})


def keep(journal: Journal, name: str, **changes: Any) -> None:
    kept = f"{name}.{ACCOUNT['id']}"
    journal.put(kept, {**told.FIXED[name], "account": ACCOUNT, **changes})


def test_nothing_is_done_in_an_empty_journal(journal: Journal) -> None:
    assert set(state(journal).values()) == {how_far.OPEN}
    assert headline(journal) == "Nothing has been read yet."


def test_what_is_read_is_staged(journal: Journal) -> None:
    samples.stage(journal, 0.001)
    assert state(journal)["Read"] == how_far.DONE
    assert headline(journal) == "35 records of the source are staged."


def test_a_stream_that_was_not_read_whole_leaves_the_step_open(journal: Journal) -> None:
    journal.stream("jobs", {}, ["id"])
    assert state(journal)["Read"] == how_far.PARTLY


def test_a_plan_says_what_is_ready(journal: Journal) -> None:
    ran(journal, "plan")
    told.tell(journal, "plan")
    assert state(journal)["Plan"] == how_far.DONE
    assert headline(journal) == "24,078 records are ready to be loaded."


def test_a_load_with_rejects_is_done_in_part(loaded: Journal) -> None:
    assert state(loaded)["Load"] == how_far.PARTLY
    assert headline(loaded) == "484 of 492 records have arrived."
    report = collect(loaded, "target-pipedrive")
    assert how_far.remarks(report)[0] == "7 rejected"


def test_all_is_said_only_where_all_has_arrived(journal: Journal) -> None:
    run = journal.begin_run("load", MAPPING, ACCOUNT["id"])
    samples.write(journal, run, "ab")
    journal.end_run(run, 0, {})
    assert state(journal)["Load"] == how_far.DONE
    assert headline(journal) == "All 2 records have arrived."


def test_a_rollback_after_the_load_takes_it_back(loaded: Journal) -> None:
    keep(loaded, "rollback", made_at="2999-01-01T00:00:00.000000Z")
    assert state(loaded)["Load"] == how_far.STALE
    assert headline(loaded) == "The load was taken back: 4,673 records removed."


def test_a_rollback_before_the_load_is_history(loaded: Journal) -> None:
    keep(loaded, "rollback", made_at="2020-01-01T00:00:00.000000Z")
    assert state(loaded)["Load"] == how_far.PARTLY


@pytest.mark.parametrize(
    ("counts", "expected"), [({"equal": 9, "different": 1}, "partly"), ({"equal": 9}, "done")]
)
def test_a_sample_with_differences_is_done_in_part(
    journal: Journal, counts: dict[str, int], expected: str
) -> None:
    ran(journal, "sample")
    keep(journal, "sample", counts=counts)
    assert state(journal)["Sample"] == expected


def test_an_approval_ends_when_the_mapping_changes(journal: Journal) -> None:
    ran(journal, "approve")
    keep(journal, "approval")
    told.tell(journal, "plan")
    assert state(journal)["Approval"] == how_far.DONE
    keep(journal, "approval", mapping_hash="0" * 64)
    assert state(journal)["Approval"] == how_far.STALE


@pytest.mark.parametrize(("clean", "expected"), [(True, "done"), (False, "partly")])
def test_a_reconciliation_is_done_when_it_is_clean(
    journal: Journal, clean: bool, expected: str
) -> None:
    ran(journal, "reconcile")
    keep(journal, "reconciliation", clean=clean, objects=[])
    assert state(journal)["Reconcile"] == expected


@pytest.mark.parametrize(
    ("closed_at", "expected"), [(None, "partly"), ("2026-11-26T18:00:00.000000Z", "done")]
)
def test_the_cutover_closes_the_window(
    journal: Journal, closed_at: str | None, expected: str
) -> None:
    opened_at = "2026-11-24T16:00:00.000000Z"
    journal.put("window", {"opened_at": opened_at, "closed_at": closed_at})
    assert state(journal)["Cut over"] == expected
