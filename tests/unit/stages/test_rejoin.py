"""Jobs that a killed process had started are waited for, and what they do not tell is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.unit.stages.undoing import COMPANIES

if TYPE_CHECKING:
    from tests.unit.stages.undoing import Migration


ONLY_RECORDS = """
objects:
  company:
    target: companies
    from: customers
    fields: {name: name, city: city}
"""


@pytest.fixture(params=[1, 3])
def killed(request: pytest.FixtureRequest, migration: Migration) -> Migration:
    """Killed while a job was under way, so many records into it."""
    migration.stage_only(contacts=[], items=[])
    migration.document = ONLY_RECORDS
    migration.there.killed_after = request.param
    migration.there.job = "job-1"
    with pytest.raises(KeyboardInterrupt):
        migration.load()
    migration.there.job = ""
    return migration


def test_what_a_killed_process_had_started_is_rejoined_and_nothing_is_made_twice(
    killed: Migration,
) -> None:
    killed.load()
    names = [one["name"] for one in killed.there.tables["companies"].values()]
    assert sorted(names) == sorted(one["name"] for one in COMPANIES)
    assert killed.there.asked["rejoin"] == 1


def test_what_a_job_does_not_tell_is_asked_about(killed: Migration) -> None:
    killed.there.jobs["job-1"].clear()
    killed.load()
    names = [one["name"] for one in killed.there.tables["companies"].values()]
    assert sorted(names) == sorted(one["name"] for one in COMPANIES)
