"""Estimates: what a vendor publishes of its costs, added up before anything is sent."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from tests.unit.stages.working import mapping

from crm_transforms.destination import Cost, Limits
from crm_transforms.stages.counted import RECORD_BYTES, countable, counted_writes
from crm_transforms.stages.estimate import SECONDS_PER_REQUEST, Estimator
from crm_transforms.stages.writes import Writes
from target_pipedrive.destination import PipedriveDestination

if TYPE_CHECKING:
    from collections.abc import Iterator

DOCUMENT = mapping("""
objects:
  owner: {target: users, from: sellers, key: id, match: {email: email}, people: true}
  organization:
    target: organizations
    from: customers
    key: {shop_id: id}
    fields: {name: name}
    custom: {kind: {type: text, value: kind}}
  shared: {target: products, key: '"shared"', fields: {name: '"Shared"'}}
  line:
    target: deal_products
    from: jobs
    with: {charges: {stream: charges, on: job_id}}
    each: charges
    key: item.id
    fields: {quantity: item.quantity}
  image: {target: files, from: notes, each: images, key: index, fields: {name: item.name}}
""")
UNLIMITED = Limits()


@pytest.fixture
def destination() -> Iterator[PipedriveDestination]:
    with PipedriveDestination({"api_token": "none"}) as unconnected:
        yield unconnected


def estimator(
    destination: PipedriveDestination, limits: Limits = UNLIMITED, concurrency: int = 8
) -> Estimator:
    return Estimator(destination, DOCUMENT, limits, concurrency)


@pytest.mark.parametrize(
    ("name", "writes", "calls", "tokens"),
    [
        ("organization", Writes(creates=Counter({1: 40})), 40, 200),
        ("organization", Writes(updates=10), 10, 50),
        ("organization", Writes(deletes=10), 10, 30),
        ("line", Writes(creates=Counter({1: 4})), 4, 20),
        ("line", Writes(creates=Counter({5: 4})), 4, 100),
        ("line", Writes(creates=Counter({1: 4, 5: 4, 250: 1})), 11, 20 + 100 + 75),
    ],
)
def test_writing_costs_what_is_published(
    destination: PipedriveDestination, name: str, writes: Writes, calls: int, tokens: int
) -> None:
    assert estimator(destination).of_object(name, writes).writing == Cost(calls, tokens)


def test_reading_counts_what_is_looked_at_before_and_verified_after(
    destination: PipedriveDestination,
) -> None:
    writes = Writes(creates=Counter({1: 150}), updates=50, looked_at=50, batches=2)
    cost = estimator(destination).of_object("organization", writes)
    assert cost.reading == Cost(1 + 2 + 2, 10 * (1 + 2 + 2))


def test_nothing_to_write_costs_nothing(destination: PipedriveDestination) -> None:
    assert estimator(destination).of_object("line", Writes()) == (Cost(), Cost())


def test_asking_for_costs_sends_nothing(destination: PipedriveDestination) -> None:
    estimator(destination).of_writes({"line": Writes(updates=3)}, Cost(), 0, 0)
    assert destination.spent()["requests"] == 0


@pytest.mark.parametrize(
    ("rate", "concurrency", "seconds"),
    [
        (10.0, 8, 100.0),  # the burst limit counts
        (None, 8, 1_000 * SECONDS_PER_REQUEST / 8),  # as many at once as there may be
        (60.0, 2, 1_000 * SECONDS_PER_REQUEST / 2),
    ],
)
def test_time_follows_from_the_burst_limit_or_from_concurrency(
    destination: PipedriveDestination, rate: float | None, concurrency: int, seconds: float
) -> None:
    made = estimator(destination, Limits(requests_per_second=rate), concurrency)
    found = made.of_writes({"organization": Writes(updates=990)}, Cost(10, 10), 0, 0)
    assert (found.calls, found.tokens) == (990 + 10 + 10, 990 * 5 + 10 + 100)
    assert found.seconds == pytest.approx(seconds * found.calls / 1_000)


@pytest.mark.parametrize(
    ("limits", "days"),
    [
        ({}, 0.0),
        ({"budget_total": 200_000}, 0.0),
        ({"budget_total": 200_000, "budget_left": 60_000}, 0.0),
        ({"budget_total": 20_000, "budget_left": 10_000}, 3.0),
        ({"budget_total": 20_000, "budget_left": 10_000, "reserve": 10_000}, 5.0),
        ({"budget_total": 25_000}, 2.0),
    ],
)
def test_days_follow_from_what_is_left_today_and_from_later_budgets(
    destination: PipedriveDestination, limits: dict[str, Any], days: float
) -> None:
    made = estimator(destination, Limits(requests_per_second=1e6, **limits), 10**6)
    found = made.of_writes({}, Cost(1, 50_000), 0, 0)
    assert found.days == pytest.approx(days, abs=0.01)


def test_room_is_that_of_records_and_files(destination: PipedriveDestination) -> None:
    writes = {"organization": Writes(creates=Counter({1: 2}), bytes=700)}
    found = estimator(destination).of_writes(writes, Cost(), 5_000, 300)
    assert (found.journal_bytes, found.files_bytes, found.storage_bytes) == (5_000, 300, 1_000)
    assert "objects" not in found.as_json()


def test_counts_become_writes() -> None:
    counts = {"customers": 1_200, "jobs": 10, "charges": 25, "notes": 9}
    writes = counted_writes(DOCUMENT, counts, lambda _: 500)
    assert set(writes) == {"organization", "shared", "line", "image"}
    assert writes["organization"].creates == {1: 1_200}
    assert (writes["organization"].batches, writes["organization"].bytes) == (
        3,
        1_200 * RECORD_BYTES,
    )
    assert writes["shared"].creates == {1: 1}
    assert writes["line"].creates == {2: 5, 3: 5}
    assert writes["image"].created == 0


def test_objects_can_be_counted_where_streams_do_not_tell() -> None:
    writes = counted_writes(DOCUMENT, {"image": 12, "charges": 8}, lambda _: 500)
    assert writes["image"].creates == {1: 12}
    assert writes["line"].creates == {1: 8}
    assert writes["organization"].created == 0


def test_what_can_be_counted_is_told() -> None:
    told = countable(DOCUMENT)
    assert set(told) == {
        "customers", "charges", "notes", "organization", "shared", "line", "image",
    }  # fmt: skip
