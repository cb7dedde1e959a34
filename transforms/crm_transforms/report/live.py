"""What a running load tells about itself, for `status` in another process."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from crm_transforms.destination import BudgetExhaustedError, DestinationError
from crm_transforms.journal.clock import instant

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crm_transforms.destination import Destination, Progress
    from crm_transforms.journal import Journal
    from crm_transforms.stages.totals import Tally

NAME = "live"
SECONDS = 1.0
"""A load writes it at most so often."""
UNTOLD: Mapping[str, int | None] = {"budget_left": None, "budget_total": None}


class Live:
    """A :data:`crm_transforms.destination.Progress` that writes the journal's value ``live``.

    Args:
        journal: its lease must be held.
        destination: says what may still be spent, as long as that costs no request.
        progress: told everything as it comes.
        tallies: what the run has counted, by mapping object.
        run_id: the run; verb: what it does.
    """

    def __init__(
        self,
        journal: Journal,
        destination: Destination,
        progress: Progress,
        tallies: Mapping[str, Tally],
        run_id: int,
        verb: str,
    ) -> None:
        self._journal = journal
        self._destination = destination
        self._progress = progress
        self._tallies = tallies
        self._run = {"run_id": run_id, "verb": verb, "began_at": instant()}
        self._counts: dict[str, tuple[int, int]] = {}
        self._current = ""
        self._limits_cost = False
        self._written_at = -SECONDS

    def __call__(self, name: str, done: int, total: int) -> None:
        self._progress(name, done, total)
        self._counts[name] = done, total
        self._current = name
        if time.monotonic() - self._written_at >= SECONDS:
            self._write()

    def finish(self) -> None:
        """Say how far it came."""
        if self._counts:
            self._write()

    def _write(self) -> None:
        objects = [
            {"object": name, "done": done, "total": total, "rejected": self._rejected(name)}
            for name, (done, total) in self._counts.items()
        ]
        current = next(one for one in objects if one["object"] == self._current)
        budget = self._budget()
        self._journal.put(
            NAME, {**self._run, **current, **budget, "at": instant(), "objects": objects}
        )
        self._written_at = time.monotonic()

    def _rejected(self, name: str) -> int:
        tally = self._tallies.get(name)
        return 0 if tally is None else tally.rejected + tally.waiting

    def _budget(self) -> Mapping[str, int | None]:
        """What answers have told so far: a destination that has to ask is asked once only."""
        if self._limits_cost:
            return UNTOLD
        asked = dict(self._destination.spent())
        try:
            limits = self._destination.limits()
        except (DestinationError, BudgetExhaustedError):
            self._limits_cost = True  # nobody's load ends because somebody may be watching
            return UNTOLD
        self._limits_cost = dict(self._destination.spent()) != asked
        return {"budget_left": limits.budget_left, "budget_total": limits.budget_total}
