"""Bulk: many operations of one object and kind at once, by jobs of Bulk API 2.0."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crm_transforms.destination import (
    BudgetExhaustedError,
    DestinationError,
    Handle,
    Kind,
    Status,
    UnavailableError,
    Verdict,
)
from target_salesforce.bulk.csv_file import csv_files
from target_salesforce.bulk.job import ABORTED, FAILED, OPEN, Job
from target_salesforce.bulk.results import OPERATIONS, Reading, absent
from target_salesforce.bulk.sheet import Sheet, Waiting
from target_salesforce.collection import MOST_RECORDS, Collection
from target_salesforce.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crm_transforms.destination import Operation
    from target_salesforce.bulk.csv_file import CsvFile
    from target_salesforce.bulk.job import Told
    from target_salesforce.described import Described
    from target_salesforce.org import Org

UPLOADS = 3
"""How often a CSV is sent, each time to a job of its own: a job takes one."""


class Bulk:
    """The jobs of one org.

    Args:
        org: the org.
    """

    def __init__(self, org: Org) -> None:
        self._org = org

    def carry_out(
        self,
        sobject: str,
        kind: Kind,
        operations: Sequence[Operation],
        described: Described,
        external_id: str = "",
    ) -> Iterator[Handle | Verdict]:
        """Send operations without complaints, children of one parent beside each other.

        Rows that others hold meanwhile are sent again in small portions; where the org takes no
        job, all of them are.

        Args:
            sobject: the object.
            kind: create, update or delete.
            operations: of that object and kind, each of which a CSV can say.
            described: the object.
            external_id: creates update what has the same value in this field.

        Raises:
            DestinationError: after verdicts; operations without one certainly did not happen.
            BudgetExhaustedError: likewise.
        """
        key_field = external_id or self._org.book.key_fields.get(sobject, "")
        sheet = Sheet(described, kind, operations, key_field)
        ordered = sorted(operations, key=lambda one: described.parent_of(one.fields))
        sent = _Sent(self._org, described, kind, sheet, key_field, external_id)
        for file in csv_files(sheet, ordered):
            yield from sent.carry_out(file)

    def rejoin(self, handle: str, operations: Sequence[Operation]) -> Iterator[Verdict]:
        """Go on with a job that a killed process had opened.

        Args:
            handle: the job's id.
            operations: those of it whose fate is open.

        Raises:
            DestinationError: the job cannot be asked; nothing was decided for the rest.
        """
        name, kind = operations[0].object, operations[0].kind
        described = self._org.book.of(name)
        key_field = self._org.book.key_fields.get(name, "")
        sheet = Sheet(described, kind, operations, key_field)
        job = Job(self._org.client, handle)
        try:
            state = job.told().state
        except RefusedError as error:
            yield from _unknown(operations, f"job {handle} cannot be asked: {error}")
            return
        if state == OPEN:
            if job.abort():
                yield from absent(operations, f"job {handle} was never closed; it is given up")
            else:
                yield from _unknown(operations, f"job {handle} is open and cannot be given up")
            return
        reading = Reading(job, job.settled(), sheet, Waiting(sheet, operations), key_field)
        yield from reading.verdicts()
        for _, verdict in reading.locked.values():
            yield verdict


class _Sent:
    """What is sent by jobs that have object, kind and columns in common."""

    def __init__(
        self,
        org: Org,
        described: Described,
        kind: Kind,
        sheet: Sheet,
        key_field: str,
        external_id: str,
    ) -> None:
        self._org = org
        self._described = described
        self._kind = kind
        self._sheet = sheet
        self._key_field = key_field
        self._external_id = external_id

    def carry_out(self, csv: CsvFile) -> Iterator[Handle | Verdict]:
        """Send one file by one job."""
        ids = tuple(operation.id for operation in csv.operations)
        for _ in range(UPLOADS):
            try:
                job = self._opened()
            except RefusedError:
                if self._external_id:
                    raise
                yield from self._in_portions(csv.operations)
                return
            yield Handle(job.id, ids)
            try:
                if job.uploaded(csv.file):
                    yield from self._followed(job, csv.operations)
                    return
            except RefusedError:
                job.abort()
                raise
            # Nothing is carried out before a job is closed.
            job.abort()
        raise UnavailableError(f"no answer to the upload of {len(ids)} rows, {UPLOADS} times")

    def _opened(self) -> Job:
        operation = "upsert" if self._external_id else OPERATIONS[self._kind]
        return Job.opened(self._org.client, self._described.name, operation, self._external_id)

    def _followed(self, job: Job, operations: Sequence[Operation]) -> Iterator[Verdict]:
        """Close a job, wait for it and read what became of its rows."""
        waiting = Waiting(self._sheet, operations)
        reading: Reading | None = None
        try:
            job.close()
        except RefusedError:
            job.abort()
            raise
        except (DestinationError, BudgetExhaustedError) as error:
            yield from _unknown(operations, f"job {job.id}: {error}")
            raise
        try:
            told = job.settled()
            reading = Reading(job, told, self._sheet, waiting, self._key_field)
            yield from reading.verdicts()
        except (DestinationError, BudgetExhaustedError) as error:
            locked = reading.locked.values() if reading else ()
            yield from (verdict for _, verdict in locked)
            yield from _unknown(list(waiting.rest()), f"job {job.id}: {error}")
            raise
        yield from self._in_portions([operation for operation, _ in reading.locked.values()])
        _judge(job, told, reading)

    def _in_portions(self, operations: Sequence[Operation]) -> Iterator[Verdict]:
        collection = Collection(self._org, self._described, self._kind)
        for start in range(0, len(operations), MOST_RECORDS):
            yield from collection.carry_out(operations[start : start + MOST_RECORDS])


def _judge(job: Job, told: Told, reading: Reading) -> None:
    """Say whether going on makes no sense after a job that has ended like this."""
    if reading.full:
        raise DestinationError(f"the org's storage is full: {reading.full}")
    if told.state == ABORTED:
        raise DestinationError(f"job {job.id} was aborted in Salesforce")
    if told.state == FAILED and not told.processed:
        raise DestinationError(f"job {job.id} failed as a whole: {told.message}")


def _unknown(operations: Sequence[Operation], why: str) -> Iterator[Verdict]:
    for operation in operations:
        yield Verdict(operation.id, Status.UNKNOWN, None, "NO_ANSWER", why)
