"""A batch on its way: by collections side by side, or by one job, and a verdict for each."""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from crm_transforms.destination import (
    SCHEMA,
    BudgetExhaustedError,
    DestinationError,
    Handle,
    Kind,
    Operation,
    Status,
    UnavailableError,
    Verdict,
)
from target_salesforce.units import Unit, units_of
from target_salesforce.verdicts import DUPLICATE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from target_salesforce.access import Access

SILENCES = 5
"""Requests in a row without an answer after which sending more makes no sense."""

CERTAIN = (DestinationError, BudgetExhaustedError)
"""Errors that say that what has no verdict did not happen."""

ORDER = (Kind.CREATE, Kind.UPDATE, Kind.ACT, Kind.DELETE)


@dataclass
class Sending:
    """One request under way; its verdicts so far survive whatever stops it."""

    target: Access
    unit: Unit
    verdicts: list[Verdict] = field(default_factory=list)

    def run(self, stop: threading.Event) -> None:
        """Send the unit, unless it is too late for that."""
        if stop.is_set():
            return
        try:
            for verdict in self.target.carry_out(self.unit.operations):
                self.verdicts.append(verdict)
        except BaseException:
            stop.set()
            raise

    def rest(self, error: BaseException | None) -> Iterator[Verdict]:
        """Verdicts on the operations that got none."""
        judged = {verdict.operation_id for verdict in self.verdicts}
        yield from unjudged(self.unit.operations, judged, error)


def _groups(operations: Sequence[Operation]) -> Iterator[tuple[str, Kind, list[Operation]]]:
    """What goes together: operations of one object and kind; of the schema all at once."""
    groups: dict[str, dict[Kind, list[Operation]]] = defaultdict(lambda: defaultdict(list))
    for operation in operations:
        kind = Kind.CREATE if operation.object == SCHEMA else operation.kind
        groups[operation.object][kind].append(operation)
    for name, by_kind in groups.items():
        for kind in ORDER:
            if kind in by_kind:
                yield name, kind, by_kind[kind]


def unjudged(
    operations: Sequence[Operation], judged: set[int], error: BaseException | None
) -> Iterator[Verdict]:
    """Verdicts on operations that got none before it ended with this error."""
    certain = error is None or isinstance(error, CERTAIN)
    for operation in operations:
        if operation.id not in judged:
            status = Status.ABSENT if certain else Status.UNKNOWN
            yield Verdict(operation.id, status, message=f"not sent: {error or 'stopped'}")


class Writes:
    """The threads that send, shared by all batches of one destination.

    Args:
        target_of: what writes an object; ``KeyError`` where nothing does.
        jobs: takes operations of one object and kind as a job, or answers ``None``.
        parent_of: the record that an operation locks first.
        concurrency: most requests at once.
    """

    def __init__(
        self,
        target_of: Callable[[str], Access],
        jobs: Callable[[str, Kind, Sequence[Operation]], Iterator[Handle | Verdict] | None],
        parent_of: Callable[[Operation], str],
        concurrency: int,
    ) -> None:
        self._target_of = target_of
        self._jobs = jobs
        self._parent_of = parent_of
        self._concurrency = concurrency
        self._pool: ThreadPoolExecutor | None = None
        self._silences = 0

    def carry_out(self, operations: Sequence[Operation]) -> Iterator[Handle | Verdict]:
        """Send a batch: object by object, creates before changes before removals.

        Raises:
            DestinationError: after the verdicts, when going on makes no sense.
            BudgetExhaustedError: after the verdicts, when the rest must wait.
        """
        error: BaseException | None = None
        self._silences = 0
        for name, kind, group in _groups(operations):
            judged: set[int] = set()
            try:
                for answer in () if error else self._group(name, kind, group):
                    if isinstance(answer, Verdict):
                        judged.add(answer.operation_id)
                    yield answer
            except Exception as trouble:  # noqa: BLE001 - raised below, after the verdicts
                error = trouble
            yield from unjudged(group, judged, error)
        if error is not None:
            raise error

    def close(self) -> None:
        """End the threads."""
        if self._pool:
            self._pool.shutdown()
            self._pool = None

    def _group(
        self, name: str, kind: Kind, operations: Sequence[Operation]
    ) -> Iterator[Handle | Verdict]:
        try:
            target = self._target_of(name)
        except KeyError:
            message = f"this org has no object {name!r}, or hides it from this user"
            for operation in operations:
                yield Verdict(operation.id, Status.REFUSED, None, "NO_SUCH_OBJECT", message)
            return
        job = self._jobs(name, kind, operations)
        if job is not None:
            yield from job
            return
        units = units_of(operations, target.unit_of(kind), self._parent_of)
        yield from self._run(deque(Sending(target, unit) for unit in units))

    def _run(self, queue: deque[Sending]) -> Iterator[Verdict]:
        stop = threading.Event()
        error: BaseException | None = None
        under_way: dict[Future[None], Sending] = {}
        try:
            while self._filled_up(under_way, deque() if error else queue, stop):
                done, _ = wait(under_way, return_when=FIRST_COMPLETED)
                for future in done:
                    sending = under_way.pop(future)
                    trouble = future.exception()
                    error = error or trouble
                    verdicts = [*sending.verdicts, *sending.rest(trouble)]
                    silent = all(_is_silent(verdict) for verdict in verdicts)
                    self._silences = self._silences + 1 if silent else 0
                    yield from verdicts
                if self._silences >= SILENCES and error is None:
                    error = UnavailableError(f"no answer to the last {self._silences} writes")
        finally:
            stop.set()
        for sending in queue:
            yield from sending.rest(error)
        if error is not None:
            raise error

    def _filled_up(
        self, under_way: dict[Future[None], Sending], queue: deque[Sending], stop: threading.Event
    ) -> dict[Future[None], Sending]:
        """What is under way, after as much more of the queue as may be sent at once."""
        if self._pool is None:
            self._pool = ThreadPoolExecutor(self._concurrency, "salesforce")
        locked = {parent for sending in under_way.values() for parent in sending.unit.parents}
        waiting: list[Sending] = []
        while queue and len(under_way) < self._concurrency:
            sending = queue.popleft()
            if locked.isdisjoint(sending.unit.parents):
                under_way[self._pool.submit(sending.run, stop)] = sending
            else:
                waiting.append(sending)
            locked |= sending.unit.parents
        queue.extendleft(reversed(waiting))
        return under_way


def _is_silent(verdict: Verdict) -> bool:
    return verdict.status is Status.UNKNOWN and verdict.code != DUPLICATE
