"""The wire: one HTTP exchange, by ``requests``, with all that does not change looked up once.

``Session.request`` reads proxies, certificates and cookies anew for every request; that is half of
what a small write costs this machine. Sharing one adapter also lets all threads share connections.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter

from target_pipedrive.timeouts import DEFAULT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from urllib3.connectionpool import ConnectionPool

    from target_pipedrive.auth import Auth
    from target_pipedrive.timeouts import Timeouts

HEADERS: Mapping[str, str] = {
    "Accept": "application/json",
    "Accept-Encoding": "gzip, deflate",
    "User-Agent": "target-pipedrive (+https://www.singer.io)",
}


class Adapter(HTTPAdapter):
    """Finds each host's pool of connections, with its certificates and proxy, once."""

    def __init__(self, connections: int) -> None:
        super().__init__(pool_maxsize=connections)
        self._pools: dict[tuple[str, str], ConnectionPool] = {}

    def get_connection_with_tls_context(
        self,
        request: requests.PreparedRequest,
        verify: bool | str | None,
        proxies: Any = None,
        cert: Any = None,
    ) -> ConnectionPool:
        url = str(request.url)
        host = host_of(url)
        pool = self._pools.get(host)
        if pool is None:
            pool = super().get_connection_with_tls_context(request, verify, proxies, cert)
            super().cert_verify(pool, url, verify, cert)  # type: ignore[no-untyped-call]  # no types
            self._pools[host] = pool
        return pool

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        """Nothing: a pool keeps the certificates that it was made with."""


class Wire:
    """Exchanges with any host under one set of credentials, for any number of threads.

    Args:
        auth: puts credentials on requests.
        timeouts: how long silence is waited for.
        connections: how many are kept open; more are made where more threads ask.
    """

    def __init__(self, auth: Auth, timeouts: Timeouts = DEFAULT, connections: int = 1) -> None:
        self._auth = auth
        self._timeouts = timeouts
        self._adapter = Adapter(connections)
        self._surroundings: dict[tuple[str, str], Mapping[str, Any]] = {}

    def exchange(
        self,
        method: str,
        url: str,
        *,
        upload: bool = False,
        headers: Mapping[str, str] | None = None,
        **what: Any,
    ) -> requests.Response:
        """Send one request and return its answer, whatever it says; redirects are not followed.

        Args:
            method: the HTTP method.
            url: without a query.
            upload: a large body, whose answer may take its time.
            headers: beside those of every request.
            what: ``params`` and ``data``, as ``requests`` takes them.

        Raises:
            requests.RequestException: there is no answer, or only a part of one.
        """
        request = requests.Request(
            method, url, headers={**HEADERS, **(headers or {})}, auth=self._auth, **what
        )
        timeouts = self._timeouts
        response = self._adapter.send(
            request.prepare(),
            timeout=(timeouts.connect, timeouts.upload if upload else timeouts.read),
            **self._surroundings_of(url),
        )
        _ = response.content  # the connection is free for others once this is read
        return response

    def close(self) -> None:
        """Close the connections that wait for their next request."""
        self._adapter.close()

    def _surroundings_of(self, url: str) -> Mapping[str, Any]:
        """Proxy and certificates, as the environment has them for a host."""
        host = host_of(url)
        if host not in self._surroundings:
            with requests.Session() as session:
                self._surroundings[host] = session.merge_environment_settings(
                    url, {}, stream=False, verify=None, cert=None
                )
        return self._surroundings[host]


def host_of(url: str) -> tuple[str, str]:
    """Scheme and network location of a URL."""
    parts = urlsplit(url)
    return parts.scheme, parts.netloc
