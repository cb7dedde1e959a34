"""Logins by OAuth: the token endpoint, who one is, and the end of a session.

https://help.salesforce.com/s/articleView?id=sf.remoteaccess_oauth_flows.htm
"""

from __future__ import annotations

import base64
import re
import secrets
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import jwt

from tests.sandbox.salesforce import soap_login
from tests.sandbox.salesforce.call import Answer
from tests.sandbox.salesforce.sessions import open_session

if TYPE_CHECKING:
    from tests.sandbox.salesforce.org import Org

JWT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
GRANTS = frozenset({JWT, "client_credentials", "password", "refresh_token"})
LOGIN_HOSTS = ("https://login.salesforce.com", "https://test.salesforce.com")
LONGEST = 15 * 60
"""Seconds for which an assertion may be good; a guess: documents say a few minutes."""


class _NoTokenError(Exception):
    """Why nobody gets a token."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.answer = Answer(400, {"error": error, "error_description": description})


def answer(org: Org, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
    """Whatever is not the REST API."""
    base = f"http://{headers.get('host', 'localhost')}"
    if path == "/services/oauth2/token" and method == "POST":
        return _token(org, headers, body, base)
    if path == "/services/oauth2/userinfo":
        return _userinfo(org, headers)
    if path == "/services/oauth2/revoke" and method == "POST":
        form = dict(parse_qsl(body.decode("utf-8", "replace")))
        org.sessions.pop(form.get("token", ""), None)
        return Answer(200)
    soap = re.fullmatch(r"/services/Soap/u/(\d+)\.0(?:/.*)?", path)
    if soap and method == "POST":
        return soap_login.answer(org, int(soap[1]), body.decode("utf-8", "replace"), base)
    message = "The requested resource does not exist"
    return Answer(404, [{"errorCode": "NOT_FOUND", "message": message}])


def _token(org: Org, headers: dict[str, str], body: bytes, base: str) -> Answer:
    form = dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    basic = headers.get("authorization", "")
    if basic.startswith("Basic "):
        told = base64.b64decode(basic[6:]).decode("utf-8", "replace")
        form["client_id"], _, form["client_secret"] = told.partition(":")
    try:
        _admit(org, form, base)
    except _NoTokenError as error:
        return error.answer
    return Answer(200, {
        "access_token": open_session(org),
        "signature": secrets.token_urlsafe(32),
        "scope": "api",
        "instance_url": base,
        "id": f"{base}/id/{org.id}/{org.run_as}",
        "token_type": "Bearer",
        "issued_at": str(int(time.time() * 1000)),
    })  # fmt: skip


def _admit(org: Org, form: dict[str, str], base: str) -> None:
    grant = form.get("grant_type", "")
    if not grant:
        raise _NoTokenError("invalid_request", "must supply grant_type")
    if grant not in GRANTS:
        raise _NoTokenError("unsupported_grant_type", "grant type not supported")
    if grant == JWT:
        _admit_assertion(org, form.get("assertion", ""), base)
        return
    if form.get("client_id") != org.client_id:
        raise _NoTokenError("invalid_client_id", "client identifier invalid")
    if form.get("client_secret") != org.client_secret:
        raise _NoTokenError("invalid_client", "invalid client credentials")
    if grant == "refresh_token" and form.get("refresh_token") != org.refresh_token:
        raise _NoTokenError("invalid_grant", "expired access/refresh token")
    if grant == "password" and not (
        form.get("username") == org.username
        and form.get("password") in {org.secret, org.secret + org.security_token}
    ):
        raise _NoTokenError("invalid_grant", "authentication failure")


def _admit_assertion(org: Org, assertion: str, base: str) -> None:
    """https://help.salesforce.com/s/articleView?id=sf.remoteaccess_oauth_jwt_flow.htm"""
    if org.public_key is None:
        raise _NoTokenError("invalid_grant", "user hasn't approved this consumer")
    try:
        told = jwt.decode(
            assertion,
            org.public_key,
            algorithms=["RS256"],
            audience=[base, *LOGIN_HOSTS],
            options={"require": ["exp", "iss", "sub", "aud"]},
        )
    except jwt.ExpiredSignatureError:
        raise _NoTokenError("invalid_grant", "expired authorization code") from None
    except jwt.InvalidAudienceError:
        raise _NoTokenError("invalid_grant", "audience is invalid") from None
    except jwt.InvalidTokenError:
        raise _NoTokenError("invalid_grant", "invalid assertion") from None
    if told["exp"] > time.time() + LONGEST:
        raise _NoTokenError("invalid_grant", "invalid assertion")
    if told["iss"] != org.client_id:
        raise _NoTokenError("invalid_client_id", "client identifier invalid")
    if told["sub"] != org.username:
        raise _NoTokenError("invalid_grant", "user hasn't approved this consumer")


def _userinfo(org: Org, headers: dict[str, str]) -> Answer:
    token = headers.get("authorization", "").removeprefix("Bearer ")
    user_id = org.sessions.get(token)
    if user_id is None:
        return Answer(403, b"Bad_OAuth_Token", media_type="text/html")
    user: dict[str, Any] = org.rows["User"][user_id]
    return Answer(200, {
        "sub": f"{LOGIN_HOSTS[0]}/id/{org.id}/{user_id}",
        "user_id": user_id,
        "organization_id": org.id,
        "preferred_username": user["Username"],
        "name": user["Name"],
        "email": user["Email"],
        "active": True,
    })  # fmt: skip
