"""What can go wrong with the journal itself, in sentences for people."""

from __future__ import annotations


class JournalError(Exception):
    """The journal cannot be used as asked: missing, of another migration, newer, unreadable."""


class JournalFullError(JournalError):
    """Nothing was written because there is no room: disk full, quota, or the disk fails.

    The batch that raised it is not in the journal; the same call succeeds once there is room.
    """


class JournalBusyError(JournalError):
    """Another process kept the database locked for longer than we wait."""


class LeaseHeldError(JournalError):
    """Another run of the same migration is under way; this one has written nothing.

    Attributes:
        verb: what the other run does.
        host: where it runs.
        pid: its process id there.
        since: UTC instant at which it took the lease.
    """

    def __init__(self, verb: str, host: str, pid: int, since: str) -> None:
        super().__init__(
            f"Another run of this migration is under way: {verb}, process {pid} on {host}, "
            f"since {since}. Nothing was written."
        )
        self.verb = verb
        self.host = host
        self.pid = pid
        self.since = since


class LeaseLostError(JournalError):
    """This run was taken for dead and another one took over; it must write nothing more."""
