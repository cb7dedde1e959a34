"""Load: carry out changes with the intent durable before, and the verdict after, each request."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

from crm_transforms.canonical import encode
from crm_transforms.destination import Handle, Kind, Operation, Status, Verdict
from crm_transforms.journal import Decision, Intent, Reject
from crm_transforms.stages.settle import Settler

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from crm_transforms.stages.work import Change, Work

logger = logging.getLogger(__name__)

MOST_ATTEMPTS = 3
"""How often a record is sent that the destination, when asked, did not have."""
NO_ANSWER = "NO_ANSWER"
"""The code of a reject of what was sent so often."""
DECIDE_SECONDS = 0.5
"""A verdict waits at most so long for others to be made durable together with."""


class Loader:
    """Carries out batches of changes.

    Args:
        work: the run.
        settler: asks about silent operations; by default about those of the mapping's objects.
        stage: of the rejects, where it is neither ``check`` nor ``load``.
    """

    def __init__(self, work: Work, settler: Settler | None = None, stage: str = "") -> None:
        self._work = work
        self._settler = settler or Settler(work)
        self._stage = stage

    def carry_out(self, changes: Sequence[Change]) -> None:
        """Write one batch. Every change ends landed, rejected, or open in the journal.

        Raises:
            BudgetExhaustedError: the rest must wait; what was not sent is planned again next time.
            DestinationError: going on makes no sense; likewise.
        """
        pending = self._checked(changes)
        for attempt in range(1, MOST_ATTEMPTS + 1):
            if not pending:
                return
            pending = self._send(pending, last=attempt == MOST_ATTEMPTS)

    def _checked(self, changes: Iterable[Change]) -> list[Change]:
        """Sort out what the destination would refuse anyway."""
        fit: list[Change] = []
        rejects: list[Reject] = []
        for change in changes:
            complaints = (
                ()
                if change.kind in {Kind.DELETE, Kind.ACT}
                else self._work.destination.check(
                    change.obj.target, change.fields, whole=change.kind is Kind.CREATE
                )
            )
            if not complaints:
                fit.append(change)
                continue
            rejects.append(self.reject(change, **complaints[0]._asdict(), stage="check"))
        if rejects:
            self._work.journal.reject(rejects)
        return fit

    def _send(self, changes: Sequence[Change], *, last: bool) -> list[Change]:
        """Send a batch and return what certainly did not land and may be sent again."""
        work = self._work
        creates = {change.obj.target for change in changes if change.kind is Kind.CREATE}
        marks = work.destination.mark(creates) if creates else {}
        ids = work.journal.intend(
            work.run_id, work.identity.id, [_intent(change) for change in changes], marks
        )
        sent = dict(zip(ids, changes, strict=True))
        operations = {
            op_id: Operation(
                op_id,
                change.obj.target,
                change.kind,
                change.key,
                change.fields,
                change.destination_id,
                change.action if change.kind is Kind.ACT else None,
            )
            for op_id, change in sent.items()
        }
        silent = self._take_verdicts(operations, sent)
        if not silent:
            return []
        landed, absent = self._settler.settle([operations[op_id] for op_id in silent], marks)
        work.journal.decide(
            [self.decision(verdict, sent[verdict.operation_id]) for verdict in landed]
        )
        for op_id in set(silent) - set(absent) - {verdict.operation_id for verdict in landed}:
            name = sent[op_id].obj.name
            work.tally(name).unknown += 1
            work.findings[(name, "the destination does not tell what became of it")] += 1
        if last:
            work.journal.reject(
                [
                    self.reject(
                        sent[op_id],
                        rule="no answer",
                        code=NO_ANSWER,
                        message=f"sent {MOST_ATTEMPTS} times, never taken; the last answer: "
                        f"{silent[op_id].code} {silent[op_id].message}",
                    )
                    for op_id in absent
                ]
            )
            return []
        return [sent[op_id] for op_id in absent]

    def _take_verdicts(
        self, operations: Mapping[int, Operation], sent: Mapping[int, Change]
    ) -> dict[int, Verdict]:
        """Journal verdicts as they come; return those that leave open what happened."""
        work = self._work
        silent: dict[int, Verdict] = {}
        decisions: list[Decision] = []
        decided_at = time.monotonic()

        def decide() -> None:
            if decisions:
                work.journal.decide(decisions)
                decisions.clear()

        try:
            for answer in work.destination.write(list(operations.values())):
                if isinstance(answer, Handle):
                    work.journal.handle(answer.operation_ids, answer.value)
                    continue
                if answer.status is Status.UNKNOWN:
                    silent[answer.operation_id] = answer
                decisions.append(self.decision(answer, sent[answer.operation_id]))
                if time.monotonic() - decided_at > DECIDE_SECONDS:
                    decide()
                    decided_at = time.monotonic()
        finally:
            decide()
        return silent

    def decision(self, verdict: Verdict, change: Change) -> Decision:
        """Turn a verdict into what the journal keeps, and count it."""
        tally = self._work.tally(change.obj.name)
        reject = None
        if verdict.status is Status.LANDED:
            if change.kind is Kind.CREATE:
                tally.created += 1
            elif change.kind is Kind.DELETE:
                tally.deleted += 1
            else:
                tally.updated += 1
        elif verdict.status is Status.REFUSED:
            reject = self.reject(
                change,
                field=", ".join(verdict.fields),
                rule=verdict.rule or "refused by the destination",
                code=verdict.code,
                message=verdict.message,
            )
        return Decision(
            operation_id=verdict.operation_id,
            status=verdict.status,
            destination_id=verdict.destination_id,
            code=verdict.code,
            message=verdict.message,
            fields=verdict.fields,
            reject=reject,
        )

    def reject(
        self,
        change: Change,
        *,
        rule: str,
        message: str,
        field: str = "",
        code: str = "",
        stage: str = "load",
    ) -> Reject:
        """Say why one change cannot land, and count it."""
        self._work.tally(change.obj.name).rejected += 1
        return Reject(
            stage=self._stage or stage,
            stream=change.stream,
            object=change.obj.name,
            key=change.key,
            row_key=change.row_key,
            field=field,
            rule=rule,
            code=code,
            message=message,
            place=change.obj.place(field),
            line=None,
            input_fp=change.input_fp,
            identity=self._work.identity.id,
        )


def _intent(change: Change) -> Intent:
    return Intent(
        object=change.obj.name,
        target=change.obj.target,
        kind=change.kind,
        key=change.key,
        destination_id=change.destination_id,
        fields=encode(change.fields),
        before=None if change.before is None else encode(change.before),
        after=encode(change.after),
        action=change.action,
        undoes=change.undoes,
        input_fp=change.input_fp,
        desired_fp=change.desired_fp,
        origin=change.origin,
        row_key=change.row_key,
    )
