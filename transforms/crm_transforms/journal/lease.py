"""The lease: one run at a time, and a run that was taken for dead cannot write any more.

The epoch in the journal is a fencing token: every writing transaction compares it inside the
transaction, with the row locked, so a holder that slept through its expiry is stopped at its next
write, however late that comes.
"""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import Connection, RowMapping, select, update

from crm_transforms.journal import tables
from crm_transforms.journal.clock import instant
from crm_transforms.journal.errors import (
    JournalBusyError,
    JournalError,
    LeaseHeldError,
    LeaseLostError,
)
from crm_transforms.journal.holder import Holder

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self

    from crm_transforms.journal.database import Database

LIFETIME = 60.0
"""Seconds without a renewal after which another machine's lease has expired."""
RENEWALS_PER_LIFETIME = 4

log = logging.getLogger(__name__)


class Leased(NamedTuple):
    """Who holds the lease.

    Attributes:
        verb: what the run does; host, pid: where; since: UTC instant.
    """

    verb: str
    host: str
    pid: int
    since: str


class Lease:
    """A lease taken for one verb. Leaving the block gives it back.

    Args:
        database: the migration's.
        guard: held while this process writes, so that a renewal never waits for its own writer.
        verb: what the run does, for the message that the loser gets.
        lifetime: seconds, see :data:`LIFETIME`.

    Raises:
        LeaseHeldError: a living run holds it.
    """

    def __init__(
        self, database: Database, guard: threading.RLock, verb: str, lifetime: float = LIFETIME
    ) -> None:
        self._database = database
        self._guard = guard
        self._lifetime = lifetime
        self._given_back = threading.Event()
        self.verb = verb
        self.epoch = self._acquire()
        self._heart = threading.Thread(target=self._beat, name="journal-lease", daemon=True)

    def __enter__(self) -> Self:
        self._heart.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._given_back.set()
        self._heart.join()
        try:
            self._update(held=False)
        except JournalError as fault:
            # A dead process's lease is taken over; failing here would hide why the run ended.
            log.warning("The lease could not be given back: %s", fault)

    def fence(self, connection: Connection) -> None:
        """Within a writing transaction, make sure that this run may still write.

        Raises:
            LeaseLostError: another run took over.
        """
        table = tables.lease
        current = connection.execute(
            select(table.c.epoch, table.c.held).with_for_update(read=True)
        ).one()
        if current.epoch != self.epoch or not current.held:
            raise LeaseLostError(
                f"The lease of this run ({self.verb}) expired and another run took over. "
                "It writes nothing more."
            )

    def renew(self) -> None:
        """Say that this run lives."""
        self._update()

    def _acquire(self) -> int:
        try:
            return self._take(wait=False)
        except JournalBusyError as error:
            with self._database.reading() as connection:
                row = connection.execute(select(tables.lease)).mappings().one()
            if row["held"]:
                # Somebody is in the middle of a write, so somebody lives.
                raise _held_by(row) from error
            return self._take(wait=True)

    def _take(self, *, wait: bool) -> int:
        table = tables.lease
        mine = Holder.this_process()
        with self._database.writing() as connection:
            locked = select(table).with_for_update(nowait=not wait)
            row = connection.execute(locked).mappings().one()
            now = self._database.now(connection)
            if row["held"] and not _has_ended(row, now):
                raise _held_by(row)
            epoch = int(row["epoch"]) + 1
            connection.execute(
                update(table).values(
                    epoch=epoch,
                    held=True,
                    verb=self.verb,
                    host=mine.host,
                    machine=mine.machine,
                    pid=mine.pid,
                    started=mine.started,
                    since=instant(),
                    renewed=now,
                    lifetime=self._lifetime,
                )
            )
        return epoch

    def _update(self, *, held: bool = True) -> None:
        table = tables.lease
        with self._guard, self._database.writing() as connection:
            connection.execute(
                update(table)
                .where(table.c.epoch == self.epoch, table.c.held)
                .values(held=held, renewed=self._database.now(connection))
            )

    def _beat(self) -> None:
        while not self._given_back.wait(self._lifetime / RENEWALS_PER_LIFETIME):
            self._try_to_renew()

    def _try_to_renew(self) -> None:
        try:
            self.renew()
        except JournalError as error:
            log.warning("The lease could not be renewed, trying again: %s", error)


def holder_of(database: Database) -> Leased | None:
    """The living run that holds the lease, as far as can be told from here."""
    with database.reading() as connection:
        row = connection.execute(select(tables.lease)).mappings().one()
        now = database.now(connection)
    if not row["held"] or _has_ended(row, now):
        return None
    return Leased(row["verb"], row["host"], row["pid"], row["since"])


def _has_ended(row: RowMapping, now: float) -> bool:
    holder = Holder(row["host"], row["machine"], row["pid"], row["started"])
    if holder.is_here():
        # No clock is asked: a machine that was suspended, or whose clock was set, expires nobody.
        return holder.is_gone()
    return bool(now - row["renewed"] > row["lifetime"])


def _held_by(row: RowMapping) -> LeaseHeldError:
    return LeaseHeldError(row["verb"], row["host"], row["pid"], row["since"])
