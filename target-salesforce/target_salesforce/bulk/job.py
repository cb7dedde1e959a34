"""One ingest job of Bulk API 2.0, from its opening to its results.

https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/bulk_api_2_0.htm
"""

from __future__ import annotations

import codecs
import csv
from typing import IO, TYPE_CHECKING, Any, Literal, NamedTuple

from crm_transforms.destination import DestinationError, UnavailableError
from target_salesforce.errors import RefusedError, SilenceError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from target_salesforce.client import Client

PATH = "jobs/ingest"
OPEN, CLOSED, ABORTED = "Open", "UploadComplete", "Aborted"
COMPLETE, FAILED = "JobComplete", "Failed"
ENDED = {COMPLETE, FAILED, ABORTED}
ATTEMPTS = 3
LONGEST_PAUSE = 300.0
PATIENCE = 86_400.0
"""Seconds. Salesforce itself gives up a job whose batches fail ten times by their ten minutes."""

Results = Literal["successfulResults", "failedResults", "unprocessedrecords"]


class Told(NamedTuple):
    """What the API says about a job.

    Attributes:
        processed: rows that were looked at, those that failed among them.
        message: why it failed as a whole.
    """

    state: str
    processed: int
    failed: int
    message: str


class Job:
    """A job that has been opened.

    Args:
        client: the org's API.
        id_: of the job.
    """

    def __init__(self, client: Client, id_: str) -> None:
        self.id = id_
        self._client = client
        self._path = f"{PATH}/{id_}"

    @classmethod
    def opened(cls, client: Client, sobject: str, operation: str, external_id: str = "") -> Job:
        """Open a job. One that was opened in vain does nothing, so this is asked again if need be.

        Args:
            client: the org's API.
            sobject: the object.
            operation: ``insert``, ``update``, ``upsert`` or ``delete``.
            external_id: the field that decides of an upsert.

        Raises:
            RefusedError: this org or user takes no such job.
            DestinationError: there is no answer.
        """
        wanted = {
            "object": sobject,
            "operation": operation,
            "contentType": "CSV",
            "columnDelimiter": "COMMA",
            "lineEnding": "LF",
            **({"externalIdFieldName": external_id} if external_id else {}),
        }
        made = client.ask("POST", PATH, wanted)
        if not isinstance(made, dict) or not made.get("id"):
            raise DestinationError(f"POST {PATH}: an answer that is not as documented: no id")
        return cls(client, str(made["id"]))

    def uploaded(self, file: IO[bytes]) -> bool:
        """Send the CSV; false if nobody can say whether it arrived. Nothing is carried out yet.

        Raises:
            RefusedError: it is not taken.
            DestinationError: going on makes no sense.
        """

        def body() -> tuple[IO[bytes], str]:
            file.seek(0)
            return file, "text/csv"

        path = f"{self._path}/batches"
        try:
            reply = self._client.send("PUT", path, data=body)
        except SilenceError:
            return False
        if not reply.ok:
            raise RefusedError(f"PUT {path}", reply, reply.words)
        return True

    def close(self) -> None:
        """Say that all is there; from now on rows are carried out.

        Raises:
            RefusedError: the job cannot be closed: nothing is carried out.
            DestinationError: nobody can say whether it is closed.
        """
        if not self._changed_to(CLOSED):
            raise UnavailableError(f"job {self.id} cannot be closed: no answer")

    def abort(self) -> bool:
        """Give the job up; whether it certainly is, and nothing more is carried out."""
        try:
            return self._changed_to(ABORTED) and self.told().state == ABORTED
        except DestinationError:
            return False

    def told(self) -> Told:
        """How the job is.

        Raises:
            RefusedError: there is none, or none any more.
            DestinationError: there is no answer.
        """
        body = self._client.read(self._path)
        row: dict[str, Any] = body if isinstance(body, dict) else {}
        return Told(
            str(row.get("state") or ""),
            int(row.get("numberRecordsProcessed") or 0),
            int(row.get("numberRecordsFailed") or 0),
            str(row.get("errorMessage") or ""),
        )

    def settled(self) -> Told:
        """Wait until the job has ended: asked at once, and then ever less often.

        Raises:
            UnavailableError: it does not end within a day.
            DestinationError: there is no answer.
        """
        began = self._client.clock.monotonic()
        pause = 0.0
        while True:
            if pause:
                self._client.clock.sleep(pause)
            told = self.told()
            if told.state in ENDED:
                return told
            if self._client.clock.monotonic() - began > PATIENCE:
                raise UnavailableError(f"job {self.id} is still {told.state} after a day")
            pause = min(pause * 2 or 1.0, LONGEST_PAUSE)

    def results(self, kind: Results) -> Iterator[list[str]]:
        """The rows of one kind of results, the header first; what is cut off is left out.

        Raises:
            DestinationError: there is no answer.
        """
        with self._client.read_text(f"{self._path}/{kind}/") as file:
            rows = csv.reader(codecs.iterdecode(file, "utf-8-sig"))
            try:
                yield from rows
            except (csv.Error, UnicodeDecodeError):
                return

    def _changed_to(self, state: str) -> bool:
        """Ask for another state; false if nobody can say what became of that."""
        for _ in range(ATTEMPTS):
            try:
                reply = self._client.send("PATCH", self._path, json={"state": state})
            except SilenceError:
                if self._state_after_silence() != OPEN:
                    return True
                continue
            if not reply.ok:
                raise RefusedError(f"PATCH {self._path}", reply, reply.words)
            return True
        return False

    def _state_after_silence(self) -> str:
        try:
            return self.told().state
        except RefusedError as error:
            # Not a refusal of what was asked before it.
            raise UnavailableError(f"job {self.id} cannot be asked: {error}") from error
