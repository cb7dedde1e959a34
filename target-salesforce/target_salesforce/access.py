"""What carries out everything about one object."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from crm_transforms.destination import Complaint, Cost, Kind, Operation, Record, Verdict


class Access(Protocol):
    """One object of one org: plain records, orders, notes or files."""

    def unit_of(self, kind: Kind) -> int:
        """How many operations go together at most."""

    def check(self, record: Record, *, whole: bool = True) -> Sequence[Complaint]:
        """Why the API would refuse this record, without asking it."""

    def carry_out(self, operations: Sequence[Operation]) -> Iterator[Verdict]:
        """Send as many operations of one kind as go together; called from several threads at once.

        Raises:
            DestinationError: operations without a verdict certainly did not happen.
            BudgetExhaustedError: likewise.
        """

    def resolve(self, operations: Sequence[Operation], mark: str) -> Iterator[Verdict]:
        """Find out what became of operations without an answer."""

    def read(self, ids: Sequence[str], names: Collection[str]) -> Mapping[str, Record]:
        """Records by id; all fields when none is named."""

    def normalise(self, record: Record) -> Record:
        """The record as it will be read back."""

    def cost(self, kind: Kind, count: int) -> Cost:
        """What so many operations cost, without a job."""

    def reading_cost(self, count: int) -> Cost:
        """What reading so many records by id costs."""
