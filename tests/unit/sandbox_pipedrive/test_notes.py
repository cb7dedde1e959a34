"""Notes: https://developers.pipedrive.com/docs/api/v1/Notes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.sandbox.pipedrive import Account
    from tests.unit.sandbox_pipedrive.conftest import Client, Clock

NOTES = "/v1/notes"


def test_a_note_keeps_the_time_it_is_given(api: Client, deal: dict[str, Any]) -> None:
    """Published: "Can be set in the past or in the future"."""
    made = api.make(NOTES, content="Hello", deal_id=deal["id"], add_time="2015-06-07 08:09:10")
    assert made["add_time"] == "2015-06-07 08:09:10"
    assert made["deal"] == {"title": deal["title"]}
    assert (made["organization"], made["active_flag"]) == (None, True)


def test_a_note_needs_a_parent(api: Client) -> None:
    """Published: one of the parents is required."""
    assert "deal_id" in api.refused("POST", NOTES, {"content": "Hello"})


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("content", ""),
        ("content", None),
        ("content", "x" * 100_001),
        ("content", "é" * 50_001),
        ("deal_id", "1"),
        ("deal_id", 1),
        ("person_id", 1),
        ("lead_id", "adf21080-0e10-11eb-879b-05d71fb426ec"),
        ("project_id", 1),
        ("add_time", "2015-06-07T08:09:10Z"),
        ("pinned_to_deal_flag", True),
        ("pinned_to_deal_flag", 2),
        ("pinned_to_person_flag", 1),
        ("owner_id", 1),
        ("activity_type", "note"),
        ("user_id", 1),
    ],
)
def test_a_wrong_value_is_refused(api: Client, deal: dict[str, Any], key: str, value: Any) -> None:
    """Flags are 0 and 1; a pin needs its parent; about 100 KB; v1 has user_id."""
    body = {"content": "Hello", "deal_id": deal["id"], key: value}
    assert api.refused("POST", NOTES, body).startswith(key)


def test_content_is_sanitised(api: Client, deal: dict[str, Any]) -> None:
    """Published: "Subject to sanitization on the back-end"; what stays is a guess."""
    content = '<p onclick="x()">Hi <b>you</b></p><script>x()</script><!-- mark --><img src="https://x.example/a.png">'
    made = api.make(NOTES, content=content, deal_id=deal["id"])
    assert made["content"] == '<p>Hi <b>you</b></p><img src="https://x.example/a.png">'


def test_only_an_admin_writes_for_others(
    api: Client, account: Account, deal: dict[str, Any]
) -> None:
    """Published: "Only an admin can change the author"."""
    body = {"content": "Hello", "deal_id": deal["id"], "user_id": account.users[1]["id"]}
    assert api.make(NOTES, **body)["user"]["name"] == account.users[1]["name"]
    account.admin = False
    assert api("POST", NOTES, body).status_code == 403


def test_a_note_is_changed_and_deleted(api: Client, deal: dict[str, Any]) -> None:
    made = api.make(NOTES, content="Hello", deal_id=deal["id"])
    path = f"{NOTES}/{made['id']}"
    changed = api("PUT", path, {"content": "Bye", "pinned_to_deal_flag": 1}).json()["data"]
    assert (changed["content"], changed["pinned_to_deal_flag"]) == ("Bye", True)
    assert api("DELETE", path).json()["data"] is True
    assert api.get(path).status_code == 404


def test_notes_are_listed_by_parent_time_and_pin(
    api: Client, clock: Clock, deal: dict[str, Any], org: dict[str, Any]
) -> None:
    old = api.make(NOTES, content="Old", deal_id=deal["id"], add_time="2015-06-07 08:09:10")
    clock.pass_by(hours=1)
    new = api.make(NOTES, content="New", org_id=org["id"], pinned_to_organization_flag=1)

    def listed(**query: Any) -> list[int]:
        return [row["id"] for row in api.get(NOTES, **query).json()["data"]]

    assert listed(deal_id=deal["id"]) == [old["id"]]
    assert listed(end_date="2015-06-07") == [old["id"]]
    assert listed(start_date="2016-01-01") == [new["id"]]
    assert listed(updated_since="2026-11-20T12:30:00Z") == [new["id"]]
    assert listed(pinned_to_organization_flag=1) == [new["id"]]
    assert listed(sort="add_time DESC") == [new["id"], old["id"]]
    assert api.get(NOTES, sort="lead_id").status_code == 400


def test_v1_pages_by_offset(api: Client, deal: dict[str, Any]) -> None:
    for number in range(3):
        api.make(NOTES, content=str(number), deal_id=deal["id"])
    first = api.get(NOTES, limit=2).json()["additional_data"]["pagination"]
    assert first == {"start": 0, "limit": 2, "more_items_in_collection": True, "next_start": 2}
    last = api.get(NOTES, limit=2, start=2).json()
    assert last["additional_data"]["pagination"]["more_items_in_collection"] is False
    assert [row["content"] for row in last["data"]] == ["2"]


def test_a_cap_on_notes_is_a_403(api: Client, account: Account, deal: dict[str, Any]) -> None:
    """https://developers.pipedrive.com/changelog, announced 2023-08-17; no figure is known."""
    account.notes_per_deal = 1
    body = {"content": "Hello", "deal_id": deal["id"]}
    api.make(NOTES, **body)
    assert api("POST", NOTES, body).status_code == 403
