"""Logging in: each way leads to a session, which is renewed once for everybody."""

from __future__ import annotations

import logging

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from crm_transforms.destination import (
    AuthenticationError,
    DestinationError,
    SettingError,
    Status,
    UnavailableError,
)
from target_salesforce.destination import SalesforceDestination
from target_salesforce.login_service import LoginService

TOKEN = "oauth2/token"


def test_client_credentials_lead_to_the_org(destination):
    assert destination.identity().id.startswith("00D")


def test_a_ready_token_is_used_as_it_is(sandbox, connect):
    destination = connect(
        access_token=sandbox.org.new_session(),
        instance_url=sandbox.url,
        without=("client_id", "client_secret"),
    )
    assert destination.identity().id
    assert not [each for each in sandbox.requests.of("salesforce", "POST") if TOKEN in each.path]


def test_a_ready_token_that_ends_stops_the_run(sandbox, connect):
    destination = connect(access_token="00D000000000001!gone", instance_url=sandbox.url)
    with pytest.raises(AuthenticationError, match="refuses the session"):
        destination.identity()


def test_a_session_that_ends_in_mid_run_is_renewed_once_for_all_threads(sandbox, hand):
    hand.destination.describe("Account")
    sandbox.requests.clear()
    sandbox.org.session_ids.clear()
    operations = [hand.create("Account", Name=f"A {n}") for n in range(1_600)]
    assert {verdict.status for verdict in hand.write(*operations)} == {Status.LANDED}
    logins = [each for each in sandbox.requests.of("salesforce", "POST") if TOKEN in each.path]
    assert len(logins) == 1
    assert len(sandbox.org.query("SELECT Id FROM Account WHERE Name LIKE 'A %'")) == 1_600


def test_a_login_that_fails_once_is_tried_again(sandbox, connect):
    sandbox.fault("server_error", "salesforce", path=TOKEN, times=2)
    assert connect().identity().id


def test_a_login_that_is_never_answered_ends(sandbox, connect):
    sandbox.fault("server_error", "salesforce", path=TOKEN, times=None)
    with pytest.raises(UnavailableError, match="cannot log in at"):
        connect().identity()


def test_a_wrong_secret_is_named_by_its_setting_and_not_shown(connect):
    destination = connect(client_secret="secret-of-mine")
    with pytest.raises(AuthenticationError, match="client_id, client_secret") as refused:
        destination.identity()
    assert "secret-of-mine" not in str(refused.value)


def test_a_host_that_does_not_log_in_is_named(sandbox, connect):
    place = {"location": "https://elsewhere.example/"}
    sandbox.fault("html_page", "salesforce", path=TOKEN, status=302, headers=place)
    with pytest.raises(DestinationError, match="setting login_url"):
        connect().identity()


@pytest.fixture(scope="module")
def key():
    return rsa.generate_private_key(public_exponent=65_537, key_size=2_048)


@pytest.fixture
def private_key(sandbox, key):
    """A key whose certificate the app holds."""
    public = key.public_key()
    sandbox.org.public_key = public.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    ).decode()
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


def test_an_assertion_logs_in_a_user_who_is_not_there(sandbox, private_key):
    settings = {
        "login_url": sandbox.url,
        "client_id": sandbox.org.client_id,
        "username": sandbox.org.username,
        "private_key": private_key,
    }
    with SalesforceDestination(settings) as destination:
        assert destination.identity().id


def test_an_assertion_that_the_app_does_not_trust_names_the_setting(sandbox, private_key):
    sandbox.org.public_key = None
    settings = {
        "login_url": sandbox.url,
        "client_id": sandbox.org.client_id,
        "username": sandbox.org.username,
        "private_key": private_key,
    }
    with (
        SalesforceDestination(settings) as destination,
        pytest.raises(AuthenticationError, match="pre-authorise the app"),
    ):
        destination.identity()


def test_a_refresh_token_leads_to_a_session(sandbox, connect):
    assert connect(refresh_token=sandbox.org.refresh_token).identity().id


def test_a_refresh_token_that_was_revoked_is_named_and_not_shown(connect):
    destination = connect(refresh_token="revoked-of-mine")
    with pytest.raises(AuthenticationError, match="refresh_token has ended") as refused:
        destination.identity()
    assert "revoked-of-mine" not in str(refused.value)


def test_a_password_logs_in_with_a_warning(sandbox, connect, caplog):
    user = sandbox.org.password
    destination = connect(**user, without=("client_id", "client_secret"))
    with caplog.at_level(logging.WARNING):
        assert destination.identity().id
    assert "is being retired" in caplog.text
    assert user["password"] not in caplog.text


def test_a_wrong_password_is_said_to_be_refused(sandbox, connect):
    user = {**sandbox.org.password, "password": "guess-of-mine"}
    destination = connect(**user, without=("client_id", "client_secret"))
    with pytest.raises(AuthenticationError, match="username, password") as refused:
        destination.identity()
    assert "guess-of-mine" not in str(refused.value)


def test_a_password_is_refused_by_newer_versions(sandbox, connect):
    with pytest.raises(SettingError, match="private_key"):
        connect(**sandbox.org.password, api_version="65.0", without=("client_id", "client_secret"))


INSTANCES = [
    (
        "https://login.salesforce.com",
        "https://acme.my.salesforce.com/",
        "https://acme.my.salesforce.com",
    ),
    ("https://login.salesforce.com", "https://evil.example", "https://login.salesforce.com"),
    (
        "https://login.salesforce.com",
        "http://acme.my.salesforce.com",
        "https://login.salesforce.com",
    ),
    (
        "https://evil-salesforce.com",
        "https://acme.my.salesforce.com",
        "https://evil-salesforce.com",
    ),
    ("http://127.0.0.1:1", "https://acme.my.salesforce.com", "http://127.0.0.1:1"),
]


@pytest.mark.parametrize(("login_url", "told", "used"), INSTANCES)
def test_only_salesforce_may_say_where_its_tokens_go(login_url, told, used):
    assert LoginService(login_url, "", None, None).instance(told) == used
