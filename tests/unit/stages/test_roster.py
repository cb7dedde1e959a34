"""The roster: on disk, and by lot the same for the same seed."""

from __future__ import annotations

import resource
from typing import TYPE_CHECKING, Any

import pytest

from crm_transforms.stages.roster import (
    ADOPT,
    CREATE,
    REJECTED,
    UNCHANGED,
    UPDATE,
    WAITING,
    Entry,
    Parent,
    Roster,
)

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def roster() -> Iterator[Roster]:
    with Roster() as opened:
        yield opened


def entry(key: str, verdict: str = CREATE, **told: Any) -> Entry:
    return Entry("deal", key, f"row {key}", verdict, **told)


def test_records_are_counted_by_object_and_verdict(roster: Roster) -> None:
    roster.add([entry("1"), entry("2"), entry("3", REJECTED), Entry("note", "1", "1", UNCHANGED)])
    counts = roster.counts()
    assert {name: count for name, count in counts["deal"].items() if count} == {
        CREATE: 2,
        REJECTED: 1,
    }
    assert counts["note"][UNCHANGED] == 1


@pytest.mark.parametrize(
    ("verdict", "destination_id", "planned"),
    [
        (CREATE, None, True),
        (UPDATE, "7", True),
        (ADOPT, "7", True),
        (UNCHANGED, None, True),
        (REJECTED, None, False),
        (WAITING, None, False),
        (REJECTED, "7", True),
    ],
)
def test_what_will_be_there_can_be_referred_to(
    roster: Roster, verdict: str, destination_id: str | None, planned: bool
) -> None:
    roster.add([entry("1", verdict, destination_id=destination_id)])
    assert roster.planned("deal", ["1", "2"]) == ({"1"} if planned else set())
    assert roster.ids("deal", ["1"]) == ({"1": destination_id} if planned else {})
    assert roster.planned("note", ["1"]) == set()


def test_rows_and_parents_are_told_by_key(roster: Roster) -> None:
    org, later = Parent("org_id", "org", "7"), Parent("parent_id", "deal", "2", is_late=True)
    roster.add([entry("1", parents=(org, later)), entry("2")])
    assert roster.row_keys("deal", ["1", "2", "3"]) == {"1": "row 1", "2": "row 2"}
    assert roster.parents("deal", ["1", "2"]) == {"1": [org, later]}


def test_more_keys_than_a_statement_takes_can_be_asked_for(roster: Roster) -> None:
    keys = [str(number) for number in range(5_000)]
    roster.add(map(entry, keys))
    assert roster.planned("deal", keys) == set(keys)
    assert len(roster.row_keys("deal", keys)) == 5_000


def test_lots_are_drawn_alike_for_one_seed_and_otherwise_for_another(roster: Roster) -> None:
    roster.add(entry(str(number), stratum="open") for number in range(200))
    roster.add(entry(str(number), stratum="won") for number in range(200, 300))
    drawn = roster.pick("deal", "open", 10, "seed")
    assert drawn == roster.pick("deal", "open", 10, "seed")
    assert roster.pick("deal", "open", 20, "seed")[:10] == drawn
    assert drawn != roster.pick("deal", "open", 10, "other")
    assert len(set(drawn)) == 10
    assert all(int(key) < 200 for key in drawn)
    assert roster.strata("deal") == [("open", 200), ("won", 100)]


def test_a_lot_does_not_depend_on_what_else_is_drawn(roster: Roster) -> None:
    """A row that is added to the source may join a sample; it makes no other one leave for good."""
    roster.add(entry(str(number), stratum="open") for number in range(100))
    before = roster.pick("deal", "open", 10, "seed")
    roster.add([entry("new", stratum="open")])
    after = roster.pick("deal", "open", 10, "seed")
    assert len(set(before) & set(after)) >= 9


def test_refusals_are_grouped_by_their_reason_with_one_example(roster: Roster) -> None:
    why = {"field": "value", "rule": "map", "place": "m.yml:7"}
    roster.add(entry(key, REJECTED, message=f"no {key}", **why) for key in "cab")
    roster.add([entry("d", WAITING, field="org_id", code="PARENT_MISSING", rule="parent")])
    mapped, parent = roster.refusals()
    assert (mapped.rule, mapped.records, mapped.example, mapped.message) == ("map", 3, "a", "no a")
    assert (parent.code, parent.records) == ("PARENT_MISSING", 1)
    assert [each.message for each in roster.refusals_in_words("map", 2)] == ["no a", "no b"]


def test_orphans_are_those_whose_parent_nothing_gives(roster: Roster) -> None:
    waits = {"verdict": WAITING, "field": "org_id"}
    roster.add(
        [
            Entry("org", "bad", "bad", REJECTED),
            entry("1", parents=(Parent("org_id", "org", "bad"),), **waits),
            entry("2", parents=(Parent("org_id", "org", "none"),), **waits),
            entry("3", parents=(Parent("org_id", "org", "none"),), **waits),
        ]
    )
    (lost,) = roster.orphans(1)
    assert (lost.object, lost.field, lost.parent, lost.records) == ("deal", "org_id", "org", 2)
    assert lost.examples == ("2",)


def test_a_second_pass_is_noted_where_the_parent_comes_later(roster: Roster) -> None:
    def late(key: str) -> tuple[Parent, ...]:
        return (Parent("parent_id", "deal", key, is_late=True),)

    roster.add(
        [
            entry("1", parents=late("2")),
            entry("2", UNCHANGED, parents=late("1")),
            entry("3", UPDATE, changed=("name",), parents=late("1")),
            entry("4", UNCHANGED, parents=late("gone")),
            entry("5", REJECTED, parents=late("1")),
        ]
    )
    assert roster.fill_late("deal") == 3
    found = {
        one.key: one for verdict in (CREATE, UPDATE) for one in roster.entries("deal", verdict)
    }
    assert found["1"].changed == ()
    assert found["2"].changed == ("parent_id",)
    assert found["3"].changed == ("name", "parent_id")
    assert roster.counts()["deal"][UNCHANGED] == 1


def test_a_second_pass_goes_on_beyond_one_page(roster: Roster) -> None:
    parents = (Parent("parent_id", "deal", "0", is_late=True),)
    roster.add([entry("0")])
    roster.add(entry(f"{number:05}", UNCHANGED, parents=parents) for number in range(1, 2_500))
    assert roster.fill_late("deal") == 2_499
    assert roster.counts()["deal"][UPDATE] == 2_499


def test_words_that_no_database_stores_are_kept_escaped(roster: Roster) -> None:
    roster.add([entry("1", REJECTED, message="half a pair \ud800", stratum="\udfff")])
    (refusal,) = roster.refusals()
    assert refusal.message == "half a pair \\ud800"
    assert roster.planned("deal", ["\ud800"]) == set()


def test_a_large_roster_is_not_held_in_memory(roster: Roster) -> None:
    def chunk(start: int) -> list[Entry]:
        parents = (Parent("org_id", "org", "7"),)
        return [
            entry(f"{number:08}", message="x" * 300, parents=parents)
            for number in range(start, start + 1_000)
        ]

    roster.add(chunk(0))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for start in range(1_000, 100_000, 1_000):
        roster.add(chunk(start))
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 16_000, f"{grown} kB more for 100,000 records"
    assert roster.counts()["deal"][CREATE] == 100_000
