"""The summary of a run: what arrived, what did not and why, what it cost."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from rich.console import Console, Group, RenderableType
from rich.table import Column, Table
from rich.text import Text

from crm_transforms.stages.totals import StreamTotals, Tally

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SHOWN_COUNTS = (
    "seen",
    "created",
    "updated",
    "deleted",
    "matched",
    "unchanged",
    "rejected",
    "waiting",
    "vanished",
    "conflicts",
)


@dataclass(slots=True)
class Summary:
    """Everything a person wants to know when a run ends.

    Attributes:
        rejects: (object or stream, rule, code) to how many are open.
        spent: requests and tokens, by name.
    """

    source: str
    target: str
    account: str = ""
    streams: Mapping[str, StreamTotals] = field(default_factory=dict)
    unmapped: Mapping[str, int] = field(default_factory=dict)
    objects: Mapping[str, Tally] = field(default_factory=dict)
    rejects: Sequence[tuple[str, str, str, int]] = ()
    findings: Mapping[tuple[str, str], int] = field(default_factory=dict)
    spent: Mapping[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    seconds: float = 0.0
    chain_head: str = ""

    def as_json(self) -> dict[str, Any]:
        """The same for scripts and for the journal."""
        return {
            "source": self.source,
            "target": self.target,
            "account": self.account,
            "streams": {name: asdict(totals) for name, totals in self.streams.items()},
            "unmapped": dict(self.unmapped),
            "objects": {name: asdict(tally) for name, tally in self.objects.items()},
            "rejects": [list(row) for row in self.rejects],
            "findings": [[name, text, count] for (name, text), count in self.findings.items()],
            "spent": dict(self.spent),
            "notes": self.notes,
            "seconds": round(self.seconds, 3),
            "chain_head": self.chain_head,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Summary:
        """What :meth:`as_json` wrote down."""
        return cls(
            **{
                **stored,
                "streams": {name: StreamTotals(**one) for name, one in stored["streams"].items()},
                "objects": {name: Tally(**one) for name, one in stored["objects"].items()},
                "rejects": [tuple(row) for row in stored["rejects"]],
                "findings": {(name, text): count for name, text, count in stored["findings"]},
            }
        )

    def render(self) -> RenderableType:
        """For a terminal."""
        title = f"{self.source} → {self.target}" + (f" ({self.account})" if self.account else "")
        parts: list[RenderableType] = [Text(title, style="bold")]
        if self.objects:
            parts.append(self._objects())
        if self.rejects:
            parts.append(self._rejects())
        lines = [f"{name}: {text} ({count})" for (name, text), count in self.findings.items()]
        lines += [
            f"{name}: {count} records of a stream that the mapping does not use"
            for name, count in self.unmapped.items()
        ]
        lines += self.notes
        parts += [Text(f"· {line}") for line in lines]
        spent = ", ".join(f"{count:,} {name}" for name, count in self.spent.items())
        parts.append(Text(f"{self.seconds:.1f} s" + (f"; {spent}" if spent else "")))
        if self.chain_head:
            parts.append(Text(f"audit head {self.chain_head}"))
        return Group(*parts)

    def print(self, console: Console) -> None:
        """Write it out."""
        console.print(self.render(), soft_wrap=not console.is_terminal)

    def _objects(self) -> Table:
        shown = [
            name
            for name in SHOWN_COUNTS
            if any(getattr(tally, name) for tally in self.objects.values())
        ]
        columns = [Column(name, justify="right") for name in shown]
        table = Table("object", *columns, box=None, pad_edge=False)
        for name, tally in self.objects.items():
            table.add_row(name, *[f"{getattr(tally, one):,}" for one in shown])
        return table

    def _rejects(self) -> Table:
        count_column = Column("records", justify="right")
        table = Table("rejected", "rule", "code", count_column, box=None, pad_edge=False)
        for name, rule, code, count in self.rejects:
            table.add_row(name, rule, code, f"{count:,}")
        return table
