"""What is shared with others: requests of the day, and the session."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.journeys.salesforce.world import OrgWorld

DAILY = 60


def test_a_load_stops_before_the_reserve_and_goes_on_another_day(fresh_org: OrgWorld) -> None:
    there = fresh_org.sandbox.org
    allowed, there.daily_requests = there.daily_requests, DAILY

    paused = fresh_org.load_all()

    assert "paused: " in paused.log + paused.out
    assert paused.code == 0, paused.log
    assert len(paused.requests) <= DAILY
    there.daily_requests = allowed
    outcome = fresh_org.command("apply")
    assert outcome.code == 0, outcome.log
    assert fresh_org.findings() == []


def test_a_session_that_ends_in_the_middle_is_renewed(fresh_org: OrgWorld) -> None:
    fresh_org.sandbox.fault("session_expired", "salesforce", path="/composite/sobjects$", skip=2)

    outcome = fresh_org.load_all()

    assert outcome.code == 0, outcome.log
    logins = [one for one in outcome.requests if one.path.endswith("/oauth2/token")]
    assert len(logins) == 2
    assert fresh_org.findings() == []
