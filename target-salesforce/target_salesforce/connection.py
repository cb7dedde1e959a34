"""The way to one org: from settings to all that speaks to it, and back again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crm_transforms.destination import SCHEMA, Verdict
from target_salesforce.budget import Budget
from target_salesforce.bulk.bulk import Bulk
from target_salesforce.bulk.limits import fits
from target_salesforce.client import Client
from target_salesforce.clock import Clock
from target_salesforce.collection import MOST_RECORDS
from target_salesforce.content.files import Files
from target_salesforce.content.notes import Notes
from target_salesforce.metadata.schema import Schema
from target_salesforce.object_book import ObjectBook
from target_salesforce.orders import Orders
from target_salesforce.org import Org, no_progress
from target_salesforce.quota import Quota
from target_salesforce.records import Records
from target_salesforce.session import Session
from target_salesforce.settings import (
    DEFAULT_BULK_THRESHOLD,
    DEFAULT_CONCURRENCY,
    DEFAULT_MAX_FILE_MB,
    DEFAULT_RESERVE,
    login_of,
    number_of,
    version_of,
)
from target_salesforce.tables import BULK_WITHOUT
from target_salesforce.timeouts import DEFAULT
from target_salesforce.units import units_of
from target_salesforce.verdicts import DUPLICATES
from target_salesforce.wire import Wire
from target_salesforce.writes import Writes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from types import TracebackType

    from typing_extensions import Self

    from crm_transforms.destination import Handle, Kind, Operation, Progress
    from target_salesforce.access import Access
    from target_salesforce.timeouts import Timeouts

KINDS: Mapping[str, Callable[[Org], Access]] = {
    "Order": lambda org: Orders(org, "Order"),
    "ContentNote": Notes,
    "ContentVersion": Files,
}
"""Objects that go their own way; all others are plain records."""


class Connection:
    """One Salesforce org, and what there is to speak to it with.

    Args:
        settings: as the README lists them.
        progress: called while long lists are read.
        clock: time; another one in tests.
        timeouts: how long a silent service is waited for.

    Raises:
        SettingError: a setting is missing or wrong.
    """

    def __init__(
        self,
        settings: Mapping[str, Any],
        *,
        progress: Progress | None = None,
        clock: Clock | None = None,
        timeouts: Timeouts = DEFAULT,
    ) -> None:
        clock = clock or Clock()
        concurrency = int(number_of(settings, "concurrency", DEFAULT_CONCURRENCY, 1))
        reserve = number_of(settings, "daily_request_reserve", DEFAULT_RESERVE, 0)
        wire = Wire(timeouts, connections=concurrency + 1)
        self._budget = Budget(reserve, clock)
        self._client = Client(
            Session(login_of(settings, wire, clock)),
            wire,
            self._budget,
            version_of(settings),
            clock,
        )
        self._book = ObjectBook(self._client)
        self._org = Org(
            self._client,
            self._book,
            progress or no_progress,
            max_file_bytes=int(
                number_of(settings, "max_file_mb", DEFAULT_MAX_FILE_MB, 0) * 1024 * 1024
            ),
            concurrency=concurrency,
        )
        self._bulk_threshold = int(number_of(settings, "bulk_threshold", DEFAULT_BULK_THRESHOLD, 1))
        self._quota = Quota(self._client, reserve)
        self._bulk = Bulk(self._org)
        self._schema = Schema(self._org)
        self._records: dict[str, Access] = {SCHEMA: self._schema}
        self._writes = Writes(self._target, self._job, self._parent_of, concurrency)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End threads and connections; what is under way is waited for, and nothing is begun."""
        self._client.close()
        self._writes.close()

    def _target(self, object_name: str) -> Access:
        """What judges, writes and reads an object.

        Raises:
            KeyError: the org has no such object.
        """
        known = self._records.get(object_name)
        if known is None:
            self._book.of(object_name)
            known = self._records[object_name] = self._without_asking(object_name)
        return known

    def _without_asking(self, object_name: str) -> Access:
        """The same, whether the org has the object or not."""
        make = KINDS.get(object_name)
        return make(self._org) if make else Records(self._org, object_name)

    def _parent_of(self, operation: Operation) -> str:
        if operation.object == SCHEMA:
            return ""
        return self._book.of(operation.object).parent_of(operation.fields)

    def _job(
        self, name: str, kind: Kind, operations: Sequence[Operation]
    ) -> Iterator[Handle | Verdict] | None:
        """A job for operations that are worth one, or a deploy; else ``None``."""
        if name == SCHEMA:
            return self._schema.write(operations)
        if not self.by_job(name, kind, len(operations)):
            return None
        if not self._quota.takes_job(len(operations)):
            return None
        return self._by_job(name, kind, operations)

    def _by_job(
        self, name: str, kind: Kind, operations: Sequence[Operation]
    ) -> Iterator[Handle | Verdict]:
        """Send what has no complaints by a job; by collections what no job takes.

        That is what no CSV can say, and what a duplicate rule warns of: jobs cannot say that a
        warning may be passed over.
        """
        records = Records(self._org, name)
        fit: dict[int, Operation] = {}
        rest: list[Operation] = []
        for operation in operations:
            verdict = records.judged(operation)
            if verdict is not None:
                yield verdict
            elif fits(operation.fields):
                fit[operation.id] = operation
            else:
                rest.append(operation)
        job = self._bulk.carry_out(name, kind, list(fit.values()), self._book.of(name))
        for answer in job if fit else ():
            if isinstance(answer, Verdict) and answer.code == DUPLICATES:
                rest.append(fit[answer.operation_id])
            else:
                yield answer
        for unit in units_of(rest, MOST_RECORDS, self._parent_of):
            yield from records.sent(kind, unit.operations)

    def by_job(self, name: str, kind: Kind, count: int) -> bool:
        """Whether so many operations at once are the business of a job."""
        few = count < self._bulk_threshold
        return not few and kind.value != "act" and name not in (*BULK_WITHOUT, *KINDS, SCHEMA)
