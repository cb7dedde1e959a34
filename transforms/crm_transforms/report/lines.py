"""Lines of the report's lists: runs, rejects and operations, as far as a page tells of them."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crm_transforms.canonical import decode
from crm_transforms.destination import Status
from crm_transforms.exits import Exit
from crm_transforms.journal import UNDO
from crm_transforms.report.figures import kind_of
from crm_transforms.report.words import seconds_between

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crm_transforms.journal import OperationRecord, Reject, Run
    from crm_transforms.journal.census import OperationCount

ENDS: dict[int, str] = {
    Exit.DONE: "done",
    Exit.FAILURE: "failed",
    Exit.USAGE: "refused",
    Exit.REJECTS: "done, with rejects",
    Exit.PAUSED: "paused by the budget",
    Exit.APPROVAL: "not approved",
    Exit.LEASE: "another run was under way",
    Exit.TERMINATED: "stopped",
}


@dataclass(frozen=True, slots=True)
class RunLine:
    """One run of one command.

    Attributes:
        end: how it ended, in words.
        exit_code: ``None`` while it goes on, and of one that was killed.
        seconds: that it took, so far as it ended.
        did: landed operations by what they did: create, update, delete, act, undo.
        refused: operations that the destination refused.
        spent: requests, and tokens where there are such.
        notes: what it had to say.
    """

    id: int
    verb: str
    account: str
    started_at: str
    ended_at: str | None
    end: str
    exit_code: int | None
    seconds: float | None
    did: Mapping[str, int]
    refused: int
    spent: Mapping[str, int]
    notes: Sequence[str]


@dataclass(frozen=True, slots=True)
class RejectLine:
    """One entry of the rejects; ``kind`` is one of :data:`crm_transforms.report.figures.TITLES`."""

    kind: str
    stream: str
    object: str
    key: str
    field: str
    rule: str
    code: str
    message: str
    place: str
    rejected_at: str


@dataclass(frozen=True, slots=True)
class OperationLine:
    """One operation of the audit trail.

    Attributes:
        fields: names of what was sent; ``None`` where the content was dropped.
    """

    id: int
    run_id: int
    object: str
    target: str
    kind: str
    action: str | None
    key: str
    destination_id: str
    status: str | None
    code: str
    at: str
    fields: Sequence[str] | None


def run_lines(runs: Sequence[Run], operations: Sequence[OperationCount]) -> list[RunLine]:
    """All runs, the newest first."""
    did: dict[int, Counter[str]] = defaultdict(Counter)
    refused: Counter[int] = Counter()
    for one in operations:
        if one.status == Status.LANDED.value:
            did[one.run_id][UNDO if one.action == UNDO else one.kind] += one.operations
        elif one.status == Status.REFUSED.value:
            refused[one.run_id] += one.operations
    return [
        RunLine(
            id=run.id,
            verb=run.verb,
            account=run.identity,
            started_at=run.started_at,
            ended_at=run.ended_at,
            end=_end(run.exit_code),
            exit_code=run.exit_code,
            seconds=seconds_between(run.started_at, run.ended_at),
            did=dict(did[run.id]),
            refused=refused[run.id],
            spent=run.summary.get("spent") or {},
            notes=run.summary.get("notes") or (),
        )
        for run in reversed(runs)
    ]


def _end(code: int | None) -> str:
    if code is None:
        return "under way, or killed"
    return ENDS.get(code, "failed")


def reject_line(one: Reject) -> RejectLine:
    """One entry of the rejects."""
    return RejectLine(
        kind=kind_of(one.stage, one.code),
        stream=one.stream,
        object=one.object,
        key=one.key or "",
        field=one.field,
        rule=one.rule,
        code=one.code,
        message=one.message,
        place=one.place or (f"line {one.line}" if one.line else ""),
        rejected_at=one.rejected_at,
    )


def operation_line(one: OperationRecord) -> OperationLine:
    """One operation, without its values."""
    return OperationLine(
        id=one.id,
        run_id=one.run_id,
        object=one.object,
        target=one.target,
        kind=one.kind.value,
        action=one.action,
        key=one.key,
        destination_id=one.destination_id or "",
        status=None if one.status is None else one.status.value,
        code=one.code,
        at=one.decided_at or one.intended_at,
        fields=list(decode(one.fields)) if one.payload.is_whole else None,
    )
