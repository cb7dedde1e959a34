"""Tokens, OAuth, and paths that lead nowhere.

Sources: https://pipedrive.readme.io/docs/core-api-concepts-authentication,
https://pipedrive.readme.io/docs/marketplace-oauth-authorization; the 401 body was seen live.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.sandbox.pipedrive.routes import RETIRED

if TYPE_CHECKING:
    import requests
    from tests.sandbox.pipedrive import Account
    from tests.unit.sandbox_pipedrive.conftest import Client, Clock


APP = ("sandbox-client", "sandbox-secret")


def grant(api: Client, token: str | None, app: tuple[str, str] = APP) -> requests.Response:
    form = {"grant_type": "refresh_token", "refresh_token": token}
    return api("POST", "/oauth/token", data=form, auth=app)


def as_bearer(api: Client, token: str) -> requests.Response:
    del api.session.headers["x-api-token"]
    try:
        return api("GET", "/v1/users/me", headers={"Authorization": f"Bearer {token}"})
    finally:
        api.session.headers["x-api-token"] = "sandbox-token"


@pytest.mark.parametrize("token", [None, "", "wrong"])
def test_a_wrong_token_is_a_401(api: Client, token: str | None) -> None:
    refused = api("GET", "/v1/users/me", headers={"x-api-token": token})
    assert refused.status_code == 401
    assert refused.json() == {
        "success": False,
        "error": "unauthorized access",
        "errorCode": 401,
        "error_info": "Please check developers.pipedrive.com",
    }


def test_a_token_in_the_query_is_v1s_alone(api: Client) -> None:
    """Both published files know the header only."""
    api.session.headers["x-api-token"] = None
    assert api.get("/v1/users/me", api_token="sandbox-token").ok
    assert api.get("/api/v2/deals", api_token="sandbox-token").status_code == 401


def test_a_revoked_token_is_a_401(api: Client, account: Account) -> None:
    account.revoke_token()
    assert api.get("/v1/users/me").status_code == 401
    account.reset()
    assert api.get("/v1/users/me").ok


def test_a_refresh_token_serves_once(api: Client) -> None:
    granted = grant(api, "sandbox-refresh-token").json()
    assert (granted["token_type"], granted["expires_in"]) == ("Bearer", 3599)
    assert granted["api_domain"] == api.url
    assert as_bearer(api, granted["access_token"]).ok
    assert grant(api, "sandbox-refresh-token").status_code == 400
    assert grant(api, granted["refresh_token"]).ok


def test_an_access_token_ends(api: Client, account: Account, clock: Clock) -> None:
    granted = grant(api, "sandbox-refresh-token").json()
    clock.pass_by(seconds=3600)
    assert as_bearer(api, granted["access_token"]).status_code == 401
    again = grant(api, granted["refresh_token"]).json()
    assert as_bearer(api, again["access_token"]).ok
    account.oauth.expire()
    assert as_bearer(api, again["access_token"]).status_code == 401


def test_oauth_refuses_the_wrong_app_grant_and_token(api: Client, account: Account) -> None:
    assert grant(api, "sandbox-refresh-token", ("sandbox-client", "wrong")).status_code == 401
    assert grant(api, "wrong").status_code == 400
    form = {"grant_type": "password"}
    assert api("POST", "/oauth/token", data=form, auth=APP).status_code == 400
    account.revoke_token()
    assert grant(api, "sandbox-refresh-token").status_code == 400
    assert grant(api, None).status_code == 400


def test_an_authorization_code_is_exchanged_once(api: Client) -> None:
    form = {"grant_type": "authorization_code", "code": "sandbox-code", "redirect_uri": "x"}
    assert api("POST", "/oauth/token", data=form, auth=APP).ok
    assert api("POST", "/oauth/token", data=form, auth=APP).status_code == 400


@pytest.mark.parametrize("path", RETIRED)
def test_a_retired_endpoint_says_so(api: Client, account: Account, path: str) -> None:
    """Gone from v1's published file; the status is a guess and so a switch."""
    url = path.replace("{id}", "5").replace("{product_attachment_id}", "6")
    for prefix in ("/v1", "/api/v1"):
        assert api.get(prefix + url).status_code == 410
    account.retired_status = 404
    assert api.get(f"/v1{url}").status_code == 404


def test_v1_has_two_addresses_and_v2_one(api: Client) -> None:
    """https://pipedrive.readme.io/docs/pipedrive-api-v2-migration-guide"""
    assert api.get("/v1/users/me").json() == api.get("/api/v1/users/me").json()
    assert api.get("/v2/deals").status_code == 404


def test_unknown_paths_methods_and_ids_are_refused(api: Client) -> None:
    assert api.get("/api/v2/nothing").status_code == 404
    assert api.get("/api/v2").status_code == 404
    assert api.get("/api/v2/users/me").status_code == 404
    assert api("PUT", "/api/v2/deals/5", {}).status_code == 405
    assert api.get("/api/v2/deals/5").status_code == 404
    assert "id" in api.refused("GET", "/api/v2/deals/five")


@pytest.mark.parametrize(
    "sent",
    [
        {"data": b"{", "headers": {"content-type": "application/json"}},
        {"data": b'{"title": NaN}', "headers": {"content-type": "application/json"}},
        {"data": {"title": "Boiler"}},
        {"json": ["Boiler"]},
        {"json": "Boiler"},
    ],
)
def test_a_body_is_a_json_object(api: Client, sent: dict[str, Any]) -> None:
    """v2 takes JSON bodies only."""
    assert api("POST", "/api/v2/deals", **sent).status_code == 400
