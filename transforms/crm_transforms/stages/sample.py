"""Sample: a slice of the migration, loaded for real, read back and compared field by field."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from crm_transforms.journal.clock import instant
from crm_transforms.mapping import MappedObject
from crm_transforms.stages.approval import sample_name
from crm_transforms.stages.beside import Besides, looking, resolver
from crm_transforms.stages.canonical_schema import Schema, present_schema, schema_hash
from crm_transforms.stages.diff import RecordDiff, diff_hash, record_diff, verdict_counts
from crm_transforms.stages.draft import LISTED_ONLY
from crm_transforms.stages.dry_run import DryRun
from crm_transforms.stages.roster import Roster
from crm_transforms.stages.run import LoadRun
from crm_transforms.stages.scope import ScopeReader
from crm_transforms.stages.slice import Slicer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crm_transforms.stages.work import Work

SIZE, LEAST, MOST = 300, 100, 500
"""Records: what is usual, and between what a person may choose."""
SEED = 1


@dataclass(slots=True)
class SampleReport:
    """What a sample came to; kept in the journal as ``sample.<identity>``.

    Attributes:
        begun_with: mapping and staged rows as they were; given again, the same rows are taken.
        mapping_hash: empty until the sample is finished, so that nothing rests on half of one.
        schema_hash: of ``schema``, see :mod:`crm_transforms.stages.canonical_schema`.
        run_ids: runs that loaded it, for the way back.
        records: that landed, by mapping object.
        rows: keys of the rows that it is made of, likewise.
        rejects: records that did not land, and why.
        diff: every field of those that did.
        undone_at: UTC instant at which it was taken away again.
    """

    made_at: str
    account: dict[str, str]
    environment: str
    seed: int
    size: int
    run_ids: list[int]
    rows: dict[str, list[str]] = field(default_factory=dict)
    begun_with: str = ""
    mapping_hash: str = ""
    schema_hash: str = ""
    schema: Schema = field(default_factory=dict)
    records: dict[str, int] = field(default_factory=dict)
    rejects: list[dict[str, str]] = field(default_factory=list)
    diff: list[RecordDiff] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=lambda: verdict_counts(()))
    diff_hash: str = ""
    undone_at: str | None = None

    def as_json(self) -> dict[str, Any]:
        """As the journal keeps it."""
        return asdict(self)

    @property
    def is_as_mapped(self) -> bool:
        """Nothing was rejected, and no field differs."""
        return not (self.rejects or self.counts["different"] or self.counts["missing"])


class Sampler:
    """Takes a sample.

    Args:
        work: the run.
        environment: where it is taken, for the record.
        size: how many records, roughly; see :func:`clamped`.
        seed: the same one chooses the same records.
    """

    def __init__(self, work: Work, environment: str, *, size: int = SIZE, seed: int = SEED) -> None:
        identity = work.identity
        self._work = work
        before: dict[str, Any] = work.journal.get(sample_name(identity.id)) or {}
        self._before = {} if before.get("undone_at") else before
        self._report = SampleReport(
            instant(),
            {"id": identity.id, "name": identity.name, "url": identity.url},
            environment,
            seed,
            clamped(size),
            [*self._before.get("run_ids", ()), work.run_id],
            begun_with=f"{work.mapping.hash} {work.journal.last_seq()}",
        )

    def run(self) -> SampleReport:
        """Choose, load, read back, compare, and keep what came of it.

        Raises:
            UnfinishedRollbackError: somebody began to take this migration back.
            BudgetExhaustedError: the rest must wait; given again, it goes on.
            DestinationError: the destination cannot be used.
        """
        work, report, mapping_hash = self._work, self._report, self._work.mapping.hash
        report.rows = self._rows()
        # Before anything is sent, so that it can be taken away again whatever happens.
        self._keep()
        work.only = report.rows
        LoadRun(work).run()
        report.rejects = list(self._rejects())
        report.diff = list(self._compared())
        report.records = dict.fromkeys(report.rows, 0)
        for one in report.diff:
            report.records[one.object] += 1
        report.counts, report.diff_hash = verdict_counts(report.diff), diff_hash(report.diff)
        report.schema = present_schema(work)
        report.schema_hash = schema_hash(report.schema)
        report.mapping_hash = mapping_hash
        self._keep()
        return report

    def _rows(self) -> dict[str, list[str]]:
        """Those of the sample before, where it was begun in the same way, else chosen anew."""
        work, before = self._work, self._before
        same_way = ("seed", "size", "begun_with")
        if all(before.get(name) == getattr(self._report, name) for name in same_way):
            rows: dict[str, list[str]] = before["rows"]
            return rows
        with Roster() as roster:
            outlook = DryRun(work, roster).run()
            objects = outlook.mapping.objects
            order = [name for name in outlook.mapping.order if not objects[name].people]
            return Slicer(roster, order, self._report.size, self._report.seed).choose().rows

    def _rejects(self) -> Iterator[dict[str, str]]:
        """Why records of the slice did not land."""
        rows = {name: set(keys) for name, keys in self._report.rows.items()}
        after = 0
        while page := self._work.journal.rejects(after_id=after, identity=self._work.identity.id):
            after = page[-1].id
            for one in page:
                row_key = one.key if one.row_key is None else one.row_key
                if one.stage not in LISTED_ONLY and row_key in rows.get(one.object, ()):
                    yield {
                        "object": one.object,
                        "key": one.key or "",
                        "field": one.field,
                        "rule": one.rule,
                        "code": one.code,
                        "message": one.message,
                    }

    def _compared(self) -> Iterator[RecordDiff]:
        """The records of the slice that were not rejected, field by field."""
        scopes = ScopeReader(self._work.journal, self._work.only)
        work = looking(self._work, scopes)
        references, _ = resolver(work, scopes)
        for name in work.mapping.order:
            obj = work.mapping.objects[name]
            if obj.people or not isinstance(obj, MappedObject):
                continue
            besides = Besides(work, scopes, references, obj)
            for page in besides.pages():
                for one in page:
                    if one.reject is None or (one.link and one.wanted):
                        yield record_diff(work, obj, besides, one)

    def _keep(self) -> None:
        identity = self._work.identity.id
        self._work.journal.put(sample_name(identity), self._report.as_json())


def clamped(size: int) -> int:
    """A size that a person can look through and that still says something."""
    return min(max(size, LEAST), MOST)
