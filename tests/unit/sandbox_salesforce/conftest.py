"""One server for all tests of the folder; each test finds a new org behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import requests
from tests.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.sandbox.salesforce import Org

from .selling import Shop, shop

__all__ = ["Client", "Shop", "plain", "shop"]
API = "/services/data/v62.0"


class Client:
    """`requests` with the sandbox's address and a session of its org."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.url = sandbox.url
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {sandbox.org.new_session()}"

    def __call__(self, method: str, path: str, json: Any = None, **more: Any) -> requests.Response:
        """A path is below the API's version unless it begins with a slash."""
        whole = path if path.startswith("/") else f"{API}/{path}"
        return self.session.request(method, f"{self.url}{whole}", json=json, timeout=10, **more)

    def get(self, path: str, **query: Any) -> requests.Response:
        return self("GET", path, params=query)

    def query(self, text: str) -> list[dict[str, Any]]:
        """Records of a query that must be taken, without their attributes."""
        answer = self.get("query", q=text)
        assert answer.status_code == 200, answer.text
        return [plain(record) for record in answer.json()["records"]]

    def make(self, sobject: str, **fields: Any) -> str:
        """Creates a record that must be taken; its id."""
        answer = self("POST", f"sobjects/{sobject}", fields)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def refusal(self, method: str, path: str, json: Any = None, **more: Any) -> tuple[int, str]:
        """Status and code of a request that must be refused for one reason."""
        answer = self(method, path, json, **more)
        assert answer.status_code >= 400, answer.text
        (error,) = answer.json()
        return answer.status_code, error["errorCode"]


def plain(record: dict[str, Any]) -> dict[str, Any]:
    return {
        name: plain(value) if isinstance(value, dict) else value
        for name, value in record.items()
        if name != "attributes"
    }


@pytest.fixture(scope="session")
def server() -> Iterator[Sandbox]:
    with Sandbox(customers=1, oddities=False) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(server: Sandbox) -> Sandbox:
    server.org.reset()
    server.requests.clear()
    server.clear_faults()
    return server


@pytest.fixture
def org(sandbox: Sandbox) -> Org:
    return sandbox.org


@pytest.fixture
def client(sandbox: Sandbox) -> Client:
    return Client(sandbox)


@pytest.fixture
def keyed(org: Org) -> Org:
    """An org whose business objects have an external id."""
    for name in ("Account", "Contact", "Case", "Opportunity", "Product2", "Task", "Event"):
        org.add_key_field(name, "Ext__c")
    return org
