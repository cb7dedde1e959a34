"""The ASGI application around the services: prefixes, the log of requests, faults."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from starlette.responses import PlainTextResponse

from tests.sandbox.exchange import Connection, Exchange
from tests.sandbox.request_log import Request

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from tests.sandbox.faults import Faults
    from tests.sandbox.request_log import RequestLog

CONTROL = "_sandbox"
ROOTS = {"services": "salesforce"}
"""First segments of paths that a service has at the root: its clients drop a prefix of theirs."""


class Frame:
    """Leads ``/{service}/…`` to the service, past log and faults, and ``/_sandbox/…`` to control.

    Args:
        services: the applications by their prefix.
        control: the application for everything below ``/_sandbox``; neither logged nor faulty.
        log: where requests to services are written down.
        faults: what goes wrong with them.
    """

    def __init__(
        self, services: Mapping[str, ASGIApp], control: ASGIApp, log: RequestLog, faults: Faults
    ) -> None:
        self.services = services
        self.control = control
        self.log = log
        self.faults = faults
        self.stopping = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        name = scope["path"].split("/", 2)[1]
        if name in ROOTS and ROOTS[name] in self.services:
            await self._serve(ROOTS[name], dict(scope), receive, send)
            return
        inner = {**scope, "root_path": f"{scope.get('root_path', '')}/{name}"}
        if name == CONTROL:
            await self.control(inner, receive, send)
        elif name in self.services:
            await self._serve(name, inner, receive, send)
        else:
            await PlainTextResponse("no such service\n", 404)(scope, receive, send)

    async def _serve(self, service: str, scope: Scope, receive: Receive, send: Send) -> None:
        connection = Connection(send, receive, self.stopping)
        body = await _body(receive)
        if body is None:
            return
        headers = dict(scope["headers"])
        entry = Request(
            number=len(self.log) + 1,
            service=service,
            method=scope["method"],
            path=scope["path"],
            query=scope["query_string"].decode("latin-1"),
            at=time.monotonic(),
            size=len(body),
            authorized=b"authorization" in headers,
            cookie=b"cookie" in headers,
        )
        self.log.append(entry)

        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start":
                entry.status = message["status"]
            await send(message)

        scope["sandbox.connection"] = connection
        exchange = Exchange(self.services[service], scope, body, connection, noting)
        struck = self.faults.match(service, entry.method, entry.path)
        if struck is None:
            await exchange.run()
        else:
            entry.fault = struck.fault.kind
            await self.faults.happen(struck, service, exchange)
        await self.faults.answered(service, struck)


async def _body(receive: Receive) -> bytes | None:
    """Read a request to its end; None if the client left before."""
    parts = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)
