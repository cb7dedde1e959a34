"""What a subscription buys.

Budgets and bursts: https://pipedrive.readme.io/docs/core-api-concepts-rate-limiting. Caps on
custom fields and on open deals: https://support.pipedrive.com/en/article/usage-limits-in-pipedrive.
"""

from __future__ import annotations

from dataclasses import dataclass

TOKENS_PER_SEAT = 30_000  # per day, times the plan's multiplier
BURST_SECONDS = 2
SEARCH_BURST = 10  # searches per window, on every plan
DAILY_WRITES = 10_000  # POST and PUT per user and day, fair use: announced, not enforced


@dataclass(frozen=True)
class Plan:
    """Limits of one plan; `burst` and `oauth_burst` are requests per window and token."""

    multiplier: int
    burst: int
    oauth_burst: int
    custom_fields: int
    open_deals_per_seat: int
    visibility: tuple[int, ...]
    recurring_products: bool


PLANS = {
    "lite": Plan(1, 20, 80, 30, 2_500, (1, 3), recurring_products=False),
    "growth": Plan(2, 40, 160, 100, 5_000, (1, 3), recurring_products=True),
    "premium": Plan(5, 100, 400, 300, 15_000, (1, 3, 5, 7), recurring_products=True),
    "ultimate": Plan(7, 120, 480, 500, 20_000, (1, 3, 5, 7), recurring_products=True),
}
MOST_OPEN_DEALS = 300_000
