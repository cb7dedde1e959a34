"""Leads: https://developers.pipedrive.com/docs/api/v1/Leads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.sandbox.pipedrive import Account
    from tests.unit.sandbox_pipedrive.conftest import Client

LEADS = "/v1/leads"


@pytest.fixture
def person(api: Client) -> dict[str, Any]:
    return api.make("/api/v2/persons", name="Mary")


def test_a_lead_needs_a_person_or_an_organization(api: Client, person: dict[str, Any]) -> None:
    assert api.refused("POST", LEADS, {"title": "Hm"}).startswith("person_id")
    made = api("POST", LEADS, {"title": "Hm", "person_id": person["id"]})
    assert (made.status_code, made.json()["data"]["title"]) == (201, "Hm")


def test_a_lead_holds_the_custom_fields_of_deals_beside_its_own(
    api: Client, account: Account, person: dict[str, Any]
) -> None:
    """…"in the same format as with the Deals endpoints"; empty ones do not appear."""
    text = account.human.add_field("deals", "Id", "text")
    empty = account.human.add_field("deals", "Empty", "text")
    several = account.human.add_field("deals", "Colors", "set", "Red", "Blue")
    ids = ",".join(map(str, account.fields.options("deals", several)))
    values = {text: "x", several: ids}
    api.make(LEADS, title="Hm", person_id=person["id"], **values)
    (lead,) = api.get(LEADS).json()["data"]
    assert {key: lead[key] for key in values} == values
    assert empty not in lead
    account.human.remove_field("deals", text)
    assert text not in api.get(LEADS).json()["data"][0]


def test_pages_are_told_beside_the_list(api: Client, person: dict[str, Any]) -> None:
    """Published: `additional_data` holds start, limit and more_items_in_collection themselves."""
    for number in range(3):
        api.make(LEADS, title=f"L {number}", person_id=person["id"])
    body = api.get(LEADS, start=1, limit=1).json()
    assert [row["title"] for row in body["data"]] == ["L 1"]
    paging = {"start": 1, "limit": 1, "more_items_in_collection": True}
    assert body["additional_data"] == paging


def test_archived_leads_have_a_list_of_their_own(
    api: Client, account: Account, person: dict[str, Any]
) -> None:
    lead = account.human.create("leads", title="Hm", person_id=person["id"])
    account.human.edit("leads", lead["id"], is_archived=True)
    assert api.get(LEADS).json()["data"] == []
    assert [row["id"] for row in api.get(f"{LEADS}/archived").json()["data"]] == [lead["id"]]
