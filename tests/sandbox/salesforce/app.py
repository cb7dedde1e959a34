"""The API over HTTP: who asks, what for, and whether the day's requests allow it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from tests.sandbox.salesforce import (
    auth,
    bulk_api,
    collections,
    composite,
    metadata_api,
    queries,
    records,
)
from tests.sandbox.salesforce.call import Answer, Call, refused
from tests.sandbox.salesforce.problem import RefusalError

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import Receive, Scope, Send

    from tests.sandbox.salesforce.org import Org

VERSIONS = tuple(range(31, 67))
GONE = range(7, 31)
LONGEST_URI = 16_384
LARGEST_JSON = 50_000_000
"""Bytes: https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/
dome_sobject_insert_update_blob.htm"""
DATA = re.compile(r"/services/data/v(\d+)\.0(?:/(.*))?$")
ROUTES: tuple[tuple[str, str, Callable[[Org, Call, re.Match[str]], Answer]], ...] = (
    *records.ROUTES,
    *queries.ROUTES,
    *collections.ROUTES,
    *composite.ROUTES,
    *bulk_api.ROUTES,
    *metadata_api.ROUTES,
)
_COMPILED = [(method, re.compile(path), handle) for method, path, handle in ROUTES]


class Salesforce:
    """The ASGI application of one org."""

    def __init__(self, org: Org) -> None:
        self.org = org

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        parts = []
        while True:
            message = await receive()
            parts.append(message.get("body", b""))
            if not message.get("more_body"):
                break
        body = b"".join(parts)
        headers = {
            name.decode().lower(): value.decode("latin-1") for name, value in scope["headers"]
        }
        answer = self.answer(
            scope["method"], scope["path"], scope["query_string"].decode("latin-1"), headers, body,
            raw=scope.get("raw_path", b"").decode("latin-1"),
        )  # fmt: skip
        content = answer.content()
        told = [(b"content-length", str(len(content)).encode())]
        if content or answer.status == 200:
            told.append((b"content-type", answer.media_type.encode()))
        told += [(name.lower().encode(), value.encode()) for name, value in answer.headers.items()]
        await send({"type": "http.response.start", "status": answer.status, "headers": told})
        await send({"type": "http.response.body", "body": content})

    def answer(
        self,
        method: str,
        path: str,
        query: str,
        headers: dict[str, str],
        body: bytes,
        raw: str = "",
    ) -> Answer:
        """Carry out one request."""
        if len(raw) + len(query) > LONGEST_URI:
            return refused(RefusalError(414, "URI_TOO_LONG", "URI Too Long"))
        if path.rstrip("/") == "/services/data":
            return Answer(200, [
                {"label": f"v{n}", "url": f"/services/data/v{n}.0", "version": f"{n}.0"}
                for n in VERSIONS
            ])  # fmt: skip
        if not path.startswith("/services/data/"):
            return auth.answer(self.org, method, path, headers, body)
        org = self.org
        try:
            version, rest = self._versioned(raw.partition("?")[0] or path)
            user = self._admitted(headers)
        except RefusalError as error:
            return refused(error)
        org.used_requests += 1
        org.version = version
        rule = headers.get("sforce-duplicate-rule-header", "").replace(" ", "").lower()
        org.admin_rules.allow_duplicates = "allowsave=true" in rule
        told = dict(parse_qsl(query, keep_blank_values=True))
        try:
            answer = self.dispatch(Call(method, rest.rstrip("/"), told, headers, body, user))
        except RefusalError as error:
            answer = refused(error)
        answer.headers["Sforce-Limit-Info"] = f"api-usage={org.used_requests}/{org.daily_requests}"
        return answer

    @staticmethod
    def _versioned(path: str) -> tuple[str, str]:
        """The version that a path names, and what follows it."""
        match = DATA.match(path)
        if match is not None and int(match[1]) in GONE:
            message = f"API version {match[1]}.0 has been retired"
            raise RefusalError(410, "UNSUPPORTED_API_VERSION", message)
        if match is None or int(match[1]) not in VERSIONS:
            raise RefusalError(404, "NOT_FOUND", "The requested resource does not exist")
        return f"{match[1]}.0", match[2] or ""

    def _admitted(self, headers: dict[str, str]) -> str:
        """Who asks, if that is known and the day's requests are not used up."""
        token = headers.get("authorization", "").removeprefix("Bearer ").removeprefix("OAuth ")
        user = self.org.sessions.get(token)
        if user is None:
            raise RefusalError(401, "INVALID_SESSION_ID", "Session expired or invalid")
        if self.org.used_requests >= self.org.daily_requests:
            raise RefusalError(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")
        return user

    def dispatch(self, call: Call) -> Answer:
        """Find what a path leads to.

        Raises:
            RefusalError: nothing, or not by this method.
        """
        if len(call.body) > LARGEST_JSON and "json" in call.headers.get("content-type", ""):
            raise RefusalError(413, "REQUEST_ENTITY_TOO_LARGE", "The request is too large")
        allowed = []
        for method, pattern, handle in _COMPILED:
            match = pattern.fullmatch(call.path)
            if match is None:
                continue
            allowed.append(method)
            if method == call.method:
                return handle(self.org, call, match)
        if allowed:
            message = f"HTTP Method '{call.method}' not allowed. Allowed are {','.join(allowed)}"
            raise RefusalError(405, "METHOD_NOT_ALLOWED", message)
        raise RefusalError(404, "NOT_FOUND", "The requested resource does not exist")


def create_app(org: Org) -> Salesforce:
    """The application that serves an org."""
    return Salesforce(org)
