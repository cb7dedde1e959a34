"""How far a migration is, read from its journal without holding anybody up."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from crm_transforms.report.live import NAME as LIVE
from crm_transforms.report.words import duration, number, seconds_between
from crm_transforms.stages.window import Window

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crm_transforms.journal import Journal, Run, StreamInfo
    from crm_transforms.journal.lease import Leased
    from crm_transforms.stages.subject import Plannable


@dataclass(frozen=True, slots=True)
class Part:
    """How far one mapping object is, in rows of its stream."""

    object: str
    done: int
    total: int
    rejected: int = 0


@dataclass(frozen=True, slots=True)
class Progressing:
    """A run under way.

    Attributes:
        verb: what it does; since: UTC instant of its begin.
        parts: by mapping object; those that are still to come have done nothing.
        rate: rows a second since its first object began; ``None`` before.
        seconds_left: at that rate.
        budget_left, budget_total: of the account, as far as it has told.
    """

    verb: str
    since: str
    parts: Sequence[Part] = ()
    current: str = ""
    rate: float | None = None
    seconds_left: float | None = None
    budget_left: int | None = None
    budget_total: int | None = None

    @property
    def line(self) -> str:
        """All of it on one line, for logs and pipes."""
        part = next((one for one in self.parts if one.object == self.current), None)
        if part is None:
            return f"{self.verb}: nothing loaded yet"
        told = [f"{part.object}: {number(part.done)} of {number(part.total)} rows"]
        if rejected := sum(one.rejected for one in self.parts):
            told.append(f"{number(rejected)} rejected")
        if self.rate is not None:
            told.append(f"{self.rate:,.1f} rows/s")
        if self.seconds_left is not None:
            told.append(f"{duration(self.seconds_left)} left")
        if self.budget_left is not None:
            told.append(f"budget {number(self.budget_left)} of {number(self.budget_total)}")
        return "; ".join(told)


@dataclass(slots=True)
class Standing:
    """How far a migration is.

    Attributes:
        running: the run that holds the lease now, if any.
        landed: (account, object, records).
        rejects: (object, rule, code, records).
        runs: the oldest first.
    """

    source: str
    target: str
    window: Window
    running: Progressing | None = None
    streams: Mapping[str, StreamInfo] = field(default_factory=dict)
    landed: Sequence[tuple[str, str, int]] = ()
    rejects: Sequence[tuple[str, str, str, int]] = ()
    runs: Sequence[Run] = ()
    live: Mapping[str, Any] | None = None
    journal_bytes: int = 0
    chain_head: str = ""

    @classmethod
    def of(cls, journal: Journal, mapping: Plannable | None) -> Standing:
        """Read it; needs no lease."""
        streams, runs, live = journal.streams(), journal.runs(), journal.get(LIVE)
        holder = journal.holder()
        grouped = journal.count_rejects(("object", "rule", "code"))
        return cls(
            journal.source,
            journal.target,
            Window.of(journal),
            None if holder is None else _progressing(holder, runs, live, streams, mapping),
            streams,
            [(*place, count) for place, count in journal.count_landed().items()],
            [(name, rule, code, count) for (name, rule, code), count in grouped.items()],
            runs,
            live,
            journal.size(),
            journal.chain_head(),
        )

    @property
    def warnings(self) -> list[str]:
        """What a person should do something about."""
        told = [self.window.warning] if self.window.warning else []
        if self.running is None and self.runs and self.runs[-1].ended_at is None:
            last = self.runs[-1]
            told.append(f"run {last.id} ({last.verb}) was killed; `apply` goes on from there")
        return told

    def as_json(self) -> dict[str, Any]:
        """For scripts."""
        return {
            "source": self.source,
            "target": self.target,
            "streams": {
                name: {
                    "records": info.records,
                    "gone": info.gone,
                    "read_whole": info.completed_pass > 0,
                }
                for name, info in self.streams.items()
            },
            "landed": [list(one) for one in self.landed],
            "rejects": [list(one) for one in self.rejects],
            "runs": [asdict(run) for run in self.runs],
            "running": None if self.running is None else asdict(self.running),
            "live": self.live,
            "window": asdict(self.window),
            "warnings": self.warnings,
            "journal_bytes": self.journal_bytes,
            "chain_head": self.chain_head,
        }


def _progressing(
    holder: Leased,
    runs: Sequence[Run],
    live: Mapping[str, Any] | None,
    streams: Mapping[str, StreamInfo],
    mapping: Plannable | None,
) -> Progressing:
    run = runs[-1] if runs and runs[-1].ended_at is None else None
    if run is None or live is None or live["run_id"] != run.id:
        return Progressing(holder.verb, holder.since, _to_come(streams, mapping))
    begun = {
        one["object"]: Part(one["object"], one["done"], one["total"], one["rejected"])
        for one in live["objects"]
    }
    current = live["object"]
    parts = [*begun.values(), *_to_come(streams, mapping, behind=current, but=begun)]
    seconds = seconds_between(live["began_at"], live["at"]) or 0.0
    done = sum(part.done for part in parts)
    left = sum(part.total - part.done for part in parts)
    rate = done / seconds if seconds and done else None
    return Progressing(
        run.verb,
        run.started_at,
        parts,
        current,
        None if rate is None else round(rate, 1),
        None if rate is None else round(left / rate, 1),
        live["budget_left"],
        live["budget_total"],
    )


def _to_come(
    streams: Mapping[str, StreamInfo],
    mapping: Plannable | None,
    behind: str = "",
    but: Mapping[str, Part] | None = None,
) -> list[Part]:
    """Objects whose turn has not come; one before ``behind`` had nothing to do."""
    if mapping is None:
        return []
    order = list(mapping.order)
    later = order[order.index(behind) + 1 :] if behind in order else order
    objects = [mapping.objects[name] for name in later if name not in (but or {})]
    return [
        Part(obj.name, 0, streams[obj.stream].records)
        for obj in objects
        if obj.stream is not None and obj.stream in streams and not obj.people
    ]
