"""One request on its way through the sandbox, with a grip on its connection."""

from __future__ import annotations

import asyncio
import gzip
import socket
import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Connection:
    """The client's connection, as far as a fault needs it.

    ASGI has no word for breaking a connection, so this reaches for uvicorn's transport.
    """

    def __init__(self, send: Send, receive: Receive, stopping: asyncio.Event) -> None:
        self._transport: asyncio.Transport = send.__self__.transport  # type: ignore[attr-defined]
        self._receive = receive
        self._stopping = stopping

    async def gone(self, timeout: float | None = None) -> bool:
        """Wait until the client has left or the sandbox stops.

        Args:
            timeout: seconds after which False is returned instead.
        """
        left = asyncio.ensure_future(self._left())
        stopped = asyncio.ensure_future(self._stopping.wait())
        done, pending = await asyncio.wait(
            {left, stopped}, timeout=timeout, return_when=asyncio.FIRST_COMPLETED
        )
        for waiter in pending:
            waiter.cancel()
        await asyncio.gather(*pending, return_exceptions=True)
        return bool(done)

    async def close(self) -> None:
        """Send what is waiting to be sent, then close."""
        self._transport.close()
        await self._left()

    async def reset(self) -> None:
        """Break off with a TCP reset; what is waiting to be sent is lost."""
        if self._transport.is_closing():
            return
        raw = self._transport.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._transport.abort()
        await self._left()

    async def _left(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass


@dataclass(slots=True)
class Reply:
    """A complete answer, held back from the client."""

    status: int = 200
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytes = b""

    @property
    def document(self) -> bytes:
        """The body as it was before compression."""
        return gzip.decompress(self.body) if self._header(b"content-encoding") else self.body

    def with_body(self, body: bytes) -> Reply:
        """Return the same reply with another, uncompressed body of the right length."""
        lost = {b"content-length", b"content-encoding"}
        headers = [(name, value) for name, value in self.headers if name.lower() not in lost]
        headers.append((b"content-length", str(len(body)).encode()))
        return Reply(self.status, headers, body)

    def _header(self, name: bytes) -> bytes | None:
        return next((value for key, value in self.headers if key.lower() == name), None)


class Exchange:
    """A request that was read to its end, and the ways to answer it."""

    def __init__(
        self, app: ASGIApp, scope: Scope, body: bytes, connection: Connection, send: Send
    ) -> None:
        self.scope = scope
        self.body = body
        self.connection = connection
        self.app = app
        self._send = send

    async def run(self) -> None:
        """Let the service answer."""
        await self.app(self.scope, self._reader(), self._send)

    async def capture(self) -> Reply:
        """Let the service do its work, and keep its answer back."""
        reply = Reply()

        async def keep(message: Message) -> None:
            if message["type"] == "http.response.start":
                reply.status, reply.headers = message["status"], list(message["headers"])
            else:
                reply.body += message.get("body", b"")

        await self.app(self.scope, self._reader(), keep)
        return reply

    async def send(self, reply: Reply) -> None:
        await self.start(reply)
        await self.write(reply.body, more=False)

    async def start(self, reply: Reply) -> None:
        await self._send(
            {
                "type": "http.response.start",
                "status": reply.status,
                "headers": [(name.lower(), value) for name, value in reply.headers],
            }
        )

    async def write(self, data: bytes, *, more: bool) -> None:
        await self._send({"type": "http.response.body", "body": data, "more_body": more})

    def _reader(self) -> Receive:
        pending: list[dict[str, Any]] = [
            {"type": "http.request", "body": self.body, "more_body": False}
        ]

        async def receive() -> Message:
            if pending:
                return pending.pop()
            await self.connection.gone()
            return {"type": "http.disconnect"}

        return receive
