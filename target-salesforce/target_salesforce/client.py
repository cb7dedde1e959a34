"""Requests to one org: retried where that is safe, and never guessed about.

A read is asked again after any trouble that may pass. A write is sent again only when it certainly
was not carried out: no connection came about, too many requests were under way, or its session had
ended. Whatever else is silent is reported as unknown.

What simple-salesforce does well (describes, queries, limits) it does here, on our way of asking;
composite requests, collections, jobs, uploads and deploys have no place in it and go straight.
"""

from __future__ import annotations

import tempfile
import threading
from typing import IO, TYPE_CHECKING, Any, TypeAlias
from urllib.parse import quote

from crm_transforms.canonical import encode
from crm_transforms.destination import DestinationError, UnavailableError
from target_salesforce.clock import Clock
from target_salesforce.endings import ending_of
from target_salesforce.errors import RefusedError, SilenceError
from target_salesforce.library import library_of
from target_salesforce.reply import LOST, Reply

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import requests
    from simple_salesforce.api import Salesforce

    from target_salesforce.budget import Budget
    from target_salesforce.session import Session
    from target_salesforce.wire import Wire

ATTEMPTS = 6
PATIENCE = 900.0
"""Seconds of refusals for too many requests at once, after which the API is out of reach."""
CHUNK = 1 << 16
IN_MEMORY = 1 << 20
"""Bytes of a download above which it goes to disk."""

Body: TypeAlias = "bytes | Callable[[], tuple[Any, str]]"
"""Bytes to be sent, or what opens a stream of them and names its content type, each time anew."""


