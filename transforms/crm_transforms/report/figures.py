"""The figures of a migration: what arrived, object by object, and what did not."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from crm_transforms.destination import SCHEMA
from crm_transforms.journal import UNDO
from crm_transforms.stages.draft import CONFLICT, LISTED_ONLY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from crm_transforms.journal import Journal
    from crm_transforms.journal.census import OperationCount

REJECTED, WAITING, CONFLICTS, KEPT = "rejected", "waiting", "conflict", "kept"
TITLES = {
    REJECTED: "rejected",
    WAITING: "waiting",
    CONFLICTS: "changed by a person",
    KEPT: "kept by a rollback",
}
PLANNED = ("create", "update", "adopt", "unchanged", "rejected", "waiting")


def kind_of(stage: str, code: str) -> str:
    """What an entry of the rejects is: one of :data:`TITLES`."""
    if stage == CONFLICT:
        return CONFLICTS
    if stage == UNDO:
        return KEPT
    return WAITING if code.startswith("PARENT") else REJECTED


@dataclass(frozen=True, order=True, slots=True)
class RejectGroup:
    """How many records of one object, or stream, break one rule.

    Attributes:
        kind: one of :data:`TITLES`.
        object: of the mapping; empty where the record is still the source's.
        stream: the source's stream.
    """

    kind: str
    object: str
    stream: str
    rule: str
    code: str
    records: int


class RuleFigures(NamedTuple):
    """How many records break one rule.

    Attributes:
        kind: one of :data:`TITLES`.
        of: by object, or by stream where the record is still the source's; the most first.
    """

    kind: str
    rule: str
    code: str
    records: int
    of: dict[str, int]


@dataclass(slots=True)
class ObjectFigures:
    """What became of one object's records.

    Attributes:
        object: of the mapping; target: the destination's name of it; stream: where they come from.
        planned: records that the mapping has, by the last plan; ``None`` where there is none.
        created, adopted, matched: records that are there now, by how they came to be.
        rejected: records that are not there, or not as they should be.
        incomplete: of these, the ones that are there; they count neither as created nor as adopted.
        waiting: records that are not there because another one is not.
        conflicts: records with a field that a person changed and that was left alone.
        kept: records of which a rollback left something.
        remaining: records that a load has still to bring.
    """

    object: str
    target: str = ""
    stream: str = ""
    planned: int | None = None
    created: int = 0
    adopted: int = 0
    matched: int = 0
    rejected: int = 0
    incomplete: int = 0
    waiting: int = 0
    conflicts: int = 0
    kept: int = 0
    remaining: int = 0

    @property
    def arrived(self) -> int:
        return self.created + self.adopted + self.matched

    @property
    def whole(self) -> int:
        return self.arrived + self.rejected + self.waiting + self.remaining


@dataclass(slots=True)
class StreamFigures:
    """One stream of the source.

    Attributes:
        rejected: rows that could not even be staged.
    """

    name: str
    records: int
    gone: int
    read_whole: bool
    completed_at: str | None
    rejected: int = 0


@dataclass(slots=True)
class Figures:
    """All of it.

    Attributes:
        custom_fields: fields of the destination that were made for this migration.
        lines: entries of the rejects that belong to no object: rows and lines of the source.
    """

    objects: list[ObjectFigures] = field(default_factory=list)
    streams: list[StreamFigures] = field(default_factory=list)
    groups: list[RejectGroup] = field(default_factory=list)
    custom_fields: int = 0
    lines: int = 0

    def total(self, name: str) -> int:
        """The sum of one figure over all objects."""
        return sum(getattr(each, name) for each in self.objects)

    @property
    def rules(self) -> list[RuleFigures]:
        """The groups by rule, the most frequent first."""
        found: dict[tuple[str, str, str], Counter[str]] = defaultdict(Counter)
        for group in self.groups:
            name = group.object or group.stream
            found[group.kind, group.rule, group.code][name] += group.records
        rules = [RuleFigures(*key, of.total(), dict(of.most_common())) for key, of in found.items()]
        return sorted(rules, key=lambda rule: -rule.records)

    @property
    def rejected(self) -> int:
        """Records and rows that are not there and wait for nothing."""
        return self.total("rejected") + self.lines


def figures(
    journal: Journal,
    identity: str,
    *,
    plan: Mapping[str, Any],
    operations: Iterable[OperationCount],
    order: Iterable[str],
    is_loaded: bool,
) -> Figures:
    """Count what a journal knows of one destination.

    Args:
        journal: the journal.
        identity: the destination.
        plan: the last plan, or nothing.
        operations: the journal's, counted.
        order: objects in the order in which the last run loaded them.
        is_loaded: a load has ended since the plan was made, so that nothing of it remains.
    """
    found = Figures(groups=_groups(journal, identity))
    objects = {name: ObjectFigures(name) for name in order if name != SCHEMA}

    def of(name: str) -> ObjectFigures:
        return objects.setdefault(name, ObjectFigures(name))

    for line in plan.get("objects", ()):
        one = of(line["object"])
        one.target, one.stream = line["target"], line.get("stream") or ""
        one.planned = sum(line.get(verdict) or 0 for verdict in PLANNED)
    for operation in operations:
        if operation.identity == identity and operation.object != SCHEMA:
            of(operation.object).target = operation.target
    for link in journal.count_origins():
        if link.identity != identity:
            continue
        if link.object == SCHEMA:
            found.custom_fields += link.links
        else:
            setattr(of(link.object), link.origin, link.links)
    for name, people in matched_people(journal, objects).items():
        of(name).matched = sum(person["verdict"] == "matched" for person in people)
    _count_rejects(journal, identity, found, of)
    for one in objects.values():
        missing = (one.planned or 0) - one.arrived - one.rejected - one.waiting
        one.remaining = 0 if is_loaded else max(0, missing)
    found.objects = [one for one in objects.values() if one.whole or one.conflicts or one.kept]
    found.streams = _streams(journal, found.groups)
    return found


def matched_people(journal: Journal, names: Iterable[str]) -> dict[str, list[dict[str, Any]]]:
    """How the last load matched people, by object."""
    found = {name: journal.get(f"people.{name}") for name in names}
    return {name: people for name, people in found.items() if people}


def _groups(journal: Journal, identity: str) -> list[RejectGroup]:
    by = ("identity", "stage", "stream", "object", "rule", "code")
    counts: dict[tuple[str, str, str, str, str], int] = defaultdict(int)
    for (account, stage, stream, name, rule, code), count in journal.count_rejects(by).items():
        if account in {"", identity}:
            counts[kind_of(stage, code), name, stream, rule, code] += count
    groups = [RejectGroup(*key, count) for key, count in counts.items()]
    return sorted(groups, key=lambda group: (-group.records, group))


def _count_rejects(
    journal: Journal, identity: str, found: Figures, of: Callable[[str], ObjectFigures]
) -> None:
    for group in found.groups:
        if not group.object:
            found.lines += group.records
            continue
        one = of(group.object)
        one.stream = one.stream or group.stream
        if group.kind == WAITING:
            one.waiting += group.records
        elif group.kind == REJECTED:
            one.rejected += group.records
    for (account, stage, name), count in journal.count_rejects(
        ("identity", "stage", "object")
    ).items():
        # One entry for each field: the groups would count a record several times.
        if account == identity and stage == CONFLICT:
            of(name).conflicts = count
        elif account == identity and stage == UNDO:
            of(name).kept = count
    for (stage, name), count in journal.count_rejected_there(identity).items():
        if stage not in LISTED_ONLY:
            one = of(name)
            one.incomplete += count
            created = min(count, one.created)
            one.created -= created
            one.adopted -= min(count - created, one.adopted)


def _streams(journal: Journal, groups: Iterable[RejectGroup]) -> list[StreamFigures]:
    refused: dict[str, int] = defaultdict(int)
    for group in groups:
        if not group.object:
            refused[group.stream] += group.records
    return [
        StreamFigures(
            name,
            info.records,
            info.gone,
            info.completed_pass > 0,
            info.completed_at,
            refused[name],
        )
        for name, info in journal.streams().items()
    ]
