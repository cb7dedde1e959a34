"""Organizations, persons and relationships.

Sources: https://developers.pipedrive.com/docs/api/v1/Organizations, …/Persons,
…/OrganizationRelationships and the published v2 file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.sandbox.pipedrive import Account
    from tests.unit.sandbox_pipedrive.conftest import Client

ORGS = "/api/v2/organizations"
PERSONS = "/api/v2/persons"


def test_an_organization_keeps_its_creation_time(api: Client) -> None:
    """add_time is in the published create body."""
    made = api.make(ORGS, name="Acme", add_time="2015-06-07T08:09:10Z")
    assert made["add_time"] == "2015-06-07T08:09:10Z"
    assert made["update_time"] == "2026-11-20T12:00:00Z"


def test_a_creation_time_cannot_be_changed(api: Client, org: dict[str, Any]) -> None:
    """…and not in the update body."""
    message = api.refused("PATCH", f"{ORGS}/{org['id']}", {"add_time": "2015-06-07T08:09:10Z"})
    assert message.startswith("add_time: Parameter 'add_time' is not allowed")


@pytest.mark.parametrize("key", ["phone", "phones", "email", "emails"])
def test_an_organization_has_no_phone_and_no_email(api: Client, key: str) -> None:
    assert api.refused("POST", ORGS, {"name": "Acme", key: "1"}).startswith(key)


def test_parts_left_out_of_an_address_become_null(api: Client) -> None:
    """Migration guide."""
    address = {"value": "1 Main St, Denver", "locality": "Denver"}
    made = api.make(ORGS, name="Acme", address=address)["address"]
    assert (made["locality"], made["postal_code"]) == ("Denver", None)
    assert len(made) == 10


@pytest.mark.parametrize(
    ("address", "named"),
    [
        ({"locality": "Denver"}, "address.value"),
        ({"value": "1 Main St", "city": "Denver"}, "address.city"),
        ({"value": 1}, "address.value"),
        ("1 Main St", "address"),
    ],
)
def test_a_wrong_address_is_refused(api: Client, address: Any, named: str) -> None:
    assert api.refused("POST", ORGS, {"name": "Acme", "address": address}).startswith(named)


@pytest.mark.parametrize("name", ["", "x" * 256, None, 7])
def test_a_wrong_name_is_refused(api: Client, name: Any) -> None:
    assert api.refused("POST", ORGS, {"name": name}).startswith("name")


def test_an_industry_is_an_option_of_its_field(api: Client) -> None:
    fields = api.get("/api/v2/organizationFields").json()["data"]
    industry = next(field for field in fields if field["field_code"] == "industry")
    made = api.make(ORGS, name="Acme", industry=industry["options"][0]["id"])
    assert made["industry"] == industry["options"][0]["id"]
    assert "industry" in api.refused("POST", ORGS, {"name": "Acme", "industry": 1})


def test_a_persons_name_is_split_in_answers_only(api: Client) -> None:
    """first_name and last_name are in the published answers, not in the bodies."""
    made = api.make(PERSONS, name="Mary Ann Smith")
    assert (made["first_name"], made["last_name"]) == ("Mary", "Ann Smith")
    assert "first_name" in api.refused("POST", PERSONS, {"name": "x", "first_name": "Mary"})


def test_a_person_without_a_name_is_refused(api: Client) -> None:
    """A guess: v1's rule."""
    assert api.refused("POST", PERSONS, {}).startswith("name")


def test_the_first_email_is_primary_unless_one_says_so(api: Client) -> None:
    made = api.make(
        PERSONS,
        name="Mary",
        emails=[{"value": "a@x.example"}, {"value": "b@x.example", "label": "home"}],
        phones=[{"value": "1"}, {"value": "2", "primary": True, "label": "mobile"}],
    )
    assert [email["primary"] for email in made["emails"]] == [True, False]
    assert [phone["primary"] for phone in made["phones"]] == [False, True]


@pytest.mark.parametrize(
    "emails",
    [
        [{"value": "a@x.example", "kind": "work"}],
        ["a@x.example"],
        "a@x.example",
        [{"value": "a", "primary": 1}],
        [{"value": "a", "primary": True}, {"value": "b", "primary": True}],
    ],
)
def test_wrong_emails_are_refused(api: Client, emails: Any) -> None:
    assert api.refused("POST", PERSONS, {"name": "Mary", "emails": emails}).startswith("emails")


@pytest.mark.parametrize("key", ["job_title", "notes", "birthday", "postal_address", "im"])
def test_contact_sync_keys_need_contact_sync(api: Client, account: Account, key: str) -> None:
    """Published: "included if contact sync is enabled"; without it a 403."""
    assert key not in api.make(PERSONS, name="Mary")
    assert api("POST", PERSONS, {"name": "Mary", key: "x"}).status_code == 403
    account.features.add("contact sync")
    assert key in api.make(PERSONS, name="Mary")


def test_persons_are_listed_by_organization_and_by_deal(api: Client, org: dict[str, Any]) -> None:
    mary = api.make(PERSONS, name="Mary", org_id=org["id"])
    api.make(PERSONS, name="John")
    deal = api.make("/api/v2/deals", title="Boiler", person_id=mary["id"])
    for query in ({"org_id": org["id"]}, {"deal_id": deal["id"]}):
        assert [row["id"] for row in api.get(PERSONS, **query).json()["data"]] == [mary["id"]]


def test_counts_are_answered_when_asked_for(api: Client, org: dict[str, Any]) -> None:
    """Published: include_fields."""
    api.make("/v1/notes", content="Hello", org_id=org["id"])
    api.make("/api/v2/deals", title="Boiler", org_id=org["id"])
    asked = "notes_count,open_deals_count,people_count,followers_count,next_activity_id"
    shown = api.get(f"{ORGS}/{org['id']}", include_fields=asked).json()["data"]
    assert [shown[key] for key in asked.split(",")] == [1, 1, 0, 0, None]


def test_related_organizations_are_seen_from_both_sides(api: Client) -> None:
    parent, child = (api.make(ORGS, name=name)["id"] for name in ("Parent", "Child"))
    made = api.make(
        "/v1/organizationRelationships",
        org_id=parent,
        type="parent",
        rel_owner_org_id=parent,
        rel_linked_org_id=child,
    )
    assert made["calculated_type"] == "daughter"
    assert made["rel_linked_org_id"]["value"] == child
    (seen,) = api.get("/v1/organizationRelationships", org_id=child).json()["data"]
    assert (seen["calculated_type"], seen["related_organization_name"]) == ("parent", "Parent")
    removed = api("DELETE", f"/v1/organizationRelationships/{made['id']}").json()
    assert removed["data"] == {"id": made["id"]}


def test_an_organization_is_not_related_to_itself(api: Client, org: dict[str, Any]) -> None:
    body = {"type": "related", "rel_owner_org_id": org["id"], "rel_linked_org_id": org["id"]}
    message = api.refused("POST", "/v1/organizationRelationships", body)
    assert message.startswith("rel_linked_org_id")
