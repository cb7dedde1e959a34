"""Requests to one account: paced, retried where that is safe, and never guessed about.

A read is asked again after any trouble that may pass. A write is sent again only when it certainly
was not carried out: no connection came about, the burst limit refused it, or its access token had
ended. Whatever else is silent is reported as unknown.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

import requests
import urllib3.exceptions

from crm_transforms.canonical import encode
from crm_transforms.destination import (
    AuthenticationError,
    DestinationError,
    SettingError,
    Status,
    UnavailableError,
)
from target_pipedrive import shapes
from target_pipedrive.answers import Outcome, Reply
from target_pipedrive.costs import BURST_WINDOW, TOKENS
from target_pipedrive.limits import Clock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from target_pipedrive.auth import Auth
    from target_pipedrive.limits import Budget, Burst
    from target_pipedrive.wire import Wire

ATTEMPTS = 6
LONGEST_PAUSE = 60.0
PATIENCE = 900.0
"""Seconds of refusals by the burst limit after which the API counts as out of reach."""
PREFIXES = ("/api/v2", "/api/v1", "/v1")


class RefusedError(DestinationError):
    """A read that the API refused.

    Attributes:
        reply: the answer.
    """

    def __init__(self, endpoint: str, reply: Reply) -> None:
        super().__init__(f"{endpoint}: HTTP {reply.http} {reply.code}: {reply.words}")
        self.reply = reply


def base_of(api_url: str) -> str:
    """The address without an API version, which this target adds itself.

    Raises:
        SettingError: it is no address.
    """
    base = api_url.strip().rstrip("/")
    for prefix in PREFIXES:
        base = base.removesuffix(prefix)
    try:
        parts = urlsplit(base)
        usable = parts.scheme in {"https", "http"} and parts.hostname and parts.port != 0
    except ValueError as error:  # a port that cannot be, a bracket that stays open
        raise SettingError(f"setting api_url is {api_url!r}: {error}") from error
    if not usable or parts.query or parts.fragment:
        raise SettingError(
            f"setting api_url: {api_url!r} is no address of an API; it looks like "
            "https://company.pipedrive.com"
        )
    return base


class Client:
    """One account's API, for any number of threads.

    Args:
        base: the address, without version.
        auth: the credentials; an OAuth answer may name the host to use instead of ``base``.
        wire: what carries requests.
        burst: requests per two seconds.
        budget: tokens per day.
        clock: time, and the waiting for it.
    """

    def __init__(
        self,
        base: str,
        auth: Auth,
        wire: Wire,
        burst: Burst,
        budget: Budget,
        clock: Clock | None = None,
    ) -> None:
        self.base = base
        self.auth = auth
        self.wire = wire
        self.burst = burst
        self.budget = budget
        self._clock = clock or Clock()
        # A token that a sandbox issued must not be carried to the real service, nor the other way.
        self._at_pipedrive = (urlsplit(base).hostname or "").endswith(".pipedrive.com")
        self._closed = threading.Event()

    def read(
        self, endpoint: str, params: Mapping[str, Any] | None = None, **parts: object
    ) -> dict[str, Any]:
        """Ask for something.

        Args:
            endpoint: method and path as :data:`TOKENS` has them, e.g. ``GET /v1/notes/{id}``.
            params: the query.
            parts: what to put into the path.

        Raises:
            RefusedError: the API said no.
            DestinationError: the answer is not as documented.
            AuthenticationError: the credentials are refused.
            UnavailableError: no answer in spite of retries.
            BudgetExhaustedError: the daily tokens are spent, less the reserve.
        """
        reply = self._ask(endpoint, parts, repeatable=True, params=dict(params or {}))
        body = reply.body
        if body is None:
            raise DestinationError(f"{endpoint}: {reply.words}; check api_url {self.base}")
        if reply.outcome().status is Status.REFUSED:
            raise RefusedError(endpoint, reply)
        shapes.check(endpoint, body)
        return body

    def send(
        self,
        endpoint: str,
        json: Any = None,
        *,
        form: Mapping[str, str] | None = None,
        body: Callable[[], tuple[Any, str]] | None = None,
        params: Mapping[str, Any] | None = None,
        **parts: object,
    ) -> Outcome:
        """Change something.

        Args:
            endpoint: as in :meth:`read`.
            json: a body to be sent as JSON.
            form: a body to be sent URL-encoded.
            body: makes a body to be streamed, and its content type; called for every attempt.
            params: the query.
            parts: what to put into the path.

        Raises:
            DestinationError: it certainly did not happen, and going on makes no sense.
            BudgetExhaustedError: it did not happen; the daily tokens are spent, less the reserve.
        """

        def request() -> dict[str, Any]:
            if body is not None:
                data, content_type = body()
                return {"data": data, "headers": {"Content-Type": content_type}}
            if form is not None:
                return {"data": dict(form)}
            if json is None:
                return {}
            return {"data": encode(json), "headers": {"Content-Type": "application/json"}}

        reply = self._ask(
            endpoint, parts, repeatable=False, request=request, params=dict(params or {})
        )
        return reply.outcome()

    def pages(
        self, endpoint: str, params: Mapping[str, Any], *, limit: int = 500
    ) -> Iterator[list[dict[str, Any]]]:
        """The pages of a v2 list.

        Raises:
            DestinationError: a page points back to itself; otherwise as in :meth:`read`.
        """
        seen: set[str] = set()
        query = {**params, "limit": limit}
        while True:
            body = self.read(endpoint, query)
            yield list(body["data"] or ())
            cursor = (body.get("additional_data") or {}).get("next_cursor")
            if not cursor:
                return
            if cursor in seen:
                raise DestinationError(f"{endpoint}: the page after cursor {cursor!r} came twice")
            seen.add(cursor)
            query["cursor"] = cursor

    def close(self) -> None:
        """Send nothing any more, and close the connections."""
        self._closed.set()
        self.wire.close()

    def _ask(
        self,
        endpoint: str,
        parts: Mapping[str, object],
        *,
        repeatable: bool,
        params: dict[str, Any],
        request: Callable[[], dict[str, Any]] = dict,
    ) -> Reply:
        failures = 0
        waited = 0.0
        renewed = False
        while True:
            used = self.auth.current()
            reply = self._exchange(endpoint, parts, params, request())
            if reply.http == 429:
                waited += self._stand_back(endpoint, reply, waited)
            elif reply.http == 401 and not renewed and self.auth.renew(used):
                renewed = True
            elif error := _end_of(endpoint, reply):
                raise error
            elif not reply.left or (repeatable and reply.passing):
                failures += 1
                if failures == ATTEMPTS:
                    raise UnavailableError(f"{endpoint}: {reply.code}: {reply.words}")
                self._clock.sleep(self._pause(failures, reply))
            else:
                return reply

    @staticmethod
    def _pause(failures: int, reply: Reply) -> float:
        asked = min(reply.retry_after or 0.0, LONGEST_PAUSE)
        return max(asked, min(0.5 * 2.0**failures, LONGEST_PAUSE))

    def _stand_back(self, endpoint: str, reply: Reply, waited: float) -> float:
        """Hold all threads after a 429; how long, in seconds."""
        if reply.budget_spent:
            raise self.budget.close(reply.retry_after)
        if waited >= PATIENCE:
            raise UnavailableError(f"{endpoint}: refused as too frequent for {waited:.0f} s")
        pause = max(reply.retry_after or 0.0, min(waited, LONGEST_PAUSE), BURST_WINDOW)
        self.burst.hold(pause)
        return pause

    def _exchange(
        self,
        endpoint: str,
        parts: Mapping[str, object],
        params: dict[str, Any],
        request: dict[str, Any],
    ) -> Reply:
        method, path = endpoint.split(" ")
        for name, part in parts.items():
            path = path.replace(f"{{{name}}}", quote(str(part), safe=""))
        host = (self._at_pipedrive and self.auth.api_domain) or self.base
        upload = not isinstance(request.get("data", b""), bytes | dict)
        tokens = TOKENS[endpoint]
        self.budget.take(tokens)
        reply = Reply(left=False)
        try:
            moment = self.burst.wait()
            if self._closed.is_set():
                raise DestinationError(f"{endpoint}: not sent, the run has ended")
            response = self.wire.exchange(
                method, f"{host}{path}", params=params, upload=upload, **request
            )
            reply = Reply.of(response, self.auth)
            self.burst.learn(reply.headers, moment)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            reply = Reply.lost(error, self.auth)
        finally:
            self.budget.settle(tokens, reply.headers, spent=reply.left)
        return reply


def _end_of(endpoint: str, reply: Reply) -> DestinationError | None:
    """What makes every further request useless."""
    if reply.http == 401:
        return AuthenticationError(f"Pipedrive refuses the credentials: {reply.words}")
    if reply.of_the_edge:
        return UnavailableError(
            f"{endpoint}: blocked before the API (HTTP 403, no JSON): too many requests with this"
            " token, or the network is not let in; try again later"
        )
    if reply.http == 402:
        return DestinationError(f"the Pipedrive account is not open: {reply.words}")
    if 300 <= reply.http < 400:
        return DestinationError(
            f"{endpoint}: redirected to {reply.headers.get('location')}; check api_url"
        )
    return None
