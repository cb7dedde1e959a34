"""Counts of what hangs on records: `include_fields` of organizations, persons and deals.

https://developers.pipedrive.com/docs/api/v1/Deals, …/Organizations, …/Persons.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.sandbox.pipedrive import Account
    from tests.unit.sandbox_pipedrive.conftest import Client

V2 = "/api/v2"


@pytest.fixture
def person(api: Client, org: dict[str, Any]) -> dict[str, Any]:
    return api.make(f"{V2}/persons", name="Mary", org_id=org["id"])


def counts(api: Client, name: str, row: dict[str, Any], *asked: str) -> list[int]:
    shown = api.get(f"{V2}/{name}", ids=row["id"], include_fields=",".join(asked)).json()["data"][0]
    return [shown[key] for key in asked]


def test_an_organization_counts_its_people_and_deals(
    api: Client, org: dict[str, Any], person: dict[str, Any]
) -> None:
    for status in ("open", "won", "lost", "open"):
        api.make(f"{V2}/deals", title="Job", org_id=org["id"], status=status)
    asked = ("people_count", "open_deals_count", "closed_deals_count", "won_deals_count")
    assert counts(api, "organizations", org, *asked) == [1, 2, 2, 1]
    api("DELETE", f"{V2}/persons/{person['id']}")
    assert counts(api, "organizations", org, *asked) == [0, 2, 2, 1]


@pytest.mark.parametrize(
    ("name", "parent"), [("organizations", "org_id"), ("persons", "person_id"), ("deals", "")]
)
def test_notes_files_activities_and_mails_are_counted(
    api: Client, account: Account, person: dict[str, Any], deal: dict[str, Any], name: str,
    parent: str,
) -> None:  # fmt: skip
    parent = parent or "deal_id"
    row = {"organizations": {"id": person["org_id"]}, "persons": person, "deals": deal}[name]
    asked = ("notes_count", "files_count", "activities_count", "email_messages_count")
    assert counts(api, name, row, *asked) == [0, 0, 0, 0]
    account.human.note("Hello", **{parent: row["id"]})
    upload = {"file": ("a.txt", b"x")}
    api("POST", "/v1/files", data={parent: row["id"]}, files=upload)
    link = {"participants": [{"person_id": row["id"]}]} if parent == "person_id" else {}
    api.make(f"{V2}/activities", subject="Call", **(link or {parent: row["id"]}))
    account.human.mail(**{parent: row["id"]})
    account.human.mail(**{parent: row["id"]})
    assert counts(api, name, row, *asked) == [1, 1, 1, 2]


def test_a_deal_counts_its_lines_also_when_it_is_archived(
    api: Client, deal: dict[str, Any], product: dict[str, Any]
) -> None:
    line = {"product_id": product["id"], "item_price": 1, "quantity": 1}
    api.make(f"{V2}/deals/{deal['id']}/products/bulk", data=[line, line])
    assert counts(api, "deals", deal, "products_count") == [2]
    api("PATCH", f"{V2}/deals/{deal['id']}", {"is_archived": True})
    assert counts(api, "deals/archived", deal, "products_count") == [2]


def test_the_contact_of_a_deal_is_one_of_those_who_take_part(
    api: Client, account: Account, person: dict[str, Any]
) -> None:
    """All published examples of deals with a person count one participant."""
    other = api.make(f"{V2}/persons", name="John")
    deal = api.make(f"{V2}/deals", title="Job", person_id=person["id"])
    assert counts(api, "deals", deal, "participants_count") == [1]
    account.human.join(deal["id"], person["id"])
    account.human.join(deal["id"], other["id"])
    assert counts(api, "deals", deal, "participants_count") == [2]
    asked = ("open_deals_count", "participant_open_deals_count", "participant_closed_deals_count")
    assert counts(api, "persons", other, *asked) == [0, 1, 0]


def test_who_is_removed_with_others_hanging_on_leaves_them_there(
    api: Client, org: dict[str, Any], person: dict[str, Any], deal: dict[str, Any]
) -> None:
    """No refusal is documented. That links go on naming what is gone is a guess."""
    assert api("DELETE", f"{V2}/organizations/{org['id']}").ok
    for name, row in (("persons", person), ("deals", deal)):
        assert api.get(f"{V2}/{name}/{row['id']}").json()["data"]["org_id"] == org["id"]


def test_a_removed_product_stays_in_the_lines_of_deals(
    api: Client, deal: dict[str, Any], product: dict[str, Any]
) -> None:
    """No refusal is documented, and a line has a name of its own: the rest is a guess."""
    lines = f"{V2}/deals/{deal['id']}/products"
    made = api.make(lines, product_id=product["id"], item_price=7, quantity=1)
    assert api("DELETE", f"{V2}/products/{product['id']}").ok
    (line,) = api.get(lines).json()["data"]
    assert (line["id"], line["name"], line["sum"]) == (made["id"], "Hour of work", 7)
