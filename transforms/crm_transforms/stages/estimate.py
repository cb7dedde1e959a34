"""Estimate: what a load will cost in requests, time and room, before anything is sent."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from crm_transforms.destination import SCHEMA, Cost, Kind, Limits

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crm_transforms.destination import Destination
    from crm_transforms.stages.dry_run import Outlook
    from crm_transforms.stages.manifest import Manifest
    from crm_transforms.stages.subject import Plannable
    from crm_transforms.stages.writes import Writes

SECONDS_PER_REQUEST = 0.25
"""How long one request takes over the internet, a guess: so many at once are the most that
``concurrency`` allows, whatever the burst limit."""
DAY = 86_400.0


class ObjectCost(NamedTuple):
    """What one mapping object costs: writing its records, and reading before and after."""

    writing: Cost
    reading: Cost


@dataclass(slots=True)
class Estimate:
    """What a load will cost.

    Attributes:
        calls: requests; tokens: what they take from the budget.
        seconds: as long as requests can leave, by the burst limit and by ``concurrency``.
        days: from the first request to the last, waiting for new budgets included.
        budget_left: what may be spent until ``resets_at``, the reserve taken off; budget_total: the
            whole allowance of a day; ``None`` where there is none or it is not told.
        journal_bytes: that the journal will take; files_bytes: to be sent; storage_bytes: of
            records and files at the destination.
        objects: by mapping object; the rest of the costs is of the account as a whole.
    """

    calls: int
    tokens: int
    seconds: float
    days: float
    budget_left: int | None
    budget_total: int | None
    resets_at: str
    requests_per_second: float | None
    journal_bytes: int
    files_bytes: int
    storage_bytes: int
    objects: dict[str, ObjectCost] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """As the plan keeps it, without the objects."""
        kept = asdict(self)
        del kept["objects"]
        return {**kept, "seconds": round(self.seconds, 1), "days": round(self.days, 4)}


class Estimator:
    """Adds up what a destination publishes of its costs.

    Args:
        destination: need not be connected.
        mapping: whose objects are written.
        limits: what may be spent.
        concurrency: most requests under way at once.
    """

    def __init__(
        self, destination: Destination, mapping: Plannable, limits: Limits, concurrency: int
    ) -> None:
        self._destination = destination
        self._mapping = mapping
        self._limits = limits
        self._concurrency = concurrency

    def of_outlook(self, outlook: Outlook, looking: Cost, journal_bytes: int) -> Estimate:
        """What a load costs that was rehearsed.

        Args:
            outlook: what the rehearsal came to.
            looking: what it spent itself: the load asks the same again.
            journal_bytes: see :class:`Estimate`.
        """
        shared = looking + self._schema(outlook.manifests, outlook.options)
        return self.of_writes(outlook.writes, shared, journal_bytes, outlook.files.to_send)

    def of_writes(
        self,
        writes: Mapping[str, Writes],
        shared: Cost,
        journal_bytes: int,
        files_bytes: int,
    ) -> Estimate:
        """What these writes cost, and ``shared``, which belongs to no object."""
        objects = {name: self.of_object(name, one) for name, one in writes.items()}
        cost = sum((each.writing + each.reading for each in objects.values()), shared)
        limits = self._limits
        seconds = cost.calls / self._rate
        return Estimate(
            cost.calls,
            cost.tokens,
            seconds,
            self._days(cost.tokens, seconds),
            limits.budget_left,
            limits.budget_total,
            limits.resets_at,
            limits.requests_per_second,
            journal_bytes,
            files_bytes,
            files_bytes + sum(one.bytes for one in writes.values()),
            objects,
        )

    def of_object(self, name: str, writes: Writes) -> ObjectCost:
        """What the writes of one mapping object cost."""
        destination, target = self._destination, self._mapping.objects[name].target
        writing = destination.cost(target, Kind.UPDATE, writes.updates)
        writing += destination.cost(target, Kind.DELETE, writes.deletes)
        writing += destination.cost(target, Kind.ACT, writes.acts)
        for size, rows in writes.creates.items():
            writing += destination.cost(target, Kind.CREATE, size * rows, rows)
        reading = Cost()
        for count in (writes.looked_at, writes.verified, *[1] * writes.batches):
            if count:  # before each batch the newest record is asked for
                reading += destination.reading_cost(target, count)
        return ObjectCost(writing, reading)

    def _schema(self, manifests: Sequence[Manifest], options: int) -> Cost:
        """What making fields costs; fields of one priority go together and are listed before."""
        priorities = {
            (custom.target, custom.spec.name): custom.priority
            for custom in self._mapping.manifest()
        }
        made = [
            (manifest.target, priorities[manifest.target, spec.name])
            for manifest in manifests
            for spec in manifest.missing
        ]
        return self.schema_cost(Counter(made), sum(len(one.grown) for one in manifests) + options)

    def schema_cost(self, made: Counter[tuple[str, int]], changes: int) -> Cost:
        """What it costs to make so many fields, by object and priority, and to change others."""
        destination = self._destination
        cost = destination.cost(SCHEMA, Kind.CREATE, made.total())
        cost += destination.cost(SCHEMA, Kind.UPDATE, changes)
        for _ in range(len(made) + changes):
            cost += destination.reading_cost(SCHEMA, 1)
        return cost

    @property
    def _rate(self) -> float:
        """Requests per second."""
        most = self._concurrency / SECONDS_PER_REQUEST
        return min(most, self._limits.requests_per_second or most)

    def _days(self, tokens: int, seconds: float) -> float:
        """From beginning to end: what today's budget does not hold waits for those that follow."""
        limits, days = self._limits, seconds / DAY
        if limits.budget_total is None:
            return days
        left = limits.budget_total if limits.budget_left is None else limits.budget_left
        if tokens <= left:
            return days
        return max(days, 1 + (tokens - left) / max(1, limits.budget_total - limits.reserve))
