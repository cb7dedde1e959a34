"""Logins: who gets a session, who does not and why, and how sessions end."""

from __future__ import annotations

import time

import jwt
import pytest
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from simple_salesforce.exceptions import SalesforceAuthenticationFailed
from simple_salesforce.login import SalesforceLogin

from .conftest import API

JWT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
ID = {"client_id": "sandbox-client", "client_secret": "sandbox-client-secret"}
PERSON = {"username": "integration@acme.example", "password": "sandbox-password"}


@pytest.fixture
def login(sandbox):
    def login(**form):
        return requests.post(f"{sandbox.url}/services/oauth2/token", data=form, timeout=10)

    return login


@pytest.mark.parametrize(
    "form",
    [
        {"grant_type": "client_credentials", **ID},
        {"grant_type": "refresh_token", "refresh_token": "sandbox-refresh-token", **ID},
        {"grant_type": "password", **PERSON, **ID},
    ],
)
def test_a_session_opens_the_org(login, sandbox, form):
    told = login(**form).json()
    assert told["instance_url"] == sandbox.url
    assert told["token_type"] == "Bearer"
    assert {"access_token", "id", "issued_at", "signature"} <= set(told)
    head = {"Authorization": f"Bearer {told['access_token']}"}
    answer = requests.get(f"{sandbox.url}{API}/sobjects", headers=head, timeout=10)
    assert answer.status_code == 200
    who = requests.get(f"{sandbox.url}/services/oauth2/userinfo", headers=head, timeout=10).json()
    assert who["user_id"] == sandbox.org.user
    assert who["organization_id"] == sandbox.org.id


def test_an_app_may_name_itself_in_the_head(sandbox):
    answer = requests.post(
        f"{sandbox.url}/services/oauth2/token",
        data={"grant_type": "client_credentials"},
        auth=tuple(ID.values()),
        timeout=10,
    )
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({}, "invalid_request"),
        ({"grant_type": "nonsense", **ID}, "unsupported_grant_type"),
        ({"grant_type": "client_credentials", **ID, "client_id": "x"}, "invalid_client_id"),
        ({"grant_type": "client_credentials", **ID, "client_secret": "x"}, "invalid_client"),
        ({"grant_type": "refresh_token", **ID, "refresh_token": "x"}, "invalid_grant"),
        ({"grant_type": "password", **ID, **PERSON, "password": "x"}, "invalid_grant"),
        ({"grant_type": JWT, "assertion": "x"}, "invalid_grant"),
    ],
)
def test_a_login_is_refused_by_an_object(login, form, error):
    answer = login(**form)
    assert answer.status_code == 400
    assert answer.json()["error"] == error
    assert answer.json()["error_description"]


@pytest.fixture(scope="module")
def key():
    return rsa.generate_private_key(public_exponent=65_537, key_size=2048)


@pytest.fixture
def assertion(sandbox, key):
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    sandbox.org.public_key = public.decode()

    def assertion(signer=key, **told):
        claims = {
            "iss": "sandbox-client",
            "sub": "integration@acme.example",
            "aud": sandbox.url,
            "exp": int(time.time()) + 180,
        }
        return jwt.encode({**claims, **told}, signer, algorithm="RS256")

    return assertion


def test_a_signed_assertion_opens_a_session(login, assertion):
    assert login(grant_type=JWT, assertion=assertion()).status_code == 200
    productive = assertion(aud="https://login.salesforce.com")
    assert login(grant_type=JWT, assertion=productive).status_code == 200


@pytest.mark.parametrize(
    "told",
    [
        {"exp": 1_000_000_000},
        {"exp": int(time.time()) + 86_400},
        {"aud": "https://elsewhere.example"},
        {"iss": "another app"},
        {"sub": "somebody@else.example"},
    ],
)
def test_an_assertion_that_says_something_else_is_refused(login, assertion, told):
    assert login(grant_type=JWT, assertion=assertion(**told)).status_code == 400


def test_an_assertion_of_another_key_is_refused(login, assertion):
    other = rsa.generate_private_key(public_exponent=65_537, key_size=2048)
    answer = login(grant_type=JWT, assertion=assertion(other))
    assert answer.json()["error"] == "invalid_grant"


@pytest.mark.usefixtures("client")
def test_without_a_session_nothing_is_told_but_the_versions(sandbox):
    for head in ({}, {"Authorization": "Bearer nonsense"}):
        answer = requests.get(f"{sandbox.url}{API}/sobjects", headers=head, timeout=10)
        assert answer.status_code == 401
        assert answer.json() == [
            {"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}
        ]
        assert "Sforce-Limit-Info" not in answer.headers
    used = sandbox.org.used_requests
    versions = requests.get(f"{sandbox.url}/services/data", timeout=10)
    assert {"label", "url", "version"} == set(versions.json()[0])
    assert "62.0" in {one["version"] for one in versions.json()}
    assert sandbox.org.used_requests == used


def test_sessions_end_when_somebody_ends_them(sandbox, client):
    assert client.get("limits").status_code == 200
    sandbox.org.session_ids.clear()
    assert client.refusal("GET", "limits") == (401, "INVALID_SESSION_ID")


def test_a_session_that_is_given_back_has_ended(sandbox, client):
    token = client.session.headers["Authorization"].removeprefix("Bearer ")
    url = f"{sandbox.url}/services/oauth2/revoke"
    assert requests.post(url, data={"token": token}, timeout=10).status_code == 200
    assert client.refusal("GET", "limits") == (401, "INVALID_SESSION_ID")


@pytest.mark.parametrize(("version", "status"), [("30.0", 410), ("31.0", 200), ("99.0", 404)])
def test_versions_are_retired_or_not_yet_there(client, version, status):
    assert client("GET", f"/services/data/v{version}/limits").status_code == status


class Http(requests.adapters.HTTPAdapter):
    """Leads https to the sandbox, which speaks http."""

    def __init__(self, url):
        super().__init__()
        self.url = url

    def send(self, request, **more):
        path = request.path_url
        request.url = f"{self.url}{path}"
        return super().send(request, **more)


@pytest.fixture
def soap(sandbox):
    def soap(version, **told):
        session = requests.Session()
        session.mount("https://", Http(sandbox.url))
        told = {**PERSON, "security_token": "sandbox-security-token", **told}
        return SalesforceLogin(session=session, sf_version=version, domain="login", **told)

    return soap


def test_soap_still_opens_a_session(soap, sandbox):
    token, instance = soap("64.0")
    assert sandbox.org.sessions[token] == sandbox.org.user
    assert instance == sandbox.url.removeprefix("http://")


@pytest.mark.parametrize(
    ("version", "told", "code"),
    [
        ("64.0", {"password": "wrong"}, "INVALID_LOGIN"),
        ("64.0", {"security_token": "wrong"}, "INVALID_LOGIN"),
        ("64.0", {"username": "nobody@acme.example"}, "INVALID_LOGIN"),
        ("64.0", {"security_token": ""}, "LOGIN_MUST_USE_SECURITY_TOKEN"),
        ("65.0", {}, "UNSUPPORTED_API_VERSION"),
        ("30.0", {}, "UNSUPPORTED_API_VERSION"),
    ],
)
def test_soap_refuses_by_a_fault(soap, version, told, code):
    with pytest.raises(SalesforceAuthenticationFailed) as caught:
        soap(version, **told)
    assert caught.value.code == code
