"""v2's lists: https://pipedrive.readme.io/docs/core-api-concepts-pagination."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.unit.sandbox_pipedrive.conftest import Client, Clock

ORGS = "/api/v2/organizations"


@pytest.fixture
def three(api: Client, clock: Clock) -> list[int]:
    """Made a minute apart; the first was changed last."""
    made = []
    for name in ("A", "B", "C"):
        made.append(api.make(ORGS, name=name)["id"])
        clock.pass_by(minutes=1)
    api("PATCH", f"{ORGS}/{made[0]}", {"name": "A again"})
    return made


def walked(api: Client, **query: Any) -> list[int]:
    found: list[int] = []
    while True:
        page = api.get(ORGS, **query).json()
        found += [row["id"] for row in page["data"]]
        query["cursor"] = page["additional_data"]["next_cursor"]
        if query["cursor"] is None:
            return found


@pytest.mark.parametrize("limit", [1, 2, 3, 4])
@pytest.mark.parametrize("column", ["id", "add_time", "update_time"])
@pytest.mark.parametrize("direction", ["asc", "desc"])
def test_pages_put_together_are_the_whole_list(
    api: Client, three: list[int], limit: int, column: str, direction: str
) -> None:
    order = [three[1], three[2], three[0]] if column == "update_time" else three
    expected = order if direction == "asc" else order[::-1]
    query = {"limit": limit, "sort_by": column, "sort_direction": direction}
    assert walked(api, **query) == expected


def test_a_cursor_names_the_first_item_of_the_next_page(api: Client, three: list[int]) -> None:
    """The published examples decode to such an object."""
    cursor = api.get(ORGS, limit=1).json()["additional_data"]["next_cursor"]
    assert json.loads(base64.urlsafe_b64decode(cursor + "==")) == {
        "field": "id",
        "fieldValue": three[1],
        "sortDirection": "asc",
        "id": three[1],
    }


def test_a_row_deleted_between_two_pages_costs_no_other(api: Client, three: list[int]) -> None:
    cursor = api.get(ORGS, limit=1).json()["additional_data"]["next_cursor"]
    api("DELETE", f"{ORGS}/{three[1]}")
    rest = api.get(ORGS, cursor=cursor).json()["data"]
    assert [row["id"] for row in rest] == [three[2]]


def test_since_is_inclusive_and_until_is_not(api: Client, three: list[int]) -> None:
    """Published: "later than or equal", "earlier than"."""
    span = {"updated_since": "2026-11-20T12:01:00Z", "updated_until": "2026-11-20T12:02:00Z"}
    assert walked(api, **span) == [three[1]]


def test_unknown_ids_are_left_out(api: Client, three: list[int]) -> None:
    """Published."""
    assert walked(api, ids=f"{three[2]},1,{three[0]}") == [three[0], three[2]]


def test_rows_are_listed_by_owner(api: Client, three: list[int]) -> None:
    assert walked(api, owner_id=1) == []
    owner = api.get(f"{ORGS}/{three[0]}").json()["data"]["owner_id"]
    assert walked(api, owner_id=owner) == three


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("limit", 501),
        ("limit", 0),
        ("limit", "x"),
        ("sort_by", "name"),
        ("sort_direction", "up"),
        ("updated_since", "2026-11-20T12:01:00.000Z"),
        ("updated_since", "2026-11-20"),
        ("ids", ",".join(map(str, range(101)))),
        ("ids", "1,x"),
        ("cursor", "x"),
        ("include_fields", "secrets"),
        ("include_labels", "1"),
        ("start", 0),
        ("api_token", "sandbox-token"),
    ],
)
def test_a_wrong_parameter_is_refused_by_name(api: Client, name: str, value: Any) -> None:
    """Published maxima and enums; that unknown names are refused is a guess."""
    refused = api.get(ORGS, **{name: value})
    assert refused.status_code == 400
    assert refused.json()["error"].startswith(f"Validation failed: {name}: ")


def test_filters_are_not_served_and_say_so(api: Client) -> None:
    refused = api.get(ORGS, filter_id=1)
    assert refused.status_code == 501
    assert "filter_id" in refused.json()["error"]
