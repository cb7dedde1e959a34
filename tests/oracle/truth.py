"""What a Kickserv account holds: the sandbox's own records, as the API tells them."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from tests.oracle import plain
from tests.sandbox.kickserv import files
from tests.sandbox.kickserv.fields import FIELDS
from tests.sandbox.kickserv.outline import OPPORTUNITY

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from tests.sandbox import Sandbox
    from tests.sandbox.kickserv.dataset import Dataset

Row = dict[str, Any]

ROOTS = (
    "employees", "items", "job_types", "job_statuses", "tax_entities", "customers", "jobs",
)  # fmt: skip
OF_CUSTOMERS = ("contacts", "notes", "custom_field_assignments")
OF_JOBS = (
    "job_charges", "time_entries", "tasks", "notes", "custom_field_assignments",
    "payments", "expenses", "attachments", "signatures", "tags",
)  # fmt: skip
JSON_ONLY = frozenset({"job_types", "payments", "expenses", "attachments", "signatures", "tags"})
"""Streams that the vendor's XML does not have."""
SPOILS_A_FILE = frozenset(files.FAILURES) - {"corrupt"}
"""Failures that can be told from the reply; one changed byte of a file cannot."""
UNSPEAKABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@dataclass(frozen=True)
class Truth:
    """One account at one moment.

    Attributes:
        web: address of the account's pages.
        streams: rows by stream and key; instants in UTC, decimals exact, parents named.
        spoilt: (stream, key) to the field that does not hold what its column promises.
        files: the bytes of attachments and signatures by id; None where none can be had.
        brings_files: the tap was given a folder for files.
    """

    web: str
    streams: Mapping[str, Mapping[str, Row]]
    spoilt: Mapping[tuple[str, str], str]
    files: Mapping[int, bytes | None]
    brings_files: bool = True

    @classmethod
    def of(cls, sandbox: Sandbox, *, brings_files: bool = True) -> Truth:
        """Write down what the sandbox's Kickserv holds now."""
        taking = _Taking(sandbox.source, sandbox.switches.extra_fields)
        taking.take()
        contents = {
            row["id"]: None
            if sandbox.switches.files.get(row["id"]) in SPOILS_A_FILE
            else files.content(row)
            for stream in ("attachments", "signatures")
            for row in taking.streams[stream].values()
        }
        return cls(sandbox.source.base_url, taking.streams, taking.spoilt, contents, brings_files)

    def rows(self, stream: str, **where: Any) -> list[Row]:
        """Rows of a stream, of those that hold the given values only."""
        return [
            row
            for row in self.streams[stream].values()
            if all(row.get(name) == value for name, value in where.items())
        ]

    def get(self, stream: str, key: object) -> Row | None:
        return self.streams[stream].get(str(key))

    def without(self, keys: Collection[tuple[str, str]]) -> Truth:
        """The same account without some rows, by (stream, key)."""
        left = {
            stream: {key: row for key, row in rows.items() if (stream, key) not in keys}
            for stream, rows in self.streams.items()
        }
        return replace(self, streams=left)


@dataclass
class _Taking:
    source: Dataset
    extra: Mapping[str, Mapping[str, Any]]
    streams: dict[str, dict[str, Row]] = field(
        default_factory=lambda: {name: {} for name in (*ROOTS, *OF_CUSTOMERS, *OF_JOBS)}
    )
    spoilt: dict[tuple[str, str], str] = field(default_factory=dict)

    def take(self) -> None:
        for stream in ROOTS:
            for row in self.source.records(stream):
                self._add(stream, row, xml=not _is_opportunity(stream, row))
        for customer in list(self.source.records("customers")):
            for stream in OF_CUSTOMERS:
                for row in self.source.children(stream, "customers", customer["id"]):
                    self._add(stream, row, xml=True)
        for job in list(self.source.records("jobs")):
            xml = not _is_opportunity("jobs", job)
            known = self.streams["jobs"][str(job["id"])]
            crew = self.source.children("employees", "jobs", job["id"])
            known["employee_ids"] = [employee["id"] for employee in crew]
            for stream in OF_JOBS:
                for row in self.source.children(stream, "jobs", job["id"]):
                    # Visits come inside the customer, which is always XML.
                    self._add(stream, row, xml=xml or stream == "tasks", job_id=job["id"])

    def _add(self, stream: str, row: Row, *, xml: bool, **parent: int) -> None:
        kept = {**row, **parent}
        key = f"[{kept['job_id']},{kept['id']}]" if stream == "tags" else str(kept["id"])
        known: Row = dict(self.extra.get(stream, {}))
        for name, value in kept.items():
            try:
                known[name] = _told(FIELDS[stream].get(name, "integer"), value)
            except ValueError:
                self.spoilt[stream, key] = name
                known[name] = value
            if isinstance(known[name], str) and xml and stream not in JSON_ONLY:
                lines = known[name].replace("\r\n", "\n").replace("\r", "\n")
                known[name] = UNSPEAKABLE.sub("\ufffd", lines)
        self.streams[stream][key] = known


def _is_opportunity(stream: str, row: Row) -> bool:
    return stream == "jobs" and row["status"] in OPPORTUNITY


def _told(kind: str, value: Any) -> Any:
    if value is None:
        return None
    if kind == "dateTime":
        return plain.instant(value) if value else None
    if kind in {"decimal", "float"}:
        return plain.number(value)
    if kind == "date":
        dt.date.fromisoformat(value)
    return value
