"""Rules about several fields at once, which no describe tells.

https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/
(sforce_api_objects_event.htm, …_task.htm, …_opportunitylineitem.htm, …_pricebookentry.htm)
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from crm_transforms.destination import Complaint
from target_salesforce.ids import LEAD

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from crm_transforms.destination import Record

LONGEST_EVENT = timedelta(days=14)
STARTS = ("StartDateTime", "ActivityDateTime", "ActivityDate")
ENDS = ("DurationInMinutes", "EndDateTime")


def _event(record: Record) -> Iterator[Complaint]:
    if not _any(record, STARTS):
        yield Complaint("StartDateTime", "required field", "an Event needs a start")
    elif not record.get("IsAllDayEvent") and not _any(record, ENDS):
        yield Complaint("EndDateTime", "required field", "an Event needs an end or a duration")


def _event_times(record: Record) -> Iterator[Complaint]:
    start = _moment(record.get("StartDateTime") or record.get("ActivityDateTime"))
    end = _moment(record.get("EndDateTime"))
    if start and end and end < start:
        yield Complaint("EndDateTime", "order", "the end lies before the start")
    elif start and end and end - start > LONGEST_EVENT:
        days = LONGEST_EVENT.days
        yield Complaint("EndDateTime", "range", f"an Event lasts at most {days} days")


def _lead_alone(record: Record) -> Iterator[Complaint]:
    if str(record.get("WhoId") or "").startswith(LEAD) and record.get("WhatId"):
        yield Complaint("WhatId", "relation", "an activity of a lead has no other record")


def _line_price(record: Record) -> Iterator[Complaint]:
    if record.get("UnitPrice") is not None and record.get("TotalPrice") is not None:
        yield Complaint("TotalPrice", "price", "UnitPrice or TotalPrice, not both")


def _line(record: Record) -> Iterator[Complaint]:
    if record.get("UnitPrice") is None and record.get("TotalPrice") is None:
        yield Complaint("UnitPrice", "required field", "a line needs UnitPrice or TotalPrice")


def _price(record: Record) -> Iterator[Complaint]:
    if record.get("UseStandardPrice") and record.get("UnitPrice") is not None:
        yield Complaint("UnitPrice", "price", "it is the standard price where that is used")


WHOLE: Mapping[str, tuple[Callable[[Record], Iterator[Complaint]], ...]] = {
    "Event": (_event,),
    "OpportunityLineItem": (_line,),
}
"""Judged on create."""
ALWAYS: Mapping[str, tuple[Callable[[Record], Iterator[Complaint]], ...]] = {
    "Event": (_event_times, _lead_alone),
    "Task": (_lead_alone,),
    "OpportunityLineItem": (_line_price,),
    "PricebookEntry": (_price,),
}
"""Judged on create and on update, there of what is given."""


def broken(object_name: str, record: Record, *, whole: bool) -> Iterator[Complaint]:
    """Rules of an object that a record breaks."""
    for rule in (*(WHOLE.get(object_name, ()) if whole else ()), *ALWAYS.get(object_name, ())):
        yield from rule(record)


def _any(record: Record, names: tuple[str, ...]) -> bool:
    return any(record.get(name) is not None for name in names)


def _moment(value: Any) -> datetime | None:
    try:
        return datetime.strptime(str(value), "%Y-%m-%dT%H:%M:%S%z") if value else None
    except ValueError:
        return None
