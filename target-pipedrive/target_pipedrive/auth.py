"""Credentials on a request: an API token, or OAuth 2 with one refresh for all threads."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import requests
from requests.auth import AuthBase

from crm_transforms.canonical import decode
from crm_transforms.destination import AuthenticationError, UnavailableError
from target_pipedrive.timeouts import DEFAULT

if TYPE_CHECKING:
    from target_pipedrive.limits import Clock
    from target_pipedrive.refresh_token import RefreshToken
    from target_pipedrive.timeouts import Timeouts

OAUTH_URL = "https://oauth.pipedrive.com/oauth/token"
EARLY = 60.0
"""Seconds before its end at which an access token is renewed."""
ATTEMPTS = 4


class Auth(AuthBase, ABC):
    """What puts credentials on a request. As ``requests`` auth it also keeps ``.netrc`` out."""

    burst_limit: int
    """Requests per 2 s on the smallest plan with such credentials."""

    api_domain: str = ""
    """The host that an access token is for, where the token service names one."""

    @abstractmethod
    def renew(self, used: str) -> bool:
        """Replace credentials that were refused; whether there are others than ``used`` now."""

    @abstractmethod
    def current(self) -> str:
        """The credential that the next request carries."""

    @abstractmethod
    def secrets(self) -> tuple[str, ...]:
        """Everything that must never be seen in a message."""

    def redacted(self, words: str) -> str:
        """The words without secrets."""
        for secret in self.secrets():
            if secret:
                words = words.replace(secret, "***")
        return words


class ApiToken(Auth):
    """A personal API token (header ``x-api-token``)."""

    burst_limit = 20

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["x-api-token"] = self._token
        return request

    def renew(self, used: str) -> bool:
        return used != self._token

    def current(self) -> str:
        return self._token

    def secrets(self) -> tuple[str, ...]:
        return (self._token,)


class OAuth(Auth):
    """OAuth 2 by refresh token: https://pipedrive.readme.io/docs/marketplace-oauth-authorization.

    Args:
        client: the app's id and its secret.
        refresh_token: what access tokens are had for.
        token_url: where.
        clock: time, and the waiting for it.
        timeouts: how long a silent service is waited for.
    """

    burst_limit = 80

    def __init__(
        self,
        client: tuple[str, str],
        refresh_token: RefreshToken,
        *,
        token_url: str,
        clock: Clock,
        timeouts: Timeouts = DEFAULT,
    ) -> None:
        self._client = client
        self._refresh_token = refresh_token
        self.token_url = token_url
        self._clock = clock
        self._timeouts = timeouts
        self._seen = {refresh_token.configured, refresh_token.latest()}
        self._access_token = ""
        self._ends = 0.0
        self._lock = threading.Lock()

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._access_token}"
        return request

    def current(self) -> str:
        with self._lock:
            if not self._access_token or self._clock.monotonic() >= self._ends:
                self._refresh()
            return self._access_token

    def renew(self, used: str) -> bool:
        with self._lock:
            if self._access_token == used:
                self._refresh()
            return True

    def secrets(self) -> tuple[str, ...]:
        return (*self._client[1:], *self._seen, self._access_token)

    def _refresh(self) -> None:
        self._refresh_token.prepare()
        token = self._refresh_token.latest()
        try:
            answer = self._exchange(token)
        except AuthenticationError:
            # Another process may have used it up, and kept its successor, at the same time.
            if token == self._refresh_token.latest():
                raise
            answer = self._exchange(token := self._refresh_token.latest())
        self._access_token = str(answer["access_token"])
        self._ends = self._clock.monotonic() + float(str(answer.get("expires_in") or 3600)) - EARLY
        domain = urlsplit(str(answer.get("api_domain") or ""))
        # The token is sent to this host: nobody but Pipedrive may name it.
        if domain.scheme == "https" and (domain.hostname or "").endswith(".pipedrive.com"):
            self.api_domain = f"https://{domain.netloc}"
        rotated = str(answer.get("refresh_token") or "")
        if rotated and rotated != token:
            self._seen.add(rotated)
            self._refresh_token.replace(rotated)

    def _exchange(self, token: str) -> dict[str, object]:
        self._seen.add(token)
        trouble = ""
        for attempt in range(ATTEMPTS):
            if attempt:
                self._clock.sleep(2.0**attempt)
            try:
                response = requests.post(
                    self.token_url,
                    data={"grant_type": "refresh_token", "refresh_token": token},
                    auth=self._client,
                    timeout=(self._timeouts.connect, self._timeouts.read),
                    allow_redirects=False,
                )
            except requests.RequestException as error:
                trouble = type(error).__name__
                continue
            if response.status_code in {400, 401, 403}:
                raise AuthenticationError(
                    "Pipedrive refuses the refresh token (revoked, expired, used up, or of another "
                    f"app): HTTP {response.status_code} {self.redacted(response.text)[:200]}"
                )
            answer = _json(response)
            if response.status_code == 200 and "access_token" in answer:
                return answer
            trouble = f"HTTP {response.status_code}"
        raise UnavailableError(f"no access token from {self.token_url}: {trouble}")


def _json(response: requests.Response) -> dict[str, object]:
    try:
        answer = decode(response.content)
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}
