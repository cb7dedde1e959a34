"""Requests to one Kickserv account: authentication, verdicts, retries."""

from __future__ import annotations

import re
import time
import weakref
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from multiprocessing.pool import ThreadPool
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

import requests
from singer_sdk.exceptions import FatalAPIError, RetriableAPIError, SkippableAPIError

from tap_kickserv.formats import UnreadableError
from tap_kickserv.session import ReadOnlySession

if TYPE_CHECKING:
    import logging
    from collections.abc import Callable, Mapping

    from requests import Response

    from tap_kickserv.formats import Format
    from tap_kickserv.token import Token

T = TypeVar("T")

# How often a request is repeated, by what went wrong; the pauses double from half a second.
REPEATS = {"throttled": 12, "server": 6, "network": 6, "body": 3}
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.5, 60.0
LONGEST_RETRY_AFTER_SECONDS = 900.0

_NETWORK_TROUBLE = (
    requests.ConnectionError,
    requests.Timeout,
    requests.exceptions.ChunkedEncodingError,
    requests.exceptions.ContentDecodingError,
)
# A missing record is answered with 400 and this text, not with 404.
_GONE = re.compile(rb"Invalid (customer|job)", re.IGNORECASE)
_WEB_PAGE = re.compile(rb"\s*<(!doctype\s+html|html)\b", re.IGNORECASE)


class NotOfferedError(SkippableAPIError):
    """Something that this account does not answer: 404, 406, or a record that is gone.

    Args:
        path: The path that was asked for.
        status: The HTTP status of the reply.
    """

    def __init__(self, path: str, status: int) -> None:
        super().__init__(f"{path} answered {status}")
        self.status = status


class Client:
    """Reads paths below one account's address.

    Args:
        web_url: The account's pages in the web app, below which the API lies; http is allowed.
        token: Sent as user name and as password.
        concurrency: How many requests may be under way at once.
        logger: Told of each repeated request; never of a reply's content.
        sleep: Takes seconds.
    """

    def __init__(
        self,
        web_url: str,
        token: Token,
        *,
        concurrency: int,
        logger: logging.Logger,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.web_url = web_url
        self.concurrency = concurrency
        # Daemon threads: a SIGTERM must not wait for a reply.
        self.pool = ThreadPool(concurrency)
        self._close_pool = weakref.finalize(self, self.pool.terminate)
        self.session = ReadOnlySession(concurrency)
        self.token = token
        self.logger = logger
        self.sleep = sleep
        self._proven: tuple[str, Mapping[str, str], Format] | None = None

    def read(
        self,
        path: str,
        params: Mapping[str, str],
        fmt: Format,
        parse: Callable[[bytes], T],
    ) -> T:
        """Read one path until its whole body has been parsed.

        Args:
            path: Path below the slug without the format's suffix, e.g. `/jobs`.
            params: Query parameters.
            fmt: Format to ask for.
            parse: Turns the body into the result; its UnreadableError means a damaged body.

        Raises:
            NotOfferedError: The path or the record does not exist for this account.
            FatalAPIError: Access is refused, or the trouble outlasted the retries.
        """
        where = f"{path}{fmt.suffix}"
        repeats = dict.fromkeys(REPEATS, 0)
        while True:
            token = self.token.value
            try:
                response = self.session.get(
                    f"{self.web_url}{where}",
                    params=params,
                    headers={"Accept": fmt.accept},
                    auth=(token, token),
                )
                if response.status_code == requests.codes.unauthorized and self._proven:
                    self.token.replace(token)
                    continue
                result = self._verdict(where, response, parse)
            except _NETWORK_TROUBLE as error:
                kind, reason, pause = "network", type(error).__name__, None
            except requests.RequestException as error:
                raise FatalAPIError(f"GET {where} cannot be answered: {error}") from error
            except RetriableAPIError as error:
                kind, reason, pause = _kind(error), str(error), _retry_after(error.response)
            else:
                self._proven = path, params, fmt
                return result
            repeats[kind] += 1
            if repeats[kind] > REPEATS[kind] or (pause or 0) > LONGEST_RETRY_AFTER_SECONDS:
                raise FatalAPIError(
                    f"GET {where} failed {sum(repeats.values())} times, the last time with: "
                    f"{reason}",
                )
            if pause is None:
                pause = min(FIRST_PAUSE_SECONDS * 2 ** (repeats[kind] - 1), LONGEST_PAUSE_SECONDS)
            self.logger.warning("GET %s: %s. Again in %.1f s.", where, reason, pause)
            self.sleep(pause)

    def confirm_access(self) -> None:
        """Make sure that the token still opens the account, or wait until a new one does.

        Raises:
            FatalAPIError: It does not, and no new one came.
        """
        if self._proven:
            self.read(*self._proven, len)

    def _verdict(self, where: str, response: Response, parse: Callable[[bytes], T]) -> T:
        status = response.status_code
        if status in {requests.codes.unauthorized, requests.codes.forbidden}:
            raise FatalAPIError(
                f"Kickserv refuses access to {where} ({status}). Either `account_slug` is wrong, "
                "or `api_token` is (a new password makes a new token), or this employee may not "
                "see it, or the account's plan has no API.",
            )
        if status in {requests.codes.not_found, requests.codes.not_acceptable}:
            raise NotOfferedError(where, status)
        if status == requests.codes.bad_request and _GONE.search(response.content[:1000]):
            raise NotOfferedError(where, status)
        if status == requests.codes.too_many_requests or status >= requests.codes.server_error:
            raise RetriableAPIError(f"status {status}", response)
        if status != requests.codes.ok:
            raise FatalAPIError(f"GET {where} was answered with status {status}.")
        if _WEB_PAGE.match(response.content[:200]):
            raise RetriableAPIError("a web page instead of data (maintenance or sign-in)", response)
        try:
            return parse(response.content)
        except UnreadableError as error:
            raise RetriableAPIError(str(error), response) from None


def origin(url: str) -> tuple[str, str | None, int | None]:
    """Scheme, host and port of a URL.

    Raises:
        ValueError: The URL's port is no number.
    """
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)


def _kind(error: RetriableAPIError) -> str:
    status = error.response.status_code if error.response is not None else 0
    if status == requests.codes.too_many_requests:
        return "throttled"
    return "server" if status >= requests.codes.server_error else "body"


def _retry_after(response: Response | None) -> float | None:
    header = response.headers.get("Retry-After") if response is not None else None
    if not header:
        return None
    if header.strip().isdigit():
        return float(header)
    try:
        moment = parsedate_to_datetime(header)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    return max(0.0, (moment - datetime.now(timezone.utc)).total_seconds())
