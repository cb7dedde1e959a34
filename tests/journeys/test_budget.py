from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.journeys.world import Outcome, World

DAILY = 600
RESERVE = 200
MOST_DAYS = 12


def test_a_spent_budget_pauses_the_load_and_the_next_days_finish_it(fresh: World) -> None:
    crm = fresh.sandbox.crm
    crm.daily_budget = DAILY

    days = [fresh.run()]
    while _is_paused(days[-1]) and len(days) < MOST_DAYS:
        crm.next_day()
        days.append(fresh.command("apply"))

    assert len(days) > 2
    assert _is_paused(days[0])
    assert days[0].code == 0, days[0].log
    assert days[-1].code == 0, days[-1].log
    assert fresh.findings() == []


def test_a_pause_can_be_made_to_fail_and_an_empty_budget_is_not_hammered(fresh: World) -> None:
    fresh.sandbox.crm.daily_budget = DAILY

    paused = fresh.run(fail_on_pause=True)

    assert paused.code == 4, paused.log

    fresh.sandbox.crm.exhaust_budget()
    again = fresh.command("apply")

    assert again.code == 4, again.log
    assert len(again.requests) <= 2


def test_the_next_run_of_the_tap_goes_on_as_well(fresh: World) -> None:
    crm = fresh.sandbox.crm
    crm.daily_budget = DAILY
    fresh.run()
    crm.daily_budget = None

    outcome = fresh.run()

    assert outcome.code == 0, outcome.log
    assert fresh.findings() == []


def test_the_reserve_is_left_for_others(fresh: World) -> None:
    crm = fresh.sandbox.crm
    crm.daily_budget = DAILY

    outcome = fresh.run(daily_token_reserve=RESERVE)

    assert _is_paused(outcome)
    assert crm.budget.left >= RESERVE
    assert crm.budget.left < RESERVE + 100


def _is_paused(outcome: Outcome) -> bool:
    return "paused: " in outcome.log + outcome.out
