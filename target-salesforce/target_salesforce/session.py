"""The session with an org: one access token for all threads, renewed once when it ends."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection


class Token(NamedTuple):
    """An access token.

    Attributes:
        access_token: a secret.
        instance_url: the address that it is for, without a slash at its end.
    """

    access_token: str
    instance_url: str


class Login(Protocol):
    """A way to come by an access token."""

    again: bool
    """Whether another token can be had once one has ended."""

    def __call__(self) -> Token:
        """Log in.

        Raises:
            AuthenticationError: the credentials are refused.
            UnavailableError: no answer in spite of retries.
        """

    def secrets(self) -> Collection[str]:
        """Everything that must never be seen in a message."""


class Session:
    """The one session of all threads.

    Args:
        login: how to come by a token; called at the first use, and whenever one has ended.
    """

    def __init__(self, login: Login) -> None:
        self._login = login
        self._token: Token | None = None
        self._seen: set[str] = set()
        self._lock = threading.Lock()

    def current(self) -> Token:
        """The token that the next request carries."""
        with self._lock:
            return self._token or self._renewed()

    def renew(self, used: Token) -> bool:
        """Replace a token that was refused; whether there is another one than ``used`` now."""
        with self._lock:
            if self._token != used:
                return True
            if not self._login.again:
                return False
            return self._renewed() != used

    def redacted(self, words: str) -> str:
        """The words without secrets."""
        for secret in (*self._login.secrets(), *self._seen):
            if len(secret) > 3:
                words = words.replace(secret, "***")
        return words

    def _renewed(self) -> Token:
        self._token = self._login()
        self._seen.add(self._token.access_token)
        return self._token
