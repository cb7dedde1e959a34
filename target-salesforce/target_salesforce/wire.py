"""The wire: one HTTP exchange by ``requests``, with the session's token on it.

It is a ``requests.Session``, so that simple-salesforce travels on it as well: that library insists
on https, knows no timeouts and copies its token, all of which are put right here.
"""

from __future__ import annotations

from http.cookiejar import DefaultCookiePolicy
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase

from target_salesforce.timeouts import DEFAULT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from target_salesforce.timeouts import Timeouts

HEADERS: Mapping[str, str] = {
    "Accept": "application/json",
    "Accept-Encoding": "gzip, deflate",
    "User-Agent": "target-salesforce (+https://www.singer.io)",
}


class Bearer(AuthBase):
    """An access token on a request. As ``requests`` auth it also keeps ``.netrc`` out."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._token:
            request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class Adapter(HTTPAdapter):
    """Speaks to hosts that were configured as http in http, whatever the URL says."""

    def __init__(self, connections: int) -> None:
        super().__init__(pool_connections=4, pool_maxsize=connections)
        self._plain: set[str] = set()

    def speak_plainly(self, base: str) -> None:
        """Take over an address whose scheme may be http."""
        parts = urlsplit(base)
        if parts.scheme == "http":
            self._plain.add(parts.netloc)

    def send(self, request: requests.PreparedRequest, *how: Any, **more: Any) -> requests.Response:
        url = str(request.url)
        if url.startswith("https://") and urlsplit(url).netloc in self._plain:
            request.url = f"http://{url.removeprefix('https://')}"
        return super().send(request, *how, **more)


class Wire(requests.Session):
    """Exchanges for any number of threads; no cookies, no redirects.

    Args:
        timeouts: how long silence is waited for.
        connections: how many are kept open.
    """

    def __init__(self, timeouts: Timeouts = DEFAULT, connections: int = 1) -> None:
        super().__init__()
        self.timeouts = timeouts
        self.headers.update(HEADERS)
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self.adapter = Adapter(connections)
        self.mount("https://", self.adapter)
        self.mount("http://", self.adapter)

    def exchange(
        self,
        method: str,
        url: str,
        token: str,
        *,
        timeout: float,
        stream: bool = False,
        **what: Any,
    ) -> requests.Response:
        """Send one request and return its answer, whatever it says.

        Args:
            method: the HTTP method.
            url: without a query.
            token: the access token, empty for none.
            timeout: seconds of silence that are waited for.
            stream: leave the body to the caller.
            what: ``params``, ``data``, ``files`` and ``headers``, as ``requests`` takes them.

        Raises:
            requests.RequestException: there is no answer, or only a part of one.
        """
        return self.request(
            method,
            url,
            auth=Bearer(token),
            timeout=(self.timeouts.connect, timeout),
            allow_redirects=False,
            stream=stream,
            **what,
        )
