"""Requests of the day: learned from each answer, and stopped before the reserve is touched."""

from __future__ import annotations

import pytest

from crm_transforms.destination import BudgetExhaustedError
from target_salesforce.budget import Budget
from target_salesforce.clock import Clock


def told(used, total=1_000):
    return {"sforce-limit-info": f"api-usage={used}/{total}"}


@pytest.fixture
def budget():
    return Budget(0.1, Clock(wall=lambda: 1_800_000_000.0))


def test_nothing_is_known_before_the_first_answer(budget):
    budget.take()
    assert (budget.spendable, budget.reserve) == (None, 0)


def test_an_answer_tells_what_is_left(budget):
    budget.take()
    budget.settle(told(18))
    assert (budget.left, budget.total, budget.spendable, budget.calls) == (982, 1_000, 882, 1)


def test_the_usage_of_one_app_is_not_taken_for_that_of_the_org(budget):
    budget.take()
    budget.settle({"sforce-limit-info": "api-usage=25/5000; per-app-api-usage=17/250(appName=x)"})
    assert (budget.left, budget.total) == (4_975, 5_000)


def test_an_answer_without_the_header_is_counted_by_ourselves(budget):
    for headers in (told(18), {}):
        budget.take()
        budget.settle(headers)
    assert budget.left == 981


def test_a_request_that_never_left_is_not_counted(budget):
    budget.take()
    budget.settle({}, spent=False)
    assert budget.calls == 0


def test_the_reserve_is_not_eaten(budget):
    budget.take()
    budget.settle(told(899))
    budget.take()
    with pytest.raises(BudgetExhaustedError, match="down to 101, of which 100 are kept"):
        budget.take()


def test_the_run_goes_on_a_day_after_its_first_request(budget):
    budget.take()
    budget.settle(told(1_000))
    with pytest.raises(BudgetExhaustedError) as spent:
        budget.take()
    assert spent.value.resumes_at == "2027-01-16T08:00:00Z"


def test_a_number_as_reserve_is_taken_as_it_is():
    budget = Budget(250, Clock())
    budget.learn(300, 1_000)
    assert (budget.reserve, budget.spendable) == (250, 50)
