"""Cases, tasks and events: when they are, whether they are over, and whose they are.

https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/
sforce_api_objects_event.htm
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from tests.sandbox.salesforce.problem import Problem
from tests.sandbox.salesforce.values import parse_moment, show_moment

if TYPE_CHECKING:
    from tests.sandbox.salesforce.org import Org

Row = dict[str, Any]
CLOSED_CASES = frozenset({"Closed"})
LONGEST = 14 * 24 * 60
"""Minutes of an event."""
DAY = 24 * 60
TIMES = ("StartDateTime", "ActivityDateTime")
# Guesses: no page was found that quotes the texts of these refusals.
BACKWARDS = "The end date and time must be after the start"
DISAGREE = "The duration does not agree with the end"
TOO_LONG = "The duration of an event is limited to 14 days"
LEAD_ALONE = "WhatId cannot be specified with a Lead WhoId"


def complete_case(org: Org, row: Row) -> None:
    closed = row.get("Status") in CLOSED_CASES
    row["IsClosed"] = closed
    if closed:
        row.setdefault("ClosedDate", row["LastModifiedDate"])
    else:
        row.pop("ClosedDate", None)
    contact = org.find("Contact", row.get("ContactId", "")) or {}
    for name, source in (
        ("ContactPhone", "Phone"),
        ("ContactMobile", "MobilePhone"),
        ("ContactEmail", "Email"),
        ("ContactFax", "Fax"),
    ):
        if contact.get(source):
            row[name] = contact[source]
        else:
            row.pop(name, None)


def check(org: Org, values: Row) -> Problem | None:
    """A lead has nothing else beside it."""
    del org
    if str(values.get("WhoId") or "")[:3] == "00Q" and values.get("WhatId"):
        return Problem("FIELD_INTEGRITY_EXCEPTION", LEAD_ALONE, ("WhatId",))
    return None


def update_task(org: Org, row: Row, values: Row) -> Problem | None:
    return check(org, {**row, **values})


def complete_task(org: Org, row: Row) -> None:
    row["IsClosed"] = row.get("Status") == "Completed"
    if row["IsClosed"]:
        row.setdefault("CompletedDateTime", row["LastModifiedDate"])
    else:
        row.pop("CompletedDateTime", None)
    _account_of(org, row)


def insert_event(org: Org, values: Row) -> Problem | None:
    if not any(values.get(name) for name in (*TIMES, "ActivityDate")):
        text = "Required fields are missing: [ActivityDateTime]"
        return Problem("REQUIRED_FIELD_MISSING", text, ("ActivityDateTime",))
    if not values.get("IsAllDayEvent"):
        if not any(values.get(name) for name in TIMES):
            text = "Required fields are missing: [ActivityDateTime]"
            return Problem("REQUIRED_FIELD_MISSING", text, ("ActivityDateTime",))
        if values.get("DurationInMinutes") is None and values.get("EndDateTime") is None:
            text = "Required fields are missing: [DurationInMinutes]"
            return Problem("REQUIRED_FIELD_MISSING", text, ("DurationInMinutes",))
    return _span(values) or check(org, values)


def update_event(org: Org, row: Row, values: Row) -> Problem | None:
    """What is told decides; what it contradicts of the record's own times gives way."""
    if any(name in values for name in TIMES):
        start = values.get("StartDateTime") or values.get("ActivityDateTime")
        values |= {"StartDateTime": start, "ActivityDateTime": start}
        if "EndDateTime" not in values:
            values["EndDateTime"] = None
    elif "ActivityDate" in values and row.get("IsAllDayEvent"):
        values |= {"StartDateTime": None, "EndDateTime": None, "EndDate": None}
    if "DurationInMinutes" in values and "EndDateTime" not in values:
        values["EndDateTime"] = None
    if values.get("EndDateTime") and "DurationInMinutes" not in values:
        values["DurationInMinutes"] = None
    merged = {**row, **values}
    return _span(merged) or check(org, merged)


def _span(values: Row) -> Problem | None:
    begin = parse_moment(values.get("StartDateTime") or values.get("ActivityDateTime"))
    end = parse_moment(values.get("EndDateTime"))
    minutes = values.get("DurationInMinutes")
    if begin is None:
        return None
    if end is not None:
        span = int((end - begin).total_seconds() // 60)
        if span < 0:
            return Problem("FIELD_INTEGRITY_EXCEPTION", BACKWARDS, ("EndDateTime",))
        fits = {span, span + DAY} if values.get("IsAllDayEvent") else {span}
        if minutes is not None and minutes not in fits:
            return Problem("FIELD_INTEGRITY_EXCEPTION", DISAGREE, ("DurationInMinutes",))
        minutes = span
    if minutes is not None and minutes > LONGEST:
        return Problem("FIELD_INTEGRITY_EXCEPTION", TOO_LONG, ("DurationInMinutes",))
    return None


def complete_event(org: Org, row: Row) -> None:
    if row.get("IsAllDayEvent"):
        _all_day(row)
    else:
        begin = parse_moment(row.get("StartDateTime") or row.get("ActivityDateTime"))
        if begin is not None:
            end = parse_moment(row.get("EndDateTime"))
            if end is None:
                end = begin + timedelta(minutes=row.get("DurationInMinutes") or 0)
            row["DurationInMinutes"] = int((end - begin).total_seconds() // 60)
            row["StartDateTime"] = row["ActivityDateTime"] = show_moment(begin)
            row["EndDateTime"] = show_moment(end)
            row["ActivityDate"] = row["StartDateTime"][:10]
            row["EndDate"] = row["EndDateTime"][:10]
    _account_of(org, row)


def _all_day(row: Row) -> None:
    """A day without hours: its start is midnight UTC, and its end the day that it ends on."""
    first = row.get("ActivityDate") or str(row.get("StartDateTime") or row["ActivityDateTime"])[:10]
    days = max(1, -(-int(row.get("DurationInMinutes") or DAY) // DAY))
    told = str(row.get("EndDateTime") or "")[:10]
    last = told or (date.fromisoformat(first) + timedelta(days=days - 1)).isoformat()
    days = (date.fromisoformat(last) - date.fromisoformat(first)).days + 1
    row |= {
        "ActivityDate": first,
        "EndDate": last,
        "StartDateTime": f"{first}T00:00:00.000+0000",
        "EndDateTime": f"{last}T00:00:00.000+0000",
        "DurationInMinutes": days * DAY,
    }
    # Of all-day events the platform keeps the date alone.
    row["ActivityDateTime"] = row["StartDateTime"]


def _account_of(org: Org, row: Row) -> None:
    """The account of an activity is that of what it is about, or else of whom."""
    row.pop("AccountId", None)
    for name in ("WhatId", "WhoId"):
        one = row.get(name)
        if not one:
            continue
        parent = org.find(org.sobject_of(one) or "", one) or {}
        account = one if one[:3] == "001" else parent.get("AccountId")
        if account:
            row["AccountId"] = account
            return
