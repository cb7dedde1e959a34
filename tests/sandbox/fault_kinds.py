"""What each kind of fault does to a request."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

from tests.sandbox.exchange import Exchange, Reply

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.sandbox.faults import Fault

PIECES = 20
ERRORS = {
    "pipedrive": '{{"success":false,"error":"{0}","error_info":"Please check the docs"}}',
    "kickserv": '{{"errors":["{0}"]}}',
    "salesforce": '[{{"message":"{0}","errorCode":"SERVER_UNAVAILABLE"}}]',
}
LOGIN_PAGE = (
    "<!DOCTYPE html><html><head><title>Log in</title></head>"
    "<body><form action='/login'><input name='user'></form></body></html>"
)


def _made_up(fault: Fault, service: str, status: int, text: str) -> Reply:
    body = (fault.body if fault.body is not None else ERRORS[service].format(text)).encode()
    return _reply(fault, status, "application/json", body)


def _reply(fault: Fault, status: int, media_type: str, body: bytes) -> Reply:
    headers = [(b"content-type", media_type.encode())]
    headers += [(name.encode(), value.encode()) for name, value in fault.headers.items()]
    return Reply(status, headers).with_body(body)


async def _rate_limited(fault: Fault, service: str, exchange: Exchange) -> None:
    reply = _made_up(fault, service, 429, "request over limit")
    if fault.retry_after is not None:
        reply.headers.append((b"retry-after", str(fault.retry_after).encode()))
    await exchange.send(reply)


async def _server_error(fault: Fault, service: str, exchange: Exchange) -> None:
    await exchange.send(_made_up(fault, service, fault.status, "internal error"))


async def _html_page(fault: Fault, _service: str, exchange: Exchange) -> None:
    body = (fault.body or LOGIN_PAGE).encode()
    await exchange.send(_reply(fault, fault.status, "text/html; charset=utf-8", body))


async def _json_error_200(fault: Fault, service: str, exchange: Exchange) -> None:
    await exchange.send(_made_up(fault, service, 200, "something went wrong"))


async def _cut_body(_fault: Fault, _service: str, exchange: Exchange) -> None:
    reply = await exchange.capture()
    await exchange.start(reply)
    await exchange.write(reply.body[: len(reply.body) // 2], more=True)
    await exchange.connection.close()


async def _truncated_json(_fault: Fault, _service: str, exchange: Exchange) -> None:
    reply = await exchange.capture()
    await exchange.send(reply.with_body(reply.document[: len(reply.document) // 2]))


async def _slow(fault: Fault, _service: str, exchange: Exchange) -> None:
    reply = await exchange.capture()
    await exchange.start(reply)
    size = len(reply.body) // PIECES + 1
    for first in range(0, len(reply.body), size):
        if await exchange.connection.gone(fault.seconds / PIECES):
            await exchange.connection.reset()
            return
        await exchange.write(reply.body[first : first + size], more=True)
    await exchange.write(b"", more=False)


async def _timeout_before(_fault: Fault, _service: str, exchange: Exchange) -> None:
    await exchange.connection.gone()
    await exchange.connection.reset()


async def _timeout_after(fault: Fault, service: str, exchange: Exchange) -> None:
    await exchange.capture()
    await _timeout_before(fault, service, exchange)


async def _reset_before(_fault: Fault, _service: str, exchange: Exchange) -> None:
    await exchange.connection.reset()


async def _reset_after(_fault: Fault, _service: str, exchange: Exchange) -> None:
    await exchange.capture()
    await exchange.connection.reset()


async def _kill_before(fault: Fault, _service: str, exchange: Exchange) -> None:
    os.kill(fault.pid or os.getpid(), signal.SIGKILL)
    await exchange.connection.reset()


async def _kill_after(fault: Fault, service: str, exchange: Exchange) -> None:
    await exchange.capture()
    await _kill_before(fault, service, exchange)


async def _session_expired(_fault: Fault, _service: str, exchange: Exchange) -> None:
    exchange.app.org.session_ids.clear()
    await exchange.run()


async def _request_limit(fault: Fault, _service: str, exchange: Exchange) -> None:
    body = b'[{"message":"TotalRequests Limit exceeded.","errorCode":"REQUEST_LIMIT_EXCEEDED"}]'
    await exchange.send(_reply(fault, 403, "application/json", body))


async def _row_locks(_fault: Fault, _service: str, exchange: Exchange) -> None:
    """Somebody holds every record while this request is carried out."""
    org = exchange.app.org
    org.locked.update(each for rows in org.rows.values() for each in rows)
    try:
        await exchange.run()
    finally:
        org.locked.clear()


KINDS: dict[str, Callable[[Fault, str, Exchange], Awaitable[None]]] = {
    "rate_limited": _rate_limited,
    "server_error": _server_error,
    "html_page": _html_page,
    "json_error_200": _json_error_200,
    "cut_body": _cut_body,
    "truncated_json": _truncated_json,
    "slow": _slow,
    "timeout_before": _timeout_before,
    "timeout_after": _timeout_after,
    "reset_before": _reset_before,
    "reset_after": _reset_after,
    "late_commit": _reset_before,
    "kill_before": _kill_before,
    "kill_after": _kill_after,
    "session_expired": _session_expired,
    "request_limit": _request_limit,
    "row_locks": _row_locks,
}
"""Before and after are meant from the service's side: before or after it has done its work."""
