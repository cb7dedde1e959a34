"""A destination that leads to a local Pipedrive, on a clock that nobody waits for."""

from __future__ import annotations

import itertools
import random
import sys
import threading
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from tests.sandbox import Sandbox

from crm_transforms.destination import (
    SCHEMA,
    BudgetExhaustedError,
    DestinationError,
    Kind,
    Operation,
    Status,
)
from target_pipedrive.destination import PipedriveDestination
from target_pipedrive.limits import Clock
from target_pipedrive.timeouts import DEFAULT, Timeouts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from crm_transforms.destination import Verdict

KEY = "ks_source_id"
KEYED = ("organizations", "persons", "products", "deals")
BLINK = Timeouts(read=0.25, upload=0.25)


class Hands:
    """A clock that stands still until somebody sleeps."""

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
        return Clock(lambda: self.passed, lambda: self.start + self.passed, self.sleep)


class Hand:
    """Makes operations, and writes them."""

    def __init__(self, destination: PipedriveDestination) -> None:
        self.destination = destination
        self._ids = itertools.count(1)

    def create(self, object_name: str, **fields: Any) -> Operation:
        key = str(fields.get(KEY) or fields.get("name") or "")
        return Operation(next(self._ids), object_name, Kind.CREATE, key, fields)

    def change(self, object_name: str, destination_id: str, **fields: Any) -> Operation:
        return Operation(next(self._ids), object_name, Kind.UPDATE, "", fields, destination_id)

    def remove(self, object_name: str, destination_id: str) -> Operation:
        return Operation(next(self._ids), object_name, Kind.DELETE, "", {}, destination_id)

    def field(self, object_name: str, name: str, type_: str, **more: Any) -> Operation:
        key = f"{object_name}.{name}"
        record = {"name": name, "type": type_, **more}
        return Operation(next(self._ids), SCHEMA, Kind.CREATE, key, record)

    def grow(self, object_name: str, name: str, *labels: str, **more: Any) -> Operation:
        """Further options of a choice."""
        key = f"{object_name}.{name}"
        record = {"name": name, "type": "choices", "options": list(labels), **more}
        return Operation(next(self._ids), SCHEMA, Kind.UPDATE, key, record)

    def shrink(self, object_name: str, name: str, *labels: str, id_: str = "") -> Operation:
        """Options of a choice that are to go."""
        key = f"{object_name}.{name}"
        record = {"name": name, "remove_options": list(labels)}
        return Operation(next(self._ids), SCHEMA, Kind.UPDATE, key, record, id_ or None)

    def drop(self, object_name: str, name: str, id_: str) -> Operation:
        """A field that is to go."""
        return Operation(next(self._ids), SCHEMA, Kind.DELETE, f"{object_name}.{name}", {}, id_)

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
        seen = []
        try:
            for verdict in self.destination.write(operations):
                seen.append(verdict)  # noqa: PERF402 - extend() would lose them when it raises
        except (DestinationError, BudgetExhaustedError) as error:
            return seen, error
        return seen, None

    def lines(self, deal: str, product: str, prices: Sequence[int | str]) -> list[Operation]:
        return [
            self.create(
                "deal_products",
                deal_id=deal,
                product_id=product,
                item_price=Decimal(price),
                quantity=Decimal(1),
            )
            for price in prices
        ]

    def resolve(self, operations: Sequence[Operation], marks: Any = None) -> list[Verdict]:
        verdicts = {v.operation_id: v for v in self.destination.resolve(operations, marks or {})}
        return [verdicts[operation.id] for operation in operations]


@pytest.fixture
def rng() -> random.Random:
    """Chance, with its seed in the output of a test that fails."""
    seed = random.randrange(10**6)
    sys.stdout.write(f"seed {seed}\n")
    return random.Random(seed)


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
) -> Iterator[Callable[..., PipedriveDestination]]:
    """Make destinations of the sandbox's account, with further settings."""
    made = []
    timeouts = BLINK if "impatient" in request.fixturenames else DEFAULT

    def connected(*, without: Sequence[str] = (), **settings: Any) -> PipedriveDestination:
        every = {**sandbox.pipedrive, **settings}
        kept = {name: value for name, value in every.items() if name not in without}
        made.append(PipedriveDestination(kept, clock=hands.clock, timeouts=timeouts))
        return made[-1]

    yield connected
    for destination in made:
        destination.close()


@pytest.fixture
def destination(connect: Callable[..., PipedriveDestination]) -> PipedriveDestination:
    return connect()


@pytest.fixture
def hand(destination: PipedriveDestination) -> Hand:
    return Hand(destination)


@pytest.fixture
def keyed(hand: Hand, sandbox: Sandbox) -> Hand:
    """An account whose records carry their key in a custom field."""
    verdicts = hand.write(*(hand.field(name, KEY, "text") for name in KEYED))
    assert {verdict.status for verdict in verdicts} == {Status.LANDED}
    hand.destination.use(dict.fromkeys(KEYED, KEY), {})
    sandbox.requests.clear()
    return hand


@pytest.fixture
def asked(sandbox: Sandbox) -> Callable[..., list[str]]:
    """What was asked so far: verb and path, without the account's prefix."""

    def lines(method: str | None = None) -> list[str]:
        return [
            f"{request.method} {request.path.removeprefix('/pipedrive')}"
            for request in sandbox.requests.of("pipedrive", method)
        ]

    return lines


@pytest.fixture
def make() -> Callable[..., Operation]:
    """Creates of records, for destinations that a test makes itself."""
    ids = itertools.count(1)
    return lambda object_name, **fields: Operation(next(ids), object_name, Kind.CREATE, "", fields)
