"""Tasks, events and cases: times, states, and the account that is derived."""

from __future__ import annotations

import pytest

TEN = "2026-01-05T10:00:00.000+0000"
ELEVEN = "2026-01-05T11:00:00.000+0000"
MISSING = "REQUIRED_FIELD_MISSING"
FAULT = "FIELD_INTEGRITY_EXCEPTION"


@pytest.fixture
def event(org):
    def make(**told):
        saved = org.insert("Event", {"Subject": "E", **told})
        return saved.problems[0].code if saved.problems else org.rows["Event"][saved.id]

    return make


@pytest.mark.parametrize(
    "told",
    [
        {"StartDateTime": TEN, "EndDateTime": ELEVEN},
        {"StartDateTime": TEN, "DurationInMinutes": 60},
        {"ActivityDateTime": TEN, "DurationInMinutes": 60},
        {"StartDateTime": TEN, "EndDateTime": ELEVEN, "DurationInMinutes": 60},
    ],
)
def test_an_event_knows_its_whole_time_from_either_way(event, told):
    made = event(**told)
    assert (made["StartDateTime"], made["EndDateTime"]) == (TEN, ELEVEN)
    assert (made["ActivityDateTime"], made["DurationInMinutes"]) == (TEN, 60)
    assert (made["ActivityDate"], made["EndDate"]) == ("2026-01-05", "2026-01-05")


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({}, MISSING),
        ({"StartDateTime": TEN}, MISSING),
        ({"ActivityDate": "2026-01-05"}, MISSING),
        ({"StartDateTime": TEN, "EndDateTime": ELEVEN, "DurationInMinutes": 30}, FAULT),
        ({"StartDateTime": ELEVEN, "EndDateTime": TEN}, FAULT),
        ({"StartDateTime": TEN, "DurationInMinutes": 14 * 1440 + 1}, FAULT),
        ({"StartDateTime": TEN, "EndDateTime": ELEVEN, "Status": "Confirmed"}, "INVALID_FIELD"),
        (
            {"StartDateTime": TEN, "EndDateTime": ELEVEN, "AccountId": None},
            "INVALID_FIELD_FOR_INSERT_UPDATE",
        ),
    ],
)
def test_an_event_is_refused(event, told, code):
    assert event(**told) == code


def test_an_event_of_a_day_lasts_that_day(event):
    made = event(IsAllDayEvent=True, ActivityDate="2026-01-05")
    assert made["StartDateTime"] == made["EndDateTime"] == "2026-01-05T00:00:00.000+0000"
    assert (made["DurationInMinutes"], made["EndDate"]) == (1440, "2026-01-05")


def test_an_event_of_days_lasts_them(event):
    made = event(IsAllDayEvent=True, ActivityDate="2026-01-05", DurationInMinutes=2880)
    assert made["EndDate"] == "2026-01-06"


def test_an_event_that_is_moved_keeps_its_length(org, event):
    made = event(StartDateTime=TEN, EndDateTime=ELEVEN)
    assert org.update("Event", made["Id"], {"StartDateTime": "2026-01-06T08:00:00Z"}).success
    assert made["EndDateTime"] == "2026-01-06T09:00:00.000+0000"
    assert org.update("Event", made["Id"], {"EndDateTime": "2026-01-06T08:15:00Z"}).success
    assert made["DurationInMinutes"] == 15
    saved = org.update("Event", made["Id"], {"EndDateTime": "2026-01-06T07:00:00Z"})
    assert saved.problems[0].code == FAULT
    assert made["EndDateTime"] == "2026-01-06T08:15:00.000+0000"


@pytest.mark.parametrize("name", ["Task", "Event"])
def test_the_account_is_that_of_what_or_whom_it_is_about(org, name):
    account = org.insert("Account", {"Name": "A"}).id
    case = org.insert("Case", {"AccountId": account}).id
    contact = org.insert("Contact", {"LastName": "C", "AccountId": account}).id
    product = org.insert("Product2", {"Name": "P"}).id
    when = {"StartDateTime": TEN, "EndDateTime": ELEVEN} if name == "Event" else {}
    for told, wanted in (
        ({"WhatId": account}, account),
        ({"WhatId": case}, account),
        ({"WhoId": contact}, account),
        ({"WhatId": product, "WhoId": contact}, account),
        ({"WhatId": product}, None),
        ({}, None),
    ):
        saved = org.insert(name, {**when, **told})
        assert org.rows[name][saved.id].get("AccountId") == wanted, told


def test_tasks_are_closed_by_their_status(org):
    task = org.rows["Task"][org.insert("Task", {"Subject": "T"}).id]
    assert (task["Status"], task["Priority"], task["IsClosed"]) == ("Not Started", "Normal", False)
    org.update("Task", task["Id"], {"Status": "Completed"})
    assert task["IsClosed"] is True
    assert task["CompletedDateTime"] == task["LastModifiedDate"]


def test_cases_are_closed_by_their_status_and_show_how_to_reach_the_contact(org):
    contact = org.insert("Contact", {"LastName": "C", "Email": "c@example.com"}).id
    case = org.rows["Case"][org.insert("Case", {"ContactId": contact, "Status": "Closed"}).id]
    assert (case["IsClosed"], case["ContactEmail"]) == (True, "c@example.com")
    org.update("Case", case["Id"], {"Status": "New", "ContactId": None})
    assert (case["IsClosed"], case.get("ClosedDate"), case.get("ContactEmail")) == (
        False, None, None,
    )  # fmt: skip
