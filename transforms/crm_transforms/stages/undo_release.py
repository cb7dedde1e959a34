"""The end of links: records that were there before us are linked no longer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crm_transforms.destination import SCHEMA
from crm_transforms.journal import UNDO

if TYPE_CHECKING:
    from crm_transforms.stages.subject import Subject
    from crm_transforms.stages.undo_log import UndoLog
    from crm_transforms.stages.work import Work

PAGE = 1_000
UNKNOWN_ORIGIN = "the journal does not hold the operation that made it"


def release(work: Work, subject: Subject, log: UndoLog) -> None:
    """Let go of what is still linked and need not be kept for another attempt."""
    journal, identity, name = work.journal, work.identity.id, subject.name
    open_keys = journal.open_keys(identity, name)
    after: str | None = None
    while page := journal.scan_links(name, identity, after, PAGE):
        after = page[-1].key
        rejected = journal.rejected(name, identity, [link.key for link in page])
        kept = open_keys | {key for key, one in rejected.items() if one.stage == UNDO}
        free: list[str] = []
        for link in page:
            if link.key in kept or (link.origin == "created" and log.dry):
                continue
            if link.origin == "created" and subject.target != SCHEMA:
                why = [("", UNKNOWN_ORIGIN)]
                log.keep(subject, link.key, link.destination_id, "not removed", why)
            else:
                free.append(link.key)
        log.let_go("released", subject, free)
        log.flush()
