"""Runs: who did what, when, and how it ended."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from crm_transforms.journal import tables
from crm_transforms.journal.clock import instant
from crm_transforms.journal.database import inserted_number
from crm_transforms.journal.store import Store

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Run:
    """One run of one verb.

    Attributes:
        id: number, rising.
        verb: what it did.
        mapping_hash: of the mapping it worked by; empty for none.
        identity: the destination it spoke to; empty for none.
        started_at: UTC instant.
        ended_at: UTC instant; ``None`` while it runs, and for good when it was killed.
        exit_code: as the process reported it; ``None`` likewise.
        summary: what it counted; empty after ``purge``.
    """

    id: int
    verb: str
    mapping_hash: str
    identity: str
    started_at: str
    ended_at: str | None
    exit_code: int | None
    summary: Mapping[str, Any]


class Runs(Store):
    """The journal's runs."""

    def begin_run(self, verb: str, mapping_hash: str, identity: str) -> int:
        """Note that a run begins; gives its number."""
        with self._writing() as connection:
            result = connection.execute(
                insert(tables.run).values(
                    verb=verb, mapping_hash=mapping_hash, identity=identity, started_at=instant()
                )
            )
            return inserted_number(result)

    def end_run(self, run_id: int, exit_code: int, summary: Mapping[str, Any]) -> None:
        """Note how a run ended. ``summary`` is anything that JSON can hold."""
        table = tables.run
        with self._writing() as connection:
            connection.execute(
                update(table)
                .where(table.c.id == run_id)
                .values(ended_at=instant(), exit_code=exit_code, summary=json.dumps(summary))
            )

    def runs(self) -> list[Run]:
        """All runs, the oldest first."""
        with self._reading() as connection:
            rows = connection.execute(select(tables.run).order_by(tables.run.c.id)).mappings().all()
        return [Run(**{**row, "summary": json.loads(row["summary"] or "{}")}) for row in rows]
