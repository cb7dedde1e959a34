"""Which records a reply embeds in others, on request (XML) or always (JSON)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.sandbox.kickserv import as_json
from tests.sandbox.kickserv.fields import GLUE, NAMED
from tests.sandbox.kickserv.node import Node

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tests.sandbox.kickserv.call import Call
    from tests.sandbox.kickserv.dataset import Record

    Embed = Callable[[Call, Record], list[Node] | Node | None]


def nodes(stream: str, rows: Iterable[Record]) -> list[Node]:
    return [Node(stream, row) for row in rows]


def _children(stream: str, parent: str) -> Embed:
    return lambda call, row: nodes(stream, call.data.children(stream, parent, row["id"]))


def _named(stream: str, field: str) -> Embed:
    """Embed the record that a field points to, as far as it is known: its id and name."""

    def embed(call: Call, row: Record) -> Node | None:
        found = call.data.get(stream, row[field]) if row.get(field) else None
        return Node(stream, found, only=frozenset(NAMED)) if found else None

    return embed


def _jobs_of(call: Call, row: Record) -> list[Node]:
    return nodes("jobs", call.data.jobs_of(row["id"]))


def _tasks_of(call: Call, row: Record) -> list[Node]:
    jobs = call.data.jobs_of(row["id"])
    return [node for job in jobs for node in _children("tasks", "jobs")(call, job)]


def _customer_of(call: Call, row: Record) -> Node | None:
    found = call.data.get("customers", row["customer_id"])
    return Node("customers", found) if found else None


INCLUDES: dict[str, dict[str, Embed]] = {
    "customers": {
        "contacts": _children("contacts", "customers"),
        "jobs": _jobs_of,
        "tasks": _tasks_of,
        "notes": _children("notes", "customers"),
        "tax_entity": _named("tax_entities", "tax_id"),
        "custom_field_assignments": _children("custom_field_assignments", "customers"),
    },
    "jobs": {
        "customer": _customer_of,
        "employees": _children("employees", "jobs"),
        "job_charges": _children("job_charges", "jobs"),
        "time_entries": _children("time_entries", "jobs"),
        "notes": _children("notes", "jobs"),
        "job_type": _named("job_types", "job_type_id"),
        "job_status": _named("job_statuses", "job_status_id"),
        "tax_entity": _named("tax_entities", "tax_id"),
        "custom_field_assignments": _children("custom_field_assignments", "jobs"),
    },
}
"""What ``include=`` may name, by the stream that embeds it."""


def customer(call: Call, row: Record) -> Node:
    node = _node(call, "customers", row)
    if node.only is None:
        node.inside["children"] = nodes("customers", call.data.branches(row["id"]))
    return node


def job(call: Call, row: Record) -> Node:
    return _node(call, "jobs", row)


def _node(call: Call, stream: str, row: Record) -> Node:
    """Make a node with what ``include`` and ``only`` ask for; the JSON knows neither."""
    if call.format == "json":
        return Node(stream, row)
    embeds = INCLUDES[stream]
    wanted = {name: embeds[name](call, row) for name in call.names("include") if name in embeds}
    only = frozenset(call.names("only"))
    return Node(stream, row, wanted, only or None)


def job_children(call: Call, stream: str, row: Record) -> list[Node]:
    """Return a job's children; its charges carry their item in the JSON."""
    found = nodes(stream, call.data.children(stream, "jobs", row["id"]))
    if stream == "job_charges" and call.format == "json":
        for node in found:
            item = call.data.get("items", node.record.get("item_id") or 0)
            node.inside["item"] = Node("items", item) if item else None
    return found


def job_in_full(call: Call, row: Record) -> Node:
    """Return the richest form of a job: ``/jobs/{number}.json``."""
    node = Node("jobs", row)
    payments = job_children(call, "payments", row)
    for payment in payments:
        payment.inside["customer"] = glue_customer(call, row["customer_id"])
    requests = job_children(call, "payment_requests", row)
    # GUESS (see fields): every name here but `job_charges`.
    node.inside = {
        "customer": glue_customer(call, row["customer_id"]),
        "job_charges": job_children(call, "job_charges", row),
        "payments": payments,
        "payment_request": requests[0] if requests else None,
        "expenses": [_expense(call, row, node) for node in job_children(call, "expenses", row)],
        "tasks": job_children(call, "tasks", row),
        "notes": job_children(call, "notes", row),
        "attachments": job_children(call, "attachments", row),
        "signatures": job_children(call, "signatures", row),
        "tags": job_children(call, "tags", row),
    }
    return node


def _expense(call: Call, job_row: Record, node: Node) -> Node:
    vendors = list(call.data.records("vendors"))
    charges = job_children(call, "job_charges", job_row)
    node.inside = {
        "attachments": [],
        "employee": glue("employees", call.data.get("employees", job_row["created_by"])),
        "vendor": Node("vendors", vendors[node.record["id"] % len(vendors)]),
        "job_charge": charges[0] if charges and node.record.get("billable") else None,
    }
    return node


def task(call: Call, row: Record) -> Node:
    """Return a task with the short records that its list carries."""
    contacts = call.data.children("contacts", "customers", row["customer_id"])
    primary = next((contact for contact in contacts if contact.get("is_primary")), None)
    crew = call.data.children("employees", "jobs", row["job_id"])
    return Node(
        "tasks",
        row,
        {
            "job": glue("jobs", call.data.get("jobs", row["job_id"])),
            "customer": glue_customer(call, row["customer_id"]),
            "primary_contact": glue("contacts", primary),
            "employees": [Node("employees", e, only=frozenset(GLUE["employees"])) for e in crew],
        },
    )


def glue(stream: str, row: Record | None) -> Node | None:
    return Node(stream, row, only=frozenset(GLUE[stream])) if row else None


def glue_customer(call: Call, customer_id: int) -> Node | None:
    return glue("customers", call.data.get("customers", customer_id))


def shown(call: Call, found: list[Node]) -> list[dict[str, Any]]:
    """Return nodes as plain data, with the fields that no documentation knows."""
    for node in found:
        node.extra = call.switches.extra_fields.get(node.stream, {})
    return as_json.plain_list(found)
