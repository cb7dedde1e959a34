"""What every part of the journal stands on: the database, the codec, and who may write."""

from __future__ import annotations

import threading
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING

from sqlalchemy import Connection, insert, select

from crm_transforms.journal import tables
from crm_transforms.journal.compression import Codec
from crm_transforms.journal.database import Database, allocate
from crm_transforms.journal.errors import JournalError
from crm_transforms.journal.lease import LIFETIME, Lease, Leased, holder_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Store:
    """Base of the journal's parts. Reads need nothing; writes need the lease."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._guard = threading.RLock()
        self._lease: Lease | None = None
        self._codec = Codec(self._load_dictionary, self._find_dictionary, self._store_dictionary)

    @contextmanager
    def lease(self, verb: str, *, lifetime: float = LIFETIME) -> Iterator[Lease]:
        """Hold the migration for one run; within it, further calls share the same lease.

        Args:
            verb: what the run does.
            lifetime: seconds without a sign of life after which other machines may take over.

        Raises:
            LeaseHeldError: another run is under way; nothing was written.
        """
        if self._lease is not None:
            yield self._lease
            return
        with Lease(self._database, self._guard, verb, lifetime) as lease:
            self._lease = lease
            try:
                yield lease
            finally:
                self._lease = None

    def holder(self) -> Leased | None:
        """The run that holds the lease now, of whatever process; ``None`` for none."""
        return holder_of(self._database)

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        lease = self._lease
        if lease is None:
            raise JournalError("Writing to the journal needs its lease: with journal.lease(verb).")
        with self._guard, self._database.writing() as connection:
            lease.fence(connection)
            yield connection

    def _reading(self) -> AbstractContextManager[Connection]:
        return self._database.reading()

    def _load_dictionary(self, number: int) -> bytes:
        table = tables.dictionary
        with self._reading() as connection:
            data = connection.execute(select(table.c.data).where(table.c.id == number)).scalar()
        if data is None:
            raise KeyError(f"dictionary {number} is missing")
        return bytes(data)

    def _find_dictionary(self, domain: str) -> bytes | None:
        table = tables.dictionary
        newest = select(table.c.data).where(table.c.domain == domain).order_by(table.c.id.desc())
        with self._reading() as connection:
            data = connection.execute(newest).scalar()
        return None if data is None else bytes(data)

    def _store_dictionary(self, domain: str, train: Callable[[int], bytes]) -> bytes:
        with self._writing() as connection:
            number = allocate(connection, "dictionary", 1)
            data = train(number)
            connection.execute(
                insert(tables.dictionary).values(id=number, domain=domain, data=data)
            )
        return data
