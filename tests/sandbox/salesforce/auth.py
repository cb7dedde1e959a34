"""Logins: OAuth's token endpoint, and SOAP for those who still use it.

https://help.salesforce.com/s/articleView?id=sf.remoteaccess_oauth_flows.htm
"""

from __future__ import annotations

import base64
import re
import secrets
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape, unescape

import jwt

from tests.sandbox.salesforce.call import Answer

if TYPE_CHECKING:
    from tests.sandbox.salesforce.org import Org

JWT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
LAST_SOAP = 64
"""The newest API version that knows login()."""


def answer(org: Org, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
    """Whatever is not the REST API."""
    base = f"http://{headers.get('host', 'localhost')}"
    if path == "/services/oauth2/token" and method == "POST":
        return _token(org, headers, body, base)
    if path == "/services/oauth2/userinfo":
        return _userinfo(org, headers)
    if path == "/services/oauth2/revoke" and method == "POST":
        return Answer(200)
    soap = re.fullmatch(r"/services/Soap/u/(\d+)\.0(?:/.*)?", path)
    if soap and method == "POST":
        return _soap(org, int(soap[1]), body.decode("utf-8", "replace"), base)
    return Answer(
        404, [{"errorCode": "NOT_FOUND", "message": "The requested resource does not exist"}]
    )


def _fault(error: str, description: str) -> Answer:
    return Answer(400, {"error": error, "error_description": description})


def _token(org: Org, headers: dict[str, str], body: bytes, base: str) -> Answer:
    form = dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    basic = headers.get("authorization", "")
    if basic.startswith("Basic "):
        told = base64.b64decode(basic[6:]).decode("utf-8", "replace")
        form["client_id"], _, form["client_secret"] = told.partition(":")
    grant = form.get("grant_type")
    if not grant:
        return _fault("invalid_request", "must supply grant_type")
    if grant == JWT:
        return _jwt(org, form, base)
    if grant not in {"client_credentials", "refresh_token", "password"}:
        return _fault("unsupported_grant_type", "grant type not supported")
    if form.get("client_id") != org.client_id:
        return _fault("invalid_client_id", "client identifier invalid")
    if form.get("client_secret") != org.client_secret:
        return _fault("invalid_client", "invalid client credentials")
    if grant == "refresh_token" and form.get("refresh_token") != org.refresh_token:
        return _fault("invalid_grant", "expired access/refresh token")
    if grant == "password" and (
        form.get("username") != org.username
        or form.get("password") not in {org.secret, org.secret + org.security_token}
    ):
        return _fault("invalid_grant", "authentication failure")
    return _logged_in(org, base)


def _jwt(org: Org, form: dict[str, str], base: str) -> Answer:
    assertion = form.get("assertion", "")
    if org.public_key is None:
        return _fault("invalid_grant", "user hasn't approved this consumer")
    try:
        told = jwt.decode(
            assertion,
            org.public_key,
            algorithms=["RS256"],
            audience=[base, "https://login.salesforce.com", "https://test.salesforce.com"],
            options={"require": ["exp", "iss", "sub", "aud"]},
        )
    except jwt.ExpiredSignatureError:
        return _fault("invalid_grant", "expired authorization code")
    except jwt.InvalidAudienceError:
        return _fault("invalid_grant", "audience is invalid")
    except jwt.InvalidTokenError:
        return _fault("invalid_grant", "invalid assertion")
    if told["iss"] != org.client_id:
        return _fault("invalid_client_id", "client identifier invalid")
    if told["sub"] != org.username:
        return _fault("invalid_grant", "user hasn't approved this consumer")
    return _logged_in(org, base)


def _logged_in(org: Org, base: str) -> Answer:
    token = open_session(org)
    return Answer(200, {
        "access_token": token,
        "signature": secrets.token_urlsafe(32),
        "scope": "api",
        "instance_url": base,
        "id": f"{base}/id/{org.id}/{org.run_as}",
        "token_type": "Bearer",
        "issued_at": str(int(time.time() * 1000)),
    })  # fmt: skip


def open_session(org: Org) -> str:
    """A new session of the run-as user; its token."""
    token = f"{org.id[:15]}!{secrets.token_urlsafe(48)}"
    org.sessions[token] = org.run_as
    org.logins += 1
    return token


def _userinfo(org: Org, headers: dict[str, str]) -> Answer:
    token = headers.get("authorization", "").removeprefix("Bearer ")
    user_id = org.sessions.get(token)
    if user_id is None:
        return Answer(403, b"Bad_OAuth_Token", media_type="text/html")
    user: dict[str, Any] = org.rows["User"][user_id]
    return Answer(200, {
        "sub": f"https://login.salesforce.com/id/{org.id}/{user_id}",
        "user_id": user_id,
        "organization_id": org.id,
        "preferred_username": user["Username"],
        "name": user["Name"],
        "email": user["Email"],
        "active": True,
    })  # fmt: skip


def _soap(org: Org, version: int, body: str, base: str) -> Answer:
    def told(tag: str) -> str:
        match = re.search(rf"<(?:\w+:)?{tag}>(.*?)</", body, re.DOTALL)
        return unescape(match[1]) if match else ""

    if version > LAST_SOAP:
        text = "SOAP API login() is disabled in this API version. See Summer '27 retirement."
        return _soap_fault("UNSUPPORTED_API_VERSION", text)
    if told("username") != org.username or told("password") not in {
        org.secret,
        org.secret + org.security_token,
    }:
        text = "Invalid username, password, security token; or user locked out."
        return _soap_fault("INVALID_LOGIN", text)
    if told("password") == org.secret:
        text = "Invalid username, password, security token; or user locked out. Are you at a new location? When accessing Salesforce--either via a desktop client or the API--from outside of your company's trusted networks, you must add a security token to your password to log in."
        return _soap_fault("LOGIN_MUST_USE_SECURITY_TOKEN", text)
    token = open_session(org)
    url = f"{base}/services/Soap/u/{version}.0/{org.id[:15]}"
    xml = (
        '<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap'
        '.org/soap/envelope/" xmlns="urn:partner.soap.sforce.com"><soapenv:Body><loginResponse><result>'
        f"<metadataServerUrl>{escape(url)}</metadataServerUrl><passwordExpired>false</passwordExpired>"
        f"<sandbox>true</sandbox><serverUrl>{escape(url)}</serverUrl><sessionId>{escape(token)}"
        f"</sessionId><userId>{org.run_as}</userId></result></loginResponse></soapenv:Body>"
        "</soapenv:Envelope>"
    )
    return Answer(200, xml.encode(), media_type="text/xml;charset=UTF-8")


def _soap_fault(code: str, text: str) -> Answer:
    xml = (
        '<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap'
        '.org/soap/envelope/" xmlns:sf="urn:fault.partner.soap.sforce.com"><soapenv:Body>'
        f"<soapenv:Fault><faultcode>sf:{code}</faultcode><faultstring>{code}: {escape(text)}"
        f"</faultstring><detail><sf:LoginFault><sf:exceptionCode>{code}</sf:exceptionCode>"
        f"<sf:exceptionMessage>{escape(text)}</sf:exceptionMessage></sf:LoginFault></detail>"
        "</soapenv:Fault></soapenv:Body></soapenv:Envelope>"
    )
    return Answer(500, xml.encode(), media_type="text/xml;charset=UTF-8")
