"""Rate limits: the day's tokens, the two-second window, and what happens to those who go on.

https://pipedrive.readme.io/docs/core-api-concepts-rate-limiting
"""

from __future__ import annotations

import math
from collections import deque
from datetime import timedelta
from typing import TYPE_CHECKING

from tests.sandbox.pipedrive.refusal import ERROR_INFO, RefusalError
from tests.sandbox.pipedrive.tables.plans import (
    BURST_SECONDS,
    DAILY_WRITES,
    SEARCH_BURST,
    TOKENS_PER_SEAT,
)

if TYPE_CHECKING:
    from tests.sandbox.pipedrive.account import Account

# "Continued hammering" has no published figure; neither has the length of the block.
PATIENCE = 20
BLOCK_SECONDS = 60

_CLOUDFLARE = (
    "<!DOCTYPE html><html><head><title>Access denied | api.pipedrive.com used Cloudflare to "
    "restrict access</title></head><body><h1>Error 1015</h1><p>You are being rate limited</p>"
    "</body></html>"
)


class Budget:
    """Counts what one account's requests cost."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self.spent = 0
        self._writes = 0
        self._refused_in_a_row = 0
        self._blocked_until = 0.0
        self._window: deque[float] = deque()
        self._searches: deque[float] = deque()

    @property
    def daily(self) -> int:
        """Tokens per day: `account.daily_budget`, or what plan and seats give."""
        if self._account.daily_budget is not None:
            return self._account.daily_budget
        seats = sum(user["active_flag"] for user in self._account.users)
        return TOKENS_PER_SEAT * self._account.limits.multiplier * seats

    @property
    def left(self) -> int:
        return max(0, self.daily - self.spent)

    def next_day(self) -> None:
        self.spent = self._writes = self._refused_in_a_row = 0
        self._blocked_until = 0.0

    def charge(self, method: str, cost: int, *, search: bool, oauth: bool) -> None:
        """Raises: RefusalError: 429 over a limit, 403 from Cloudflare after many of those."""
        now = self._account.clock().timestamp()
        if now < self._blocked_until:
            raise RefusalError(403, html=_CLOUDFLARE)
        burst = self._burst(oauth=oauth)
        if self._account.burst is not None:
            self._charge_window(self._window, burst, now, oauth=oauth)
            if search:
                self._charge_window(self._searches, SEARCH_BURST, now, oauth=oauth)
        if self.spent + cost > self.daily:
            self._refuse(self._until_midnight(), "daily request budget exceeded", oauth=oauth)
        self.spent += cost
        self._writes += method in ("POST", "PUT")
        self._refused_in_a_row = 0

    def _burst(self, *, oauth: bool) -> int:
        limits = self._account.limits
        if self._account.burst is None:
            return limits.oauth_burst if oauth else limits.burst
        return self._account.burst

    def _charge_window(self, window: deque[float], most: int, now: float, *, oauth: bool) -> None:
        while window and window[0] <= now - BURST_SECONDS:
            window.popleft()
        if len(window) >= most:
            # The body of this 429 is not documented.
            self._refuse(math.ceil(window[0] + BURST_SECONDS - now), "rate limit", oauth=oauth)
        window.append(now)

    def _refuse(self, seconds: int, error: str, *, oauth: bool) -> None:
        self._refused_in_a_row += 1
        if self._refused_in_a_row > PATIENCE and not oauth:
            self._blocked_until = self._account.clock().timestamp() + BLOCK_SECONDS
            self._refused_in_a_row = 0
            raise RefusalError(403, html=_CLOUDFLARE)
        raise RefusalError(
            429,
            error,
            headers={"retry-after": str(max(1, seconds))},
            envelope={"errorCode": 429, "error_info": ERROR_INFO},
        )

    def _until_midnight(self) -> int:
        # The zone of the server's midnight is not published; UTC is taken.
        now = self._account.clock()
        midnight = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
        return math.ceil((midnight - now).total_seconds())

    def headers(self, *, oauth: bool) -> dict[str, str]:
        burst = self._burst(oauth=oauth)
        headers = {
            "x-ratelimit-limit": str(burst),
            "x-ratelimit-remaining": str(max(0, burst - len(self._window))),
            "x-ratelimit-reset": str(BURST_SECONDS),
            "x-daily-ratelimit-token-limit": str(self.daily),
            "x-daily-ratelimit-token-remaining": str(self.left),
        }
        if not oauth:
            headers["x-daily-requests-left"] = str(max(0, DAILY_WRITES - self._writes))
        return headers