class Client:
    """One org's API, for any number of threads.

    Args:
        session: the access token and whose address it is for.
        wire: what carries requests.
        budget: requests per day.
        version: of the API, as ``62.0``.
        clock: time, and the waiting for it.
    """

    def __init__(
        self,
        session: Session,
        wire: Wire,
        budget: Budget,
        version: str,
        clock: Clock | None = None,
    ) -> None:
        self.session = session
        self.wire = wire
        self.budget = budget
        self.version = version
        self.clock = clock or Clock()
        self.api = f"/services/data/v{version}"
        self._closed = threading.Event()
        self._library: Salesforce | None = None

    @property
    def base(self) -> str:
        """The org's address, without a slash at its end; logs in where that has to be asked."""
        return self.session.current().instance_url

    # Reading

    def read(self, path: str, params: Mapping[str, str] | None = None) -> Any:
        """Ask for something.

        Args:
            path: below :attr:`api`, or from the root when it begins with a slash.
            params: the query.

        Returns:
            The JSON, with decimals kept exact; ``None`` for an empty answer.

        Raises:
            RefusedError: the API said no.
            DestinationError: the answer is none of this API.
            AuthenticationError: the credentials are refused.
            UnavailableError: no answer in spite of retries.
            BudgetExhaustedError: the requests of the day are used up, less the reserve.
        """
        return self._told("GET", path, lambda: {"params": params}).body

    def ask(self, method: str, path: str, json: Any) -> Any:
        """Ask for something with a body: as :meth:`read`, and retried like that.

        Only for what changes nothing, e.g. records by their ids (``POST composite/sobjects/X``).
        """
        return self._told(method, path, lambda: _as_json(json)).body

    def read_text(self, path: str, params: Mapping[str, str] | None = None) -> IO[bytes]:
        """Download something that may be large, e.g. the results of a job.

        Returns:
            A temporary file at its beginning, complete; the caller closes it.

        Raises:
            DestinationError: as :meth:`read`.
        """
        for attempt in range(1, ATTEMPTS + 1):
            reply = self._told("GET", path, lambda: _any_type(params), stream=True)
            file = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - the caller closes it
            try:
                with reply.response as response:
                    for chunk in response.iter_content(CHUNK):
                        file.write(chunk)
            except LOST as error:
                file.close()
                if attempt == ATTEMPTS:
                    raise UnavailableError(f"GET {path}: cut off: {error}") from error
                self.clock.back_off(attempt)
            else:
                file.seek(0)
                return file
        raise AssertionError(path)

    def query(self, soql: str) -> Iterator[dict[str, Any]]:
        """All records of a query, page by page, without those in the recycle bin.

        Raises:
            DestinationError: as :meth:`read`.
        """
        page = self.library.query(soql)
        yield from page["records"]
        while not page["done"]:
            page = self.library.query_more(page["nextRecordsUrl"], identifier_is_url=True)
            yield from page["records"]

    def describe(self, sobject: str) -> dict[str, Any]:
        """The describe of an sObject as the API has it, asked each time.

        Raises:
            RefusedError: ``NOT_FOUND``: there is none, or it is hidden from this user.
        """
        described: dict[str, Any] = getattr(self.library, quote(sobject, safe="")).describe()
        return described

    @property
    def library(self) -> Salesforce:
        """simple-salesforce, on this client's session, retries and errors."""
        if self._library is None:
            self._library = library_of(self.base, self.version, self._asked_by_library)
        return self._library

    # Changing

    def send(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        data: Body | None = None,
        files: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """Change something; never sent again once it may have left.

        Args:
            method: the HTTP method.
            path: as in :meth:`read`.
            json: a body to be sent as JSON.
            data: a body of bytes or a stream.
            files: small parts of a form, as ``requests`` takes them (all in memory).
            headers: beside the usual ones, e.g. ``Content-Type`` of ``data``.

        Returns:
            The answer, with :attr:`Reply.ok` or with what the API has against the request.

        Raises:
            SilenceError: nobody can say whether it was carried out.
            DestinationError: it certainly was not, and going on makes no sense.
            BudgetExhaustedError: it was not; the requests of the day are used up, less the reserve.
        """

        def make() -> dict[str, Any]:
            extra = dict(headers or {})
            if callable(data):
                stream, content_type = data()
                return {"data": stream, "headers": {"Content-Type": content_type, **extra}}
            if data is not None or files is not None:
                return {"data": data, "files": files, "headers": extra}
            if json is None:
                return {"headers": extra}
            made = _as_json(json)
            return {**made, "headers": {**made["headers"], **extra}}

        timeouts = self.wire.timeouts
        timeout = timeouts.write if data is None and files is None else timeouts.upload
        return self._ask(method, path, make, repeatable=False, timeout=timeout)

    def close(self) -> None:
        """Send nothing any more, and close the connections."""
        self._closed.set()
        self.wire.close()

    # On the way

    def _asked_by_library(self, path: str, params: Any) -> requests.Response:
        response: requests.Response = self._told("GET", path, lambda: {"params": params}).response
        return response

    def _told(
        self, method: str, path: str, make: Callable[[], dict[str, Any]], *, stream: bool = False
    ) -> Reply:
        """The answer to a read, which is no refusal."""
        timeout = self.wire.timeouts.read
        reply = self._ask(method, path, make, repeatable=True, timeout=timeout, stream=stream)
        if not reply.ok:
            words = self.session.redacted(reply.words)
            raise RefusedError(f"{method} {path}", reply, words)
        return reply

    def _ask(
        self,
        method: str,
        path: str,
        make: Callable[[], dict[str, Any]],
        *,
        repeatable: bool,
        **how: Any,
    ) -> Reply:
        what = f"{method} {path}"
        failures = 0
        waited = 0.0
        renewed = False
        while True:
            token = self.session.current()
            url = token.instance_url + (path if path.startswith("/") else f"{self.api}/{path}")
            reply = self._exchange(method, url, token.access_token, {**how, **make()})
            words = f"{what}: {reply.code}: {self.session.redacted(reply.words)}"
            if reply.too_many_at_once:
                waited += self._stand_back(words, reply, waited)
            elif reply.session_ended and not renewed and self.session.renew(token):
                renewed = True
            elif reply.budget_spent:
                raise self.budget.close()
            elif ending := ending_of(what, reply, self.session):
                raise ending
            elif not reply.silent:
                return reply
            elif reply.left and not repeatable:
                code = f"HTTP_{reply.status}" if reply.status >= 400 else reply.code
                raise SilenceError(code, words)
            else:
                failures += 1
                if failures == ATTEMPTS:
                    raise UnavailableError(words)
                self.clock.back_off(failures, reply.retry_after)

    def _stand_back(self, words: str, reply: Reply, waited: float) -> float:
        """Wait because too many requests are under way; how long, in seconds."""
        if waited >= PATIENCE:
            raise UnavailableError(f"{words}, for {waited:.0f} s")
        began = self.clock.monotonic()
        self.clock.back_off(1 + int(waited).bit_length(), reply.retry_after)
        return self.clock.monotonic() - began

    def _exchange(self, method: str, url: str, token: str, how: dict[str, Any]) -> Reply:
        if self._closed.is_set():
            raise DestinationError(f"{method} {url}: not sent, the run has ended")
        self.wire.adapter.speak_plainly(url)
        self.budget.take()
        reply = Reply(left=False)
        try:
            response = self.wire.exchange(method, url, token, **how)
            reply = Reply.of(response, whole=not (how.get("stream") and response.ok))
        except LOST as error:
            reply = Reply.lost_by(error)
        finally:
            self.budget.settle(reply.headers, spent=reply.left)
        return reply


def _any_type(params: Mapping[str, str] | None) -> dict[str, Any]:
    return {"params": params, "headers": {"Accept": "*/*"}}


def _as_json(json: Any) -> dict[str, Any]:
    return {"data": encode(json), "headers": {"Content-Type": "application/json"}}
