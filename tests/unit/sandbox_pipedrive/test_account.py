"""The account itself: what tests see of it, and what people do to it meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from tests.sandbox.pipedrive import Account

if TYPE_CHECKING:
    from tests.unit.sandbox_pipedrive.conftest import Client, Clock


def test_two_accounts_of_one_seed_are_alike(clock: Clock) -> None:
    one, two, other = (Account(seed, clock=clock).snapshot() for seed in (7, 7, 8))
    assert msgspec.json.encode(one) == msgspec.json.encode(two)
    assert one != other


def test_a_snapshot_is_as_before_once_everything_is_taken_back(
    api: Client, account: Account, clock: Clock
) -> None:
    mine = account.human.create("organizations", name="Ours", website="https://x.example")
    before = msgspec.json.encode(account.snapshot())
    clock.pass_by(hours=1)
    code = api.make("/api/v2/organizationFields", field_name="Id", field_type="text")["field_code"]
    path = f"/api/v2/organizations/{mine['id']}"
    api("PATCH", path, {"name": "Theirs", "custom_fields": {code: "1"}})
    made = api.make("/api/v2/organizations", name="New")
    note = api.make("/v1/notes", content="Hello", org_id=made["id"])
    assert msgspec.json.encode(account.snapshot()) != before
    api("DELETE", f"/v1/notes/{note['id']}")
    api("DELETE", f"/api/v2/organizations/{made['id']}")
    api("PATCH", path, {"name": "Ours", "custom_fields": {code: None}})
    api("DELETE", f"/api/v2/organizationFields/{code}")
    assert msgspec.json.encode(account.snapshot()) == before


def test_ids_only_grow_and_never_pass_for_those_of_another_object(api: Client) -> None:
    first = api.make("/api/v2/organizations", name="A")["id"]
    api("DELETE", f"/api/v2/organizations/{first}")
    second = api.make("/api/v2/organizations", name="B")["id"]
    assert second == first + 1
    assert api.make("/api/v2/deals", title="x")["id"] not in (first, second)


def test_every_write_that_took_effect_is_in_the_commit_log(
    api: Client, account: Account, org: dict[str, Any]
) -> None:
    api.refused("POST", "/api/v2/organizations", {})
    api("PATCH", f"/api/v2/organizations/{org['id']}", {"name": "B"})
    api("DELETE", f"/api/v2/organizations/{org['id']}")
    assert [(c.action, c.object, c.id) for c in account.commits] == [
        (action, "organizations", org["id"]) for action in ("create", "update", "delete")
    ]
    assert [c.request for c in account.commits] == [1, 3, 4]


def test_people_work_without_tokens(api: Client, account: Account, deal: dict[str, Any]) -> None:
    spent = account.budget.spent
    account.human.edit("deals", deal["id"], title="Their words")
    note = account.human.note("Called back", deal_id=deal["id"])
    product = account.human.create("products", name="Pipe")
    account.human.attach(deal["id"], product_id=product["id"], item_price=3, quantity=2)
    assert account.budget.spent == spent
    shown = api.get(f"/api/v2/deals/{deal['id']}").json()["data"]
    assert (shown["title"], shown["value"]) == ("Their words", 6)
    assert api.get(f"/v1/notes/{note['id']}").json()["data"]["user_id"] != account.me["id"]
    account.human.delete("deals", deal["id"])
    assert api.get(f"/api/v2/deals/{deal['id']}").status_code == 404


def test_a_reset_account_is_as_constructed(account: Account, clock: Clock) -> None:
    account.plan = "lite"
    account.search_lag = 5
    account.human.create("deals", title="Boiler")
    account.human.deactivate(account.users[1]["id"])
    account.reset()
    assert account.snapshot() == Account(clock=clock).snapshot()
    assert (account.plan, account.search_lag, account.commits) == ("ultimate", 0, [])
