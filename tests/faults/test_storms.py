"""Trouble that lasts: storms of refusals and errors, a revoked token, a spent budget."""

from __future__ import annotations

import json
import random
import sys
from typing import TYPE_CHECKING

import pytest
from tests.faults import accounts
from tests.faults.loads import Load

if TYPE_CHECKING:
    from tests.faults.processes import Ended
    from tests.sandbox import Sandbox

MOST_RUNS = 6
MIXED = ("rate_limited", "server_error", "html_page", "cut_body", "reset_before", "reset_after")
REFUSAL = '{"success":false,"error":"unauthorized access","errorCode":401}'


@pytest.fixture
def load(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Load:
    return Load(sandbox, tmp_path_factory.mktemp("load"))


@pytest.fixture
def seed() -> int:
    """Of the storm; printed, and so told when a test fails."""
    seed = random.randrange(10**6)
    sys.stdout.write(f"seed {seed}\n")
    return seed


def finish(load: Load, ended: Ended) -> Ended:
    """Run again, or retry what was rejected, until all is done."""
    for _ in range(MOST_RUNS):
        if not ended.code:
            break
        ended = load.command("retry") if ended.code == 3 else load.run()
    return ended


@pytest.mark.parametrize("retry_after", [None, 2], ids=["bare", "with Retry-After"])
def test_a_storm_of_429_is_waited_out(load: Load, seed: int, retry_after: int | None) -> None:
    load.configure(concurrency=1)
    clean = load.clean()
    storm = load.sandbox.fault(
        "rate_limited", "pipedrive", share=0.8, times=150, seed=seed, retry_after=retry_after
    )
    notes = load.folder / "notes"
    ended = load.run(notes=str(notes))
    slept = json.loads(notes.read_text())["slept"]
    assert slept >= 2 * storm.hits, "requests that are refused as too frequent follow too soon"
    # After fifteen minutes of nothing but refusals of one request a run gives up.
    assert ended.code == 0 or "refused as too frequent" in ended.errors, ended.errors
    ended = finish(load, ended)
    assert ended.code == 0, ended.errors
    assert storm.hits == 150
    assert load.faults_since(0, clean) == []
    assert len(load.sandbox.requests) <= 1.25 * len(clean) + storm.hits


@pytest.mark.parametrize("share", [0.3, 0.8])
@pytest.mark.parametrize("kind", ["server_error", "html_page", "reset_after", "reset_before"])
def test_a_storm_of_errors_loses_and_doubles_nothing(
    load: Load, seed: int, kind: str, share: float
) -> None:
    clean = load.clean()
    storm = load.sandbox.fault(kind, "pipedrive", share=share, times=60, seed=seed)
    ended = finish(load, load.run())
    load.sandbox.clear_faults()
    ended = finish(load, ended)
    assert ended.code == 0, ended.errors
    assert storm.hits > 10
    assert accounts.differences(clean.contents, accounts.contents(load.sandbox.crm)) == []
    done = accounts.commits(load.sandbox.crm)
    made = {what: count for what, count in done.items() if what.startswith("create")}
    wanted = {what: clean.commits[what] for what in clean.commits if what.startswith("create")}
    assert made == wanted


def test_a_mixed_storm_over_both_loads_loses_and_doubles_nothing(load: Load, seed: int) -> None:
    for _ in ("first", "later"):
        clean = load.clean()
        for nth, kind in enumerate(MIXED):
            load.sandbox.fault(kind, "pipedrive", share=0.05, times=8, seed=seed + nth)
        ended = finish(load, load.run())
        load.sandbox.clear_faults()
        assert finish(load, ended).code == 0, ended.errors
        assert accounts.differences(clean.contents, accounts.contents(load.sandbox.crm)) == []
        if load.singer == load.first:
            load.restart()
            load.go_on()


@pytest.mark.parametrize("at", [3, 15, 30, 45, 55])
def test_a_token_revoked_in_mid_run_ends_it_and_a_new_one_goes_on(load: Load, at: int) -> None:
    clean = load.clean()
    load.sandbox.fault("server_error", "pipedrive", skip=at, times=None, status=401, body=REFUSAL)
    ended = load.run()
    assert ended.code == 1
    assert "refuses the credentials" in ended.errors
    assert "Traceback" not in ended.errors
    assert load.sandbox.crm.token is not None
    assert load.sandbox.crm.token not in ended.errors
    load.sandbox.clear_faults()
    load.sandbox.crm.token = "token-after-a-new-password"
    load.configure(api_token=load.sandbox.crm.token)
    ended = load.run()
    assert ended.code == 0, ended.errors
    assert load.faults_since(0, clean) == []


@pytest.mark.parametrize("tokens", [60, 180, 300, 450])
def test_a_budget_spent_in_mid_run_pauses_it_until_the_next_day(load: Load, tokens: int) -> None:
    clean = load.clean()
    load.sandbox.crm.daily_budget = tokens
    ended = load.run()
    assert ended.code == 0, ended.errors
    assert "paused" in ended.errors
    asked = len(load.sandbox.requests)
    assert asked < len(clean)
    load.configure(fail_on_pause=True)
    assert load.run().code == 4
    assert len(load.sandbox.requests) <= asked + 3, "a spent budget is not asked again and again"
    load.sandbox.crm.daily_budget = None
    load.sandbox.crm.next_day()
    ended = load.run()
    assert ended.code == 0, ended.errors
    assert load.faults_since(0, clean) == []
