"""The journal of a migration, its only state."""

from __future__ import annotations

from crm_transforms.journal.chain import ChainReport
from crm_transforms.journal.decisions import Decision
from crm_transforms.journal.errors import (
    JournalBusyError,
    JournalError,
    JournalFullError,
    LeaseHeldError,
    LeaseLostError,
)
from crm_transforms.journal.journal import Journal
from crm_transforms.journal.lease import Lease
from crm_transforms.journal.links import Link
from crm_transforms.journal.operation import UNDO, Intent, OpenOperation, OperationRecord
from crm_transforms.journal.rejects import Reject
from crm_transforms.journal.rows import Row
from crm_transforms.journal.runs import Run
from crm_transforms.journal.staging import StageCounts
from crm_transforms.journal.streams import Counts, StreamInfo

__all__ = [
    "UNDO",
    "ChainReport",
    "Counts",
    "Decision",
    "Intent",
    "Journal",
    "JournalBusyError",
    "JournalError",
    "JournalFullError",
    "Lease",
    "LeaseHeldError",
    "LeaseLostError",
    "Link",
    "OpenOperation",
    "OperationRecord",
    "Reject",
    "Row",
    "Run",
    "StageCounts",
    "StreamInfo",
]
