"""Journals to report on: filled through their own methods, at any size."""

from __future__ import annotations

import hashlib
import json
from itertools import islice
from typing import TYPE_CHECKING, Any

from tests.unit.report.business import (
    ACCOUNT,
    FILE,
    MAPPING,
    NAMES,
    OBJECTS,
    PEOPLE,
    REASONS,
    STREAMS,
    TRIAL,
)

from crm_transforms.destination import Kind, Status
from crm_transforms.journal import Decision, Intent, Reject

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.unit.report.business import Object

    from crm_transforms.journal import Journal

BATCH = 5_000


def fill(journal: Journal, scale: float = 0.02) -> None:
    """A migration that was read and loaded; ``scale`` of 1 is 31,000 rows and 24,000 records."""
    stage(journal, scale)
    journal.end_run(journal.begin_run("sample", MAPPING, TRIAL["id"]), 0, {})
    load(journal, scale)


def stage(journal: Journal, scale: float) -> None:
    """The streams, read whole."""
    for name, records in STREAMS:
        stream_id = journal.stream(name, {"properties": {"id": {"type": "string"}}}, ["id"])
        number = journal.begin_pass(stream_id)
        for keys in _batches(_keys(name, _scaled(records, scale))):
            rows = [(key, _digest(body), body) for key in keys for body in [_body(key)]]
            journal.stage({stream_id: rows}, {stream_id: number})
        journal.complete_pass(stream_id, number)
    journal.reject(
        [
            Reject(
                stage="stage",
                stream="time_entries",
                key=f"6000{number}",
                field="number_of_hours",
                rule="type",
                message="the value breaks the schema's rule: type ['number', 'null']",
                line=1_771 + number,
            )
            for number in range(6)
        ]
    )


def load(journal: Journal, scale: float) -> None:
    """Everything loaded: most landed, some not."""
    run_id = journal.begin_run("load", MAPPING, ACCOUNT["id"])
    for one in OBJECTS:
        count = _scaled(one.records, scale)
        lost = [round(count * share / 1_000) for share in one.share]
        keys = _keys(one.name, count - lost[0] - lost[1])
        for batch in _batches(keys):
            write(journal, run_id, batch, one)
        rejects = [
            reject
            for kind, number in zip(("rejected", "waiting", "conflict"), lost, strict=True)
            for reject in _rejects(one, kind, number)
        ]
        for batch in _batches(iter(rejects)):
            journal.reject(batch)
    matches = [
        {"key": key, "email": email, "verdict": verdict, "person_id": "20007000", "candidates": []}
        for key, email, verdict in PEOPLE
    ]
    journal.put("people.owner", matches)
    journal.end_run(run_id, 3, summary())


def intent(one: Object, key: str) -> Intent:
    """That a record is to be made."""
    return Intent(one.name, one.target, Kind.CREATE, key, fields=_body(key), input_fp=b"i" * 16)


def summary() -> dict[str, Any]:
    """What a run notes at its end, as far as a report needs it."""
    return {
        "account": f"{ACCOUNT['name']}, {ACCOUNT['id']}",
        "objects": {name: {} for name in ("owner", *(one.name for one in OBJECTS))},
        "spent": {"requests": 8_412, "tokens": 98_530},
        "notes": ["estimates: 905 records of a stream that the mapping does not use"],
    }


def _scaled(records: int, scale: float) -> int:
    return max(1, round(records * scale))


def _keys(name: str, count: int) -> Iterator[str]:
    return (f"{name}-{number}" for number in range(9_400_000, 9_400_000 + count))


def _batches(of: Iterator[Any]) -> Iterator[list[Any]]:
    while batch := list(islice(of, BATCH)):
        yield batch


def _body(key: str) -> bytes:
    return json.dumps({"id": key, "name": NAMES[len(key) % len(NAMES)]}).encode()


def _digest(body: bytes) -> bytes:
    return hashlib.blake2b(body, digest_size=16).digest()


def write(journal: Journal, run_id: int, keys: Sequence[str], one: Object = OBJECTS[0]) -> None:
    """Make records."""
    intents = [intent(one, key) for key in keys]
    numbers = journal.intend(run_id, ACCOUNT["id"], intents, {})
    journal.decide([Decision(number, Status.LANDED, str(30_000 + number)) for number in numbers])


def _rejects(one: Object, kind: str, count: int) -> Iterator[Reject]:
    reasons = REASONS[kind]
    for number in range(count):
        reason = reasons[number % len(reasons)]
        # What people changed has landed; the rest has keys of its own.
        key = number if kind == "conflict" else 800_000 + number
        yield Reject(
            stage=reason.stage,
            stream=one.stream,
            object=one.name,
            key=f"{one.name}-{9_400_000 + key}" if kind == "conflict" else f"{kind}-{key}",
            field=reason.field,
            rule=reason.rule,
            code=reason.code,
            message=reason.message,
            place=f"{FILE}:{150 + number % 90}: objects.{one.name}.fields.{reason.field}",
            identity=ACCOUNT["id"],
        )
