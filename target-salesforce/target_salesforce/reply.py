"""What came back: one answer of the API, and what it says.

Errors are an array of ``errorCode``, ``message`` and ``fields``
(https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm);
collections say ``statusCode`` for ``errorCode``, OAuth answers an object.
"""

from __future__ import annotations

import re
import ssl
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import requests
import urllib3.exceptions

from crm_transforms.canonical import decode

if TYPE_CHECKING:
    from collections.abc import Mapping

WORDS_LENGTH = 500

LOST = (requests.RequestException, urllib3.exceptions.HTTPError, OSError)
"""What the HTTP library raises for an answer that did not come, or not whole."""

NO_SUCH_TOKEN = (b"Bad_OAuth_Token", b"Missing_OAuth_Token")

NEVER_SENT = (
    urllib3.exceptions.NewConnectionError,
    urllib3.exceptions.ConnectTimeoutError,
    urllib3.exceptions.ProxyError,
)
"""Causes that lie before the first byte of a request."""


class Problem(NamedTuple):
    """One thing that the API has against a request or a record.

    Attributes:
        code: e.g. ``REQUIRED_FIELD_MISSING``.
        message: the API's own words.
        fields: API names of the fields at fault, as far as the API tells.
    """

    code: str
    message: str
    fields: tuple[str, ...] = ()


def problems_of(errors: Any) -> tuple[Problem, ...]:
    """The problems in an array of errors, of REST or of collections."""
    rows = errors if isinstance(errors, list) else [errors]
    return tuple(
        Problem(
            str(row.get("errorCode") or row.get("statusCode") or row.get("error") or "UNKNOWN"),
            str(row.get("message") or row.get("error_description") or "")[:WORDS_LENGTH],
            tuple(str(name) for name in row.get("fields") or ()),
        )
        for row in rows
        if isinstance(row, dict)
    )


@dataclass(frozen=True)
class Reply:
    """One answer, or that there was none.

    Attributes:
        status: of HTTP, 0 when there was no answer.
        body: the decoded JSON with decimals kept exact; ``None`` where there was nothing to read.
        readable: the body is JSON, or there was rightly none.
        lost: why there was no answer.
        left: the request may have left this machine.
        response: as the HTTP library has it.
    """

    status: int = 0
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    readable: bool = True
    lost: tuple[str, str] = ("", "")
    left: bool = True
    response: Any = field(default=None, repr=False)

    @classmethod
    def of(cls, response: requests.Response, *, whole: bool = True) -> Reply:
        """Read an answer; one that is cut or no JSON is not readable.

        Args:
            response: the answer.
            whole: read its body too.
        """
        body, readable = None, True
        if whole and response.content:
            try:
                body = decode(response.content)
            except ValueError:
                readable = False
        return cls(response.status_code, body, response.headers, readable, response=response)

    @classmethod
    def lost_by(cls, error: Exception) -> Reply:
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
        return cls(lost=(code if left else "NO_CONNECTION", words), left=left)

    @property
    def content(self) -> bytes:
        """The bytes of the answer."""
        return b"" if self.response is None else bytes(self.response.content)

    @property
    def ok(self) -> bool:
        """The request was carried out, which says nothing of single records."""
        return 200 <= self.status < 300

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What the API has against the request."""
        return () if self.ok or self.body is None else problems_of(self.body)

    @property
    def refusal(self) -> tuple[Problem, ...]:
        """The same, and where the API says nothing that can be read, its status."""
        return self.problems or (Problem(self.code, self.words),)

    @property
    def code(self) -> str:
        """The first problem's code, else one of ours."""
        if self.problems:
            return self.problems[0].code
        return self.lost[0] or (f"HTTP_{self.status}" if self.status >= 300 else "UNREADABLE")

    @property
    def words(self) -> str:
        """What the API says in its own words."""
        said = "; ".join(problem.message for problem in self.problems) or self.lost[1]
        return said[:WORDS_LENGTH] or f"HTTP {self.status} without a readable JSON body"

    @property
    def retry_after(self) -> float | None:
        """Seconds that the answer asks to wait."""
        text = str(self.headers.get("retry-after", ""))
        return float(text) if re.fullmatch(r"\d+(\.\d+)?", text) else None

    @property
    def session_ended(self) -> bool:
        """The access token has ended or is none."""
        # The identity service has words of its own for it, and no JSON.
        return self.status == 401 or (self.status == 403 and self.content in NO_SUCH_TOKEN)

    @property
    def too_many_at_once(self) -> bool:
        """Refused for now: too many (long) requests are under way."""
        return self.status == 429 or (self._limited and "concurrent" in self.words.lower())

    @property
    def budget_spent(self) -> bool:
        """The requests of the last 24 hours are used up."""
        return self._limited and not self.too_many_at_once

    @property
    def _limited(self) -> bool:
        return self.code == "REQUEST_LIMIT_EXCEEDED"

    @property
    def silent(self) -> bool:
        """Nothing that tells whether a write was carried out."""
        unreadable = self.status < 400 and not self.readable
        return self.status in {0, 408} or self.status >= 500 or unreadable
