"""The window: how long source and destination run side by side, from the first read to cutover."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from crm_transforms.journal.clock import instant

if TYPE_CHECKING:
    from crm_transforms.journal import Journal

NAME = "window"
LONGEST = timedelta(hours=48)
"""What is usual for picking up late changes; a longer one is worth a warning, no more."""


@dataclass(frozen=True, slots=True)
class Window:
    """When changes of the source are picked up.

    Attributes:
        opened_at: UTC instant at which the source was first read; ``None`` before.
        closed_at: UTC instant of the cutover; ``None`` while it is open.
    """

    opened_at: str | None = None
    closed_at: str | None = None

    @classmethod
    def of(cls, journal: Journal) -> Window:
        """The migration's."""
        stored: dict[str, Any] = journal.get(NAME) or {}
        return cls(**stored)

    @property
    def is_closed(self) -> bool:
        return self.closed_at is not None

    @property
    def age(self) -> timedelta:
        """How long it has been open; nothing while it is not."""
        if self.opened_at is None or self.is_closed:
            return timedelta()
        opened = datetime.strptime(self.opened_at, "%Y-%m-%dT%H:%M:%S.%f%z")
        return datetime.now(timezone.utc) - opened

    @property
    def warning(self) -> str:
        """What a person should know, in a sentence; empty when there is nothing."""
        if self.age <= LONGEST:
            return ""
        return (
            f"the window has been open for {self.age.total_seconds() / 3600:,.0f} hours, longer "
            "than the usual 48: load what has changed, then cut over"
        )

    @property
    def refusal(self) -> str:
        """Why nothing is loaded any more, in a sentence; empty while it is open."""
        if not self.is_closed:
            return ""
        return (
            f"the window was closed by the cutover at {self.closed_at}; `cutover --reopen` lets "
            "loads begin again"
        )

    def keep(self, journal: Journal) -> None:
        """Note it; the lease must be held."""
        journal.put(NAME, asdict(self))


def open_window(journal: Journal) -> None:
    """The source is about to be read: the first time, this opens the window."""
    if journal.get(NAME) is None:
        Window(instant()).keep(journal)
