"""Deals. Sources: https://developers.pipedrive.com/docs/api/v1/Deals and the published v2 file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.sandbox.pipedrive import Account
    from tests.unit.sandbox_pipedrive.conftest import Client, Clock

DEALS = "/api/v2/deals"


def test_a_deal_without_stage_goes_to_the_first_stage_of_the_default_pipeline(
    api: Client, account: Account
) -> None:
    """v1's description of stage_id."""
    made = api.make(DEALS, title="Boiler")
    pipeline = next(iter(account.tables["pipelines"]))
    first = next(account.tables["stages"].where("pipeline_id", pipeline["id"]))
    assert (made["pipeline_id"], made["stage_id"]) == (pipeline["id"], first["id"])
    assert (made["value"], made["currency"], made["status"]) == (0, "USD", "open")


def test_a_stage_wins_over_a_pipeline(api: Client, account: Account) -> None:
    """v1's description of pipeline_id."""
    sales, service = account.tables["pipelines"]
    stage = list(account.tables["stages"].where("pipeline_id", service["id"]))[1]
    made = api.make(DEALS, title="Boiler", pipeline_id=sales["id"], stage_id=stage["id"])
    assert made["pipeline_id"] == service["id"]


def test_a_deal_that_moves_to_another_pipeline_starts_at_its_first_stage(
    api: Client, account: Account, deal: dict[str, Any]
) -> None:
    service = list(account.tables["pipelines"])[1]
    moved = api("PATCH", f"{DEALS}/{deal['id']}", {"pipeline_id": service["id"]}).json()["data"]
    first = next(account.tables["stages"].where("pipeline_id", service["id"]))
    assert moved["stage_id"] == first["id"]
    assert moved["stage_change_time"] is not None


def test_a_won_deal_gets_its_times(api: Client) -> None:
    made = api.make(DEALS, title="Boiler", status="won", won_time="2021-03-04T05:06:07Z")
    assert made["won_time"] == made["close_time"] == "2021-03-04T05:06:07Z"
    assert made["local_won_date"] == made["local_close_date"] == "2021-03-04"
    assert made["lost_time"] is None


def test_a_deal_that_is_opened_again_loses_its_closing_times(api: Client) -> None:
    lost = api.make(DEALS, title="Boiler", status="lost", lost_reason="Price")
    assert lost["lost_time"] == "2026-11-20T12:00:00Z"
    opened = api("PATCH", f"{DEALS}/{lost['id']}", {"status": "open"}).json()["data"]
    for key in ("lost_time", "lost_reason", "close_time", "local_lost_date", "local_close_date"):
        assert opened[key] is None


def test_a_lost_deal_that_is_won_forgets_why_it_was_lost(api: Client) -> None:
    lost = api.make(DEALS, title="Boiler", status="lost", lost_reason="Price")
    won = api("PATCH", f"{DEALS}/{lost['id']}", {"status": "won"}).json()["data"]
    assert (won["lost_reason"], won["lost_time"]) == (None, None)
    assert won["won_time"] is not None


@pytest.mark.parametrize(
    ("key", "value", "status"),
    [
        ("won_time", "2021-03-04T05:06:07Z", "open"),
        ("won_time", "2021-03-04T05:06:07Z", "lost"),
        ("lost_time", "2021-03-04T05:06:07Z", "won"),
        ("lost_reason", "Price", "won"),
        ("lost_reason", "Price", "open"),
        ("close_time", "2021-03-04T05:06:07Z", "open"),
    ],
)
def test_closing_keys_are_refused_with_another_status(
    api: Client, key: str, value: str, status: str
) -> None:
    """The published descriptions: "Can only be set if deal status is …"."""
    assert api.refused("POST", DEALS, {"title": "x", "status": status, key: value}).startswith(key)


@pytest.mark.parametrize("key", ["add_time", "update_time", "stage_change_time", "user_id"])
def test_keys_that_v2_does_not_take_are_refused(api: Client, key: str) -> None:
    """add_time left the bodies on 2025-06-25; user_id is v1's: n8n-io/n8n#29519."""
    message = api.refused("POST", DEALS, {"title": "Boiler", key: "2021-03-04T05:06:07Z"})
    assert message == f"{key}: Parameter '{key}' is not allowed for this request"


def test_every_wrong_key_is_named(api: Client) -> None:
    """pipedrive/client-nodejs#651: the messages are joined."""
    message = api.refused("POST", DEALS, {"one": 1, "two": 2})
    assert [part.split(":")[0] for part in message.split("; ")] == ["one", "two", "title"]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("value", "12.5"),
        ("owner_id", "1"),
        ("is_archived", 0),
        ("label_ids", "1,2"),
        ("title", 5),
        ("stage_id", True),
        ("person_id", 1.5),
        ("custom_fields", []),
        ("title", None),
        ("value", None),
        ("title", " "),
        ("title", "x" * 256),
        ("status", "deleted"),
        ("status", "Won"),
        ("probability", 101),
        ("probability", -1),
        ("currency", "XXY"),
        ("value", 1e14),
        ("expected_close_date", "2021-02-30"),
        ("expected_close_date", "2021-02-03T00:00:00Z"),
        ("visible_to", 2),
        ("person_id", 1),
        ("org_id", 1),
        ("owner_id", 1),
        ("stage_id", 1),
        ("pipeline_id", 1),
        ("label_ids", [1]),
    ],
)
def test_a_wrong_value_is_refused_by_name(
    api: Client, deal: dict[str, Any], key: str, value: Any
) -> None:
    """v2 converts nothing (migration guide); lengths and ranges as in the tables' sources."""
    assert api.refused("PATCH", f"{DEALS}/{deal['id']}", {key: value}).startswith(key)


