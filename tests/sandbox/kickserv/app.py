"""Kickserv as an ASGI application: who may ask, and how an answer goes out."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from tests.sandbox.kickserv import as_json, as_xml, pages
from tests.sandbox.kickserv.call import Call, Format, RefusedError
from tests.sandbox.kickserv.downloads import Downloads
from tests.sandbox.kickserv.endpoints import ENDPOINTS, Endpoint
from tests.sandbox.kickserv.node import Node

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request

    from tests.sandbox.kickserv.dataset import Dataset
    from tests.sandbox.kickserv.switches import Switches

XML, JSON = (f"application/{suffix}; charset=utf-8" for suffix in ("xml", "json"))
COOKIE = "_kickserv_secure_session"
DENIED = "Invalid Username, Account or password."
HEADERS = {
    "cache-control": "no-cache, no-store, max-age=0, must-revalidate",
    "pragma": "no-cache",
    "expires": "Fri, 01 Jan 1990 00:00:00 GMT",
    "x-revision": "sandbox",
    "x-served-by": "sandbox",
    "x-frame-options": "SAMEORIGIN",
    "x-content-type-options": "nosniff",
}
"""As recorded; there are no totals, links, tags or limits among them."""


def create_app(data: Dataset, switches: Switches, slug: str) -> Starlette:
    """Return the application, to be mounted where ``data.base_url`` points without the slug."""
    service = Service(data, switches, slug)
    downloads = Downloads(data, switches)
    routes = [
        Route(
            f"/{{slug}}{endpoint.path}.{suffix}",
            service.endpoint(endpoint, suffix),
            middleware=[Middleware(GZipMiddleware, minimum_size=500, compresslevel=1)],
        )
        for endpoint in ENDPOINTS
        for suffix in ("xml", "json")
        if suffix in endpoint.formats
    ]
    routes += [
        Route(
            "/{slug}/attachments/{number:int}/download",
            service.guarded("json", downloads.attachment),
        ),
        Route("/{slug}/attachments/loop", service.guarded("json", downloads.loop)),
        Route("/{slug}/stored/{number:int}/{name}", downloads.stored),
        Route("/{path:path}", service.nowhere),
    ]
    return Starlette(routes=routes)


class Service:
    """One account behind its guard."""

    def __init__(self, data: Dataset, switches: Switches, slug: str) -> None:
        self.data = data
        self.switches = switches
        self.slug = slug
        self._requests = 0

    def endpoint(
        self, endpoint: Endpoint, suffix: Format
    ) -> Callable[[Request], Awaitable[Response]]:
        def answer(request: Request) -> Response:
            values = {k: v for k, v in request.path_params.items() if k != "slug"}
            call = Call(
                data=self.data,
                switches=self.switches,
                format=suffix,
                query=request.query_params,
                limited_to=self._rights(request),
            )
            return self._written(endpoint, call, endpoint.view(call, **values))

        return self.guarded(suffix, answer)

    def guarded(
        self, suffix: Format, answer: Callable[[Request], Response]
    ) -> Callable[[Request], Awaitable[Response]]:
        """Let an answer be given only to those who may have it."""

        async def guard(request: Request) -> Response:
            try:
                self._admit(request, suffix)
                response = answer(request)
            except RefusedError as refusal:
                response = self._refused(suffix, refusal)
            for name, value in self._headers().items():
                response.headers.setdefault(name, value)
            return response

        return guard

    async def nowhere(self, _request: Request) -> Response:
        return HTMLResponse(pages.NOT_FOUND, 404)

    def _admit(self, request: Request, suffix: Format) -> None:
        switches = self.switches
        known = switches.accepts(_token(request)) and request.path_params["slug"] == self.slug
        if not known:
            # A wrong account and a wrong token look the same.
            raise RefusedError(401, DENIED)
        if switches.refusal_of_plan:
            raise RefusedError(
                switches.refusal_of_plan, "API access is not available on your plan."
            )
        if suffix == "json" and switches.json_status and request.url.path.endswith(".json"):
            raise RefusedError(switches.json_status, "Not available.")

    def _rights(self, request: Request) -> int | None:
        if self.switches.identity_by_cookie and COOKIE in request.cookies:
            employees = self.data.records("employees")
            return next(e["id"] for e in employees if e["limit_access_to_assignments"])
        return self.switches.limited_to

    def _written(self, endpoint: Endpoint, call: Call, answer: Any) -> Response:
        if isinstance(answer, dict):
            return _json(answer)
        found = [answer] if isinstance(answer, Node) else answer
        for node in found:
            node.extra = self.switches.extra_fields.get(node.stream, {})
        if call.format == "xml":
            replaced = self.switches.xml_replaced_by
            if replaced:
                return pages.REPLACEMENTS[replaced]()
            text = (
                as_xml.one(answer)
                if isinstance(answer, Node)
                else as_xml.many(endpoint.stream, found)
            )
            return Response(text, media_type=XML)
        if isinstance(answer, Node):
            return _json(as_json.plain(answer))
        return _json(as_json.plain_list(found))

    def _refused(self, suffix: Format, refusal: RefusedError) -> Response:
        if refusal.status == 401 and self.switches.plain_401:
            return Response(
                "HTTP Basic: Access denied.\n",
                401,
                {"www-authenticate": 'Basic realm="Application"'},
                XML,
            )
        if suffix == "json":
            # GUESS: no refusal of the JSON was recorded; by analogy with the XML.
            return _json({"errors": list(refusal.messages)}, refusal.status)
        return Response(as_xml.errors(refusal.messages), refusal.status, media_type=XML)

    def _headers(self) -> dict[str, str]:
        self._requests += 1
        return {
            **HEADERS,
            "x-request-id": f"{self._requests:032x}",
            "x-transaction": f"{self._requests:016x}",
            "x-runtime": "0.061234",
            "set-cookie": f"{COOKIE}=session-{self._requests}; path=/; HttpOnly",
        }


def _json(value: Any, status: int = 200) -> Response:
    return Response(as_json.encode(value), status, media_type=JSON)


def _token(request: Request) -> str:
    """Return the token if it is given as the documentation asks: as user name and password."""
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    try:
        user, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return ""
    return user if scheme.lower() == "basic" and user == password else ""
