"""Reconcile: hold the whole account against source, mapping and journal, without writing to it."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from dataclasses import asdict, dataclass, field
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from crm_transforms.destination import SCHEMA
from crm_transforms.journal.clock import instant
from crm_transforms.stages.beside import Besides, looking, resolver
from crm_transforms.stages.diff import plain
from crm_transforms.stages.draft import LISTED_ONLY
from crm_transforms.stages.judgement import DELETED, EDITED, Judge
from crm_transforms.stages.lookups import Lookups
from crm_transforms.stages.scope import ScopeReader

if TYPE_CHECKING:
    from collections.abc import Callable

    from crm_transforms.stages.beside import Beside
    from crm_transforms.stages.judgement import Fault
    from crm_transforms.stages.people import People
    from crm_transforms.stages.subject import PlannedSubject
    from crm_transforms.stages.work import Work

MOST_LISTED = 1_000
"""Differences that the journal keeps; all of them are told as they are found."""
ABSENT = "neither loaded nor rejected"
GONE_ROW = "no longer in the source"
WAITS = "waiting for a record that has not landed"
UNREAD = "could not be read from the source"
PEOPLE_VERDICTS = ("matched", "unmatched", "ambiguous", "inactive")


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One field, or record, that is not as it should be.

    Attributes:
        field: empty for the record as a whole.
        wanted: what the mapping wants, or what we wrote; found: what stands there.
        why: one of :mod:`crm_transforms.stages.judgement`'s, or :data:`ABSENT`.
    """

    object: str
    key: str
    destination_id: str
    field: str
    wanted: Any
    found: Any
    why: str


@dataclass(slots=True)
class Balance:
    """What one mapping object comes to.

    Attributes:
        source: rows of its stream; wanted: records that they give.
        landed: linked records; rejected, waiting: records that are listed as such.
        compared: linked records that were read back; destination: how many of them are there.
        deleted_there, edited_there, different: records among them that somebody deleted or
            changed, or that are not as the mapping wants them although nobody did.
    """

    object: str
    target: str
    source: int = 0
    wanted: int = 0
    landed: int = 0
    rejected: int = 0
    waiting: int = 0
    destination: int = 0
    deleted_there: int = 0
    edited_there: int = 0
    compared: int = 0
    different: int = 0