def test_times_have_no_milliseconds(api: Client) -> None:
    """Seen live of `updated_since`: "not a valid datetime"."""
    body = {"title": "Boiler", "status": "won", "won_time": "2021-03-04T05:06:07.000Z"}
    assert api.refused("POST", DEALS, body) == "won_time: This value is not a valid datetime."


def test_an_inactive_owner_is_refused(api: Client, account: Account) -> None:
    former = next(user for user in account.users if not user["active_flag"])
    assert "not active" in api.refused("POST", DEALS, {"title": "x", "owner_id": former["id"]})


def test_a_deleted_parent_is_refused(api: Client, org: dict[str, Any]) -> None:
    api("DELETE", f"/api/v2/organizations/{org['id']}")
    assert api.refused("POST", DEALS, {"title": "x", "org_id": org["id"]}).startswith("org_id")


def test_null_clears_a_link_and_a_date(api: Client, deal: dict[str, Any]) -> None:
    """A guess, marked in the tables."""
    api("PATCH", f"{DEALS}/{deal['id']}", {"expected_close_date": "2027-01-01"})
    body = {"org_id": None, "expected_close_date": None}
    cleared = api("PATCH", f"{DEALS}/{deal['id']}", body).json()["data"]
    assert (cleared["org_id"], cleared["expected_close_date"]) == (None, None)


def test_an_archived_deal_is_listed_apart_and_cannot_be_changed(
    api: Client, deal: dict[str, Any], product: dict[str, Any]
) -> None:
    """The description of GET /deals ("active deals"); archived deals are read only in the app."""
    one = f"{DEALS}/{deal['id']}"
    body = {"is_archived": True, "archive_time": "2025-01-02 03:04:05"}
    assert api("PATCH", one, body).json()["data"]["archive_time"] == "2025-01-02T03:04:05Z"
    assert api.get(DEALS).json()["data"] == []
    assert [row["id"] for row in api.get(f"{DEALS}/archived").json()["data"]] == [deal["id"]]
    assert api("PATCH", one, {"title": "Other"}).status_code == 400
    line = {"product_id": product["id"], "item_price": 1, "quantity": 1}
    assert api("POST", f"{one}/products", line).status_code == 400
    assert api("PATCH", one, {"is_archived": False}).json()["data"]["archive_time"] is None
    assert api("PATCH", one, {"title": "Other"}).ok


def test_an_archive_time_needs_an_archived_deal(api: Client) -> None:
    body = {"title": "Boiler", "archive_time": "2025-01-02 03:04:05"}
    assert api.refused("POST", DEALS, body).startswith("archive_time")


def test_a_deleted_deal_is_gone_but_can_be_restored_for_thirty_days(
    api: Client, account: Account, clock: Clock, deal: dict[str, Any]
) -> None:
    """Published: soft delete with 30 days, `status=deleted` lists them."""
    one = f"{DEALS}/{deal['id']}"
    assert api("DELETE", one).json() == {"success": True, "data": {"id": deal["id"]}}
    assert api.get(f"{one}").status_code == 404
    assert api("DELETE", one).status_code == 404
    assert api.get(DEALS).json()["data"] == []
    listed = api.get(DEALS, status="deleted").json()["data"]
    assert [(row["id"], row["is_deleted"]) for row in listed] == [(deal["id"], True)]
    assert account.snapshot()["deals"] == []

    clock.pass_by(days=29)
    assert api("PATCH", one, {"is_deleted": False}).json()["data"]["title"] == "Boiler"
    assert [row["id"] for row in account.snapshot()["deals"]] == [deal["id"]]

    api("PATCH", one, {"is_deleted": True})
    clock.pass_by(days=31)
    assert api("PATCH", one, {"is_deleted": False}).status_code == 404
    assert api.get(DEALS, status="deleted").json()["data"] == []


def test_a_full_plan_takes_no_further_open_deal(api: Client, account: Account) -> None:
    """https://developers.pipedrive.com/changelog, 2022-03-22."""
    account.open_deal_cap = 1
    api.make(DEALS, title="One")
    refused = api("POST", DEALS, {"title": "Two"})
    assert refused.status_code == 403
    assert refused.json()["code"] == "feature_capping_deals_limit"
    api.make(DEALS, title="Closed", status="won")


def test_a_deal_without_contact_is_refused_when_v1s_rule_is_switched_on(
    api: Client, account: Account
) -> None:
    """v1's rule since 2021-09-30; open for v2."""
    account.deals_need_contact = True
    assert "organization" in api.refused("POST", DEALS, {"title": "Boiler"})


@pytest.mark.parametrize(("plan", "status"), [("lite", 403), ("premium", 200)])
def test_visibility_groups_belong_to_the_larger_plans(
    api: Client, account: Account, plan: str, status: int
) -> None:
    """https://devcommunity.pipedrive.com/t/3309: the wrong visible_to is a 403."""
    account.plan = plan
    assert api("POST", DEALS, {"title": "Boiler", "visible_to": 5}).status_code == status
