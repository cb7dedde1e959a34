"""Singer streams in files: what a tap would write, of any length."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.unit.journal.samples import jobs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

STATE_EVERY = 10_000
BLOCK = 10_000

TEXT = {"type": ["string", "null"]}
MOMENT = {"type": ["string", "null"], "format": "date-time"}
TEXTS = (
    "id",
    "job_number",
    "name",
    "description",
    "status",
    "customer_id",
    "customer_name",
    "phone_number",
    "billing_address",
    "billing_city",
    "billing_state",
    "billing_zip_code",
    "total",
    "tax",
    "balance",
)
JOBS = {
    **dict.fromkeys(TEXTS, TEXT),
    "email_address": {"type": ["string", "null"], "format": "email"},
    "created_at": MOMENT,
    "updated_at": MOMENT,
    "created_by": {"type": ["integer", "null"]},
    "recurring": {"type": ["boolean", "null"]},
}
"""The columns of :func:`tests.unit.journal.samples.jobs`."""


def schema(stream: str, properties: dict[str, Any]) -> bytes:
    """A SCHEMA message for a stream whose key is ``id``."""
    return _line(
        type="SCHEMA",
        stream=stream,
        schema={"type": "object", "properties": properties},
        key_properties=["id"],
    )


def records(stream: str, bodies: Iterable[bytes]) -> Iterator[bytes]:
    """RECORD messages, a STATE now and then, and the mark of a stream read whole."""
    before = f'{{"type":"RECORD","stream":"{stream}","record":'.encode()
    after = b',"time_extracted":"2026-11-20T10:00:00+00:00"}\n'
    for number, body in enumerate(bodies, 1):
        yield before + body + after
        if number % STATE_EVERY == 0:
            yield _line(type="STATE", value={"bookmarks": {stream: {"rows": number}}})
    yield _line(type="ACTIVATE_VERSION", stream=stream, version=1)


def write_jobs(path: Path, count: int) -> None:
    """Write so many jobs of 20 fields; from one block to the next only their ids differ."""
    bodies = [body for _, _, body in jobs(BLOCK)]
    tails = [body[body.index(b",") :] for body in bodies]
    with path.open("wb") as file:
        file.write(schema("jobs", JOBS))
        file.writelines(
            records(
                "jobs",
                (b'{"id": "%d"%b' % (number, tails[number % BLOCK]) for number in range(count)),
            )
        )


def _line(**message: Any) -> bytes:
    return json.dumps(message).encode() + b"\n"
