"""The Singer streams of ``scenario.yml``: what is loaded first, and what has become of it later."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

Row = dict[str, Any]
Streams = dict[str, list[Row]]

MAPPING = Path(__file__).with_name("scenario.yml")
BALLAST = 24
"""Deleted rows in each stream, that nothing is made of: with them, one row that vanishes is less
than a twentieth of its stream, and its absence is believed."""


def first(folder: Path) -> Streams:
    """The streams as they are loaded first; the bytes of files are put into ``folder``."""
    return with_ballast(
        {
            "employees": [{"id": 1, "email_address": "dana.ruiz@example.com"}],
            "customers": [
                # The branch comes before its head office: a reference that must wait.
                _customer(11, "Branch", parent_id=12, region="South", label="Customer"),
                _customer(12, "Head office", region="North", label="Kickserv"),
                _customer(13, "Closing down"),
            ],
            "contacts": [
                {"id": 21, "customer_id": 11, "name": "Ann Lee", "email": "ann@example.com"},
                {"id": 22, "customer_id": 12, "name": "Bo Park", "email": "bo@example.com"},
            ],
            "items": [
                {"id": 31, "name": "Filter", "code": "F-1", "price": "18.5"},
                {"id": 32, "name": "Valve", "code": "V-1", "price": "7.25"},
            ],
            "jobs": [
                {"id": 41, "customer_id": 11, "name": "Boiler", "status": "New"},
                {"id": 42, "customer_id": 12, "name": "Pump", "status": "Waiting"},
            ],
            "charges": [
                _charge(51, 41, 31, "18.5", "2"),
                _charge(52, 41, 32, "7.25", "1"),
                _charge(53, 41, 32, "7.25", "4"),
                _charge(54, 42, 31, "20", "1"),
            ],
            "tasks": [
                {"id": 61, "job_id": 41, "name": "Visit"},
                {"id": 62, "job_id": 42, "name": "Call"},
            ],
            "notes": [
                {"id": 71, "job_id": 41, "note": "Gate code 4711"},
                {"id": 72, "job_id": 41, "note": "Ask for Ann"},
            ],
            "attachments": [_photo(81, 41, folder, b"a photo of a boiler")],
        }
    )


def later(folder: Path) -> Streams:
    """The same streams later: of every object a record was changed, made or has gone."""
    streams = first(folder)
    branch, head, closing, *rest = streams["customers"]
    streams["customers"] = [
        {**branch, "name": "Branch, renamed", "label": "Kickserv, repeat"},
        head,
        {**closing, "deleted_at": "2026-01-01T00:00:00Z"},
        # Points forward once more: the second pass changes what the first one has just made.
        _customer(14, "New branch", parent_id=15),
        _customer(15, "New head office"),
        *rest,
    ]
    ann, _gone, *rest = streams["contacts"]
    streams["contacts"] = [
        {**ann, "email": "ann.lee@example.com"},
        {**ann, "id": 23, "customer_id": 14, "name": "Cy Doe", "email": "cy@example.com"},
        *rest,
    ]
    streams["items"][1] |= {"code": "V-2"}
    streams["jobs"][0] |= {"name": "Boiler, replaced", "status": "Done"}
    one, two, _gone, four, *rest = streams["charges"]
    charges = [one, {**two, "quantity": "3"}, four, _charge(55, 42, 32, "7", "1")]
    streams["charges"] = [*charges, *rest]
    visit, _gone, *rest = streams["tasks"]
    streams["tasks"] = [{**visit, "name": "Second visit"}, *rest]
    gate, _gone, *rest = streams["notes"]
    streams["notes"] = [{**gate, "note": "Gate code 0815"}, *rest]
    _gone, *rest = streams["attachments"]
    streams["attachments"] = [_photo(82, 42, folder, b"a photo of a pump"), *rest]
    return streams


def with_ballast(streams: Streams) -> Streams:
    """The streams with their deleted rows."""
    for name in ("customers", "contacts", "charges", "tasks", "notes", "attachments"):
        rows = [{"deleted_at": None, **row} for row in streams[name]]
        deleted = {**rows[0], "deleted_at": "2020-01-01T00:00:00Z"}
        streams[name] = rows + [{**deleted, "id": 1_000 + n} for n in range(BALLAST)]
    return streams


def write(path: Path, streams: Streams) -> Path:
    """Write the streams as a tap writes whole passes: the marker after the last record."""
    with path.open("w") as file:
        for name, rows in streams.items():
            schema = {
                "properties": {
                    column: {"type": ["null", "integer" if isinstance(value, int) else "string"]}
                    for column, value in rows[0].items()
                }
            }
            messages: list[Row] = [
                {"type": "SCHEMA", "schema": schema, "key_properties": ["id"]},
                *({"type": "RECORD", "record": row} for row in rows),
                {"type": "ACTIVATE_VERSION", "version": 1},
            ]
            file.writelines(json.dumps({**one, "stream": name}) + "\n" for one in messages)
        file.write(json.dumps({"type": "STATE", "value": {"bookmarks": {"all": path.name}}}) + "\n")
    return path


def _customer(number: int, name: str, **more: Any) -> Row:
    blank = {"parent_id": None, "region": "North", "label": "Customer", "deleted_at": None}
    return {"id": number, "name": name, "created_by": 1, **blank, **more}


def _charge(number: int, job: int, item: int, price: str, quantity: str) -> Row:
    return {
        "id": number,
        "job_id": job,
        "item_id": item,
        "price": price,
        "quantity": quantity,
        "deleted_at": None,
    }


def _photo(number: int, job: int, folder: Path, content: bytes) -> Row:
    path = folder / f"photo-{number}"
    path.write_bytes(content)
    return {
        "id": number,
        "job_id": job,
        "deleted_at": None,
        "path": str(path),
        "sha256": hashlib.sha256(content).hexdigest(),
        "file_size": len(content),
        "file_name": f"{number}.png",
        "content_type": "image/png",
    }
