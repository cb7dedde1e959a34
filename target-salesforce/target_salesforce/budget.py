"""Requests per 24 hours, which all integrations of an org share; a reserve is left to others.

Every counted answer tells them: ``Sforce-Limit-Info: api-usage=18/5000``, approximately
(https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/headers_api_usage.htm).
"""

from __future__ import annotations

import re
import threading
from typing import TYPE_CHECKING

from crm_transforms.destination import BudgetExhaustedError
from target_salesforce.clock import instant

if TYPE_CHECKING:
    from collections.abc import Mapping

    from target_salesforce.clock import Clock

USAGE = re.compile(r"(?:^|[\s;,])api-usage=(\d+)/(\d+)")
DAY = 86_400.0


class Budget:
    """The org's requests, as far as answers tell them.

    Args:
        reserve: requests never to be used, or with a value below 1 a share of the allowance.
    """

    def __init__(self, reserve: float, clock: Clock) -> None:
        self.left: int | None = None
        self.total: int | None = None
        self.calls = 0
        """What was asked through this budget so far."""
        self._reserve = reserve
        self._clock = clock
        self._under_way = 0
        self._began: float | None = None
        self._lock = threading.Lock()

    @property
    def reserve(self) -> int:
        """The reserve in requests; a share is 0 until an answer has told the allowance."""
        if self._reserve >= 1:
            return int(self._reserve)
        return round(self._reserve * (self.total or 0))

    @property
    def spendable(self) -> int | None:
        """Requests that may still be sent; ``None`` until an answer tells."""
        return None if self.left is None else max(0, self.left - self.reserve)

    def resumes_at(self) -> str:
        """When there will be requests again: the window rolls, so ours of a day ago come free.

        Those of others may come free earlier, which nothing tells.
        """
        began = self._clock.wall() if self._began is None else self._began
        return instant(began + DAY)

    def take(self) -> None:
        """Set a request aside.

        Raises:
            BudgetExhaustedError: it would eat into the reserve.
        """
        with self._lock:
            if self.left is not None and self.left - self._under_way - 1 < self.reserve:
                raise self._exhausted(f"is down to {self.left}, of which {self.reserve} are kept")
            self._under_way += 1
            if self._began is None:
                self._began = self._clock.wall()

    def settle(self, headers: Mapping[str, str], *, spent: bool = True) -> None:
        """Book a request that came to an end.

        Args:
            headers: those of the answer, empty when there was none.
            spent: the request left this machine.
        """
        told = USAGE.search(headers.get("sforce-limit-info", ""))
        with self._lock:
            self._under_way -= 1
            if not spent:
                return
            self.calls += 1
            if told:
                used, self.total = int(told[1]), int(told[2])
                self.left = max(0, self.total - used)
            elif self.left is not None:
                self.left = max(0, self.left - 1)

    def learn(self, left: int, total: int) -> None:
        """Take over what ``/limits`` says."""
        with self._lock:
            self.left, self.total = left, total

    def close(self) -> BudgetExhaustedError:
        """Note that the API itself said that there are no requests left."""
        with self._lock:
            self.left = 0
            return self._exhausted("are used up")

    def _exhausted(self, state: str) -> BudgetExhaustedError:
        resumes_at = self.resumes_at()
        return BudgetExhaustedError(
            f"the org's API requests of 24 hours: what is left {state}; "
            f"those of this run come free at {resumes_at}, those of others may do so earlier",
            resumes_at,
        )
