"""Users, roles, currencies: https://developers.pipedrive.com/docs/api/v1/Users."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.sandbox.pipedrive import Account

if TYPE_CHECKING:
    from tests.unit.sandbox_pipedrive.conftest import Client


def test_users_have_a_double_an_inactive_one_and_an_admin(api: Client) -> None:
    users = api.get("/v1/users").json()["data"]
    emails = [user["email"].lower() for user in users]
    assert len(emails) > len(set(emails))
    assert len({user["email"] for user in users}) == len(users)
    assert [user["active_flag"] for user in users].count(False) == 1
    assert users[0]["access"][0]["admin"] is True
    assert users[1]["access"][0]["admin"] is False


def test_users_can_be_given() -> None:
    account = Account(users=[("Pat Poe", "pat@x.example", True), ("Al", "al@x.example", False)])
    assert [(u["email"], u["active_flag"]) for u in account.users] == [
        ("pat@x.example", True),
        ("al@x.example", False),
    ]


def test_me_names_the_company(api: Client, account: Account) -> None:
    me = api.get("/v1/users/me").json()["data"]
    assert me["id"] == account.users[0]["id"]
    assert {"company_id", "company_domain", "company_name"} <= set(me)
    assert me["company_domain"] == f"acme-service-{account.seed}"


def test_a_user_is_found_by_email_or_by_name_too(api: Client) -> None:
    def found(**query: object) -> int:
        return len(api.get("/v1/users/find", **query).json()["data"])

    assert found(term="HECTOR.IBARRA@", search_by_email=1) == 2
    assert found(term="(old seat)", search_by_email=1) == 0
    assert found(term="(old seat)") == 1
    assert api.get("/v1/users/find").status_code == 400


def test_an_unknown_user_is_a_404(api: Client, account: Account) -> None:
    """The published example."""
    assert api.get(f"/v1/users/{account.users[3]['id']}").ok
    missing = api.get("/v1/users/1")
    assert (missing.status_code, missing.json()["error"]) == (
        404,
        "User not found or not accessible.",
    )


def test_small_lists_are_served(api: Client) -> None:
    roles = api.get("/v1/roles").json()["data"]
    assert api.get(f"/v1/roles/{roles[0]['id']}").json()["additional_data"]["settings"]
    assert api.get("/v1/currencies", term="us dollar").json()["data"][0]["code"] == "USD"
    assert api.get("/v1/noteFields").json()["data"][0]["key"] == "content"
    assert api.get("/v1/activityTypes").json()["data"][0]["key_string"] == "call"
