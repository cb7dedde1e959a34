"""A shop's Singer stream: one good record of each kind, among which bad ones are put."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

MAPPING = Path(__file__).with_name("shop.yml")

TEXT = {"type": ["string", "null"]}
NUMBER = {"type": ["number", "string", "null"]}
KEY = {"type": "string"}

COLUMNS: dict[str, dict[str, Any]] = {
    "sellers": {"email": TEXT},
    "customers": {"name": TEXT, "kind": TEXT, "credit": NUMBER, "seller_id": TEXT},
    "jobs": {"name": TEXT, "customer_id": TEXT, "status": TEXT, "total": NUMBER, "due": TEXT},
    "remarks": {"text": TEXT, "job_id": TEXT},
    "papers": {
        "path": TEXT,
        "sha256": TEXT,
        "size": {"type": ["integer", "null"]},
        "name": TEXT,
        "job_id": TEXT,
    },
}

Line = bytes | dict[str, Any]


def schema(stream: str, **changes: Any) -> dict[str, Any]:
    """The SCHEMA of a stream; ``changes`` replace or add columns."""
    columns = {"id": KEY, **COLUMNS.get(stream, {}), **changes}
    return {
        "type": "SCHEMA",
        "stream": stream,
        "schema": {"type": "object", "properties": columns},
        "key_properties": ["id"],
    }


def record(stream: str, **columns: Any) -> dict[str, Any]:
    return {"type": "RECORD", "stream": stream, "record": columns}


def customer(**columns: Any) -> dict[str, Any]:
    return record("customers", **{"id": "bad", "name": "Bad Ltd", "kind": "Business", **columns})


def job(**columns: Any) -> dict[str, Any]:
    given = {"id": "bad", "name": "Bad job", "customer_id": "c1", "status": "open", **columns}
    return record("jobs", **given)


def remark(**columns: Any) -> dict[str, Any]:
    return record("remarks", **{"id": "bad", "text": "bad", "job_id": "j1", **columns})


def state(value: Any) -> dict[str, Any]:
    return {"type": "STATE", "value": value}


SCHEMAS = [schema(stream) for stream in COLUMNS]
GOOD = [
    record("sellers", id="s1", email="dana.ruiz@example.com"),
    record("customers", id="c1", name="Good Ltd", kind="Business", credit="10.5", seller_id="s1"),
    record("customers", id="c2", name="Fair Ltd", kind="Private", credit=None, seller_id=None),
    record("jobs", id="j1", name="Good job", customer_id="c1", status="done", total="3"),
    record("jobs", id="j2", name="Fair job", customer_id="c2", status="open", total=None),
    record("remarks", id="r1", text="<p>good</p>", job_id="j1"),
]
LANDED = {
    "organizations": {"Good Ltd", "Fair Ltd"},
    "deals": {"Good job", "Fair job"},
    "notes": {"<p>good</p>"},
}
"""What becomes of :data:`GOOD`, whatever stands beside it."""
STAGED = {"sellers": {"s1"}, "customers": {"c1", "c2"}, "jobs": {"j1", "j2"}, "remarks": {"r1"}}
STATE = {"seen": "everything"}


def written(lines: Iterable[Line]) -> bytes:
    """Lines as a tap writes them; bytes go as they are."""
    return b"".join(
        line if isinstance(line, bytes) else json.dumps(line).encode() + b"\n" for line in lines
    )
