"""The way to one account: from settings to all that speaks to it, and back again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crm_transforms.destination import SCHEMA
from target_pipedrive.account import Account, no_progress
from target_pipedrive.client import Client
from target_pipedrive.deals import Deals
from target_pipedrive.field_book import FieldBook
from target_pipedrive.files import Files
from target_pipedrive.limits import Budget, Burst, Clock
from target_pipedrive.lines import DealProducts
from target_pipedrive.resource import Resource
from target_pipedrive.schema import Schema
from target_pipedrive.settings import (
    DEFAULT_CONCURRENCY,
    DEFAULT_MAX_FILE_MB,
    auth_of,
    base_url,
    number_of,
)
from target_pipedrive.tables import DEAL_PRODUCTS, TABLES
from target_pipedrive.timeouts import DEFAULT
from target_pipedrive.v1 import V1Resource
from target_pipedrive.wire import Wire
from target_pipedrive.writes import Writes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path
    from types import TracebackType

    from typing_extensions import Self

    from crm_transforms.destination import Progress
    from target_pipedrive.timeouts import Timeouts

KINDS: Mapping[str, type[Resource]] = {
    "deals": Deals,
    "notes": V1Resource,
    "files": Files,
}
"""Objects that go their own way; all others are plain resources."""


class Connection:
    """One Pipedrive account, and what there is to speak to it with.

    Args:
        settings: ``api_url``, ``api_token`` or ``client_id``, ``client_secret`` and
            ``refresh_token``; ``daily_token_reserve`` (tokens, or below 1 or as ``10%`` a share of
            the day's), ``concurrency`` (requests at once), ``max_file_mb`` (1024 * 1024 bytes).
        progress: called while long lists are read.
        on_refresh_token: called with each new OAuth refresh token; the old one may be void.
        token_folder: where new OAuth refresh tokens are kept for later processes.
        clock: time; another one in tests.
        timeouts: how long a silent service is waited for.

    Raises:
        SettingError: a setting is missing or wrong.
    """

    def __init__(
        self,
        settings: Mapping[str, Any],
        *,
        progress: Progress | None = None,
        on_refresh_token: Callable[[str], None] | None = None,
        token_folder: Path | None = None,
        clock: Clock | None = None,
        timeouts: Timeouts = DEFAULT,
    ) -> None:
        clock = clock or Clock()
        auth = auth_of(
            settings, clock, on_refresh_token, token_folder=token_folder, timeouts=timeouts
        )
        self._burst = Burst(auth.burst_limit, clock)
        self._budget = Budget(number_of(settings, "daily_token_reserve", 0, 0), clock)
        concurrency = int(number_of(settings, "concurrency", DEFAULT_CONCURRENCY, 1))
        self._client = Client(
            base_url(settings),
            auth,
            Wire(auth, timeouts, connections=concurrency + 1),
            self._burst,
            self._budget,
            clock,
        )
        self._account = Account(
            self._client,
            FieldBook(self._client),
            progress or no_progress,
            max_file_bytes=int(
                number_of(settings, "max_file_mb", DEFAULT_MAX_FILE_MB, 0) * 1024 * 1024
            ),
        )
        self._lines = DealProducts(DEAL_PRODUCTS, self._account)
        self._resources: dict[str, Resource] = {
            name: KINDS.get(name, Resource)(table, self._account)
            for name, table in TABLES.items()
            if table is not DEAL_PRODUCTS
        }
        self._resources[DEAL_PRODUCTS.name] = self._lines
        self._schema = Schema(self._account)
        self._writes = Writes({SCHEMA: self._schema, **self._resources}, concurrency)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End threads and connections; what is under way is waited for, and nothing is begun."""
        self._client.close()
        self._writes.close()
