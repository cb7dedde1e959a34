"""What a run counts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class StreamTotals:
    """What became of one stream's records in this run."""

    records: int = 0
    rejected: int = 0
    vanished: int = 0
    whole: bool = False
    held_back: bool = False
    """So many rows vanished that their absence is not believed without ``--accept-deletes``."""


@dataclass(slots=True)
class Tally:
    """What became of one mapping object's records in this run."""

    seen: int = 0
    created: int = 0
    updated: int = 0
    deleted: int = 0
    matched: int = 0
    unchanged: int = 0
    rejected: int = 0
    waiting: int = 0
    conflicts: int = 0
    vanished: int = 0
    unknown: int = 0
    verified: int = 0
    mismatched: int = 0
