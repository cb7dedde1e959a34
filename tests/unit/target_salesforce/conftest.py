"""A destination that leads to a local Salesforce, on a clock that nobody waits for."""

from __future__ import annotations

import io
import itertools
import threading
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from tests.sandbox import Sandbox
from tests.unit.target_salesforce.bulky import KEY

from crm_transforms.destination import (
    SCHEMA,
    BudgetExhaustedError,
    DestinationError,
    Kind,
    Operation,
    Status,
)
from target_salesforce.clock import Clock
from target_salesforce.destination import SalesforceDestination
from target_salesforce.timeouts import DEFAULT, Timeouts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from crm_transforms.destination import Verdict

BLINK = Timeouts(read=0.25, write=0.25, upload=0.25)
API = "/services/data/v62.0"


class Hands:
    """A clock that stands still until somebody sleeps; chance is always the same."""

    def __init__(self, wall: float = 1_800_000_000.0) -> None:
        self.passed = 0.0
        self.start = wall
        self.naps: list[float] = []
        self._lock = threading.Lock()

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.naps.append(seconds)
            self.passed += seconds

    @property
    def clock(self) -> Clock:
        wall = self.start
        return Clock(lambda: self.passed, lambda: wall + self.passed, self.sleep, lambda: 0.5)


class Hand:
    """Makes operations, and writes them."""

    def __init__(self, destination: SalesforceDestination) -> None:
        self.destination = destination
        self._ids = itertools.count(1)

    def create(self, object_name: str, **fields: Any) -> Operation:
        key = str(fields.get("Name") or fields.get("LastName") or "")
        return Operation(next(self._ids), object_name, Kind.CREATE, key, fields)

    def change(self, object_name: str, destination_id: str, **fields: Any) -> Operation:
        return Operation(next(self._ids), object_name, Kind.UPDATE, "", fields, destination_id)

    def remove(self, object_name: str, destination_id: str) -> Operation:
        return Operation(next(self._ids), object_name, Kind.DELETE, "", {}, destination_id)

    def act(self, object_name: str, destination_id: str, action: str) -> Operation:
        return Operation(
            next(self._ids), object_name, Kind.ACT, "", {}, destination_id, action=action
        )

    def write(self, *operations: Operation) -> list[Verdict]:
        """The verdicts in the order of the operations, exactly one for each."""
        verdicts = list(self.destination.write(operations))
        assert sorted(v.operation_id for v in verdicts) == sorted(op.id for op in operations)
        by_id = {verdict.operation_id: verdict for verdict in verdicts}
        return [by_id[operation.id] for operation in operations]

    def made(self, object_name: str, **fields: Any) -> str:
        """The id of a record that has just been made."""
        (verdict,) = self.write(self.create(object_name, **fields))
        assert verdict.status is Status.LANDED, verdict
        return str(verdict.destination_id)

    def write_until_it_stops(
        self, operations: Sequence[Operation]
    ) -> tuple[list[Verdict], Exception | None]:
        """All verdicts of a write, and what it raised after them."""
        seen: list[Verdict] = []
        try:
            for verdict in self.destination.write(operations):
                seen.append(verdict)  # noqa: PERF402 - extend() would lose them when it raises
        except (DestinationError, BudgetExhaustedError) as error:
            return seen, error
        return seen, None

    def resolve(self, operations: Sequence[Operation], marks: Any = None) -> list[Verdict]:
        verdicts = {v.operation_id: v for v in self.destination.resolve(operations, marks or {})}
        return [verdicts[operation.id] for operation in operations]


@pytest.fixture(scope="session")
def running() -> Iterator[Sandbox]:
    with Sandbox(customers=2) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running: Sandbox) -> Sandbox:
    running.reset()
    return running


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def impatient() -> None:
    """Give up waiting for an answer after a blink."""


@pytest.fixture
def connect(
    sandbox: Sandbox, hands: Hands, request: pytest.FixtureRequest
) -> Iterator[Callable[..., SalesforceDestination]]:
    """Make destinations of the sandbox's org, with further settings."""
    made = []
    timeouts = BLINK if "impatient" in request.fixturenames else DEFAULT

    def connected(*, without: Sequence[str] = (), **settings: Any) -> SalesforceDestination:
        every = {**sandbox.salesforce, **settings}
        kept = {name: value for name, value in every.items() if name not in without}
        made.append(SalesforceDestination(kept, clock=hands.clock, timeouts=timeouts))
        return made[-1]

    yield connected
    for destination in made:
        destination.close()


@pytest.fixture
def destination(connect: Callable[..., SalesforceDestination]) -> SalesforceDestination:
    return connect()


@pytest.fixture
def hand(destination: SalesforceDestination) -> Hand:
    return Hand(destination)


@pytest.fixture
def asked(sandbox: Sandbox) -> Callable[..., list[str]]:
    """What was asked so far: verb and path, without the API's prefix."""

    def lines(method: str | None = None) -> list[str]:
        return [
            f"{request.method} {request.path.removeprefix(API)}"
            for request in sandbox.requests.of("salesforce", method)
        ]

    return lines


@pytest.fixture
def sent_file(sandbox: Sandbox) -> Callable[[str], str]:
    """A file of the last deploy."""

    def read(path: str) -> str:
        deploy = list(sandbox.org.deploys.values())[-1]
        return zipfile.ZipFile(io.BytesIO(deploy.content)).read(path).decode()

    return read


@pytest.fixture
def jobs(request: pytest.FixtureRequest) -> None:
    """Let three records be enough for a job, and accounts and contacts carry our key."""
    destination: SalesforceDestination = request.getfixturevalue("destination")
    destination._bulk_threshold = 3
    destination.use({"Account": KEY, "Contact": KEY}, {})
    destination.identity()
    list(
        destination.write(
            [
                Operation(
                    number,
                    SCHEMA,
                    Kind.CREATE,
                    f"{name}.{KEY}",
                    {"object": name, "name": KEY, "type": "text", "label": "Key"},
                )
                for number, name in enumerate(("Account", "Contact"), 1)
            ]
        )
    )
    destination.describe("Account")
    destination.describe("Contact")
    request.getfixturevalue("sandbox").requests.clear()
