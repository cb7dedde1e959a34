"""The window between the first read of the source and the cutover."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from crm_transforms.destination import Kind
from crm_transforms.journal import Intent
from crm_transforms.journal.clock import instant
from crm_transforms.stages.cutover import close_window, open_ends, reopen_window
from crm_transforms.stages.undo_scope import UnfinishedRollbackError, unfinished_name
from crm_transforms.stages.window import LONGEST, Window, open_window

if TYPE_CHECKING:
    from tests.unit.stages.undoing import Migration

    from crm_transforms.journal import Journal


def test_the_first_read_opens_it_and_later_ones_leave_it(journal: Journal) -> None:
    assert Window.of(journal) == Window()
    open_window(journal)
    first = Window.of(journal)
    open_window(journal)
    assert Window.of(journal) == first
    assert first.opened_at
    assert not first.is_closed
    assert (first.refusal, first.warning) == ("", "")


def test_closed_it_refuses_and_says_how_it_is_opened_again(journal: Journal) -> None:
    open_window(journal)
    opened = Window.of(journal).opened_at
    closed = close_window(journal)
    assert Window.of(journal) == closed
    assert f"closed by the cutover at {closed.closed_at}" in closed.refusal
    assert "cutover --reopen" in closed.refusal
    assert closed.age == timedelta()
    assert reopen_window(journal) == Window.of(journal) == Window(opened)


@pytest.mark.parametrize(
    ("ago", "warns"), [(LONGEST - timedelta(hours=1), False), (timedelta(hours=50), True)]
)
def test_open_for_longer_than_usual_it_warns(ago: timedelta, warns: bool) -> None:
    warning = Window(instant(ago=ago)).warning
    assert bool(warning) is warns
    assert not warns or "50 hours" in warning


def test_closed_it_warns_of_nothing() -> None:
    assert Window(instant(ago=timedelta(days=9)), instant()).warning == ""


def test_nothing_is_left_open_once_all_is_loaded(migration: Migration) -> None:
    assert open_ends(migration.work("cutover")) == [
        "staged and not loaded yet: company, person, product"
    ]
    migration.load()
    assert open_ends(migration.work("cutover")) == []


def test_what_came_since_is_left_open_with_all_that_hangs_on_it(migration: Migration) -> None:
    migration.load()
    migration.stage(items=[{"id": "i9", "name": "New", "code": "N", "price": "1"}])
    assert open_ends(migration.work("cutover")) == ["staged and not loaded yet: product"]


def test_an_operation_that_nobody_knows_of_is_left_open(migration: Migration) -> None:
    migration.load()
    work = migration.work("cutover")
    intent = Intent("company", "companies", Kind.CREATE, "c9")
    migration.journal.intend(work.run_id, "memory:1", [intent], {})
    (said,) = open_ends(work)
    assert "nobody knows" in said


def test_a_rollback_that_was_begun_has_to_end_first(migration: Migration) -> None:
    migration.load()
    scope = {"runs": [], "objects": [], "sample": False}
    migration.journal.put(unfinished_name("memory:1"), {"scope": scope, "since": 1, "counts": {}})
    with pytest.raises(UnfinishedRollbackError):
        open_ends(migration.work("cutover"))
