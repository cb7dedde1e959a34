"""Bars: parts of a whole as shares of a width, none of them too thin to be seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

THINNEST = 0.8
"""Percent. What is there at all must be seen."""


class Segment(NamedTuple):
    """One part of a bar.

    Attributes:
        kind: what it stands for; the style sheet knows its colour.
        records: how many.
        x, width: percent of the bar's whole length.
    """

    kind: str
    records: int
    x: float
    width: float


def segments(parts: Mapping[str, int], whole: int = 0) -> list[Segment]:
    """The parts of a bar from left to right; those of nothing are left out.

    Args:
        parts: counts by kind.
        whole: what the full length stands for; the sum of the parts at least.
    """
    counts = {kind: count for kind, count in parts.items() if count > 0}
    total = max(whole, sum(counts.values()))
    if not total:
        return []
    widths = {kind: max(THINNEST, 100 * count / total) for kind, count in counts.items()}
    excess = sum(widths.values()) - 100
    if excess > 0:
        widest = max(widths, key=widths.__getitem__)
        widths[widest] -= excess
    found: list[Segment] = []
    x = 0.0
    for kind, width in widths.items():
        found.append(Segment(kind, counts[kind], round(x, 2), round(width, 2)))
        x += width
    return found
