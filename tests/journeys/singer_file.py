"""Singer files as data: taken apart, changed, put together again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterable
    from pathlib import Path

Message = dict[str, Any]


def messages(path: Path) -> list[Message]:
    """The messages of a file, in order."""
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def lines(of: Iterable[Message]) -> bytes:
    return b"".join(json.dumps(message).encode() + b"\n" for message in of)


def schema(stream: str, keys: list[str], **properties: Any) -> Message:
    """A SCHEMA message; properties are JSON schemas."""
    return {
        "type": "SCHEMA",
        "stream": stream,
        "key_properties": keys,
        "schema": {"type": "object", "properties": properties},
    }


def record(stream: str, **row: Any) -> Message:
    return {"type": "RECORD", "stream": stream, "record": row}


def changed(path: Path, stream: str, key: int, **changes: Any) -> bytes:
    """The file with other values in one record."""
    told = messages(path)
    rows = [one["record"] for one in told if one["type"] == "RECORD" and one["stream"] == stream]
    [row] = [row for row in rows if row["id"] == key]
    row.update(changes)
    return lines(told)


def cut_off(path: Path, stream: str, after: int) -> bytes:
    """The file of a tap that was stopped: a stream ends after some records, and all ends there."""
    kept: list[Message] = []
    for message in messages(path):
        kept.append(message)
        if message["type"] == "RECORD" and message["stream"] == stream:
            after -= 1
            if after == 0:
                break
    return lines(kept)


def of_kind(told: Iterable[Message], kind: str) -> list[Message]:
    return [message for message in told if message["type"] == kind]


def rearranged(path: Path, order: Callable[[list[Message]], list[Message]]) -> bytes:
    """The file with its records in another order: schemas first, markers and state last."""
    told = messages(path)
    state = of_kind(told, "STATE")[-1:]
    marks = of_kind(told, "ACTIVATE_VERSION")
    records = order(of_kind(told, "RECORD"))
    return lines([*of_kind(told, "SCHEMA"), *records, *marks, *state])


def repeated(rng: random.Random) -> Callable[[list[Message]], list[Message]]:
    """Every record one to five times, all of them interleaved."""

    def order(records: list[Message]) -> list[Message]:
        many = [record for record in records for _ in range(rng.randint(1, 5))]
        rng.shuffle(many)
        return many

    return order
