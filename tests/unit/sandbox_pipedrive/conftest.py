from __future__ import annotations

import socket
import threading
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest
import requests
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount
from tests.sandbox.pipedrive import Account, create_app

if TYPE_CHECKING:
    from collections.abc import Iterator

NOON = datetime(2026, 11, 20, 12, 0, 0, tzinfo=timezone.utc)


class Clock:
    """Stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **spell: float) -> None:
        self.now += timedelta(**spell)


class Stage:
    """One port for the whole session; each test plays its own application on it."""

    def __init__(self) -> None:
        self.app: Any = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self.app(scope, receive, send)


class Client:
    """`requests` with the sandbox's address and token."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.session = requests.Session()
        self.session.headers["x-api-token"] = "sandbox-token"

    def __call__(self, method: str, path: str, json: Any = None, **more: Any) -> requests.Response:
        return self.session.request(method, f"{self.url}{path}", json=json, timeout=10, **more)

    def get(self, path: str, **query: Any) -> requests.Response:
        return self("GET", path, params=query)

    def make(self, path: str, **values: Any) -> dict[str, Any]:
        """Creates a record that must be taken; its data."""
        answer = self("POST", path, values)
        assert answer.ok, answer.text
        return answer.json()["data"]

    def refused(self, method: str, path: str, json: Any = None) -> str:
        """The message of a request that must fail validation."""
        answer = self(method, path, json)
        assert answer.status_code == 400, answer.text
        body = answer.json()
        assert body["success"] is False
        assert body["error"].startswith("Validation failed: ")
        if "/v2/" in path:
            assert body["code"] == "ERR_SCHEMA_VALIDATION_FAILED"
        return body["error"].removeprefix("Validation failed: ")


@pytest.fixture(scope="session")
def stage() -> Iterator[tuple[Stage, str]]:
    stage = Stage()
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(stage, lifespan="off", log_level="warning"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    yield stage, f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(timeout=5)
    listener.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def account(clock: Clock) -> Account:
    return Account(clock=clock)


@pytest.fixture
def api(stage: tuple[Stage, str], account: Account) -> Iterator[Client]:
    theatre, url = stage
    theatre.app = Starlette(routes=[Mount("/pipedrive", create_app(account))])
    client = Client(f"{url}/pipedrive")
    yield client
    client.session.close()


@pytest.fixture
def org(api: Client) -> dict[str, Any]:
    return api.make("/api/v2/organizations", name="Acme")


@pytest.fixture
def deal(api: Client, org: dict[str, Any]) -> dict[str, Any]:
    return api.make("/api/v2/deals", title="Boiler", org_id=org["id"])


@pytest.fixture
def product(api: Client) -> dict[str, Any]:
    return api.make("/api/v2/products", name="Hour of work")
