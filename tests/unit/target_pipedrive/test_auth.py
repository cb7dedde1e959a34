"""OAuth: one refresh for everybody, and no refresh token lost."""

from __future__ import annotations

import pytest
from tests.unit.target_pipedrive.conftest import Hand

from crm_transforms.destination import AuthenticationError, SettingError, Status
from target_pipedrive.auth import OAuth
from target_pipedrive.destination import PipedriveDestination
from target_pipedrive.settings import auth_of


@pytest.fixture
def kept():
    return []


@pytest.fixture
def app(sandbox, hands, kept):
    settings = {
        "api_url": sandbox.pipedrive["api_url"],
        "client_id": sandbox.crm.oauth.client_id,
        "client_secret": sandbox.crm.oauth.client_secret,
        "refresh_token": sandbox.crm.oauth.refresh_token,
    }
    with PipedriveDestination(settings, on_refresh_token=kept.append, clock=hands.clock) as made:
        yield made


def test_a_rotated_refresh_token_is_handed_over(sandbox, app, kept):
    assert app.identity().id
    assert kept == [sandbox.crm.oauth.refresh_token]


def test_a_token_that_ends_in_mid_run_is_renewed_once_for_all_threads(sandbox, app, kept, make):
    app.describe("organizations")
    sandbox.crm.oauth.expire()
    operations = [make("organizations", name=f"Acme {n}") for n in range(24)]
    assert {v.status for v in app.write(operations)} == {Status.LANDED}
    assert len(kept) == 2
    created = [c for c in sandbox.crm.commits if c.object == "organizations"]
    assert len(created) == 24


def test_a_token_is_renewed_before_it_ends(sandbox, app, kept, hands):
    app.describe("organizations")
    hands.passed += 3_600
    sandbox.requests.clear()
    app.people()
    assert len(kept) == 2
    assert 401 not in [request.status for request in sandbox.requests]


def test_a_refresh_that_fails_once_is_tried_again(sandbox, app):
    sandbox.fault("server_error", "pipedrive", path="oauth/token", times=2)
    assert app.identity().id


def test_a_revoked_app_is_said_to_be_revoked(sandbox, app, make):
    app.describe("organizations")
    sandbox.crm.oauth.revoke()
    operations = [make("organizations", name=f"Acme {n}") for n in range(20)]
    verdicts, error = Hand(app).write_until_it_stops(operations)
    assert isinstance(error, AuthenticationError)
    assert "refresh token" in str(error)
    assert {v.operation_id for v in verdicts} == {op.id for op in operations}
    assert {v.status for v in verdicts} == {Status.ABSENT}


@pytest.mark.parametrize(
    ("domain", "adopted"),
    [
        ("https://acme.pipedrive.com", "https://acme.pipedrive.com"),
        ("http://acme.pipedrive.com", ""),
        ("https://acme.pipedrive.com.evil.example", ""),
        ("https://evilpipedrive.com", ""),
        ("", ""),
    ],
)
def test_only_pipedrive_itself_may_name_the_host_that_gets_the_token(sandbox, app, domain, adopted):
    body = f'{{"access_token":"t","refresh_token":"r","expires_in":99,"api_domain":"{domain}"}}'
    sandbox.fault("server_error", "pipedrive", path="oauth/token", status=200, body=body)
    app._client.auth.current()
    assert app._client.auth.api_domain == adopted


def test_a_local_account_is_not_left_for_the_host_that_a_token_names(sandbox, app):
    app.identity()
    app._client.auth.api_domain = "https://acme.pipedrive.com"
    assert app.limits().budget_total
    assert {request.service for request in sandbox.requests} == {"pipedrive"}


def test_the_real_token_service_is_asked_only_for_the_real_api(hands):
    credentials = {"client_id": "a", "client_secret": "b", "refresh_token": "c"}
    real = auth_of({**credentials, "api_url": "https://acme.pipedrive.com"}, hands.clock, None)
    local = auth_of({**credentials, "api_url": "http://localhost:1/pipedrive"}, hands.clock, None)
    assert isinstance(real, OAuth)
    assert isinstance(local, OAuth)
    assert real.token_url == "https://oauth.pipedrive.com/oauth/token"
    assert local.token_url == "http://localhost:1/pipedrive/oauth/token"


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, "set api_token"),
        ({"api_token": "  "}, "set api_token"),
        ({"client_id": "a", "refresh_token": "c"}, "missing: client_secret"),
        ({"api_token": "a\nb"}, "characters that no token has"),
        ({"api_token": "x", "daily_token_reserve": "much"}, "daily_token_reserve is 'much'"),
        ({"api_token": "x", "daily_token_reserve": "-1"}, "a number from 0"),
        ({"api_token": "x", "concurrency": 0}, "concurrency is '0'"),
        ({"api_token": "x", "api_url": "pipedrive"}, "is no address"),
    ],
)
def test_a_wrong_setting_is_named(settings, words):
    with pytest.raises(SettingError, match=words):
        PipedriveDestination(settings)
