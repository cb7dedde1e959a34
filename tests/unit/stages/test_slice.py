"""The slice of a sample: some of every sort, with all that they refer to, by lot."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crm_transforms.stages.roster import (
    CREATE,
    REJECTED,
    UNCHANGED,
    WAITING,
    Entry,
    Parent,
    Roster,
)
from crm_transforms.stages.slice import FEW, FEW_FAULTY, Slice, Slicer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ORDER = ("company", "deal", "line", "note")
STATES = ("open", "won", "lost")
DEALS = 400
LINES = 4
SIZE = 100


@pytest.fixture
def roster() -> Iterator[Roster]:
    with Roster() as opened:
        yield opened


def companies() -> Iterator[Entry]:
    """Each belongs to the next one, the last to none."""
    for number in range(40):
        after = (Parent("parent_id", "company", f"c{number + 1}", is_late=True),)
        parents = after if number % 10 < 3 else ()
        yield Entry("company", f"c{number}", f"c{number}", CREATE, stratum=CREATE, parents=parents)


def deals(verdict: str = CREATE) -> Iterator[Entry]:
    """Nearly all are open; of one state there is a single one."""
    for number in range(DEALS):
        state = STATES[2] if number == 7 else STATES[number % 5 == 0]
        parents = (Parent("company_id", "company", f"c{number % 40}"),)
        stratum = f"{verdict}, state: {state}"
        yield Entry("deal", f"d{number}", f"d{number}", verdict, stratum=stratum, parents=parents)


def lines(row: str = "d", count: int = LINES) -> Iterator[Entry]:
    """Several for each deal's row."""
    for number in range(DEALS):
        size = count if number == 3 else LINES
        for place in range(size):
            parents = (Parent("deal_id", "deal", f"d{number}"),)
            key = f"l{number}-{place}"
            yield Entry("line", key, f"{row}{number}", CREATE, stratum=CREATE, parents=parents)


def notes(faulty: int = 0) -> Iterator[Entry]:
    for number in range(60):
        verdict = (CREATE, REJECTED, WAITING)[number % 3 if number < faulty else 0]
        parents = (Parent("deal_id", "deal", f"d{number}"),)
        yield Entry("note", f"n{number}", f"n{number}", verdict, stratum=verdict, parents=parents)


def fill(roster: Roster, *entries: Iterable[Entry]) -> None:
    for some in entries:
        roster.add(some)


def choose(roster: Roster, size: int = SIZE, seed: int = 1) -> Slice:
    return Slicer(roster, ORDER, size, seed).choose()


def keys(roster: Roster, chosen: Slice) -> dict[str, set[str]]:
    """The records of a slice."""
    found = {}
    for name, rows in chosen.rows.items():
        query = "SELECT key FROM record WHERE object = ? AND row_key = ?"
        found[name] = {key for row in rows for (key,) in roster.read(query, name, row)}
    return found


def test_a_migration_that_is_small_enough_is_taken_whole(roster: Roster) -> None:
    fill(roster, companies(), notes(faulty=9))
    chosen = choose(roster)
    assert chosen.records == {"company": 40, "deal": 0, "line": 0, "note": 60}
    assert chosen.size == SIZE


def test_everything_that_is_referred_to_is_in_it_what_comes_later_too(roster: Roster) -> None:
    fill(roster, companies(), deals(), lines(), notes())
    found = keys(roster, choose(roster))
    for name in ORDER:
        for parents in roster.parents(name, found[name]).values():
            for parent in parents:
                assert parent.key in found[parent.object]
    assert any(roster.parents("company", found["company"]))


def test_a_row_comes_with_all_the_records_that_it_gives(roster: Roster) -> None:
    fill(roster, companies(), deals(), lines(), notes())
    chosen = choose(roster)
    assert len(chosen.rows["line"]) * LINES == chosen.records["line"] > 0


def test_it_is_about_as_large_as_was_asked_and_has_some_of_each_object(roster: Roster) -> None:
    fill(roster, companies(), deals(), lines(), notes())
    for size in (SIZE, 300):
        chosen = choose(roster, size)
        assert size * 0.8 < chosen.size <= size
        assert all(count >= FEW for count in chosen.records.values())


def test_the_same_seed_gives_the_same_records_and_another_one_others(roster: Roster) -> None:
    fill(roster, companies(), deals(), lines(), notes())
    first = choose(roster)
    assert choose(roster) == first
    assert choose(roster, seed=2).rows != first.rows


def test_what_was_loaded_since_changes_nothing(roster: Roster) -> None:
    fill(roster, companies(), deals(), lines(), notes())
    first = choose(roster)
    some = [entry for entry in deals(UNCHANGED) if int(entry.key[1:]) % 2]
    roster.add(some)
    assert choose(roster) == first


def test_every_value_that_tells_records_apart_comes_at_least_once(roster: Roster) -> None:
    fill(roster, companies(), deals(), lines(), notes())
    assert "d7" in choose(roster).rows["deal"]


def test_few_of_those_that_will_fail_are_taken(roster: Roster) -> None:
    fill(roster, companies(), deals(), lines(), notes(faulty=60))
    taken = set(choose(roster, 300).rows["note"])
    verdicts = {entry.key: entry.verdict for entry in notes(faulty=60)}
    found = [verdicts[key] for key in taken]
    assert {REJECTED, WAITING} <= set(found)
    assert found.count(REJECTED) + found.count(WAITING) <= FEW_FAULTY
    assert found.count(CREATE) >= FEW


def test_a_row_of_hundreds_of_records_is_passed_over_where_others_will_do(roster: Roster) -> None:
    fill(roster, companies(), deals(), lines(count=300), notes())
    for seed in range(20):
        assert choose(roster, seed=seed).size < SIZE * 2


def test_parents_that_nothing_gives_are_done_without(roster: Roster) -> None:
    fill(roster, notes())
    assert choose(roster, 20).records["note"] == 20
