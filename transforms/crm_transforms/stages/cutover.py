"""Cutover: what must be done before the window is closed, and the closing itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crm_transforms.journal.clock import instant
from crm_transforms.stages.run import LoadRun
from crm_transforms.stages.undo_scope import require_finished
from crm_transforms.stages.window import Window

if TYPE_CHECKING:
    from crm_transforms.journal import Journal
    from crm_transforms.stages.work import Work


def open_ends(work: Work) -> list[str]:
    """What is left to load, in sentences; none when the last load is complete.

    Raises:
        UnfinishedRollbackError: somebody began to take this migration back.
        DestinationError: the destination cannot be asked.
    """
    require_finished(work)
    if next(work.journal.open_operations(work.identity.id), None) is not None:
        return ["of some records nobody knows yet whether they have landed"]
    if waiting := LoadRun(work.apart()).pending():
        return [f"staged and not loaded yet: {', '.join(waiting)}"]
    return []


def close_window(journal: Journal) -> Window:
    """The migration is over."""
    return _kept(journal, closed_at=instant())


def reopen_window(journal: Journal) -> Window:
    """The migration goes on after all."""
    return _kept(journal, closed_at=None)


def _kept(journal: Journal, closed_at: str | None) -> Window:
    window = Window(Window.of(journal).opened_at or instant(), closed_at)
    window.keep(journal)
    return window
