"""Attachments and signatures: a guarded address, and for some a signed one that it leads to."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.responses import HTMLResponse, RedirectResponse, Response

from tests.sandbox.kickserv import files, pages

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import Receive, Scope, Send

    from tests.sandbox.kickserv.dataset import Dataset, Record
    from tests.sandbox.kickserv.switches import Switches

EXPIRED = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    "<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>"
)


class _ShortResponse(Response):
    """Promises more bytes than it sends, then closes the connection."""

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        headers = [(k, v) for k, v in self.raw_headers if k != b"content-length"]
        headers.append((b"content-length", str(len(self.body) + 10).encode()))
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": self.body, "more_body": True})
        await scope["sandbox.connection"].close()


class Downloads:
    """The files of one account."""

    def __init__(self, data: Dataset, switches: Switches) -> None:
        self.data = data
        self.switches = switches

    def attachment(self, request: Request) -> Response:
        """Answer ``…/attachments/{id}/download``; every third file is kept in a store elsewhere."""
        number = request.path_params["number"]
        record, failure = self._record(number), self.switches.files.get(number)
        if record is None or failure == "gone":
            return HTMLResponse(pages.NOT_FOUND, 404)
        if failure == "loop":
            return RedirectResponse(str(request.url), 302)
        if failure == "expired" or number % 3 == 0:
            base = self.switches.files_elsewhere or self.data.base_url
            query = f"expires=1893456000&signature={_signature(number)}"
            address = f"{base}/stored/{number}/{quote(record['file_name'])}?{query}"
            return RedirectResponse(address, 302)
        return self._sent(record, failure)

    def loop(self, request: Request) -> Response:
        return RedirectResponse(str(request.url), 302)

    async def stored(self, request: Request) -> Response:
        """Answer a signed address, which needs no token."""
        number = request.path_params["number"]
        record, failure = self._record(number), self.switches.files.get(number)
        signed = request.query_params.get("signature") == _signature(number)
        if record is None or not signed or failure == "expired":
            return Response(EXPIRED, 403, media_type="application/xml")
        return self._sent(record, failure)

    def _record(self, number: int) -> Record | None:
        return self.data.get("attachments", number) or self.data.get("signatures", number)

    def _sent(self, record: Record, failure: str | None) -> Response:
        whole = files.content(record)
        headers = {
            "etag": f'"{hashlib.md5(whole, usedforsecurity=False).hexdigest()}"',
            "content-disposition": f"attachment; filename*=UTF-8''{quote(record['file_name'])}",
        }
        page = pages.LOGIN.encode()
        sent = {
            "truncated": whole[: len(whole) // 2],
            "corrupt": whole[:-1] + bytes([whole[-1] ^ 1]) if whole else b"\x00",
            "empty": b"",
            "wrong_type": page,
            "login_page": page,
        }.get(failure or "", whole)
        media_type = "text/html" if failure == "login_page" else record["content_type"]
        make = _ShortResponse if failure == "wrong_length" else Response
        return make(sent, 200, headers, media_type)


def _signature(number: int) -> str:
    return hashlib.sha256(f"sandbox store {number}".encode()).hexdigest()[:32]
