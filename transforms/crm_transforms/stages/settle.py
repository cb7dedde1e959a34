"""Settle: find out what became of operations whose answer never came.

The destination is asked before anything is sent again. Because a request may still be carried out
after that (a late commit), whatever was sent again is looked for once more at the end of the run,
and a second record that carries our mark is taken away.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from typing import TYPE_CHECKING

from crm_transforms.canonical import decode
from crm_transforms.destination import SCHEMA, Handle, Kind, Operation, Status, Verdict
from crm_transforms.journal import Decision, Intent

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from crm_transforms.journal import OpenOperation
    from crm_transforms.stages.work import Work

logger = logging.getLogger(__name__)

BATCH = 200
"""Operations asked about at a time."""


class Settler:
    """Asks what became of operations, and decides them in the journal.

    Args:
        work: the run.
        former: (object, target) of what was written beside the mapping's objects.
    """

    def __init__(self, work: Work, former: Iterable[tuple[str, str]] = ()) -> None:
        self._work = work
        self._targets: dict[str, list[str]] = {SCHEMA: [SCHEMA]}
        known = [(obj.name, obj.target) for obj in work.mapping.objects.values()]
        for name, target in dict.fromkeys([*known, *former]):
            if target != SCHEMA:
                self._targets.setdefault(target, []).append(name)

    @property
    def _sweep_name(self) -> str:
        return f"sweep.{self._work.identity.id}"

    def settle(
        self, operations: Sequence[Operation], marks: Mapping[str, str]
    ) -> tuple[list[Verdict], list[int]]:
        """Ask until every operation is known or patience ends.

        Returns:
            The verdicts of those that landed (not yet in the journal), and the ids of those that
            certainly did not (decided so). The rest stays open in the journal.
        """
        landed: list[Verdict] = []
        absent: list[int] = []
        left = list(operations)
        for pause in self._work.options.settle:
            self._work.sleep(pause)
            verdicts = self._ask(left, marks)
            landed += [v for v in verdicts.values() if v.status is Status.LANDED]
            absent += [v.operation_id for v in verdicts.values() if v.status is Status.ABSENT]
            left = [op for op in left if verdicts[op.id].status is Status.UNKNOWN]
            if not left:
                break
        self._decide_absent(absent)
        return landed, absent

    def recover(self) -> None:
        """Decide what an earlier process left open, before anything else is written."""
        open_operations = list(self._work.journal.open_operations(self._work.identity.id))
        if not open_operations:
            return
        logger.info(
            "asking what became of %d operations of an interrupted run", len(open_operations)
        )
        by_handle: dict[str, list[OpenOperation]] = defaultdict(list)
        by_marks: dict[tuple[tuple[str, str], ...], list[OpenOperation]] = defaultdict(list)
        for op in open_operations:
            if op.handle:
                by_handle[op.handle].append(op)
            else:
                by_marks[tuple(sorted(op.marks.items()))].append(op)
        for handle, group in by_handle.items():
            for op in self._rejoin(handle, group):
                by_marks[tuple(sorted(op.marks.items()))].append(op)
        for marks, group in by_marks.items():
            for start in range(0, len(group), BATCH):
                operations = [_operation(op) for op in group[start : start + BATCH]]
                verdicts = self._ask(operations, dict(marks)).values()
                self._decide(v for v in verdicts if v.status is not Status.ABSENT)
                self._decide_absent([v.operation_id for v in verdicts if v.status is Status.ABSENT])

    def _rejoin(self, handle: str, group: Sequence[OpenOperation]) -> list[OpenOperation]:
        """Wait for what a killed process had started; what that leaves open is returned."""
        answers = self._work.destination.rejoin(handle, [_operation(op) for op in group])
        told = {one.operation_id: one for one in answers if one.status is not Status.UNKNOWN}
        self._decide(told.values())
        return [op for op in group if op.id not in told]

    def sweep_earlier(self) -> None:
        """Look for what earlier runs took for absent; after that they are believed."""
        run_id = self._work.run_id
        earlier = {number for number, added in self._suspects().items() if added < run_id}
        self._sweep(earlier)
        kept = {
            number: added for number, added in self._suspects().items() if number not in earlier
        }
        if earlier:
            self._work.journal.put(self._sweep_name, kept or None)

    def sweep(self, *, schema: bool = False) -> set[str]:
        """Look once more for what this run took for absent, and remove a second record of ours.

        Returns:
            the objects of which a record was found that nobody had linked; now it is.
        """
        run_id = self._work.run_id
        return self._sweep(
            {number for number, added in self._suspects().items() if added == run_id}, schema=schema
        )

    def _sweep(self, suspects: Collection[int], *, schema: bool | None = None) -> set[str]:
        found_now: set[str] = set()
        if not suspects:
            return found_now
        stored = {one.id: one for one in self._work.journal.operations_by_id([*suspects])}
        by_marks: dict[tuple[tuple[str, str], ...], list[Operation]] = defaultdict(list)
        for one in stored.values():
            meant = schema is None or schema is (one.target == SCHEMA)
            if meant and one.kind is Kind.CREATE and one.target in self._targets:
                by_marks[tuple(sorted(one.marks.items()))].append(_operation(one))
        for marks, operations in by_marks.items():
            for verdict in self._work.destination.resolve(operations, dict(marks)):
                if verdict.status is Status.LANDED and verdict.destination_id is not None:
                    found = [verdict.destination_id, *verdict.duplicates]
                    if self._tidy(stored[verdict.operation_id], found):
                        found_now.add(stored[verdict.operation_id].object)
        return found_now

    def _suspects(self) -> dict[int, int]:
        """Operations taken for absent, with the run that did so."""
        stored: dict[str, int] = self._work.journal.get(self._sweep_name) or {}
        return {int(number): run_id for number, run_id in stored.items()}

    def _tidy(self, stored: OpenOperation, found: Sequence[str]) -> bool:
        """Of the records that carry an operation's mark, keep the one that is linked.

        Returns:
            whether none was linked; now one is.
        """
        journal, identity = self._work.journal, self._work.identity.id
        linked = self._linked(stored.target, found)
        stray = [one for one in found if one not in linked]
        is_new = bool(stray) and not journal.links(stored.object, identity, [stored.key])
        if is_new:
            ours = (stored.key, stray.pop(0), None)
            journal.link_matched(
                stored.object, identity, [ours], origin="created", operation_id=stored.id
            )
        for extra in stray:
            logger.warning("removing %s %s: our own late duplicate", stored.target, extra)
            self._remove(stored, extra)
        return is_new

    def _ask(self, operations: Sequence[Operation], marks: Mapping[str, str]) -> dict[int, Verdict]:
        """One verdict per operation, each record claimed by one operation only."""
        answers = {
            verdict.operation_id: verdict
            for verdict in self._work.destination.resolve(operations, marks)
        }
        taken: set[tuple[str, str]] = set()
        claimed: dict[int, Verdict] = {}
        for op in operations:
            verdict = answers.get(op.id, Verdict(op.id, Status.UNKNOWN))
            if (
                op.kind is Kind.CREATE
                and verdict.status is Status.LANDED
                and verdict.destination_id
            ):
                found = [verdict.destination_id, *verdict.duplicates]
                linked = self._linked(op.object, found)
                free = [one for one in found if one not in linked and (op.object, one) not in taken]
                if free:
                    taken.add((op.object, free[0]))
                    verdict = Verdict(op.id, Status.LANDED, free[0])
                    if len(free) > 1:
                        self._suspect([op.id])
                else:
                    verdict = Verdict(op.id, Status.ABSENT)
            claimed[op.id] = verdict
        return claimed

    def _linked(self, target: str, ids: Sequence[str]) -> set[str]:
        return {
            destination_id
            for name in self._targets[target]
            for destination_id in self._work.journal.link_keys(name, self._work.identity.id, ids)
        }

    def _decide(self, answers: Iterable[Handle | Verdict]) -> None:
        self._work.journal.decide(
            [
                Decision(
                    answer.operation_id,
                    answer.status,
                    answer.destination_id,
                    answer.code,
                    answer.message,
                    answer.fields,
                )
                for answer in answers
                if isinstance(answer, Verdict)
            ]
        )

    def _decide_absent(self, operation_ids: Sequence[int]) -> None:
        if operation_ids:
            self._suspect(operation_ids)
            self._decide(Verdict(op_id, Status.ABSENT, code="NOT_FOUND") for op_id in operation_ids)

    def _suspect(self, operation_ids: Iterable[int]) -> None:
        known = self._suspects() | dict.fromkeys(operation_ids, self._work.run_id)
        self._work.journal.put(self._sweep_name, known)

    def _remove(self, stored: OpenOperation, destination_id: str) -> None:
        work = self._work
        intent = Intent(
            object=stored.object,
            target=stored.target,
            kind=Kind.DELETE,
            key=stored.key,
            destination_id=destination_id,
            fields=b"{}",
            before=stored.fields,
            after=None,
            action="late duplicate",
            input_fp=None,
            desired_fp=None,
        )
        (op_id,) = work.journal.intend(work.run_id, work.identity.id, [intent], {})
        operation = Operation(op_id, stored.target, Kind.DELETE, stored.key, {}, destination_id)
        self._decide(work.destination.write([operation]))


def _operation(stored: OpenOperation) -> Operation:
    return Operation(
        stored.id,
        stored.target,
        stored.kind,
        stored.key,
        decode(stored.fields),
        stored.destination_id,
        stored.action,
    )
