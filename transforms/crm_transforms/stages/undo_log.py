"""What a rollback has done and what it had to keep; on disk, so that a killed one tells it too."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from crm_transforms.destination import Kind
from crm_transforms.journal import UNDO, Reject
from crm_transforms.journal.clock import instant
from crm_transforms.stages.undo_scope import unfinished_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from crm_transforms.stages.subject import Subject
    from crm_transforms.stages.undo_scope import UndoScope
    from crm_transforms.stages.work import Work

MOST_LISTED = 1_000
"""Fields that a report lists; the journal's rejects have them all."""

Fault = tuple[str, str]
"""A field, or nothing for the record as a whole, and why it stays as it is."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One field, or record, that was not taken back."""

    object: str
    key: str
    destination_id: str
    field: str
    why: str


@dataclass(slots=True)
class UndoReport:
    """How a rollback ended; kept in the journal as ``rollback.<identity>``.

    Attributes:
        removed, restored, released: records, by object. Released ones were there before us: they
            are linked no longer.
        kept: what was not taken back, with the reason; ``more_kept`` counts those beyond.
        verified: removals and restorings that reading back has confirmed.
    """

    made_at: str
    account: dict[str, str]
    scope: dict[str, Any]
    removed: dict[str, int]
    restored: dict[str, int]
    released: dict[str, int]
    kept: list[Kept] = field(default_factory=list)
    more_kept: int = 0
    verified: int = 0

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class UndoLog:
    """Keeps account of one rollback, however often it is begun again.

    Args:
        work: the run.
        scope: what is taken back.
        dry: nothing is written, neither here nor there.
    """

    def __init__(self, work: Work, scope: UndoScope, *, dry: bool) -> None:
        self._work = work
        self._scope = scope
        self.dry = dry
        begun = work.journal.get(self._name) or {}
        goes_on = begun.get("scope") == _stored(scope)
        self._since: int = begun["since"] if goes_on else work.run_id
        self._counts: dict[str, dict[str, int]] = begun["counts"] if goes_on else {}
        self._rejects: list[Reject] = []
        self._planned: list[Kept] = []
        self._planned_beyond = 0

    @property
    def _name(self) -> str:
        return unfinished_name(self._work.identity.id)

    def begin(self) -> None:
        """Say that a rollback is under way: from now on nothing is loaded until it has ended."""
        self._save()
        self._work.journal.clear_stage(UNDO, self._work.identity.id)

    def end(self) -> UndoReport:
        """Keep the report, and let loads begin again."""
        report = self.report()
        if not self.dry:
            self._work.journal.put(f"rollback.{self._work.identity.id}", report.as_json())
            self._work.journal.put(self._name, None)
        return report

    def keep(
        self, subject: Subject, key: str, destination_id: str, rule: str, faults: Iterable[Fault]
    ) -> None:
        """A record stays, or part of it."""
        for name, why in faults:
            self._work.tally(subject.name).conflicts += 1
            if not self.dry:
                self._rejects.append(self._reject(subject, key, name, rule, why))
            elif len(self._planned) < MOST_LISTED:
                self._planned.append(Kept(subject.name, key, destination_id, name, why))
            else:
                self._planned_beyond += 1

    def let_go(self, what: str, subject: Subject, keys: Sequence[str]) -> None:
        """Records that need no operation are linked no longer: ``gone``, or ``released``."""
        self.count(what, subject.name, len(keys))
        if not self.dry:
            self._work.journal.release(subject.name, self._work.identity.id, keys)

    def count(self, what: str, name: str, number: int) -> None:
        """Count records of an object: ``gone``, ``released``, ``verified``.

        What was ``removed`` and ``restored`` is counted by the operations; only a dry run, which
        has none, counts it here.
        """
        if number:
            counts = self._counts.setdefault(what, {})
            counts[name] = counts.get(name, 0) + number

    def flush(self) -> None:
        """Make it durable."""
        if not self.dry:
            self._work.journal.reject(self._rejects)
            self._rejects.clear()
            self._save()

    def report(self) -> UndoReport:
        """What has come of it, from the first begin on."""
        identity, counts = self._work.identity, self._counts
        removed, restored = counts.get("removed", {}), counts.get("restored", {})
        kept, beyond = self._planned, self._planned_beyond
        if not self.dry:
            done = self._work.journal.undo_counts(identity.id, self._since)
            removed = {name: kinds.get(Kind.DELETE, 0) for name, kinds in done.items()}
            restored = {name: kinds.get(Kind.UPDATE, 0) for name, kinds in done.items()}
            kept, beyond = self._kept()
        return UndoReport(
            instant(),
            {"id": identity.id, "name": identity.name, "url": identity.url},
            {**self._scope.as_json(), "force": self._work.options.force},
            _sum(removed, counts.get("gone", {})),
            _sum(restored),
            _sum(counts.get("released", {})),
            kept,
            beyond,
            sum(counts.get("verified", {}).values()),
        )

    def _kept(self) -> tuple[list[Kept], int]:
        listed: list[Reject] = []
        beyond = 0
        for page in self._pages():
            room = MOST_LISTED - len(listed)
            listed += page[:room]
            beyond += len(page[room:])
        keys: dict[str, list[str]] = defaultdict(list)
        for reject in listed:
            keys[reject.object].append(reject.key or "")
        journal, identity = self._work.journal, self._work.identity.id
        links = {name: journal.links(name, identity, some) for name, some in keys.items()}
        told = []
        for reject in listed:
            link = links[reject.object].get(reject.key or "")
            there = "" if link is None else link.destination_id
            why = f"{reject.message} ({reject.code})" if reject.code else reject.message
            told.append(Kept(reject.object, reject.key or "", there, reject.field, why))
        return told, beyond

    def _pages(self) -> Iterator[Sequence[Reject]]:
        after = 0
        while page := self._work.journal.rejects(
            after_id=after, stage=UNDO, identity=self._work.identity.id
        ):
            yield page
            after = page[-1].id

    def _reject(self, subject: Subject, key: str, name: str, rule: str, why: str) -> Reject:
        return Reject(
            stage=UNDO,
            object=subject.name,
            key=key,
            field=name,
            rule=rule,
            message=why,
            place=subject.place(name),
            identity=self._work.identity.id,
        )

    def _save(self) -> None:
        begun = {"scope": _stored(self._scope), "since": self._since, "counts": self._counts}
        self._work.journal.put(self._name, begun)


def _stored(scope: UndoScope) -> dict[str, Any]:
    """A scope as JSON gives it back."""
    return {**scope.as_json(), "runs": list(scope.runs), "objects": list(scope.objects)}


def _sum(*counts: Mapping[str, int]) -> dict[str, int]:
    total: dict[str, int] = {}
    for one in counts:
        for name, number in one.items():
            total[name] = total.get(name, 0) + number
    return {name: number for name, number in total.items() if number}
