"""What may be spent: requests per two seconds, and tokens per day.

https://pipedrive.readme.io/docs/core-api-concepts-rate-limiting
"""

from __future__ import annotations

import threading
import time
from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

from crm_transforms.destination import BudgetExhaustedError
from target_pipedrive.costs import BURST_WINDOW

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

WINDOW = BURST_WINDOW + 0.1
"""Seconds. Requests travel at different speeds, and the window is counted where they arrive."""

KEPT = 4 * WINDOW
"""Seconds for which it is remembered when requests left: an answer may take a while."""

NEW_DAY = 1_000
"""Tokens. Answers overtake each other, so what is left only ever seems to rise a little; a rise by
more than this is a new day or a top-up."""


@dataclass(frozen=True)
class Clock:
    """Time as this package sees it, so that waiting can be tested without waiting."""

    monotonic: Callable[[], float] = time.monotonic
    wall: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep


def _number(headers: Mapping[str, str], name: str) -> int | None:
    text = headers.get(name, "")
    return int(text) if text.isdecimal() else None


class Burst:
    """Never more than ``limit`` requests in any two seconds, over all threads.

    Each request takes the next free moment and sleeps until then, once: threads that wait do not
    wake each other.

    Args:
        limit: where to start; the ``x-ratelimit-limit`` of the answers replaces it.
    """

    def __init__(self, limit: int, clock: Clock) -> None:
        self.limit = limit
        self.told: int | None = None
        """The limit as the API told it."""
        self._clock = clock
        self._moments: deque[float] = deque()
        self._closed_until = 0.0
        self._lock = threading.Lock()

    def wait(self) -> float:
        """Return when one more request may leave, and count it.

        Returns:
            The moment that it was given, for :meth:`learn`.
        """
        moment = self._take()
        while (pause := moment - self._clock.monotonic()) > 0:
            self._clock.sleep(pause)
            if self._closed_until > moment:
                moment = self._take()
        return moment

    def _take(self) -> float:
        with self._lock:
            now = self._clock.monotonic()
            moments = self._moments
            while moments and moments[0] <= now - KEPT:
                moments.popleft()
            moment = max(now, self._closed_until)
            if moments:
                moment = max(moment, moments[-1])
            if len(moments) >= self.limit:
                moment = max(moment, moments[-self.limit] + WINDOW)
            moments.append(moment)
            return moment

    def learn(self, headers: Mapping[str, str], moment: float | None = None) -> None:
        """Take over what an answer says: the same token may be in use elsewhere.

        Args:
            headers: those of the answer.
            moment: when its request left, as :meth:`wait` returned it.
        """
        limit = _number(headers, "x-ratelimit-limit")
        if limit and limit != self.told:
            with self._lock:
                self.limit = self.told = limit
        if _number(headers, "x-ratelimit-remaining") == 0 and not self._used_up_by_us(moment):
            reset = _number(headers, "x-ratelimit-reset")
            self.hold(min(reset or BURST_WINDOW, BURST_WINDOW))

    def _used_up_by_us(self, moment: float | None) -> bool:
        """Whether the last two seconds before a request explain that it was the last for now.

        Requests overtake each other, so a tenth may be missing.
        """
        with self._lock:
            until = self._clock.monotonic() if moment is None else moment
            ours = sum(until - WINDOW < one <= until for one in self._moments)
            return ours >= self.limit - self.limit // 10

    def hold(self, seconds: float) -> None:
        """Let nobody send for so long."""
        with self._lock:
            until = self._clock.monotonic() + seconds
            self._closed_until = max(self._closed_until, until)


class Budget:
    """The company's daily tokens, of which a reserve is left to others.

    Args:
        reserve: tokens never to be spent, or with a value below 1 a share of the day's allowance.
    """

    def __init__(self, reserve: float, clock: Clock) -> None:
        self.left: int | None = None
        self.total: int | None = None
        self.calls = 0
        self.tokens = 0
        """What was asked and spent through this budget so far."""
        self._reserve = reserve
        self._clock = clock
        self._under_way = 0
        self._closed_until: float | None = None
        self._lock = threading.Lock()

    @property
    def reserve(self) -> int:
        """The reserve in tokens; a share is 0 until an answer has told the allowance."""
        if self._reserve >= 1:
            return int(self._reserve)
        return round(self._reserve * (self.total or 0))

    @property
    def spendable(self) -> int | None:
        """Tokens that this target may still spend today; ``None`` until an answer tells."""
        return None if self.left is None else max(0, self.left - self.reserve)

    def resumes_at(self) -> str:
        """When there will be tokens again, as a UTC instant.

        The reset is at midnight of a server whose zone nobody names; until a ``retry-after`` tells
        the moment, UTC midnight is the guess.
        """
        if self._closed_until is None:
            today = datetime.fromtimestamp(self._clock.wall(), timezone.utc)
            midnight = today.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
            return midnight.strftime("%Y-%m-%dT%H:%M:%SZ")
        then = datetime.fromtimestamp(self._closed_until, timezone.utc)
        return then.strftime("%Y-%m-%dT%H:%M:%SZ")

    def take(self, tokens: int) -> None:
        """Set tokens aside for a request.

        Raises:
            BudgetExhaustedError: they are not there, less the reserve.
        """
        with self._lock:
            if self._closed_until is not None:
                if self._clock.wall() < self._closed_until:
                    raise self._exhausted("is spent")
                self._closed_until = self.left = None
            if self.left is not None and self.left - self._under_way - tokens < self.reserve:
                error = self._exhausted(f"is down to {self.left}, of which {self.reserve} are kept")
                midnight = datetime.strptime(error.resumes_at, "%Y-%m-%dT%H:%M:%S%z")
                self._closed_until = midnight.timestamp()
                raise error
            self._under_way += tokens

    def settle(self, tokens: int, headers: Mapping[str, str], *, spent: bool = True) -> None:
        """Book a request that came to an end, by what its answer says is left.

        Args:
            tokens: what was taken.
            headers: those of the answer, empty when there was none.
            spent: the request left this machine.
        """
        left = _number(headers, "x-daily-ratelimit-token-remaining")
        total = _number(headers, "x-daily-ratelimit-token-limit")
        with self._lock:
            self._under_way -= tokens
            if not spent:
                return
            self.calls += 1
            self.tokens += tokens
            self.total = total or self.total
            if self.left is not None:
                booked = self.left - tokens
                risen = left is not None and left > booked + NEW_DAY
                self.left = left if risen else min(booked, booked if left is None else left)
            else:
                self.left = left

    def close(self, seconds: float | None) -> BudgetExhaustedError:
        """Note that the API itself said that the budget is spent, for so many seconds if told."""
        with self._lock:
            self._closed_until = None
            if seconds is not None:
                self._closed_until = self._clock.wall() + seconds
            error = self._exhausted("is spent")
            self.left = 0
            return error

    def _exhausted(self, state: str) -> BudgetExhaustedError:
        resumes_at = self.resumes_at()
        return BudgetExhaustedError(
            f"the account's daily API token budget {state}; there are new tokens at {resumes_at}",
            resumes_at,
        )
