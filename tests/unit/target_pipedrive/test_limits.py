"""Pacing and budget, on a clock of their own."""

from __future__ import annotations

from bisect import bisect_left

import pytest

from crm_transforms.destination import BudgetExhaustedError
from target_pipedrive.limits import Budget, Burst


def told(left: int, total: int = 30_000) -> dict[str, str]:
    return {
        "x-daily-ratelimit-token-remaining": str(left),
        "x-daily-ratelimit-token-limit": str(total),
    }


def test_no_two_seconds_hold_more_requests_than_the_limit(hands, rng):
    burst = Burst(20, hands.clock)
    sent = []
    for _ in range(500):
        hands.passed += rng.choice((0, 0, 0.01, 0.3))
        burst.wait()
        sent.append(hands.passed)
    most = max(bisect_left(sent, start + 2.0) - i for i, start in enumerate(sent))
    assert most == 20


def test_the_limit_is_learned_from_the_answers(hands):
    burst = Burst(20, hands.clock)
    burst.learn({"x-ratelimit-limit": "120"})
    for _ in range(120):
        burst.wait()
    assert hands.passed == 0
    burst.wait()
    assert hands.passed == pytest.approx(2.1)


@pytest.mark.parametrize("limit", [20, 120, 480])
def test_the_whole_burst_is_let_through(hands, limit):
    burst = Burst(limit, hands.clock)
    for _ in range(10 * limit):
        burst.wait()
    assert hands.passed == pytest.approx(9 * 2.1)


def test_whoever_waits_sleeps_once(hands):
    burst = Burst(20, hands.clock)
    for _ in range(20):
        burst.wait()
        hands.passed += 0.01
    for number in range(20):
        burst.wait()
        assert len(hands.naps) == number + 1


def test_a_burst_that_we_used_up_ourselves_is_no_reason_to_hold(hands):
    burst = Burst(120, hands.clock)
    for number in range(120):
        moment = burst.wait()
        hands.passed += 0.01
        left = {"x-ratelimit-limit": "120", "x-ratelimit-remaining": str(119 - number)}
        burst.learn({**left, "x-ratelimit-reset": "2"}, moment)
    burst.wait()
    assert hands.passed == pytest.approx(2.1)


def test_an_answer_that_comes_late_still_counts_as_ours(hands):
    burst = Burst(20, hands.clock)
    moments = [burst.wait() for _ in range(20)]
    hands.passed += 5
    burst.learn({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "2"}, moments[-1])
    burst.wait()
    assert hands.passed == 5


def test_a_hold_also_holds_those_who_wait_already(hands):
    sleep = hands.sleep

    def held_meanwhile(seconds):
        if not hands.naps:
            burst.hold(10)
        sleep(seconds)

    hands.sleep = held_meanwhile
    burst = Burst(20, hands.clock)
    for _ in range(21):
        burst.wait()
    assert hands.passed == pytest.approx(10)


def test_everybody_waits_when_the_token_is_used_up_elsewhere(hands):
    burst = Burst(20, hands.clock)
    burst.learn({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1"})
    burst.wait()
    assert hands.passed == pytest.approx(1.0)


@pytest.mark.parametrize(("reserve", "kept"), [(5_000, 5_000), (0.1, 3_000)])
def test_the_reserve_is_never_touched(hands, reserve, kept):
    budget = Budget(reserve, hands.clock)
    left = 30_000
    budget.take(2)
    budget.settle(2, told(left))
    while budget.spendable >= 7:
        budget.take(7)
        left -= 7
        budget.settle(7, told(left))
    with pytest.raises(BudgetExhaustedError) as stopped:
        budget.take(7)
    assert kept <= left < kept + 7
    assert budget.spendable == left - kept
    assert stopped.value.resumes_at == "2027-01-16T00:00:00Z"


def test_what_is_under_way_counts_as_spent(hands):
    budget = Budget(0, hands.clock)
    budget.take(2)
    budget.settle(2, told(20))
    budget.take(10)
    budget.take(10)
    with pytest.raises(BudgetExhaustedError):
        budget.take(1)


def test_answers_that_overtake_each_other_never_raise_the_budget(hands, rng):
    budget = Budget(0, hands.clock)
    truth = 100_000
    budget.take(2)
    budget.settle(2, told(truth))
    under_way: list[int] = []
    for _ in range(2_000):
        budget.take(5)
        truth -= 5
        under_way.append(truth)
        if len(under_way) == 8:
            budget.settle(5, told(under_way.pop(rng.randrange(8))))
        assert budget.left is not None
        assert budget.left - 5 * len(under_way) <= truth
    assert truth - budget.left <= 8 * 5


def test_a_missing_header_does_not_forget_what_was_known(hands):
    budget = Budget(0, hands.clock)
    budget.take(2)
    budget.settle(2, told(1_000))
    budget.take(10)
    budget.settle(10, {})
    assert budget.left == 990


def test_a_new_day_is_noticed(hands):
    budget = Budget(0, hands.clock)
    budget.take(2)
    budget.settle(2, told(12))
    budget.take(2)
    budget.settle(2, told(29_998))
    assert budget.left == 29_998


def test_a_request_that_never_left_costs_nothing(hands):
    budget = Budget(0, hands.clock)
    budget.take(2)
    budget.settle(2, told(100))
    budget.take(50)
    budget.settle(50, {}, spent=False)
    assert budget.left == 100


def test_a_spent_budget_says_when_it_resumes_and_then_does(hands):
    budget = Budget(0, hands.clock)
    error = budget.close(3_939)
    assert error.resumes_at == "2027-01-15T09:05:39Z"
    with pytest.raises(BudgetExhaustedError) as stopped:
        budget.take(1)
    assert stopped.value.resumes_at == error.resumes_at
    hands.passed += 3_940
    budget.take(1)


def test_a_reserve_that_was_reached_is_asked_about_again_the_next_day(hands):
    budget = Budget(100, hands.clock)
    budget.take(2)
    budget.settle(2, told(100))
    with pytest.raises(BudgetExhaustedError):
        budget.take(1)
    hands.passed += 86_400
    budget.take(1)
