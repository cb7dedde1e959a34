from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import pytest
import requests
from lxml import etree
from tests.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator


class Client:
    """A plain client of the sandbox: one connection per request, no cookies, no retries."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox

    def get(self, path: str, token: str | None = None, **options: Any) -> requests.Response:
        token = token or self.sandbox.switches.token
        options = {"auth": (token, token)} | options
        url = f"{self.sandbox.source.base_url}/{path}"
        return requests.get(url, timeout=options.pop("timeout", 20), **options)

    def xml(self, path: str) -> etree._Element:
        response = self.get(path)
        assert response.status_code == 200, response.text
        assert response.headers["content-type"] == "application/xml; charset=utf-8"
        return etree.fromstring(response.content)

    def json(self, path: str) -> Any:
        response = self.get(path)
        assert response.status_code == 200, response.text
        assert response.headers["content-type"].startswith("application/json")
        return response.json()

    def xml_pages(self, path: str) -> list[list[int]]:
        """Read pages until one is empty; return the ids on each."""
        pages: list[list[int]] = []
        mark = "&" if "?" in path else "?"
        while True:
            page = self.xml(f"{path}{mark}only=id&page={len(pages) + 1}")
            if not len(page):
                return pages
            pages.append([int(row.findtext("id")) for row in page])


@pytest.fixture(scope="session")
def running() -> Iterator[Sandbox]:
    with Sandbox(customers=300, seed=7) as sandbox:
        yield sandbox


class Complaints(logging.Handler):
    """What the server itself complains about: a fault must never end as an accident in it."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.seen: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.seen.append(self.format(record))


@pytest.fixture
def sandbox(running: Sandbox) -> Iterator[Sandbox]:
    logger, complaints = logging.getLogger("uvicorn.error"), Complaints()
    logger.addHandler(complaints)
    yield running
    running.reset()
    logger.removeHandler(complaints)
    assert complaints.seen == []


@pytest.fixture
def client(sandbox: Sandbox) -> Client:
    return Client(sandbox)
