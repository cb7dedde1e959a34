"""Ways to come by an access token: OAuth 2 by three grants, or a token that is there already.

https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_flows.htm
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import jwt

from crm_transforms.destination import AuthenticationError, SettingError
from target_salesforce.session import Token

if TYPE_CHECKING:
    from collections.abc import Mapping

    from target_salesforce.login_service import LoginService
    from target_salesforce.reply import Reply

TOKEN_PATH = "/services/oauth2/token"  # noqa: S105 - an address
JWT_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
JWT_LIFE = 180
"""Seconds; an assertion that ends more than five minutes from now is not taken."""

HINTS: Mapping[str, str] = {
    "invalid_client_id": "client_id is not that of an app of this org",
    "invalid_client": "client_id and client_secret do not belong together",
    "no client credentials user": "the app needs a run-as user for client credentials",
    "hasn't approved this consumer": "pre-authorise the app for the user by a permission set",
    "audience": "login_url is not where this user logs in",
    "expired access/refresh token": "refresh_token has ended or was revoked",
    "inactive user": "the user of username is not active",
    "not supported on this domain": "login_url must be the org's own My Domain address",
    "invalid assertion": "the app holds another certificate than that of private_key",
}
"""What words of the token service mean for the settings, by a part of them in lower case."""


def refusal(names: tuple[str, ...], reply: Reply, secrets: tuple[str, ...]) -> AuthenticationError:
    """What to say of credentials that were refused: the settings, never what they hold."""
    said = f"{reply.code} {reply.words}"
    for secret in secrets:
        said = said.replace(secret, "***") if secret else said
    hint = next((f" ({text})" for part, text in HINTS.items() if part in said.lower()), "")
    which = ", ".join(names)
    return AuthenticationError(f"Salesforce refuses to log in with {which}: {said}{hint}")


class OAuth(ABC):
    """An access token by one request to the token service."""

    again = True
    names: tuple[str, ...]
    """The settings that the grant rests on."""

    def __init__(self, service: LoginService) -> None:
        self.service = service

    @abstractmethod
    def form(self) -> dict[str, str]:
        """What is sent."""

    @abstractmethod
    def secrets(self) -> tuple[str, ...]:
        """Everything that must never be seen in a message."""

    def take_over(self, body: Mapping[str, Any]) -> None:
        """Note what else an answer brings; by default nothing."""
        del body

    def __call__(self) -> Token:
        reply = self.service.post(TOKEN_PATH, lambda: {"data": self.form()})
        body = reply.body if isinstance(reply.body, dict) else {}
        if not reply.ok or not body.get("access_token"):
            raise refusal(self.names, reply, self.secrets())
        self.take_over(body)
        instance = self.service.instance(str(body.get("instance_url") or ""))
        return Token(str(body["access_token"]), instance)


class ClientCredentials(OAuth):
    """The app's own run-as user; only the org's My Domain host answers."""

    names = ("client_id", "client_secret")

    def __init__(self, service: LoginService, client_id: str, client_secret: str) -> None:
        super().__init__(service)
        self._client_id = client_id
        self._client_secret = client_secret

    def form(self) -> dict[str, str]:
        return {
            "grant_type": "client_credentials",
            "client_id": self._client_id,
            "client_secret": self._client_secret,
        }

    def secrets(self) -> tuple[str, ...]:
        return (self._client_secret,)


class RefreshToken(OAuth):
    """A refresh token that a user gave to an app; an app without a secret is a public one."""

    names = ("client_id", "client_secret", "refresh_token")

    def __init__(
        self, service: LoginService, client_id: str, client_secret: str, refresh_token: str
    ) -> None:
        super().__init__(service)
        self._client_id = client_id
        self._client_secret = client_secret
        self._refresh_token = refresh_token

    def form(self) -> dict[str, str]:
        form = {
            "grant_type": "refresh_token",
            "client_id": self._client_id,
            "refresh_token": self._refresh_token,
        }
        return {**form, "client_secret": self._client_secret} if self._client_secret else form

    def take_over(self, body: Mapping[str, Any]) -> None:
        self._refresh_token = str(body.get("refresh_token") or self._refresh_token)

    def secrets(self) -> tuple[str, ...]:
        return (self._client_secret, self._refresh_token)


class JwtBearer(OAuth):
    """An assertion signed with the app's private key, for a user who need not be there.

    Args:
        service: where to log in.
        client_id: of the app.
        username: whose session it will be.
        private_key: an RSA key in PEM.

    Raises:
        SettingError: the key cannot sign.
    """

    names = ("client_id", "username", "private_key")

    def __init__(
        self, service: LoginService, client_id: str, username: str, private_key: str
    ) -> None:
        super().__init__(service)
        self._claims = {"iss": client_id, "sub": username, "aud": audience_of(service.url)}
        self._private_key = private_key
        self.form()

    def form(self) -> dict[str, str]:
        claims = {**self._claims, "exp": int(self.service.clock.wall()) + JWT_LIFE}
        try:
            assertion = jwt.encode(claims, self._private_key, algorithm="RS256")
        except (ValueError, TypeError, jwt.PyJWTError) as error:
            raise SettingError(
                "setting private_key is no RSA private key in PEM without a passphrase"
                f" ({type(error).__name__})"
            ) from None
        return {"grant_type": JWT_GRANT, "assertion": assertion}

    def secrets(self) -> tuple[str, ...]:
        return (self._private_key,)


class AccessToken:
    """A token that somebody else has had made; once it has ended there is no other."""

    again = False

    def __init__(self, access_token: str, instance_url: str) -> None:
        self._token = Token(access_token, instance_url)

    def __call__(self) -> Token:
        return self._token

    def secrets(self) -> tuple[str, ...]:
        return (self._token.access_token,)


def audience_of(login_url: str) -> str:
    """Whom an assertion is for: the authorization server, also where My Domain takes it.

    https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_jwt_flow.htm
    """
    host = urlsplit(login_url).hostname or ""
    if not host.endswith(".my.salesforce.com"):
        return login_url
    return f"https://{'test' if '.sandbox.' in host else 'login'}.salesforce.com"
