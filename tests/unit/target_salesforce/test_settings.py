"""Settings: judged before anything is asked, named in every error, and never quoted if secret."""

from __future__ import annotations

import logging

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from crm_transforms.destination import SettingError
from target_salesforce.auth import AccessToken, ClientCredentials, JwtBearer, RefreshToken
from target_salesforce.clock import Clock
from target_salesforce.settings import login_of, number_of, url_of, version_of
from target_salesforce.soap import SoapLogin
from target_salesforce.wire import Wire

ORG = "https://acme.my.salesforce.com"
APP = {"client_id": "3MVG9", "client_secret": "hush"}


@pytest.fixture(scope="module")
def pem():
    key = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


def login(**settings):
    return login_of(settings, Wire(), Clock(wall=lambda: 1_800_000_000.0))


def test_each_complete_kind_of_credentials_is_taken(pem):
    jwt_bearer = {"client_id": "3MVG9", "username": "ann@acme.example", "private_key": pem}
    password = {"username": "ann@acme.example", "password": "hush"}
    assert isinstance(login(access_token="00D!x", instance_url=ORG), AccessToken)
    assert isinstance(login(**jwt_bearer), JwtBearer)
    assert isinstance(login(**APP, refresh_token="5Aep"), RefreshToken)
    assert isinstance(login(client_id="3MVG9", refresh_token="5Aep"), RefreshToken)
    assert isinstance(login(**APP, login_url=ORG), ClientCredentials)
    assert isinstance(login(**APP, instance_url=ORG), ClientCredentials)
    assert isinstance(login(**password), SoapLogin)


INCOMPLETE = [
    ({}, "no complete credentials: set client_id and client_secret"),
    ({"client_id": "3MVG9"}, "no complete credentials"),
    ({"username": "ann"}, "no complete credentials"),
    ({"access_token": "00D!x"}, "access_token needs instance_url"),
    ({"private_key": "k"}, "private_key needs client_id and username"),
    ({"refresh_token": "5Aep"}, "refresh_token needs client_id"),
    ({**APP}, "login_url is https://login.salesforce.com: client credentials"),
    ({**APP, "login_url": "https://test.salesforce.com"}, "own My Domain address"),
    (
        {**APP, "login_url": "https://test.salesforce.com", "instance_url": ORG},
        "own My Domain address",
    ),
    ({**APP, "login_url": "acme.my.salesforce.com"}, "setting login_url: .* no address"),
    ({"access_token": "00D!x", "instance_url": "https://[acme"}, "setting instance_url"),
    ({"access_token": "two words", "instance_url": ORG}, "setting access_token holds characters"),
]


@pytest.mark.parametrize(("settings", "says"), INCOMPLETE)
def test_what_is_missing_is_named(settings, says):
    with pytest.raises(SettingError, match=says):
        login(**settings)


def test_no_error_quotes_a_secret():
    for settings, _ in INCOMPLETE:
        with pytest.raises(SettingError) as error:
            login(**settings)
        for secret in ("hush", "5Aep", "00D!x", "two words"):
            assert secret not in str(error.value)


@pytest.mark.parametrize("version", ["65.0", "66", "v67.0"])
def test_a_password_is_refused_where_the_api_has_no_such_login(version):
    with pytest.raises(SettingError) as error:
        login(username="ann", password="hush", api_version=version)
    for name in ("api_version", "client_id", "client_secret", "private_key", "refresh_token"):
        assert name in str(error.value)
    assert "hush" not in str(error.value)


def test_a_key_may_be_a_file(tmp_path, pem):
    path = tmp_path / "server.key"
    path.write_text(pem)
    jwt_bearer = {"client_id": "3MVG9", "username": "ann@acme.example"}
    assert isinstance(login(**jwt_bearer, private_key=str(path)), JwtBearer)
    assert isinstance(login(**jwt_bearer, private_key=pem.replace("\n", "\\n")), JwtBearer)


@pytest.mark.parametrize("key", ["/nowhere/server.key", "-----BEGIN PRIVATE KEY-----\nabc\n"])
def test_a_key_that_cannot_sign_is_named_and_not_shown(key):
    with pytest.raises(SettingError, match="setting private_key") as error:
        login(client_id="3MVG9", username="ann", private_key=key)
    assert "abc" not in str(error.value)


AUDIENCES = [
    ("https://login.salesforce.com", "https://login.salesforce.com"),
    ("https://test.salesforce.com", "https://test.salesforce.com"),
    (ORG, "https://login.salesforce.com"),
    ("https://acme--uat.sandbox.my.salesforce.com", "https://test.salesforce.com"),
    ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
]


@pytest.mark.parametrize(("login_url", "audience"), AUDIENCES)
def test_an_assertion_is_for_the_server_that_logs_in(pem, login_url, audience):
    bearer = login(client_id="3MVG9", username="ann", private_key=pem, login_url=login_url)
    claims = jwt.decode(bearer.form()["assertion"], options={"verify_signature": False})
    assert claims == {"iss": "3MVG9", "sub": "ann", "aud": audience, "exp": 1_800_000_180}


ADDRESSES = [
    ("https://acme.my.salesforce.com/", ORG),
    ("https://acme.my.salesforce.com/services/data", ORG),
    ("https://acme.lightning.force.com/lightning/page/home", ORG),
    ("http://localhost:8080", "http://localhost:8080"),
]


@pytest.mark.parametrize(("given", "used"), ADDRESSES)
def test_addresses_are_taken_as_people_copy_them(given, used):
    assert url_of({"instance_url": given}, "instance_url") == used


@pytest.mark.parametrize("given", ["62.0", "62", "v62.0"])
def test_a_version_is_taken_as_people_write_it(given):
    assert version_of({"api_version": given}) == "62.0"


@pytest.mark.parametrize("given", ["latest", "6.2.0", "62.5"])
def test_a_version_that_is_none_is_named(given):
    with pytest.raises(SettingError, match="setting api_version"):
        version_of({"api_version": given})


def test_a_share_may_be_a_percentage():
    assert number_of({"daily_request_reserve": "15%"}, "daily_request_reserve", "10%", 0) == 0.15
    assert number_of({}, "daily_request_reserve", "10%", 0) == 0.1
    with pytest.raises(SettingError, match="daily_request_reserve"):
        number_of({"daily_request_reserve": "-1"}, "daily_request_reserve", "10%", 0)


def test_a_password_is_no_matter_of_the_log(caplog):
    with caplog.at_level(logging.DEBUG):
        login(username="ann", password="hush", security_token="token-of-mine")
    assert "hush" not in caplog.text
