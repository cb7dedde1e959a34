"""How lists are narrowed, ordered, cut into pages and moved by the people who work meanwhile."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from tests.sandbox.kickserv import clock
from tests.sandbox.kickserv.generated import VIEWS
from tests.sandbox.kickserv.outline import CLOSED

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.sandbox.kickserv.call import Call, Format
    from tests.sandbox.kickserv.dataset import Dataset, Record

TODAY = dt.datetime.fromtimestamp(clock.NOW, clock.ZONE).date()
ADDRESSES = ("address", "city", "zip_code", "state", "country")
EXACT_CUSTOMER = (
    *("customer_number", "name", "phone_number", "fax", "email_address"),
    *(f"{use}_{part}" for use in ("service", "billing") for part in ADDRESSES),
)
# GUESS: only the words are known, from old clients; what they cover follows from the product.
STATES: dict[str, Callable[[str], bool]] = {
    "completed": lambda status: status == "complete",
    "in_progress": lambda status: status in {"in_progress", "started"},
    "uncompleted": lambda status: status not in CLOSED,
}


def _begins_with(_call: Call, row: Record, value: str) -> bool:
    return (row["name"] or "").lower().startswith(value.lower())


def _contains(_call: Call, row: Record, value: str) -> bool:
    return value.lower() in (row["name"] or "").lower()


def _state(_call: Call, row: Record, value: str) -> bool:
    return any(STATES[word](row["status"]) for word in value.split() if word in STATES)


def _scheduled(_call: Call, row: Record, value: str) -> bool:
    days, day = clock.window(value, TODAY), (row.get("scheduled_on") or "")[:10]
    return days is not None and days[0].isoformat() <= day < days[1].isoformat()


def _employee_number(call: Call, row: Record, value: str) -> bool:
    crew = call.data.children("employees", "jobs", row.get("job_id") or row["id"])
    return any(str(employee["employee_number"]) == value for employee in crew)


def _which(_call: Call, row: Record, value: str) -> bool:
    return value == "all" or row["active"] == (value != "inactive")


def _from(_call: Call, row: Record, value: str) -> bool:
    return (row.get("scheduled_at") or "")[:10] >= value


def _to(_call: Call, row: Record, value: str) -> bool:
    return (row.get("scheduled_at") or "")[:10] < value


SPECIAL: dict[str, Callable[[Call, Record, str], bool]] = {
    "begins_with": _begins_with,
    "q": _contains,
    "state": _state,
    "scheduled": _scheduled,
    "employee_number": _employee_number,
    "which": _which,
    "from": _from,
    "to": _to,
}
FILTERS: dict[tuple[str, Format], tuple[str, ...]] = {
    ("customers", "xml"): EXACT_CUSTOMER,
    ("customers", "json"): (*EXACT_CUSTOMER, "q", "begins_with", "customer_source_id"),
    ("jobs", "xml"): (
        *("scheduled", "status", "state", "employee_number", "job_type_id", "job_status_id"),
    ),
    ("jobs", "json"): ("scheduled", "job_type_id"),
    ("opportunities", "json"): ("status", "job_type_id"),
    ("invoices", "json"): ("invoice_status",),
    ("tasks", "json"): ("job_id", "from", "to", "employee_number"),
    ("items", "xml"): ("name", "which"),
}
"""By list and format, the parameters that narrow it; all that are given must hold."""

DEFAULTS = {("items", "which"): "active"}


def stream_of(name: str) -> str:
    """Return the stream whose records a list shows."""
    return "jobs" if name in VIEWS or name == "customer_jobs" else name


def rows(call: Call, name: str, ids: Sequence[int]) -> Sequence[int]:
    """Return the ids of a list that its parameters and the user's rights leave over."""
    given = {
        parameter: call.query.get(parameter) or DEFAULTS.get((name, parameter), "")
        for parameter in FILTERS.get((name, call.format), ())
    }
    wanted = {parameter: value for parameter, value in given.items() if value}
    if not wanted and call.limited_to is None:
        return ids
    return [row_id for row_id in ids if _matches(call, stream_of(name), row_id, wanted)]


def _matches(call: Call, stream: str, row_id: int, wanted: dict[str, str]) -> bool:
    row = call.data.get(stream, row_id)
    if row is None:
        return False
    seen = {"customers": call.shows_customer, "jobs": call.shows_job}.get(stream)
    return (seen is None or seen(row)) and all(
        SPECIAL[parameter](call, row, value)
        if parameter in SPECIAL
        else str(row.get(parameter)) == value
        for parameter, value in wanted.items()
    )


def page(call: Call, name: str, ids: Sequence[int]) -> list[Record]:
    """Return one page of a list; past the end it is empty."""
    switches, json = call.switches, call.format == "json"
    by = "customers_page" if name == "customers" and json else "page"
    number = call.number(by, 1)
    if by != "page" and not switches.customers_page_only:
        number = call.number(by, call.number("page", 1))
    size = switches.json_page_size if json else switches.xml_page_size
    if name == "jobs" and json:
        size = min(call.number("per_page", size), switches.most_per_page)
    first = (number - 1) * size if switches.paging else 0
    if (switches.json_order if json else switches.xml_order) == "asc":
        cut = ids[first : first + size]
    else:
        last = len(ids) - first
        cut = ids[max(0, last - size) : max(0, last)][::-1]
    stream = stream_of(name)
    found = [row for row in (call.data.get(stream, row_id) for row_id in cut) if row]
    _move(call, name, stream, found)
    return found


def _move(call: Call, name: str, stream: str, read: list[Record]) -> None:
    """Let a user do the next thing that the switch ``shifts`` has in store for this list."""
    pending = call.switches.shifts.get(name)
    if not pending or not read:
        return
    MOVES[pending.pop(0)](call.data, stream, read[0])


def _insert(data: Dataset, stream: str, like: Record) -> None:
    own = {"id", "customer_number", "job_number", "created_at", "updated_at", "created_on"}
    data.add(stream, **{k: v for k, v in like.items() if k not in own | {"updated_on"}})


def _delete(data: Dataset, stream: str, row: Record) -> None:
    data.delete(stream, row["id"])


def _edit(data: Dataset, stream: str, row: Record) -> None:
    data.edit(stream, row["id"], name=f"{row['name']} (renamed)")


MOVES: dict[str, Callable[[Dataset, str, Record], None]] = {
    "insert": _insert,
    "delete": _delete,
    "edit": _edit,
}
