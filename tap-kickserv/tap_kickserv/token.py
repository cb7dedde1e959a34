"""The API token, which Kickserv replaces whenever its employee's password changes.

http://www.kickserv.com/help/api
"""

from __future__ import annotations

import json
import os
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from dotenv import dotenv_values, find_dotenv
from singer_sdk.exceptions import FatalAPIError

if TYPE_CHECKING:
    import logging
    from collections.abc import Callable, Iterable, Iterator

SETTING = "api_token"
VARIABLE = "TAP_KICKSERV_API_TOKEN"
POLL_SECONDS = 5.0


class Token:
    """The token in use, and the places where a new one can appear while a run waits.

    Args:
        value: The token the run starts with.
        places: Called each time anew; yields the tokens that stand in files now.
        wait_seconds: How long to wait for a new token once the present one is refused.
        logger: Where to ask for the new token.
        sleep: Takes seconds.
    """

    def __init__(
        self,
        value: str,
        *,
        places: Callable[[], Iterable[str]],
        wait_seconds: float,
        logger: logging.Logger,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.value = value
        self._places = places
        self._wait_seconds = wait_seconds
        self._logger = logger
        self._sleep = sleep
        self._refused: set[str] = set()
        self._lock = threading.Lock()

    def replace(self, refused: str) -> None:
        """Wait for a token other than the refused one; one wait serves every thread.

        Args:
            refused: The token with which a request was answered 401.

        Raises:
            FatalAPIError: None appeared in time.
        """
        with self._lock:
            if refused != self.value:
                return
            self._refused.add(refused)
            waited = 0.0
            while (found := self._new()) is None:
                if waited >= self._wait_seconds:
                    raise FatalAPIError(
                        "Kickserv no longer accepts the API token; it is replaced whenever its "
                        "employee's password changes. Copy the new one from My Account > API "
                        f"token into `{SETTING}` and run again.",
                    )
                if waited == 0:
                    self._logger.warning(
                        "Kickserv no longer accepts the API token. The run pauses for up to "
                        "%d s: put the new token into the configuration file or, as %s, into "
                        ".env, and it goes on where it stopped.",
                        self._wait_seconds,
                        VARIABLE,
                    )
                pause = min(POLL_SECONDS, self._wait_seconds - waited)
                self._sleep(pause)
                waited += pause
            self.value = found
            self._logger.info("Going on with a new API token.")

    def _new(self) -> str | None:
        return next((token for token in self._places() if token not in self._refused), None)


def tokens_in_files(config_files: Iterable[Path]) -> Iterator[str]:
    """Read the token from where it may have come: `--config` files, then `.env` files.

    The environment of a running process cannot be changed from outside; the `.env` it was filled
    from can, both the nearest one and the one of the Meltano project.
    """
    for path in config_files:
        try:
            token = json.loads(path.read_text()).get(SETTING)
        except (OSError, ValueError, AttributeError):
            continue  # half written, or gone: looked at again at the next poll
        if token:
            yield token
    project = os.environ.get("MELTANO_PROJECT_ROOT")
    dotenv_files = [find_dotenv(usecwd=True), str(Path(project, ".env")) if project else ""]
    for dotenv_file in filter(None, dotenv_files):
        token = dotenv_values(dotenv_file).get(VARIABLE)
        if token:
            yield token
