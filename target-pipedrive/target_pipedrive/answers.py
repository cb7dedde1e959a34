"""What came back, or did not: one exchange with the API, and what it says about a write."""

from __future__ import annotations

import re
import ssl
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import requests
import urllib3.exceptions

from crm_transforms.canonical import decode
from crm_transforms.destination import Status

if TYPE_CHECKING:
    from collections.abc import Mapping

    from target_pipedrive.auth import Auth

NEVER_SENT = (
    urllib3.exceptions.NewConnectionError,
    urllib3.exceptions.ConnectTimeoutError,
    urllib3.exceptions.ProxyError,
)
"""Causes that lie before the first byte of a request."""

WORDS_LENGTH = 500


@dataclass(frozen=True)
class Reply:
    """One exchange.

    Attributes:
        http: the status, 0 when there was none.
        body: the decoded JSON object, ``None`` when the answer was none or none that can be read.
        code: the API's code, or ours.
        words: the API's own words, free of secrets.
        left: the request may have left this machine.
    """

    http: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    body: dict[str, Any] | None = None
    code: str = ""
    words: str = ""
    left: bool = True

    @classmethod
    def of(cls, response: requests.Response, auth: Auth) -> Reply:
        """Read an answer; one that is cut or no JSON object has no body."""
        try:
            decoded = decode(response.content)
        except ValueError:
            decoded = None
        body = decoded if isinstance(decoded, dict) else None
        words = code = ""
        if body is None:
            code = "UNREADABLE"
            words = f"HTTP {response.status_code} without a readable JSON body"
        elif not response.ok or body.get("success") is False:
            said = (body.get("error"), body.get("message"), body.get("error_info"))
            words = next((str(text) for text in said if text), f"HTTP {response.status_code}")
            code = str(body.get("code") or body.get("errorCode") or f"HTTP_{response.status_code}")
        return cls(
            http=response.status_code,
            headers=response.headers,
            body=body,
            code=code,
            words=auth.redacted(words)[:WORDS_LENGTH],
        )

    @classmethod
    def lost(cls, error: Exception, auth: Auth) -> Reply:
        """What an exception of the HTTP library says about the exchange."""
        cause = error.args[0] if error.args else None
        reason = getattr(cause, "reason", None) or cause
        root = reason.args[0] if isinstance(reason, urllib3.exceptions.SSLError) else None
        left = not (
            isinstance(error, requests.ConnectTimeout)
            or isinstance(reason, NEVER_SENT)
            or isinstance(root, ssl.SSLCertVerificationError)
        )
        code = "TIMEOUT" if isinstance(error, requests.Timeout) else "CONNECTION_LOST"
        words = f"{type(error).__name__}: {error}" if left else f"cannot connect: {error}"
        return cls(
            code=code if left else "NO_CONNECTION",
            words=auth.redacted(words)[:WORDS_LENGTH],
            left=left,
        )

    @property
    def retry_after(self) -> float | None:
        """Seconds that the answer asks to wait."""
        text = str(self.headers.get("retry-after", ""))
        return float(text) if re.fullmatch(r"\d+(\.\d+)?", text) else None

    @property
    def of_the_edge(self) -> bool:
        """A block page of the proxy in front of the API, which the API itself never saw."""
        return self.http == 403 and self.body is None

    @property
    def budget_spent(self) -> bool:
        """The daily tokens are gone, as opposed to too many requests in two seconds.

        The wording is known from recorded answers; a wait of minutes or hours says the same.
        """
        wait = self.retry_after
        return "daily request budget" in self.words.lower() or (wait is not None and wait > 120)

    @property
    def silent(self) -> bool:
        """Nothing that tells whether the request was carried out."""
        return self.http == 0 or self.body is None or self.http >= 500 or self.http == 408

    @property
    def passing(self) -> bool:
        """Trouble that asking again may cure."""
        unreadable = self.body is None and self.http < 300
        return unreadable or self.http >= 500 or self.http == 408

    def outcome(self) -> Outcome:
        """What became of a write that was answered like this."""
        if self.http == 413:
            return Outcome(Status.REFUSED, code=self.code or "HTTP_413", words=self.words, http=413)
        if self.silent:
            code = f"HTTP_{self.http}" if self.http >= 400 else self.code
            return Outcome(Status.UNKNOWN, code=code, words=self.words, http=self.http)
        body = self.body or {}
        if self.http >= 300 or body.get("success") is False:
            return Outcome(Status.REFUSED, code=self.code, words=self.words, http=self.http)
        if body.get("success") is not True:
            words = f"HTTP {self.http} that says neither success nor failure"
            return Outcome(Status.UNKNOWN, code="STRANGE_ANSWER", words=words, http=self.http)
        return Outcome(Status.LANDED, data=body.get("data"), body=body, http=self.http)


@dataclass(frozen=True)
class Outcome:
    """What became of one write request: landed, refused or unknown."""

    status: Status
    data: Any = None
    body: Mapping[str, Any] = field(default_factory=dict)
    code: str = ""
    words: str = ""
    http: int = 0

    @property
    def capped(self) -> bool:
        """The plan holds no more of this object: every further one would be refused as well.

        https://developers.pipedrive.com/changelog: ``feature_capping_deals_limit`` and its kin.
        """
        return self.http == 403 and "feature_capping" in self.code.lower()

    @property
    def gone(self) -> bool:
        """There is no such record (any more)."""
        return self.http in {404, 410}
