"""The garbage collector's pace, for processes of ours alone."""

from __future__ import annotations

import gc

THRESHOLDS = (20_000, 20, 50)
"""A batch keeps tens of thousands of objects alive: at its usual pace the collector walks them
again and again, 12 to 20 % of a load (docs/performance.md)."""


def calm_collector() -> None:
    """What imports made is never garbage; the rest is looked at less often."""
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
