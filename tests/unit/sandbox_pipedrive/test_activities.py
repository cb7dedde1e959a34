"""Activities and their types: https://developers.pipedrive.com/docs/api/v1/Activities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.unit.sandbox_pipedrive.conftest import Client

ACTIVITIES = "/api/v2/activities"


def test_participants_make_the_activitys_person(api: Client) -> None:
    """The migration guide calls person_id read-only."""
    mary = api.make("/api/v2/persons", name="Mary")
    made = api.make(ACTIVITIES, subject="Visit", participants=[{"person_id": mary["id"]}])
    assert made["person_id"] == mary["id"]
    assert made["participants"] == [{"person_id": mary["id"], "primary": True}]
    assert api.refused("POST", ACTIVITIES, {"person_id": mary["id"]}).startswith("person_id")


def test_a_done_activity_has_a_time(api: Client) -> None:
    made = api.make(ACTIVITIES, subject="Visit", done=True)
    assert made["marked_as_done_time"] == "2026-11-20T12:00:00Z"
    opened = api("PATCH", f"{ACTIVITIES}/{made['id']}", {"done": False}).json()["data"]
    assert opened["marked_as_done_time"] is None


def test_times_are_hours_and_minutes_in_two_digits(api: Client) -> None:
    """pipedrive/client-nodejs#661: "9:5" fails, "15:30" does not."""
    made = api.make(ACTIVITIES, due_date="2021-01-02", due_time="15:30", duration="01:00")
    assert (made["due_time"], made["duration"]) == ("15:30:00", "01:00:00")
    refused = api.refused("POST", ACTIVITIES, {"due_time": "9:5"})
    assert refused == "due_time: This value is not a valid datetime."


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("type", "no_such_type"),
        ("done", 1),
        ("due_date", "01/02/2021"),
        ("due_time", "25:00"),
        ("duration", "90"),
        ("deal_id", 1),
        ("lead_id", "adf21080-0e10-11eb-879b-05d71fb426ec"),
        ("participants", [{"person_id": 1}]),
        ("priority", 1),
        ("note", "x" * 100_001),
        ("add_time", "2021-01-02T00:00:00Z"),
        ("user_id", 1),
        ("location", {"locality": "Denver"}),
    ],
)
def test_a_wrong_value_is_refused(api: Client, key: str, value: Any) -> None:
    """Types are key_strings; notes end at 100 KB (changelog of 2025-07-21)."""
    assert api.refused("POST", ACTIVITIES, {"subject": "Visit", key: value}).startswith(key)


def test_attendees_are_read_when_asked_for(api: Client) -> None:
    """Published: include_fields of the reads."""
    made = api.make(ACTIVITIES, attendees=[{"email": "a@x.example"}])
    assert "attendees" not in api.get(f"{ACTIVITIES}/{made['id']}").json()["data"]
    shown = api.get(f"{ACTIVITIES}/{made['id']}", include_fields="attendees").json()["data"]
    assert shown["attendees"] == [{"email": "a@x.example"}]


def test_a_new_type_can_be_used_until_it_is_deleted(api: Client) -> None:
    made = api.make("/v1/activityTypes", name="Site visit", icon_key="truck")
    assert (made["key_string"], made["is_custom_flag"]) == ("site_visit", True)
    assert api.make(ACTIVITIES, type="site_visit")["type"] == "site_visit"
    api("DELETE", f"/v1/activityTypes/{made['id']}")
    assert api.refused("POST", ACTIVITIES, {"type": "site_visit"}).startswith("type")
    assert "icon_key" in api.refused("POST", "/v1/activityTypes", {"name": "x", "icon_key": "y"})


def test_activities_are_listed_by_deal_and_state(api: Client, deal: dict[str, Any]) -> None:
    done = api.make(ACTIVITIES, deal_id=deal["id"], done=True)
    api.make(ACTIVITIES, deal_id=deal["id"])
    api.make(ACTIVITIES, done=True)
    listed = api.get(ACTIVITIES, deal_id=deal["id"], done="true").json()["data"]
    assert [row["id"] for row in listed] == [done["id"]]
    assert api.get(ACTIVITIES, done="1").status_code == 400


def test_a_stage_needs_its_pipeline(api: Client) -> None:
    pipeline = api.make("/api/v2/pipelines", name="Repairs")
    stage = api.make("/api/v2/stages", name="New", pipeline_id=pipeline["id"])
    assert stage["order_nr"] == 1
    assert api.refused("POST", "/api/v2/stages", {"name": "New"}).startswith("pipeline_id")
    empty = api.make("/api/v2/pipelines", name="Empty")
    body = {"title": "Boiler", "pipeline_id": empty["id"]}
    assert api.refused("POST", "/api/v2/deals", body).startswith("pipeline_id")
