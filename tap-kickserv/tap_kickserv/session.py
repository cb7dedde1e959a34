"""HTTP that can only read."""

from __future__ import annotations

from http.cookiejar import DefaultCookiePolicy
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import requests
from requests.adapters import HTTPAdapter
from typing_extensions import override

if TYPE_CHECKING:
    from requests import PreparedRequest, Response

CONNECT_SECONDS, READ_SECONDS = 10.0, 120.0


class ReadOnlySession(requests.Session):
    """A session that sends GET and nothing else, and keeps no cookie.

    Kickserv answers each request with a session cookie, which could carry another employee's
    rights into the next one.

    Args:
        connections: How many connections are kept open.
    """

    def __init__(self, connections: int) -> None:
        super().__init__()
        self.headers["User-Agent"] = f"tap-kickserv/{version('tap-kickserv')}"
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
        adapter = HTTPAdapter(pool_connections=connections, pool_maxsize=connections)
        self.mount("http://", adapter)
        self.mount("https://", adapter)

    @override
    def send(self, request: PreparedRequest, **kwargs: Any) -> Response:
        """Send a prepared request.

        Raises:
            ValueError: The request would do anything but read.
        """
        if request.method != "GET":
            raise ValueError(f"tap-kickserv only reads; it does not send {request.method}")
        kwargs["timeout"] = kwargs.get("timeout") or (CONNECT_SECONDS, READ_SECONDS)
        return super().send(request, **kwargs)

    @override
    def rebuild_auth(self, prepared_request: PreparedRequest, response: Response) -> None:
        """Leave `Authorization` behind when a redirect leads to another host."""
        # The base class would also put in credentials of that host from a .netrc file.
        before, after = response.request.url or "", prepared_request.url or ""
        if "Authorization" not in prepared_request.headers:
            return
        if self.should_strip_auth(before, after):  # type: ignore[no-untyped-call] # requests
            del prepared_request.headers["Authorization"]
