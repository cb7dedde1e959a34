"""Counts over the whole journal."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from tests.unit.journal.samples import ACCOUNT, create, intend

from crm_transforms.destination import Kind, Status
from crm_transforms.journal import UNDO, Decision, Intent, Reject

if TYPE_CHECKING:
    from crm_transforms.journal import Journal

OTHER = "pipedrive:4712"


def land(journal: Journal, keys: str) -> list[int]:
    numbers = intend(journal, map(create, keys))
    journal.decide([Decision(number, Status.LANDED, f"id-{number}") for number in numbers])
    return numbers


def reject(key: str, rule: str = "length", stage: str = "map", identity: str = ACCOUNT) -> Reject:
    return Reject(stage, "jobs", "deal", key, rule=rule, identity=identity)


def test_operations_are_counted_by_run_object_kind_and_verdict(journal: Journal) -> None:
    first, *_ = land(journal, "abc")
    run = journal.begin_run("rollback", "mapping", ACCOUNT)
    remove = Intent("deal", "deals", Kind.DELETE, "a", "id-1", action=UNDO, undoes=first)
    [number] = journal.intend(run, ACCOUNT, [remove], {})
    journal.decide([Decision(number, Status.REFUSED, code="403")])
    intend(journal, [create("d")])
    assert [tuple(one) for one in journal.count_operations()] == [
        (1, ACCOUNT, "deal", "deals", "create", None, "landed", 3),
        (2, ACCOUNT, "deal", "deals", "delete", UNDO, "refused", 1),
        (3, ACCOUNT, "deal", "deals", "create", None, None, 1),
    ]


def test_links_are_counted_by_how_they_came_to_be(journal: Journal) -> None:
    land(journal, "abc")
    journal.link_matched("owner", ACCOUNT, [("1", "17", None)])
    journal.link_matched("owner", OTHER, [("1", "4", None), ("2", "5", None)])
    assert {tuple(one) for one in journal.count_origins()} == {
        (ACCOUNT, "deal", "created", 3),
        (ACCOUNT, "owner", "matched", 1),
        (OTHER, "owner", "matched", 2),
    }


def test_records_that_are_there_in_spite_of_a_reject_are_counted(journal: Journal) -> None:
    land(journal, "ab")
    journal.reject([reject("a", stage="verify"), reject("c"), reject("b", identity=OTHER)])
    assert journal.count_rejected_there(ACCOUNT) == {("verify", "deal"): 1}


def test_the_chain_is_as_long_as_there_were_verdicts(journal: Journal) -> None:
    assert journal.chain_length() == 0
    land(journal, "abc")
    intend(journal, [create("d")])
    assert journal.chain_length() == 3


def test_rejects_of_a_rare_kind_are_given_before_many_of_a_frequent_one(journal: Journal) -> None:
    journal.reject([reject(str(number)) for number in range(50)])
    journal.reject([reject("rare", rule="option"), reject("other", identity=OTHER)])
    journal.reject([Reject("stage", "jobs", line=7, rule="json")])
    found = journal.varied_rejects(ACCOUNT, 10)
    assert Counter(one.rule for one in found) == {"length": 8, "option": 1, "json": 1}
    assert journal.count_entries(ACCOUNT) == 52


def test_cleared_rejects_are_neither_given_nor_counted(journal: Journal) -> None:
    journal.reject([reject("a")])
    journal.clear_rejects("deal", ACCOUNT, ["a"])
    assert journal.varied_rejects(ACCOUNT, 10) == []
    assert journal.count_entries(ACCOUNT) == 0
