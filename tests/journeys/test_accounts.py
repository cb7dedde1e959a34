from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.oracle import Crm, judge
from tests.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.journeys.world import World


@pytest.fixture
def elsewhere() -> Iterator[Sandbox]:
    """Another company's Pipedrive."""
    with Sandbox(seed=8, customers=1, oddities=False) as sandbox:
        yield sandbox


def test_a_token_of_another_company_mixes_nothing(fresh: World, elsewhere: Sandbox) -> None:
    first = fresh.run()
    assert first.code == 0, first.log
    away = {**elsewhere.pipedrive, "fallback_owner": elsewhere.crm.users[0]["email"]}

    there = fresh.run(**away)

    assert there.code == 0, there.log
    assert there.requests == ()
    crm = Crm(**elsewhere.pipedrive)
    assert [str(one) for one in judge(fresh.truth(), crm)] == []
    assert fresh.findings() == []

    back = fresh.run()

    assert back.code == 0, back.log
    assert back.commits == ()


def test_oauth_serves_as_well_as_a_token_run_after_run(fresh: World) -> None:
    oauth = fresh.sandbox.crm.oauth
    credentials: dict[str, Any] = {
        "api_token": None,
        "client_id": oauth.client_id,
        "client_secret": oauth.client_secret,
        "refresh_token": oauth.refresh_token,
    }

    first = fresh.run(**credentials)

    assert first.code == 0, first.log
    assert all(one.authorized for one in first.requests if "/oauth/" not in one.path)
    assert fresh.findings() == []

    second = fresh.run(**credentials)

    assert second.code == 0, second.log
    assert second.commits == ()


def test_no_secret_is_told_or_kept(fresh: World) -> None:
    outcome = fresh.run()
    secrets = [fresh.sandbox.crm.token, fresh.sandbox.switches.token, "secret-"]

    kept = [path for path in fresh.folder.iterdir() if path.name.startswith("journal.db")]

    assert kept
    for secret in secrets:
        assert secret not in outcome.log + outcome.out + (fresh.folder / "tap.log").read_text()
        assert not any(secret.encode() in path.read_bytes() for path in kept)


def test_a_refused_token_is_a_failure_that_says_so(fresh: World) -> None:
    fresh.sandbox.crm.revoke_token()

    outcome = fresh.run(api_token="sandbox-token")

    assert outcome.code == 1
    assert "401" in outcome.log or "token" in outcome.log
    assert "Traceback" not in outcome.log


def test_employees_are_matched_by_mail_address_and_never_by_guess(loaded: Any) -> None:
    world: World = loaded.world
    truth = world.truth()
    people = {row["name"]: row["id"] for row in truth.rows("employees")}
    users = {row["name"]: row["id"] for row in world.sandbox.crm.users}
    owners = {
        job["created_by"]: world.crm_row("deals", job["id"])["owner_id"]
        for job in truth.rows("jobs")
        if not job["employee_ids"]
    } | {
        job["employee_ids"][0]: world.crm_row("deals", job["id"])["owner_id"]
        for job in truth.rows("jobs")
        if job["employee_ids"]
    }

    expected = {
        "Dana Ruiz": "Dana Ruiz",
        "Dana Ruiz (van 2)": "Dana Ruiz",  # the same address in capitals
        "Omar Haddad": "Omar Haddad",  # blanks around it
        "Hector Ibarra": "Sales Desk",  # two users have that address
        "Keiko Nakamura": "Sales Desk",  # the user is not active
        "Subcontractor Crew": "Sales Desk",  # no address
        "Front Desk": "Sales Desk",
    }
    known = {name: user for name, user in expected.items() if people[name] in owners}
    assert len(known) >= 4
    assert {name: owners[people[name]] for name in known} == {
        name: users[user] for name, user in known.items()
    }


def test_an_unusable_fallback_owner_stops_the_run_before_anything_is_written(
    fresh: World,
) -> None:
    for wrong in ("nobody@example.com", "keiko.nakamura@example.com", "hector.ibarra@example.com"):
        outcome = fresh.run(fallback_owner=wrong)

        assert outcome.code == 1, outcome.log
        assert wrong in outcome.log
        assert outcome.writes == []


def test_a_new_user_takes_over_what_the_fallback_owner_held(world: World) -> None:
    crm = world.sandbox.crm
    keiko = next(user for user in crm.users if user["name"] == "Keiko Nakamura")
    keiko.update(active_flag=True, activated=True)

    outcome = world.run()

    assert outcome.code == 0, outcome.log
    assert {one.action for one in outcome.commits} <= {"update"}
    assert world.findings() == []
