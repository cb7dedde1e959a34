"""Who is asking: an API token, or OAuth's bearer.

https://pipedrive.readme.io/docs/core-api-concepts-authentication and
https://pipedrive.readme.io/docs/marketplace-oauth-authorization
"""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Any

from tests.sandbox.pipedrive.refusal import RefusalError, unauthorized

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.sandbox.pipedrive.account import Account

EXPIRES_IN = 3599


class OAuth:
    """One installed app. A refresh token serves once; using it again is refused.

    Attributes:
        client_id: The app's id.
        client_secret: Its secret.
        code: The authorization code a user has just granted.
        refresh_token: The refresh token that is good now; None when revoked.
        access_tokens: When each issued access token ends, in seconds since the epoch.
    """

    client_id = "sandbox-client"
    client_secret = "sandbox-secret"

    def __init__(self, account: Account) -> None:
        self._account = account
        self._issued = 0
        self.code: str | None = "sandbox-code"
        self.refresh_token: str | None = "sandbox-refresh-token"
        self.access_tokens: dict[str, float] = {}

    def expire(self) -> None:
        """Ends every access token now."""
        self.access_tokens.clear()

    def revoke(self) -> None:
        """The user uninstalls the app."""
        self.refresh_token = self.code = None
        self.expire()

    def grants(self, token: str) -> bool:
        return self.access_tokens.get(token, 0) > self._account.clock().timestamp()

    def exchange(
        self, authorization: str, form: Mapping[str, Any], api_domain: str
    ) -> dict[str, Any]:
        """The answer of the token endpoint.

        Raises:
            RefusalError: 401 for the wrong client, 400 for a grant that is no longer good.
        """
        if authorization != self._basic():
            raise _oauth_refusal(401, "invalid_client")
        kind = form.get("grant_type")
        if kind == "refresh_token":
            good = self.refresh_token is not None and form.get(kind) == self.refresh_token
        elif kind == "authorization_code":
            good = self.code is not None and form.get("code") == self.code
            self.code = None if good else self.code
        else:
            raise _oauth_refusal(400, "unsupported_grant_type")
        if not good:
            raise _oauth_refusal(400, "invalid_grant")
        self._issued += 1
        access = self._token("access")
        self.refresh_token = self._token("refresh")
        self.access_tokens[access] = self._account.clock().timestamp() + EXPIRES_IN
        return {
            "access_token": access,
            "token_type": "Bearer",
            "expires_in": EXPIRES_IN,
            "refresh_token": self.refresh_token,
            "scope": "base deals:full contacts:full products:full activities:full users:read "
            "search:read admin",
            "api_domain": api_domain,
        }

    def _basic(self) -> str:
        pair = f"{self.client_id}:{self.client_secret}"
        return f"Basic {base64.b64encode(pair.encode()).decode()}"

    def _token(self, kind: str) -> str:
        text = f"{self._account.seed}/{kind}/{self._issued}"
        return f"{kind}:{hashlib.sha256(text.encode()).hexdigest()}"


def _oauth_refusal(status: int, error: str) -> RefusalError:
    return RefusalError(status, error, envelope={"message": f"The request was refused: {error}"})


def is_oauth(headers: Mapping[str, str]) -> bool:
    return "authorization" in headers and "x-api-token" not in headers


def authenticate(
    account: Account, headers: Mapping[str, str], query: Mapping[str, str], version: str
) -> None:
    """Raises: RefusalError: 401 unless the request carries a token that is good."""
    token = headers.get("x-api-token")
    if token is None and version == "v1":
        # Undocumented by now, but v1 still takes the token from the query.
        token = query.get("api_token")
    if token is not None:
        if account.token is None or token != account.token:
            raise unauthorized()
        return
    scheme, _, bearer = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not account.oauth.grants(bearer.strip()):
        raise unauthorized()
