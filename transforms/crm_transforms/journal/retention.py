"""How much the journal keeps, and how to make it keep less."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, select, update

from crm_transforms.journal import tables
from crm_transforms.journal.clock import instant
from crm_transforms.journal.errors import JournalFullError
from crm_transforms.journal.streams import Streams
from crm_transforms.journal.values import Values

ROLLBACK_WINDOW = timedelta(days=30)
"""As long as a destination itself can undelete: Pipedrive 30 days, Salesforce 15."""
LANDED = "landed_seq"
KEPT_BY_PURGE = {"migration", "lease", "counter", "run", "chain"}
EXPECTED_SHARE = 1.5
"""Bytes of journal per byte of source JSON after a whole load, for records of 600 bytes as measured
in tests/benchmarks; shorter ones take more, because their bookkeeping is as long."""


class Retention(Streams, Values):
    """What the journal keeps."""

    def mark_landed(self, seq: int) -> None:
        """Say that every staged row up to ``seq`` has landed, so that its content may be dropped.

        A row that was rejected has not landed: ``retry`` maps it again.
        """
        self.put(LANDED, seq)

    def drop_payloads(self, window: timedelta = ROLLBACK_WINDOW) -> None:
        """Drop the content of landed rows, and of operations decided before ``window``.

        Fingerprints, links and the trail stay. The record that was written last is kept for each
        link: by it a person's later edit is recognised. A row that is staged again after its
        content was dropped gets it back.
        """
        staged, operation, payload, link = (
            tables.staged,
            tables.operation,
            tables.payload,
            tables.link,
        )
        landed = self.get(LANDED) or 0
        old = select(operation.c.id).where(operation.c.decided_at < instant(ago=window))
        current = select(link.c.operation_id).where(link.c.operation_id.is_not(None))
        is_old = payload.c.operation_id.in_(old)
        is_current = payload.c.operation_id.in_(current)
        with self._writing() as connection:
            connection.execute(
                update(staged)
                .where(staged.c.seq <= landed, staged.c.body.is_not(None))
                .values(body=None)
            )
            connection.execute(delete(payload).where(is_old, ~is_current))
            connection.execute(
                update(payload)
                .where(is_old, ~payload.c.reduced)
                .where(payload.c.fields.is_not(None) | payload.c.before.is_not(None))
                .values(fields=None, before=None, reduced=True)
            )

    def compact(self, window: timedelta = ROLLBACK_WINDOW) -> int:
        """Drop what :meth:`drop_payloads` drops and give the disk back; how many bytes that were.

        Raises:
            JournalBusyError: another process is reading.
        """
        before = self.size()
        self.drop_payloads(window)
        self._database.reclaim()
        return max(0, before - self.size())

    def purge(self) -> None:
        """Empty the journal. Ends every possibility of rollback, delta and resume.

        What stays holds nothing of the data: which runs there were, and the audit chain's digests.
        In SQLite what is deleted is overwritten and the files are rewritten; PostgreSQL keeps
        old pages in its server's own log and backups, which only the server's owner can purge.

        Raises:
            JournalBusyError: emptied, but another process that reads keeps old pages in the
                write-ahead log; give the command again.
        """
        counter, run = tables.counter, tables.run
        with self._writing() as connection:
            last = select(counter.c.value).where(counter.c.name == "operation").scalar_subquery()
            connection.execute(update(counter).where(counter.c.name == "purged").values(value=last))
            connection.execute(update(run).values(summary=None))
            for table in reversed(tables.metadata.sorted_tables):
                if table.name not in KEPT_BY_PURGE:
                    connection.execute(delete(table))
        self._codec.forget()
        self._passes.clear()
        self._database.reclaim()

    def size(self) -> int:
        """Bytes that the journal takes on disk."""
        return self._database.size()

    def forecast(self, source_bytes: int) -> int:
        """Bytes that the journal will take once so many bytes of source JSON are loaded."""
        return int(source_bytes * EXPECTED_SHARE)

    def require_room(self, source_bytes: int) -> None:
        """Check that the disk holds what is still to come.

        Raises:
            JournalFullError: it does not. Where a server keeps the journal nothing is said: its
                disk cannot be seen from here.
        """
        free = self._database.free()
        needed = self.forecast(source_bytes) - self.size()
        if free is not None and free < needed:
            raise JournalFullError(
                f"The journal will need about {needed:,} bytes more, and {free:,} are free at "
                f"{self._database.place}."
            )
