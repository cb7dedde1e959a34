"""Acts: what was posted or confirmed is taken back before its record is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.unit.stages.undoing import told

from crm_transforms.destination import Kind, Status
from crm_transforms.journal import Decision, Intent

if TYPE_CHECKING:
    from tests.unit.stages.undoing import Migration


def act(migration: Migration, key: str, action: str) -> int:
    """A run does something to a company; the run."""
    work = migration.work("load")
    id_ = migration.id_of("company", key)
    intent = Intent("company", "companies", Kind.ACT, key, id_, action=action)
    (number,) = migration.journal.intend(work.run_id, "memory:1", [intent], {})
    migration.journal.decide([Decision(number, Status.LANDED, id_)])
    migration.there.tables["companies"][id_]["state"] = action
    migration.there.final.add(id_)
    return work.run_id


@pytest.fixture
def posted(migration: Migration) -> Migration:
    migration.load()
    migration.there.inverses = {"posted": "draft"}
    act(migration, "c1", "posted")
    return migration


def acts(migration: Migration) -> list[str]:
    return [id_ for kind, _, id_ in migration.there.commits if kind == "act"]


def test_a_posted_record_is_set_back_and_removed(posted: Migration) -> None:
    id_ = posted.id_of("company", "c1")
    report = posted.undo()
    assert report.kept == []
    assert acts(posted) == [id_]
    assert posted.there.sizes()["companies"] == 0
    assert posted.journal.verify_chain().is_valid


def test_without_an_inverse_it_is_for_the_destination_to_refuse(posted: Migration) -> None:
    posted.there.inverses = {}
    report = posted.undo()
    assert told(report)[0] == ("company", "c1", "state")
    assert posted.there.sizes()["companies"] == 1
    report = posted.undo(force=True)
    assert told(report)[0] == ("company", "c1", "")
    assert report.kept[0].why == "it is final (FINAL)"


def test_of_one_run_the_act_alone_is_taken_back_and_only_once(posted: Migration) -> None:
    run_id = act(posted, "c2", "posted")
    id_ = posted.id_of("company", "c2")
    for _ in range(2):
        assert posted.undo(runs=(run_id,)).kept == []
    assert acts(posted) == [id_]
    assert posted.there.tables["companies"][id_]["state"] == "draft"
    assert posted.linked()["company"] == 6


def test_an_act_of_one_run_without_an_inverse_is_listed(posted: Migration) -> None:
    run_id = act(posted, "c2", "merged")
    report = posted.undo(runs=(run_id,))
    assert told(report) == [("company", "c2", "")]
    assert report.kept[0].why == "memory has no inverse of 'merged'"
