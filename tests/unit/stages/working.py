"""A journal with rows, and the work of one run on them, without a Singer stream."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from tests.unit.singer.shop import record

from crm_transforms.mapping import Mapping
from crm_transforms.stages.scope import ScopeReader

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crm_transforms.journal import Journal
    from crm_transforms.stages.scope import ScopedRow

WHOLE = {"type": "ACTIVATE_VERSION", "stream": "jobs", "version": 1}
HEAD = "source: shop\ndestination: pipedrive\nversion: 1\n"


def jobs(*numbers: int, **columns: Any) -> list[dict[str, Any]]:
    """RECORD messages of ``jobs`` with these keys."""
    return [record("jobs", id=str(number), **columns) for number in numbers]


def keys(journal: Journal, name: str = "jobs", *, gone: bool = False) -> set[str]:
    """Keys of a stream's rows that are present, or gone."""
    info = journal.streams()[name]
    return {row.key for row in journal.scan(info.id, limit=100_000, gone=gone)}


def mapping(objects: str) -> Mapping:
    """A document of these objects."""
    return Mapping.parse(f"{HEAD}{objects}", "shop.yml")


def keep(journal: Journal, stream: str, rows: Iterable[dict[str, Any]]) -> None:
    """Stage rows; their key is ``id``."""
    number = journal.stream(stream, {"properties": {}}, ["id"])
    journal.stage({number: [incoming(row) for row in rows]}, {})


def keep_only(journal: Journal, stream: str, rows: Iterable[dict[str, Any]]) -> None:
    """Stage rows as the whole stream: all others are gone."""
    number = journal.stream(stream, {"properties": {}}, ["id"])
    pass_id = journal.begin_pass(number)
    journal.stage({number: [incoming(row) for row in rows]}, {number: pass_id})
    journal.complete_pass(number, pass_id)


def scoped(journal: Journal, document: Mapping, name: str) -> dict[str, ScopedRow]:
    """The rows of an object with their joins, by key."""
    obj = document.objects[name]
    reader = ScopeReader(journal)
    reader.prepare(obj.joins)
    return {row.key: row for rows in reader.chunks(obj, 2) for row in rows}


def incoming(row: dict[str, Any]) -> tuple[str, bytes, bytes]:
    """A row as the stager hands it to the journal."""
    body = json.dumps(row).encode()
    return str(row["id"]), hashlib.blake2b(body, digest_size=16).digest(), body
