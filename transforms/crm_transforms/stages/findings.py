"""Findings: what the mapping's checks find among the staged rows, and what is left behind."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from crm_transforms.mapping import RowError
from crm_transforms.stages.occurrences import Occurrences

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from crm_transforms.mapping import Check, Mapping

EXAMPLES = 5
MOST_VALUES = 30
SEVERITIES = ("error", "warning", "info")

KeyedRow = tuple[str, dict[str, Any]]


@dataclass(slots=True)
class Finding:
    """Something that somebody should look at.

    Attributes:
        check: the mapping's name of it, or ours.
        severity: one of :data:`SEVERITIES`.
        say: what it means.
        stream: or mapping object, whose records it is about.
        records: how many.
        examples: keys of some of them.
    """

    check: str
    severity: str
    say: str
    stream: str
    records: int
    examples: list[str] = field(default_factory=list)

    def rank(self) -> int:
        """The worst first."""
        return SEVERITIES.index(self.severity)

    def as_json(self) -> dict[str, Any]:
        """As the plan keeps it."""
        return asdict(self)


class Observer:
    """Goes along while staged rows are read, and holds the mapping's checks against them."""

    def __init__(self, mapping: Mapping) -> None:
        self._mapping = mapping
        self._occurrences = Occurrences()
        self._held = {name: _Held() for name in mapping.checks}
        self._faults: dict[str, _Held] = {}
        self._filled: dict[str, int] = {}

    def close(self) -> None:
        """Give the disk back."""
        self._occurrences.close()

    def observe(self, stream: str, rows: Sequence[KeyedRow]) -> None:
        """Look at some rows of a stream."""
        self._filled[stream] = self._filled.get(stream, 0) + len(rows)
        for name, check in self._mapping.checks.items():
            if check.stream == stream and check.kind == "when":
                for key, _ in self._evaluated(name, check.holds, rows):
                    self._held[name].add(key)
            elif check.stream == stream and check.kind == "same":
                self._occurrences.add(
                    name, [(value, key) for key, value in self._evaluated(name, check.value, rows)]
                )
        for left in self._mapping.left_behind.values():
            for evidence in left.evidence:
                if evidence.stream == stream:
                    name = f"{left.name}: {evidence.label}"
                    found = self._evaluated(name, evidence.value, rows)
                    self._occurrences.add(f"left {name}", [(value, key) for key, value in found])

    def _evaluated(
        self, name: str, question: Callable[[dict[str, Any]], Any], rows: Sequence[KeyedRow]
    ) -> list[tuple[str, Any]]:
        """Keys of the rows for which a question has an answer, with it."""
        found = []
        for key, row in rows:
            try:
                answer = question(row)
            except RowError as error:
                self._faults.setdefault(name, _Held(str(error))).add(key)
                continue
            if answer:
                found.append((key, answer))
        return found

    def findings(self) -> list[Finding]:
        """What the checks have found."""
        found = [self._finding(check) for check in self._mapping.checks.values()]
        for name, fault in self._faults.items():
            known = self._mapping.checks.get(name)
            stream = "" if known is None else known.stream
            say = f"{name} cannot be told of some rows: {fault.why}"
            found.append(Finding(name, "info", say, stream, fault.count, fault.examples))
        return [one for one in found if one.records]

    def _finding(self, check: Check) -> Finding:
        if check.kind == "over":
            count = self._filled.get(check.stream, 0)
            count, examples = (count if count > (check.over or 0) else 0), []
        elif check.kind == "same":
            count = self._occurrences.shared(check.name)
            examples = self._occurrences.sharers(check.name, EXAMPLES)
        else:
            count, examples = self._held[check.name].count, self._held[check.name].examples
        return Finding(check.name, check.severity, check.say, check.stream, count, examples)

    def left_behind(self) -> list[dict[str, Any]]:
        """What is not carried over, with what the source's rows show of it."""
        return [
            {
                "name": left.name,
                "text": left.text,
                "evidence": [
                    {
                        "label": evidence.label,
                        "values": [
                            list(pair)
                            for pair in self._occurrences.frequent(
                                f"left {left.name}: {evidence.label}", MOST_VALUES
                            )
                        ],
                    }
                    for evidence in left.evidence
                ],
            }
            for left in self._mapping.left_behind.values()
        ]


@dataclass(slots=True)
class _Held:
    why: str = ""
    count: int = 0
    examples: list[str] = field(default_factory=list)

    def add(self, key: str) -> None:
        self.count += 1
        if len(self.examples) < EXAMPLES:
            self.examples.append(key)
