"""Tokens per day and requests per two seconds.

Source: https://pipedrive.readme.io/docs/core-api-concepts-rate-limiting; the 429 body of an
exhausted day was seen live, twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.sandbox.pipedrive.budget import BLOCK_SECONDS, PATIENCE

if TYPE_CHECKING:
    import requests
    from tests.sandbox.pipedrive import Account
    from tests.unit.sandbox_pipedrive.conftest import Client, Clock

ME = "/v1/users/me"  # costs 2


def test_a_request_costs_its_tokens(api: Client, account: Account) -> None:
    account.daily_budget = 100
    assert api.get(ME).headers["x-daily-ratelimit-token-limit"] == "100"
    api.get("/api/v2/deals")
    left = api("POST", "/api/v2/deals", {"title": "Boiler"}).headers
    assert left["x-daily-ratelimit-token-remaining"] == str(100 - 2 - 10 - 5)
    assert account.budget.spent == 17


@pytest.mark.parametrize(("plan", "tokens"), [("lite", 270_000), ("ultimate", 1_890_000)])
def test_plan_and_seats_make_the_days_budget(account: Account, plan: str, tokens: int) -> None:
    """30,000 x multiplier x active seats, of which there are nine."""
    account.plan = plan
    assert account.budget.daily == tokens


def test_an_exhausted_day_is_a_429_until_the_next(api: Client, account: Account) -> None:
    account.daily_budget = 11
    assert api.get("/api/v2/deals").ok
    refused = api.get(ME)
    assert refused.status_code == 429
    assert refused.json() == {
        "success": False,
        "error": "daily request budget exceeded",
        "errorCode": 429,
        "error_info": "Please check developers.pipedrive.com",
    }
    assert refused.headers["retry-after"] == str(12 * 3600)
    assert refused.headers["x-daily-ratelimit-token-remaining"] == "1"
    account.next_day()
    assert api.get(ME).ok


def test_the_budget_can_be_emptied_by_others(api: Client, account: Account) -> None:
    account.exhaust_budget()
    assert api.get(ME).status_code == 429


def test_nothing_is_written_over_the_budget(api: Client, account: Account) -> None:
    account.exhaust_budget()
    api("POST", "/api/v2/deals", {"title": "Boiler"})
    assert account.snapshot()["deals"] == []
    assert account.commits == []


def test_a_burst_is_a_429_for_two_seconds(api: Client, account: Account, clock: Clock) -> None:
    account.burst = 3
    answers = [api.get(ME) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert [answer.headers["x-ratelimit-remaining"] for answer in answers] == ["2", "1", "0", "0"]
    assert answers[-1].headers["retry-after"] == "2"
    clock.pass_by(seconds=2)
    assert api.get(ME).ok


def test_searches_have_a_window_of_their_own(api: Client, account: Account) -> None:
    """Ten in two seconds, on every plan."""
    account.burst = 120

    def search() -> requests.Response:
        return api.get("/api/v2/deals/search", term="boiler")

    assert [search().status_code for _ in range(11)] == [200] * 10 + [429]
    assert api.get(ME).ok


def test_whoever_goes_on_after_a_429_meets_cloudflare(
    api: Client, account: Account, clock: Clock
) -> None:
    """Published: 403 with HTML; after how many is a guess."""
    account.burst = 1
    api.get(ME)
    assert {api.get(ME).status_code for _ in range(PATIENCE)} == {429}
    blocked = api.get(ME)
    assert blocked.status_code == 403
    assert blocked.headers["content-type"].startswith("text/html")
    clock.pass_by(seconds=BLOCK_SECONDS - 1)
    assert api.get(ME).status_code == 403
    clock.pass_by(seconds=1)
    assert api.get(ME).ok


def test_who_is_unknown_pays_nothing(api: Client, account: Account) -> None:
    api("GET", ME, headers={"x-api-token": "wrong"})
    assert account.budget.spent == 0
