"""A batch on its way: side by side, but never more at once than allowed, and a verdict for each."""

from __future__ import annotations

import threading
from collections import defaultdict
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import TYPE_CHECKING, Protocol

from crm_transforms.destination import (
    BudgetExhaustedError,
    DestinationError,
    Operation,
    Status,
    UnavailableError,
    Verdict,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from target_pipedrive.resource import Unit

SILENCES = 20
"""Writes in a row without an answer after which sending more makes no sense."""

CERTAIN = (DestinationError, BudgetExhaustedError)
"""Errors that say that what has no verdict did not happen."""


class Writable(Protocol):
    """What writes one object."""

    def prepare(self, operations: Iterable[Operation]) -> None: ...

    def units(self, operations: Iterable[Operation]) -> Iterator[Unit]: ...

    def carry_out(self, unit: Unit) -> Iterator[Verdict]: ...


@dataclass
class Sending:
    """One unit under way; its verdicts so far survive whatever stops it."""

    target: Writable
    unit: Unit
    verdicts: list[Verdict] = field(default_factory=list)

    def run(self, stop: threading.Event) -> None:
        """Send the unit, unless it is too late for that."""
        if stop.is_set():
            return
        try:
            for verdict in self.target.carry_out(self.unit):
                self.verdicts.append(verdict)
        except BaseException:
            stop.set()
            raise

    def rest(self, error: BaseException | None) -> Iterator[Verdict]:
        """Verdicts on the operations that got none."""
        judged = {verdict.operation_id for verdict in self.verdicts}
        certain = error is None or isinstance(error, CERTAIN)
        for operation in self.unit:
            if operation.id not in judged:
                status = Status.ABSENT if certain else Status.UNKNOWN
                yield Verdict(operation.id, status, message=f"not sent: {error or 'stopped'}")


class Writes:
    """The threads that send, shared by all batches of one destination.

    Args:
        targets: what writes each object.
        concurrency: most requests at once.
    """

    def __init__(self, targets: Mapping[str, Writable], concurrency: int) -> None:
        self._targets = targets
        self._concurrency = concurrency
        self._pool: ThreadPoolExecutor | None = None

    def carry_out(self, operations: Sequence[Operation]) -> Iterator[Verdict]:
        """Send a batch.

        Raises:
            DestinationError: after the verdicts, when going on makes no sense.
            BudgetExhaustedError: after the verdicts, when the rest must wait.
        """
        by_object: dict[str, list[Operation]] = defaultdict(list)
        for operation in operations:
            by_object[operation.object].append(operation)
        for name in [name for name in by_object if name not in self._targets]:
            message = f"Pipedrive has no object {name!r} that this target writes"
            for operation in by_object.pop(name):
                yield Verdict(operation.id, Status.REFUSED, None, "NO_SUCH_OBJECT", message)
        error: BaseException | None = None
        try:
            for name, group in by_object.items():
                self._targets[name].prepare(group)
        except CERTAIN as trouble:
            error = trouble
        queue = chain.from_iterable(
            (Sending(self._targets[name], unit) for unit in self._targets[name].units(group))
            for name, group in by_object.items()
        )
        yield from self._run(queue, error)

    def close(self) -> None:
        """End the threads."""
        if self._pool:
            self._pool.shutdown()
            self._pool = None

    def _run(self, queue: Iterator[Sending], error: BaseException | None) -> Iterator[Verdict]:
        stop = threading.Event()
        silences = 0
        under_way: dict[Future[None], Sending] = {}
        try:
            while self._filled_up(under_way, queue if error is None else iter(()), stop):
                done, _ = wait(under_way, return_when=FIRST_COMPLETED)
                for future in done:
                    sending = under_way.pop(future)
                    trouble = future.exception()
                    error = error or trouble
                    verdicts = [*sending.verdicts, *sending.rest(trouble)]
                    silent = any(verdict.status is Status.UNKNOWN for verdict in verdicts)
                    silences = silences + 1 if silent else 0
                    yield from verdicts
                if silences >= SILENCES and error is None:
                    error = UnavailableError(f"no answer to the last {silences} writes")
        finally:
            stop.set()
        for sending in queue:
            yield from sending.rest(error)
        if error is not None:
            raise error

    def _filled_up(
        self,
        under_way: dict[Future[None], Sending],
        queue: Iterator[Sending],
        stop: threading.Event,
    ) -> dict[Future[None], Sending]:
        """What is under way, after as much more of the queue as may be sent at once."""
        if self._pool is None:
            self._pool = ThreadPoolExecutor(self._concurrency, "pipedrive")
        for sending in islice(queue, self._concurrency - len(under_way)):
            under_way[self._pool.submit(sending.run, stop)] = sending
        return under_way
