"""Storms: whatever goes wrong at random, every record lands exactly once."""

from __future__ import annotations

from collections import Counter

import pytest
from tests.unit.target_pipedrive.conftest import KEY

from crm_transforms.destination import Status

KINDS = ("reset_before", "reset_after", "server_error", "html_page", "cut_body", "rate_limited")


def landed_once(hand, operations):
    """Write as an engine would: ask about silence, send again only what is absent."""
    left = list(operations)
    ids = {}
    for _ in range(30):
        marks = hand.destination.mark({operation.object for operation in left})
        verdicts, _ = hand.write_until_it_stops(left)
        unknown = [op for op in left if _status(verdicts, op) is Status.UNKNOWN]
        verdicts = [v for v in verdicts if v.status is not Status.UNKNOWN]
        verdicts += hand.resolve(unknown, marks)
        ids |= {v.operation_id: v for v in verdicts if v.status is Status.LANDED}
        left = [op for op in left if _status(verdicts, op) is Status.ABSENT]
        if not left:
            return ids
    raise AssertionError(f"{len(left)} records never landed")


def _status(verdicts, operation):
    return next(v.status for v in verdicts if v.operation_id == operation.id)


@pytest.mark.usefixtures("impatient")
def test_keyed_records_land_once_in_any_storm(sandbox, keyed, rng):
    for kind in KINDS:
        sandbox.fault(
            kind, "pipedrive", times=None, share=rng.choice((0.02, 0.1)), seed=rng.randrange(999)
        )
    operations = [
        keyed.create(
            name, **{"title" if name == "deals" else "name": "Same", KEY: f"{name}-{number}"}
        )
        for name in ("organizations", "persons", "deals")
        for number in range(60)
    ]
    verdicts = landed_once(keyed, operations)
    assert not [v for v in verdicts.values() if v.duplicates]
    assert len(verdicts) == 180
    for name in ("organizations", "persons", "deals"):
        assert len(sandbox.crm.tables[name].rows) == 60
    actions = Counter(commit.action for commit in sandbox.crm.commits if commit.object != "fields")
    assert actions["delete"] == 0


@pytest.mark.usefixtures("impatient")
def test_notes_and_lines_land_once_in_any_storm(sandbox, hand, rng):
    deals = [hand.made("deals", title=f"J {n}") for n in range(6)]
    product = hand.made("products", name="Pipe")
    for kind in KINDS:
        sandbox.fault(
            kind, "pipedrive", times=None, share=rng.choice((0.02, 0.1)), seed=rng.randrange(999)
        )
    notes = [
        hand.create("notes", content=f"<p>note {n}</p>", deal_id=deal)
        for deal in deals
        for n in range(8)
    ]
    lines = [line for deal in deals for line in hand.lines(deal, product, range(120))]
    verdicts = landed_once(hand, notes + lines)
    assert len({v.destination_id for v in verdicts.values()}) == len(notes) + len(lines)
    assert len(sandbox.crm.tables["notes"].rows) == len(notes)
    assert len(sandbox.crm.tables["deal_products"].rows) == len(lines)


def test_a_storm_of_burst_refusals_costs_few_requests_more(sandbox, hand):
    hand.destination.describe("organizations")
    sandbox.requests.clear()
    sandbox.fault("rate_limited", "pipedrive", times=40, share=0.2, seed=3)
    operations = [hand.create("organizations", name=f"O {n}") for n in range(200)]
    assert {verdict.status for verdict in hand.write(*operations)} == {Status.LANDED}
    assert len(sandbox.requests) <= 1.25 * 200
    assert len(sandbox.crm.tables["organizations"].rows) == 200
