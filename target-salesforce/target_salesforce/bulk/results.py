"""Results: what a job says about its rows, as verdicts on operations."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crm_transforms.destination import Kind, Status, Verdict
from target_salesforce.bulk.job import COMPLETE
from target_salesforce.ids import checked
from target_salesforce.reply import WORDS_LENGTH, Problem
from target_salesforce.verdicts import FULL, LOCKED, refusal_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crm_transforms.destination import Operation
    from target_salesforce.bulk.job import Job, Results, Told
    from target_salesforce.bulk.sheet import Sheet, Waiting

ROW_ID, ROW_ERROR = "sf__Id", "sf__Error"
CODE = re.compile(r"[A-Z][A-Z0-9_]+")
FIELDS = re.compile(r"(?:[A-Za-z]\w*[\s,]*)*")
END = "--"


def problem_of(text: str) -> Problem:
    """An error as results have it: ``CODE:message:Field1 Field2 --``."""
    code, _, rest = text.partition(":")
    if not CODE.fullmatch(code):
        return Problem("UNKNOWN", text[:WORDS_LENGTH])
    message, fields = rest.strip(), ""
    if message.endswith(END):
        message = message.removesuffix(END).rstrip()
        before, colon, after = message.rpartition(":")
        if colon and FIELDS.fullmatch(after.strip()):
            message, fields = before, after
    names = tuple(fields.replace(",", " ").split())
    return Problem(code, message[:WORDS_LENGTH], names)


class Reading:
    """One reading of a job's results.

    Args:
        job: a job that has ended.
        told: how it has.
        sheet: what was written.
        waiting: the operations in it.
        key_field: the field that carries the external key.

    Attributes:
        locked: operations whose records others held.
        full: the API's words where the org's storage is full.
    """

    def __init__(
        self, job: Job, told: Told, sheet: Sheet, waiting: Waiting, key_field: str
    ) -> None:
        self._job = job
        self._told = told
        self._sheet = sheet
        self._waiting = waiting
        self._key_field = key_field
        self.locked: dict[int, tuple[Operation, Verdict]] = {}
        self.full = ""

    def verdicts(self) -> Iterator[Verdict]:
        """Verdicts on all operations but :attr:`locked` ones; those without a row are unknown.

        Raises:
            DestinationError: the results cannot be read.
        """
        told = self._told
        if told.processed > told.failed:
            for operation, id_, _ in self._rows("successfulResults"):
                yield self._landed(operation, id_)
        if told.failed:
            for operation, _, error in self._rows("failedResults"):
                verdict = refusal_of(operation, [problem_of(error)], self._key_field)
                if verdict.code == FULL:
                    self.full = verdict.message
                    verdict = Verdict(operation.id, Status.ABSENT, None, FULL, verdict.message)
                if verdict.code == LOCKED and verdict.status is Status.ABSENT:
                    self.locked[operation.id] = operation, verdict
                else:
                    yield verdict
        if len(self._waiting):
            for operation, _, _ in self._rows("unprocessedrecords"):
                message = f"the job did not come to it: {told.message or told.state}"
                yield Verdict(operation.id, Status.ABSENT, None, "UNPROCESSED", message)
        yield from self._unsaid()

    def _landed(self, operation: Operation, id_: str) -> Verdict:
        id_ = checked(id_)
        known = operation.destination_id
        if not id_ or (known and id_[:15] != known[:15]):
            message = f"the result names another record ({id_ or 'none'})"
            return Verdict(operation.id, Status.UNKNOWN, None, "STRANGE_ANSWER", message)
        return Verdict(operation.id, Status.LANDED, known or id_)

    def _unsaid(self) -> Iterator[Verdict]:
        """Operations that no result is about."""
        told = self._told
        nothing_done = told.state != COMPLETE and not told.processed
        status = Status.ABSENT if nothing_done else Status.UNKNOWN
        message = told.message or f"no result of job {self._job.id} is about it ({told.state})"
        for operation in self._waiting.rest():
            yield Verdict(operation.id, status, None, "NO_RESULT", message[:WORDS_LENGTH])

    def _rows(self, kind: Results) -> Iterator[tuple[Operation, str, str]]:
        """Operations with the id and the error that a row of results has."""
        rows = self._job.results(kind)
        header = next(rows, [])
        places = self._sheet.places(header)
        if places is None:
            return
        only_one, first = len(places) == 1, places[0]
        ids = header.index(ROW_ID) if ROW_ID in header else None
        errors = header.index(ROW_ERROR) if ROW_ERROR in header else None
        for row in rows:
            if len(row) != len(header):
                continue
            operation = self._waiting.take(
                row[first] if only_one else tuple(row[place] for place in places)
            )
            if operation is not None:
                id_ = "" if ids is None else row[ids]
                yield operation, id_, "" if errors is None else row[errors]


def absent(operations: Sequence[Operation], why: str) -> Iterator[Verdict]:
    """Verdicts on operations that certainly were not carried out."""
    for operation in operations:
        yield Verdict(operation.id, Status.ABSENT, None, "NOT_SENT", why)


OPERATIONS = {Kind.CREATE: "insert", Kind.UPDATE: "update", Kind.DELETE: "delete"}
"""What a job calls them."""
