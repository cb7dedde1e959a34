"""The audit chain: the past cannot be edited unnoticed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import delete, insert, select, update
from tests.unit.journal.samples import ACCOUNT, create, intend

from crm_transforms.destination import Status
from crm_transforms.journal import Decision, tables

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from crm_transforms.journal import Journal


@pytest.fixture
def decided(journal: Journal) -> list[int]:
    numbers = intend(journal, [create(key) for key in "abcd"])
    verdicts = [Status.LANDED, Status.REFUSED, Status.ABSENT, Status.LANDED]
    for number, status in zip(numbers, verdicts, strict=True):
        journal.decide([Decision(number, status, f"id-{number}", message="said")])
    return numbers


def test_an_empty_chain_is_valid(journal: Journal) -> None:
    report = journal.verify_chain()
    assert report.is_valid
    assert (report.length, report.head) == (0, journal.chain_head()) == (0, "0" * 64)
    assert journal.verify_chain("0" * 64).is_valid


def test_every_final_verdict_moves_the_head(journal: Journal, decided: list[int]) -> None:
    report = journal.verify_chain()
    assert report.is_valid
    assert (report.length, report.head) == (len(decided), journal.chain_head())
    (number,) = intend(journal, [create("e")])
    assert journal.chain_head() == report.head
    journal.decide([Decision(number, Status.UNKNOWN)])
    assert journal.chain_head() == report.head
    journal.decide([Decision(number, Status.ABSENT)])
    assert journal.chain_head() != report.head
    assert journal.verify_chain(report.head).is_valid


def test_a_noted_head_is_known_as_long_as_its_past_is_there(
    journal: Journal, decided: list[int]
) -> None:
    head = journal.chain_head()
    (number,) = intend(journal, [create("e")])
    journal.decide([Decision(number, Status.ABSENT)])
    assert journal.has_head(head)
    assert journal.has_head("0" * 64)
    assert not journal.has_head("ab" * 32)
    with journal._database.writing() as connection:
        connection.execute(delete(tables.chain).where(tables.chain.c.operation_id == decided[-1]))
    assert not journal.has_head(head)


CHANGES: dict[str, Callable[[Connection, int], Any]] = {
    "a verdict": lambda c, n: c.execute(
        update(tables.operation).where(tables.operation.c.id == n).values(status="landed")
    ),
    "a key": lambda c, n: c.execute(
        update(tables.operation).where(tables.operation.c.id == n).values(key="z")
    ),
    "a time": lambda c, n: c.execute(
        update(tables.operation).where(tables.operation.c.id == n).values(decided_at="2020")
    ),
    "an open verdict": lambda c, n: c.execute(
        update(tables.operation).where(tables.operation.c.id == n).values(decided_at=None)
    ),
    "a digest": lambda c, n: c.execute(
        update(tables.chain).where(tables.chain.c.operation_id == n).values(digest=bytes(32))
    ),
    "a content": lambda c, n: c.execute(
        update(tables.chain).where(tables.chain.c.operation_id == n).values(content=bytes(32))
    ),
    "an entry away": lambda c, n: c.execute(
        delete(tables.chain).where(tables.chain.c.operation_id == n)
    ),
    "another payload": lambda c, n: c.execute(
        update(tables.payload)
        .where(tables.payload.c.operation_id == n)
        .values(
            after=select(tables.payload.c.after)
            .where(tables.payload.c.operation_id == n - 1)
            .scalar_subquery()
        )
    ),
    "the operation away": lambda c, n: (
        c.execute(delete(tables.payload).where(tables.payload.c.operation_id == n)),
        c.execute(delete(tables.operation).where(tables.operation.c.id == n)),
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_past_is_found_where_it_was_changed(
    journal: Journal, decided: list[int], change: str
) -> None:
    with journal._database.writing() as connection:
        CHANGES[change](connection, decided[1])
    report = journal.verify_chain()
    assert not report.is_valid
    expected = decided[2] if change == "an entry away" else decided[1]
    assert report.operation_id == expected
    assert report.length == 1


def test_an_operation_that_was_slipped_in_is_found(journal: Journal, decided: list[int]) -> None:
    table = tables.operation
    with journal._database.writing() as connection:
        row = connection.execute(select(table).where(table.c.id == decided[0])).mappings().one()
        connection.execute(insert(table).values({**row, "id": 1000}))
    report = journal.verify_chain()
    assert (report.is_valid, report.operation_id) == (False, 1000)


def test_a_chain_that_was_cut_does_not_contain_the_noted_head(
    journal: Journal, decided: list[int]
) -> None:
    head = journal.chain_head()
    with journal._database.writing() as connection:
        last = decided[-1]
        connection.execute(delete(tables.chain).where(tables.chain.c.operation_id == last))
        connection.execute(delete(tables.payload).where(tables.payload.c.operation_id == last))
        connection.execute(delete(tables.operation).where(tables.operation.c.id == last))
    assert journal.verify_chain().is_valid
    report = journal.verify_chain(head)
    assert not report.is_valid
    assert "past was replaced" in report.problem


def test_a_chain_longer_than_a_page_is_checked_to_its_end(journal: Journal) -> None:
    numbers = intend(journal, [create(str(number)) for number in range(2100)])
    journal.decide([Decision(number, Status.LANDED, str(number)) for number in numbers])
    assert journal.verify_chain().length == 2100
    with journal._database.writing() as connection:
        CHANGES["a key"](connection, numbers[-1])
    assert journal.verify_chain().operation_id == numbers[-1]


def test_runs_are_listed_as_they_began_and_ended(journal: Journal) -> None:
    first = journal.begin_run("plan", "hash", ACCOUNT)
    second = journal.begin_run("load", "hash", ACCOUNT)
    journal.end_run(first, 3, {"rejects": 2, "words": "nul \0 half \ud800"})
    done, running = journal.runs()
    assert (done.id, done.verb, done.mapping_hash, done.identity) == (
        first,
        "plan",
        "hash",
        ACCOUNT,
    )
    assert (done.exit_code, done.summary) == (3, {"rejects": 2, "words": "nul \0 half \ud800"})
    assert done.ended_at is not None
    assert done.started_at <= done.ended_at
    assert (running.id, running.ended_at, running.exit_code, running.summary) == (
        second,
        None,
        None,
        {},
    )


def test_small_state_is_kept_by_name(journal: Journal) -> None:
    assert journal.get("name") is None
    for value in (1, "text", None, [1, {"a": 2.5}], {"nul": "\0"}):
        journal.put("name", value)
        assert journal.get("name") == value
