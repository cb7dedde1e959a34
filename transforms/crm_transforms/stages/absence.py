"""Absence: which rows the source no longer has, judged only by streams that were read whole."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from crm_transforms.journal import Journal
    from crm_transforms.stages.staged_stream import StagedStream
    from crm_transforms.stages.totals import StreamTotals

logger = logging.getLogger(__name__)

VANISHED_SHARE = 0.05
"""More of a stream missing from a whole pass is an accident until somebody says otherwise."""
NONE = -1
"""Lets a pass note what is missing and believe none of it."""


def judge_absence(
    journal: Journal, streams: Collection[StagedStream], totals: Mapping[str, StreamTotals]
) -> None:
    """Let rows that a whole pass did not see become gone.

    Where one stream misses more than can be believed, the whole reading is in doubt, and no row of
    any stream counts as gone until somebody says so.
    """
    doubtful = False
    for staged in streams:
        total = totals[staged.name]
        total.records, total.whole = staged.records, staged.whole
        if not staged.whole:
            continue
        known = journal.counts(staged.id).records
        total.vanished = journal.complete_pass(staged.id, staged.pass_id, most=NONE)
        if total.vanished > VANISHED_SHARE * known:
            doubtful = True
            logger.warning(
                "%s: %d of %d rows are missing from a whole pass; no row of this reading counts as "
                "gone until `apply --accept-deletes`",
                staged.name,
                total.vanished,
                known,
            )
    for staged in streams:
        if doubtful:
            totals[staged.name].held_back = totals[staged.name].vanished > 0
        elif staged.whole:
            journal.accept_missing(staged.id)
