"""A Kickserv account small enough to bend in a test: lists in memory behind a local HTTP server."""

from __future__ import annotations

import base64
import json
import threading
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

SLUG = "acme"
TOKEN = "token-of-today"


@dataclass
class Request:
    path: str
    query: dict[str, str]
    headers: Mapping[str, str]


@dataclass
class Reply:
    body: bytes | str = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


class Kickserv(ThreadingHTTPServer):
    """Answers like the vendor's server; `on` puts other answers in front of it."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.page_size = 3
        self.token = TOKEN
        self.lists: dict[str, list[dict[str, Any]]] = {
            "customers": [],
            "jobs": [],
            "opportunities": [],
            "employees": [],
            "items": [],
            "tasks": [],
        }
        self.calendar: dict[str, Any] = {"job_types": []}
        self.details: dict[str, dict[str, Any]] = {}
        self.answers: dict[str, Callable[[Request], Reply | None]] = {}
        self.after: Callable[[Request], None] = lambda _: None
        self.requests: list[Request] = []
        self.busiest = 0
        self._busy = 0
        self._lock = threading.Lock()
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    def handle_error(self, request: object, client_address: object) -> None:
        """A tap that was stopped hangs up in the middle of a reply."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def on(self, path: str, answer: Callable[[Request], Reply | None]) -> None:
        self.answers[path] = answer

    def calls(self) -> Counter[str]:
        return Counter(request.path for request in self.requests)

    def handle_request_of(self, request: Request) -> Reply:
        with self._lock:
            self.requests.append(request)
            self._busy += 1
            self.busiest = max(self.busiest, self._busy)
        try:
            answer = self.answers.get(request.path)
            reply = (answer(request) if answer else None) or self._answer(request)
            self.after(request)
            return reply
        finally:
            with self._lock:
                self._busy -= 1

    def _answer(self, request: Request) -> Reply:
        expected = base64.b64encode(f"{self.token}:{self.token}".encode()).decode()
        if request.headers.get("Authorization") != f"Basic {expected}":
            return Reply(
                "<errors><error>Invalid Username, Account or password.</error></errors>",
                401,
                {"Content-Type": "application/xml"},
            )
        slug, _, path = request.path.removeprefix("/").partition("/")
        name, _, suffix = path.rpartition(".")
        if slug != SLUG:
            return Reply("", 401)
        if name == "calendar":
            return Reply(json.dumps(self.calendar))
        if name in self.lists:
            return self._list(name, suffix, request)
        if name.startswith("jobs/"):
            return self._job(name.removeprefix("jobs/"), suffix, request)
        return Reply("<html>Not found</html>", 404)

    def _list(self, name: str, suffix: str, request: Request) -> Reply:
        rows = self.lists[name]
        if name != "employees":
            first = (int(request.query.get("page", "1")) - 1) * self.page_size
            rows = rows[first : first + self.page_size]
        if suffix == "json":
            rows = [_without_children(row, ()) for row in rows]
            return Reply(json.dumps(rows, default=str), headers={"Set-Cookie": "_session=1"})
        if name in {"opportunities", "tasks"}:
            return Reply("", 404)
        include = request.query.get("include", "").split(",")
        rows = [_without_children(row, include) for row in rows]
        return Reply(xml_list(name, rows), headers={"Set-Cookie": "_session=1"})

    def _job(self, number: str, suffix: str, request: Request) -> Reply:
        for row in self.lists["jobs"] + self.lists["opportunities"]:
            if str(row["job_number"]) == number and suffix == "xml":
                include = request.query.get("include", "").split(",")
                return Reply(element("job", _without_children(row, include)))
            if str(row["job_number"]) == number:
                return Reply(json.dumps({**row, **self.details.get(number, {})}, default=str))
        return Reply("<errors><error>Invalid job.</error></errors>", 400)


CHILDREN = frozenset(
    {
        "contacts",
        "tasks",
        "notes",
        "tax_entity",
        "custom_field_assignments",
        "employees",
        "job_charges",
        "time_entries",
        "job_type",
        "job_status",
    },
)


def _without_children(row: dict[str, Any], include: list[str] | tuple[()]) -> dict[str, Any]:
    return {k: v for k, v in row.items() if k not in CHILDREN or k in include}


def xml_list(name: str, rows: list[dict[str, Any]]) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{element(name, rows)}'


def element(name: str, value: Any) -> str:
    tag = name.replace("_", "-")
    if value is None:
        return f'<{tag} nil="true"/>'
    if isinstance(value, list):
        if not value:
            return f'<{tag} type="array"/>'
        singular = f"{name[:-3]}y" if name.endswith("ies") else name[:-1]
        singular = "child" if name == "children" else singular
        items = "\n  ".join(element(singular, item) for item in value)
        return f'<{tag} type="array">\n  {items}\n</{tag}>'
    if isinstance(value, dict):
        fields = "\n    ".join(element(key, item) for key, item in value.items())
        return f"<{tag}>\n    {fields}\n  </{tag}>"
    kinds = {bool: "boolean", int: "integer", Decimal: "decimal"}
    kind = kinds.get(type(value), "")
    text = str(value).lower() if isinstance(value, bool) else str(value)
    attribute = f' type="{kind}"' if kind else ""
    return f"<{tag}{attribute}>{escape(text)}</{tag}>"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Kickserv

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
        reply = self.server.handle_request_of(Request(parts.path, query, dict(self.headers)))
        body = reply.body.encode() if isinstance(reply.body, str) else reply.body
        self.send_response(reply.status)
        length = reply.headers.pop("Content-Length", str(len(body)))
        self.send_header("Content-Length", length)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        if int(length) != len(body):
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        pass
