"""Searches: https://developers.pipedrive.com/docs/api/v1/ItemSearch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.sandbox.pipedrive import Account
    from tests.unit.sandbox_pipedrive.conftest import Client

DEALS = "/api/v2/deals/search"


def ids(api: Client, path: str, **query: Any) -> list[int]:
    return [hit["item"]["id"] for hit in api.get(path, **query).json()["data"]["items"]]


def test_the_index_lags(api: Client, account: Account, deal: dict[str, Any]) -> None:
    account.search_lag = 2
    late = api.make("/api/v2/deals", title="Boilerplate")
    assert ids(api, DEALS, term="boiler") == [deal["id"]]
    api("DELETE", f"/api/v2/deals/{deal['id']}")
    assert ids(api, DEALS, term="boiler") == [deal["id"], late["id"]]
    api.get("/v1/users/me")
    assert ids(api, DEALS, term="boiler") == [late["id"]]


def test_an_exact_match_is_of_the_whole_text_and_ignores_case(
    api: Client, deal: dict[str, Any]
) -> None:
    api.make("/api/v2/deals", title="Boiler room")
    assert ids(api, DEALS, term="bOILER", exact_match="true") == [deal["id"]]
    assert len(ids(api, DEALS, term="bOILER")) == 2


@pytest.mark.parametrize(("query", "status"), [({"term": "x"}, 400), ({}, 400)])
def test_a_term_has_two_characters(api: Client, query: dict[str, str], status: int) -> None:
    assert api.get(DEALS, **query).status_code == status
    assert api.get(DEALS, **query, exact_match="true").status_code == (200 if query else 400)


def test_one_field_is_searched_with_case(api: Client, account: Account) -> None:
    code = account.human.add_field("deals", "Source id", "varchar")
    made = api.make("/api/v2/deals", title="Boiler", custom_fields={code: "KS-1"})
    api.make("/api/v2/deals", title="Other", custom_fields={code: "KS-12"})
    path = "/api/v2/itemSearch/field"
    query = {"entity_type": "deal", "field": code}
    assert api.get(path, **query, term="KS-1").json()["data"] == [
        {"id": made["id"], "name": "Boiler"}
    ]
    assert api.get(path, **query, term="ks-1").json()["data"] == []
    assert len(api.get(path, **query, term="KS-1", match="beginning").json()["data"]) == 2
    assert api.get(path, **query | {"field": "f" * 40}, term="KS-1").status_code == 400


def test_dates_and_options_are_not_searchable(api: Client, account: Account) -> None:
    code = account.human.add_field("deals", "On", "date")
    api.make("/api/v2/deals", title="Boiler", custom_fields={code: "2021-02-03"})
    assert ids(api, DEALS, term="2021-02-03") == []


def test_all_kinds_are_searched_together(
    api: Client, org: dict[str, Any], deal: dict[str, Any]
) -> None:
    mary = api.make(
        "/api/v2/persons", name="Mary", org_id=org["id"], emails=[{"value": "mary@acme.example"}]
    )
    found = api.get("/api/v2/itemSearch", term="acme").json()["data"]["items"]
    assert {(hit["item"]["type"], hit["item"]["id"]) for hit in found} == {
        ("organization", org["id"]),
        ("person", mary["id"]),
    }
    assert ids(api, "/api/v2/itemSearch", term="boiler", item_types="deal") == [deal["id"]]
    assert api.get("/api/v2/itemSearch", term="acme", limit=101).status_code == 400


def test_notes_are_searched(api: Client, deal: dict[str, Any]) -> None:
    api.make("/v1/notes", content="A needle", deal_id=deal["id"])
    assert ids(api, DEALS, term="needle", fields="notes") == [deal["id"]]
    assert ids(api, DEALS, term="needle", fields="title") == []
