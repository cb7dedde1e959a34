from __future__ import annotations

import random
from typing import TYPE_CHECKING

from tests.journeys import singer_file

if TYPE_CHECKING:
    from tests.journeys.world import World


def test_the_same_file_twice_is_the_same_as_once(world: World) -> None:
    singer = world.extract()

    first, second = world.load(singer), world.load(singer)

    assert (first.commits, second.commits) == ((), ())
    assert world.findings() == []


def test_records_that_come_often_and_in_any_order_land_once(fresh: World) -> None:
    seed = random.randrange(1 << 30)
    order = singer_file.repeated(random.Random(seed))

    outcome = fresh.load(singer_file.rearranged(fresh.extract(), order))

    assert outcome.code == 0, f"seed {seed}: {outcome.log}"
    assert fresh.findings() == [], f"seed {seed}"


def test_children_before_their_parents_find_them(fresh: World) -> None:
    outcome = fresh.load(singer_file.rearranged(fresh.extract(), lambda records: records[::-1]))

    assert outcome.code == 0, outcome.log
    assert fresh.findings() == []


def test_children_that_come_a_run_before_their_parents_wait_for_them(fresh: World) -> None:
    told = singer_file.messages(fresh.extract())
    parents = [one for one in told if one.get("stream") in {"customers", "jobs"}]
    children = [one for one in told if one not in parents]
    schemas = singer_file.of_kind(parents, "SCHEMA")

    early = fresh.load(singer_file.lines([*schemas, *children]))

    assert early.code == 3, early.log
    assert {reject.rule for reject in fresh.rejects()} == {"parent has not landed"}

    outcome = fresh.load(singer_file.lines(parents))

    assert outcome.code == 0, outcome.log
    assert fresh.rejects() == []
    assert fresh.findings() == []
