"""Logging in with a password, by SOAP, which is being retired.

Not from API 65.0 on, and with Summer '27 not at all:
https://help.salesforce.com/s/articleView?id=005132110.
"""

from __future__ import annotations

import logging
from html import escape, unescape
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from simple_salesforce.util import getUniqueElementValueFromXmlString

from crm_transforms.destination import AuthenticationError, SettingError
from target_salesforce.session import Token

if TYPE_CHECKING:
    from target_salesforce.login_service import LoginService

logger = logging.getLogger(__name__)

FIRST_WITHOUT = 65.0
"""The first version of the API without this login."""
ALTERNATIVES = (
    "client_id and client_secret (client credentials), client_id, username and private_key "
    "(JWT bearer), or client_id and refresh_token"
)
ENVELOPE = (
    '<?xml version="1.0" encoding="utf-8"?>'
    '<env:Envelope xmlns:env="http://schemas.xmlsoap.org/soap/envelope/"><env:Body>'
    '<n1:login xmlns:n1="urn:partner.soap.sforce.com">'
    "<n1:username>{username}</n1:username><n1:password>{password}</n1:password>"
    "</n1:login></env:Body></env:Envelope>"
)


class SoapLogin:
    """Username, password and security token.

    Args:
        service: where to log in.
        version: of the API, as ``62.0``.
        username: of the user.
        password: a secret.
        security_token: a secret; empty where the network is trusted.

    Raises:
        SettingError: this version has no such login.
    """

    again = True
    names = ("username", "password", "security_token")

    def __init__(
        self,
        service: LoginService,
        version: str,
        username: str,
        password: str,
        security_token: str,
    ) -> None:
        if float(version) >= FIRST_WITHOUT:
            raise SettingError(
                f"setting api_version is {version}: from {FIRST_WITHOUT} on nobody logs in with "
                f"username and password any more; set {ALTERNATIVES}"
            )
        self._service = service
        self._path = f"/services/Soap/u/{version}"
        self._username = username
        self._password = password
        self._security_token = security_token

    def __call__(self) -> Token:
        logger.warning(
            "logging in with username and password is being retired by Salesforce; set %s",
            ALTERNATIVES,
        )
        reply = self._service.post(self._path, self._request)
        text = reply.content.decode("utf-8", "replace")
        session_id, server_url = (_element(text, name) for name in ("sessionId", "serverUrl"))
        if not session_id:
            words = _element(text, "faultstring") or reply.words
            for secret in self.secrets():
                words = words.replace(secret, "***") if secret else words
            raise AuthenticationError(
                f"Salesforce refuses to log in with {', '.join(self.names)}: {words}"
            )
        parts = urlsplit(server_url)
        return Token(session_id, self._service.instance(f"{parts.scheme}://{parts.netloc}"))

    def secrets(self) -> tuple[str, ...]:
        """Everything that must never be seen in a message."""
        return (self._password, self._security_token)

    def _request(self) -> dict[str, Any]:
        envelope = ENVELOPE.format(
            username=escape(self._username),
            password=escape(self._password + self._security_token),
        )
        headers = {"Content-Type": "text/xml; charset=UTF-8", "SOAPAction": "login"}
        return {"data": envelope.encode(), "headers": headers}


def _element(text: str, name: str) -> str:
    """What an element of an answer holds; empty where it is none of SOAP."""
    try:
        return unescape(getUniqueElementValueFromXmlString(text, name) or "")
    except Exception:  # noqa: BLE001 - the parser raises its own for what is no XML
        return ""
