"""What the org says may still be used: requests, batches, storage.

https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_limits.htm
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, NamedTuple

from target_salesforce.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from target_salesforce.client import Client

REQUESTS = "DailyApiRequests"
BATCHES = "DailyBulkApiBatches"
DATA_MB = "DataStorageMB"
FILES_MB = "FileStorageMB"
FRESH = 300.0
"""Seconds for which an answer counts."""
ROWS_PER_BATCH = 10_000
"""Of a job, as Salesforce cuts it up:
https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/bulk_api_2_limits.htm
"""


class Room(NamedTuple):
    """One limit."""

    most: int
    left: int


class Quota:
    """The limits of one org, asked for when needed and kept for some minutes.

    Args:
        client: the org's API.
        reserve: share of the batches that is left to others.
    """

    def __init__(self, client: Client, reserve: float = 0.0) -> None:
        self._client = client
        self._reserve = reserve if reserve < 1 else 0.0
        self._told: Mapping[str, Any] = {}
        self._asked_at: float | None = None
        self._sent = 0
        self._lock = threading.Lock()

    def room(self, name: str) -> Room | None:
        """One limit; ``None`` where the org does not tell it, or not this user.

        Raises:
            DestinationError: there is no answer.
        """
        with self._lock:
            now = self._client.clock.monotonic()
            if self._asked_at is None or now - self._asked_at > FRESH:
                self._told, self._asked_at, self._sent = self._ask(), now, 0
            told = self._told.get(name)
        if not isinstance(told, dict) or "Max" not in told:
            return None
        return Room(int(told["Max"]), int(told.get("Remaining") or 0))

    def takes_job(self, rows: int) -> bool:
        """Whether there are batches for a job of so many rows, less the reserve; counts them."""
        room = self.room(BATCHES)
        wanted = -(-rows // ROWS_PER_BATCH)
        if room is None:
            return True
        with self._lock:
            if room.left - self._sent - wanted < room.most * self._reserve:
                return False
            self._sent += wanted
            return True

    def _ask(self) -> Mapping[str, Any]:
        try:
            told = self._client.library.limits()
        except RefusedError:
            # It takes the permission to view the setup.
            return {}
        return told if isinstance(told, dict) else {}
