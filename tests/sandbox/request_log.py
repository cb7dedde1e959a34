"""What was asked of the sandbox, in order."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Request:
    """One request to a service.

    Attributes:
        number: its place among all requests, from 1.
        service: ``kickserv`` or ``pipedrive``.
        method: the verb.
        path: the whole path, with the service's prefix.
        query: the raw query string.
        at: when it arrived, in seconds of the monotonic clock.
        size: bytes of its body.
        authorized: it carried an ``Authorization`` header.
        cookie: it carried a ``Cookie`` header.
        status: of the answer; None if none was begun.
        fault: the kind of fault it met, or None.
    """

    number: int
    service: str
    method: str
    path: str
    query: str
    at: float
    size: int
    authorized: bool
    cookie: bool
    status: int | None = None
    fault: str | None = None


class RequestLog(list[Request]):
    """All requests to the services since the start or the last ``clear``."""

    def of(self, service: str, method: str | None = None) -> list[Request]:
        """Return the requests to one service, of one verb if it is given."""
        return [
            request
            for request in self
            if request.service == service and method in {None, request.method}
        ]
