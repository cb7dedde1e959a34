"""What each address answers, before it takes a format."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.sandbox.kickserv import inside, lists
from tests.sandbox.kickserv.call import RefusedError
from tests.sandbox.kickserv.fields import EMPLOYEE_SHORT
from tests.sandbox.kickserv.node import Node
from tests.sandbox.kickserv.outline import CLOSED

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.sandbox.kickserv.call import Call


def customers(call: Call) -> list[Node]:
    ids = lists.rows(call, "customers", call.data.ids("customers"))
    return [inside.customer(call, row) for row in lists.page(call, "customers", ids)]


def customer(call: Call, number: int) -> Node:
    return inside.customer(call, call.customer(number))


def customer_jobs(call: Call, number: int) -> list[Node]:
    owner = call.customer(number)
    ids = [job["id"] for job in call.data.jobs_of(owner["id"]) if call.shows_job(job)]
    return [inside.job(call, row) for row in lists.page(call, "customer_jobs", ids)]


def customer_notes(call: Call, number: int) -> list[Node]:
    owner = call.customer(number)
    return inside.nodes("notes", call.data.children("notes", "customers", owner["id"]))


def customer_filter(call: Call) -> list[Node]:
    # GUESS: that it searches name and address is described, the parameter is not.
    term = call.query.get("q", "").lower()
    found = [
        row["id"]
        for row in call.data.records("customers")
        if any(term in (row.get(field) or "").lower() for field in ("name", "service_address"))
    ]
    return [inside.customer(call, row) for row in lists.page(call, "customers", found)]


def customer_validation(call: Call) -> dict[str, Any]:
    # GUESS: that it checks a full name is described, parameter and answer are not.
    name = call.query.get("name")
    return {"exists": any(row["name"] == name for row in call.data.records("customers"))}


def jobs(call: Call) -> list[Node]:
    name = "work" if call.switches.opportunities_apart else "jobs"
    ids = lists.rows(call, "jobs", call.data.ids(name))
    return [inside.job(call, row) for row in lists.page(call, "jobs", ids)]


def job(call: Call, number: int) -> Node:
    found = call.job(number)
    return inside.job_in_full(call, found) if call.format == "json" else inside.job(call, found)


def _job_children(stream: str) -> Callable[[Call, int], list[Node]]:
    def view(call: Call, number: int) -> list[Node]:
        return inside.job_children(call, stream, call.job(number))

    return view


job_notes = _job_children("notes")
job_time_entries = _job_children("time_entries")
job_charges = _job_children("job_charges")
job_tasks = _job_children("tasks")


def opportunities(call: Call) -> list[Node]:
    ids = lists.rows(call, "opportunities", call.data.ids("opportunities"))
    return [
        Node("jobs", row, {"customer": inside.glue_customer(call, row["customer_id"])})
        for row in lists.page(call, "opportunities", ids)
    ]


def invoices(call: Call) -> dict[str, Any]:
    every = call.data.ids("invoices")
    ids = lists.rows(call, "invoices", every)
    rows = [
        Node(
            "jobs",
            row,
            {
                "customer": inside.glue_customer(call, row["customer_id"]),
                "tasks": inside.nodes("tasks", call.data.children("tasks", "jobs", row["id"])),
            },
        )
        for row in lists.page(call, "invoices", ids)
    ]
    # GUESS: only the name of the sum is known, not that of the list beside it.
    return {
        "total_balance_remaining": call.data.balance(),
        "invoices": inside.shown(call, rows),
    }


def tasks(call: Call) -> list[Node]:
    ids = lists.rows(call, "tasks", call.data.ids("tasks"))
    return [inside.task(call, row) for row in lists.page(call, "tasks", ids)]


def task(call: Call, number: int) -> Node:
    found = call.data.get("tasks", number)
    if found is None:
        raise RefusedError(400, "Invalid task.")
    return inside.task(call, found) if call.format == "json" else Node("tasks", found)


def job_list(call: Call) -> list[Node]:
    shown = frozenset({"id", "name", "status"})
    every = (call.data.get("jobs", job_id) for job_id in call.data.ids("jobs"))
    return [Node("jobs", row, only=shown) for row in every if row and row["status"] not in CLOSED]


def employees(call: Call) -> list[Node]:
    rows = list(call.data.records("employees"))
    if call.format == "xml":
        return inside.nodes("employees", rows)
    return [
        Node("employees_short", {name: row.get(name) for name in EMPLOYEE_SHORT})
        for row in rows
        if row["active"]
    ]


def items(call: Call) -> list[Node]:
    ids = lists.rows(call, "items", call.data.ids("items"))
    return inside.nodes("items", lists.page(call, "items", ids))


def calendar(call: Call) -> dict[str, Any]:
    services = inside.nodes("job_types", list(call.data.records("job_types")))
    return {"job_types": inside.shown(call, services)}
