"""A Kickserv account of any number of customers, served as fast as a socket takes them.

Its pages are those of the sandbox's first customers, with other numbers and of their 130 columns
the first twenty: the tap is what is measured, not who answers it.
"""

from __future__ import annotations

import re
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import requests
from tests.sandbox import Sandbox

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self

PAGE = 30
COLUMNS = 20
LIST = "/customers.xml"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<customers type="array">\n'
TAIL = "</customers>\n"
NUMBERS = re.compile(
    r'(<customer>\n<id type="integer">)\d+(</id>\n<customer-number type="integer">)\d+(<.*)',
    re.DOTALL,
)


class EndlessKickserv:
    """A server in a thread of this process.

    Args:
        customers: how many there are.
    """

    def __init__(self, customers: int) -> None:
        self._customers = customers
        self._parts = [NUMBERS.fullmatch(one).groups() for one in _customers_of_the_sandbox()]
        service = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                body = service.answer(self.path)
                self.send_response(HTTPStatus.OK if body else HTTPStatus.NOT_FOUND)
                self.send_header("Content-Type", "application/xml; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = _Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def settings(self) -> dict[str, str]:
        """The settings of tap-kickserv that lead here."""
        return {
            "api": "xml",
            "api_url": f"http://127.0.0.1:{self._server.server_port}",
            "account_slug": "endless",
            "api_token": "any",
        }

    def answer(self, target: str) -> bytes:
        """A page of customers; empty for whatever else is asked."""
        address = urlsplit(target)
        if not address.path.endswith(LIST):
            return b""
        first = (int(parse_qs(address.query)["page"][0]) - 1) * PAGE
        numbers = range(first + 1, min(first + PAGE, self._customers) + 1)
        rows = (
            f"{before}{10**6 + number}{between}{number}{rest}"
            for number, (before, between, rest) in zip(numbers, self._parts, strict=False)
        )
        return f"{HEAD}{''.join(rows)}{TAIL}".encode()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A tap that has ended leaves its connections behind; that is no news among figures."""


def _customers_of_the_sandbox() -> list[str]:
    with Sandbox(customers=PAGE, oddities=False) as sandbox:
        token = sandbox.kickserv["api_token"]
        page = requests.get(
            f"{sandbox.url}/kickserv/{sandbox.slug}{LIST}",
            params={"page": "1"},
            auth=(token, token),
            timeout=60,
        ).text
    whole = re.findall(r"<customer>\n(.*?\n)</customer>\n", page, re.DOTALL)
    return ["".join(["<customer>\n", *_lines(one), "</customer>\n"]) for one in whole]


def _lines(customer: str) -> list[str]:
    return customer.splitlines(keepends=True)[:COLUMNS]