@dataclass(slots=True)
class ReconciliationReport:
    """How account, source and journal compare; kept as ``reconciliation.<identity>``.

    Attributes:
        share: of the linked records that were read back, from 0 to 1.
        lookups: by reference field how many are filled, empty and broken.
        orphans: records that are there without a row, or have no place to go to, by rule.
        more_differences: found beyond those that are listed.
    """

    made_at: str
    account: dict[str, str]
    share: float
    objects: list[Balance] = field(default_factory=list)
    lookups: list[dict[str, Any]] = field(default_factory=list)
    people: dict[str, int] = field(default_factory=dict)
    orphans: list[dict[str, Any]] = field(default_factory=list)
    differences: list[Disagreement] = field(default_factory=list)
    more_differences: int = 0
    clean: bool = True

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class Reconciliation:
    """Compares once; reads from the destination, and writes nothing to it.

    Args:
        work: the run.
        share: of the linked records that are read back; which ones, their keys decide.
        tell: called with each difference as it is found, also with those beyond the list.
    """

    def __init__(
        self,
        work: Work,
        share: float = 1.0,
        tell: Callable[[Disagreement], None] | None = None,
    ) -> None:
        identity = work.identity
        account = {"id": identity.id, "name": identity.name, "url": identity.url}
        self._scopes = ScopeReader(work.journal)
        self._work = looking(work, self._scopes)
        self._share = share
        self._tell = tell
        self._report = ReconciliationReport(instant(), account, share)

    def run(self) -> ReconciliationReport:
        """Compare, and keep what came of it.

        Raises:
            BudgetExhaustedError: the rest must wait; nothing of this comparison is kept.
            DestinationError: the destination cannot be asked.
        """
        work, report = self._work, self._report
        references, people = resolver(work, self._scopes)
        report.people = _people(people)
        self._missing_fields()
        rejects = self._rejects()
        with closing(Lookups()) as lookups:
            for name in work.mapping.order:
                obj = work.mapping.objects[name]
                if obj.people:
                    continue
                besides = Besides(work, self._scopes, references, obj)
                balance = Balance(name, obj.target, source=self._scopes.count(obj))
                balance.rejected, balance.waiting = rejects[name, False], rejects[name, True]
                report.objects.append(balance)
                self._compare(obj, besides, balance, lookups)
            report.lookups = lookups.counts()
        self._conclude()
        work.journal.put(f"reconciliation.{work.identity.id}", report.as_json())
        return report

    def _compare(
        self, obj: PlannedSubject, besides: Besides, balance: Balance, lookups: Lookups
    ) -> None:
        work, name = self._work, obj.name
        judge = Judge(work, obj, besides)
        linked = rows = 0
        for page in besides.pages(lambda key: self._is_chosen(name, key)):
            balance.wanted += len(page)
            rows += len({id(one.draft.scoped) for one in page})
            for one in page:
                linked += one.link is not None
                if one.link is None and one.reject is None:
                    self._differ(one, name, ("", None, None, ABSENT))
                elif one.was_read:
                    self._take(one, balance, judge.faults(one), name)
            lookups.add(obj, page, besides)
            work.progress(name, min(rows, balance.source), balance.source)
        balance.landed = work.journal.count_links(name, work.identity.id)
        if balance.landed > linked:
            self._orphans(name, GONE_ROW, balance.landed - linked)
        if balance.waiting:
            self._orphans(name, WAITS, balance.waiting)

    def _take(self, one: Beside, balance: Balance, faults: list[Fault], name: str) -> None:
        balance.compared += 1
        balance.destination += one.held is not None
        whys = {why for *_, why in faults}
        balance.deleted_there += DELETED in whys
        balance.edited_there += EDITED in whys
        balance.different += bool(whys - {DELETED, EDITED})
        for fault in faults:
            self._differ(one, name, fault)

    def _differ(self, one: Beside, name: str, fault: Fault) -> None:
        field_name, wanted, found, why = fault
        there = "" if one.link is None else one.link.destination_id
        key = one.draft.key
        self._note(Disagreement(name, key, there, field_name, plain(wanted), plain(found), why))

    def _note(self, found: Disagreement) -> None:
        if self._tell is not None:
            self._tell(found)
        if len(self._report.differences) < MOST_LISTED:
            self._report.differences.append(found)
        else:
            self._report.more_differences += 1

    def _missing_fields(self) -> None:
        """Custom fields that we made and that are gone: told once, not for every record."""
        work = self._work
        keys = {f"{one.target}.{one.spec.name}": one for one in work.mapping.manifest()}
        for key, link in work.journal.links(SCHEMA, work.identity.id, keys).items():
            custom = keys[key]
            if custom.spec.name not in work.destination.describe(custom.target).fields:
                self._note(Disagreement(SCHEMA, key, link.destination_id, "", None, None, DELETED))

    def _rejects(self) -> Counter[tuple[str, bool]]:
        """How many records are rejected, by object and whether they only wait for another."""
        found: Counter[tuple[str, bool]] = Counter()
        mine = {"", self._work.identity.id}
        counts = self._work.journal.count_rejects(("stage", "stream", "object", "code", "identity"))
        for (stage, stream, name, code, identity), count in counts.items():
            if stage in LISTED_ONLY or identity not in mine:
                continue
            if name:
                found[name, code.startswith("PARENT")] += count
            else:
                self._orphans(stream or "(line)", UNREAD, count)
        return found

    def _orphans(self, name: str, rule: str, count: int) -> None:
        self._report.orphans.append({"object": name, "rule": rule, "records": count})

    def _is_chosen(self, name: str, key: str) -> bool:
        """Whether a record is read back: its key decides, so the same ones are each time."""
        if self._share >= 1:
            return True
        digest = blake2b(f"{name}\n{key}".encode(errors="surrogatepass"), digest_size=8).digest()
        return int.from_bytes(digest, "big") < self._share * 2**64

    def _conclude(self) -> None:
        """Rows that are gone from the source are reported and fail nothing, as in a load."""
        report = self._report
        report.clean = not (
            report.differences
            or any(one["broken"] for one in report.lookups)
            or any(one.rejected or one.waiting for one in report.objects)
            or any(one["rule"] == UNREAD for one in report.orphans)
        )


def _people(people: People | None) -> dict[str, int]:
    found = Counter(
        match.verdict for some in (people.matches if people else {}).values() for match in some
    )
    return {verdict: found[verdict] for verdict in PEOPLE_VERDICTS}
