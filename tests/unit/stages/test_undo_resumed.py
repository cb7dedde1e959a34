"""A rollback that was interrupted goes on, and until it has ended nothing is loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.unit.stages.undoing import told

from crm_transforms.destination import BudgetExhaustedError, Kind, Operation, Status, Verdict
from crm_transforms.journal import Decision, Intent
from crm_transforms.stages.undo_scope import UndoScope, UnfinishedRollbackError, problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.unit.stages.undoing import Migration


def pausing(migration: Migration, monkeypatch: pytest.MonkeyPatch, writes: int) -> None:
    """The budget ends after so many batches; what was to be sent then was not."""
    write = migration.there.write
    left = [writes]

    def paused(operations: Sequence[Operation]) -> Iterator[Any]:
        if not left[0]:
            yield from (Verdict(one.id, Status.ABSENT) for one in operations)
            raise BudgetExhaustedError("spent", "tomorrow")
        left[0] -= 1
        yield from write(operations)

    monkeypatch.setattr(migration.there, "write", paused)


@pytest.fixture
def paused(migration: Migration, monkeypatch: pytest.MonkeyPatch) -> Migration:
    migration.there.put("products", name="Valve", code=None)
    migration.load()
    del migration.there.tables["people"][migration.id_of("person", "p0")]
    with monkeypatch.context() as patch:
        pausing(migration, patch, writes=3)
        with pytest.raises(BudgetExhaustedError):
            migration.undo()
    return migration


def test_it_goes_on_where_it_stopped_and_reports_the_whole(paused: Migration) -> None:
    report = paused.undo()
    assert report.kept == []
    assert report.removed == {"person": 6, "company": 6, "product": 1, "schema": 4}
    assert report.restored == {"product": 1}
    assert report.verified == 17  # one person was gone already
    assert paused.there.sizes() == {"companies": 0, "people": 0, "products": 1}
    removed = [commit for commit in paused.there.commits if commit[0] == "delete"]
    assert len(removed) == len(set(removed)) == 16


def test_a_load_refuses_and_says_what_to_type(paused: Migration) -> None:
    state = paused.there.state()
    with pytest.raises(UnfinishedRollbackError, match="end it with `rollback`, then load again"):
        paused.load()
    assert paused.there.state() == state
    paused.undo()
    paused.load()
    assert paused.there.sizes() == {"companies": 6, "people": 6, "products": 2}


def test_another_scope_has_to_wait_and_everything_need_not(
    migration: Migration, monkeypatch: pytest.MonkeyPatch
) -> None:
    migration.load()
    with monkeypatch.context() as patch:
        pausing(migration, patch, writes=1)
        with pytest.raises(BudgetExhaustedError):
            migration.undo(objects=("person",))
    work = migration.work("rollback")
    sentence = problem(work, UndoScope(runs=(1,)))
    assert "`rollback --object person`" in sentence
    assert problem(work, UndoScope(objects=("person",))) == ""
    assert problem(work, UndoScope()) == ""
    assert migration.undo().kept == []
    migration.load()


def open_create(migration: Migration, key: str, **fields: str) -> int:
    """A create that left with a process that was killed."""
    work = migration.work("load")
    body = b'{"name":"%s","shop_id":"%s"}' % (fields["name"].encode(), key.encode())
    intent = Intent("product", "products", Kind.CREATE, key, fields=body)
    (number,) = migration.journal.intend(work.run_id, "memory:1", [intent], {"products": "0"})
    return number


def test_what_a_killed_load_had_sent_is_found_and_removed(migration: Migration) -> None:
    migration.load()
    open_create(migration, "i9", name="Pump")
    migration.there.put("products", name="Pump", shop_id="i9")
    assert migration.undo().kept == []
    assert migration.there.sizes()["products"] == 0


def test_what_nobody_can_say_is_listed(
    migration: Migration, monkeypatch: pytest.MonkeyPatch
) -> None:
    migration.load()
    open_create(migration, "i9", name="Pump")
    unknown = lambda ops, _: (Verdict(op.id, Status.UNKNOWN) for op in ops)  # noqa: E731
    with monkeypatch.context() as patch:
        patch.setattr(migration.there, "resolve", unknown)
        report = migration.undo()
    assert told(report) == [("product", "i9", "")]
    assert "create" in report.kept[0].why
    migration.there.put("products", name="Pump", shop_id="i9")
    assert migration.undo().kept == []
    assert migration.there.sizes()["products"] == 0


def test_a_record_that_was_made_after_all_is_found_at_the_end(
    migration: Migration, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asked about, it was not there; then the request was carried out all the same."""
    migration.load()
    open_create(migration, "i9", name="Pump")
    resolve = migration.there.resolve
    answers = iter([False])

    def late(operations: Sequence[Operation], marks: Any) -> Iterator[Verdict]:
        if next(answers, True):
            yield from resolve(operations, marks)
        else:
            yield from (Verdict(one.id, Status.ABSENT) for one in operations)
            migration.there.put("products", name="Pump", shop_id="i9")

    monkeypatch.setattr(migration.there, "resolve", late)
    assert migration.undo().kept == []
    assert migration.there.sizes()["products"] == 0


def test_the_removal_of_a_second_record_leaves_the_first_one_linked(migration: Migration) -> None:
    migration.load()
    link = migration.journal.links("product", "memory:1", ["i1"])["i1"]
    work = migration.work("load")
    second = Intent("product", "products", Kind.DELETE, "i1", "999", action="late duplicate")
    (number,) = migration.journal.intend(work.run_id, "memory:1", [second], {})
    migration.journal.decide([Decision(number, Status.LANDED)])
    assert migration.journal.links("product", "memory:1", ["i1"])["i1"] == link
