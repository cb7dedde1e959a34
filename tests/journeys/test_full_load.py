from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.journeys.fixtures import FALLBACK
from tests.journeys.world import World
from tests.sandbox import Sandbox

if TYPE_CHECKING:
    from pathlib import Path


def test_everything_lands_once_where_it_belongs(world: World) -> None:
    assert world.findings() == []
    assert world.listed() == []


def test_files_arrive_byte_for_byte_and_only_those(world: World) -> None:
    truth = world.truth()

    assert sum(map(len, (truth.rows("attachments"), truth.rows("signatures")))) > 10
    assert world.findings(truth) == []


@pytest.mark.parametrize("journal_url", ["postgresql"], indirect=True)
def test_the_journal_may_live_in_postgresql(fresh: World, journal_url: str) -> None:
    fresh.journal = journal_url

    first, second = fresh.run(), fresh.run()

    assert (first.code, second.code) == (0, 0), first.log + second.log
    assert second.commits == ()
    assert fresh.findings() == []


def test_without_a_folder_for_files_everything_else_lands(fresh: World) -> None:
    outcome = fresh.run(tap={"attachments_path": ""})

    assert outcome.code == 0, outcome.log
    assert fresh.findings(fresh.truth(brings_files=False)) == []


def test_a_column_that_no_documentation_knows_reaches_its_field(fresh: World) -> None:
    fresh.sandbox.switches.extra_fields = {"jobs": {"priority": "High"}}

    outcome = fresh.run()

    assert outcome.code == 0, outcome.log
    assert fresh.findings() == []


def test_odd_values_land_or_stand_in_rejects(tmp_path: Path) -> None:
    with Sandbox(customers=20) as sandbox:
        world = World(sandbox, tmp_path, tmp_path / "files", settings={"fallback_owner": FALLBACK})

        outcome = world.run()

        assert outcome.code == 3, outcome.log
        assert world.findings(rejects=world.rejects()) == []


@pytest.mark.soak
def test_three_hundred_customers_with_odd_values_land(tmp_path: Path) -> None:
    with Sandbox(customers=300) as sandbox:
        world = World(sandbox, tmp_path, tmp_path / "files", settings={"fallback_owner": FALLBACK})

        first = world.run()
        findings = world.findings(rejects=world.rejects())
        second = world.run()

        assert first.code == 3, first.log
        assert findings == []
        assert second.commits == ()
        assert len(second.reads) <= 10
