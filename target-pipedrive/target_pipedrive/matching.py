"""Which line of a deal is whose: told by content, since a line has no field for a key."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from target_pipedrive.tables import DEAL_PRODUCTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crm_transforms.destination import Operation, Record
    from target_pipedrive.fields import ObjectFields

    Row = dict[str, Any]


class Shape(NamedTuple):
    """What of a line is compared: these fields (all that were sent when empty), so exactly."""

    names: tuple[str, ...] = ()
    digits: int | None = None


LOOSER = (Shape(DEAL_PRODUCTS.identity), Shape(DEAL_PRODUCTS.identity, digits=2))
"""Pipedrive may cut a comment, or round a price to cents."""

ANY_OF_PRODUCT = Shape(("product_id",))
"""Enough where nothing but the lines that were sent is looked at."""


class Matcher:
    """Compares lines that were sent with lines that are there.

    Args:
        fields: those of deal products.
    """

    def __init__(self, fields: ObjectFields) -> None:
        self._fields = fields

    def matched(
        self, operations: Sequence[Operation], rows: Sequence[Row], *looser: Shape
    ) -> dict[int, Row]:
        """Give each operation a line of its content, as far as there are any.

        Args:
            operations: creates of lines of one deal.
            rows: lines of that deal that may be theirs.
            looser: what will do where no line equals all that was sent.

        Returns:
            The line by operation id.
        """
        found: dict[int, Row] = {}
        left = list(rows)
        for shape in (Shape(), *looser):
            seekers: dict[tuple[tuple[str, ...], bytes], list[Operation]] = defaultdict(list)
            for operation in operations:
                if operation.id not in found:
                    sent = {n: v for n, v in operation.fields.items() if v is not None}
                    record = {name: sent[name] for name in shape.names or sent}
                    seekers[tuple(record), self._content(record, shape.digits)].append(operation)
            rest: list[Row] = []
            for row in left:
                seeker = self._seeker(row, seekers, shape)
                if seeker is None:
                    rest.append(row)
                else:
                    found[seeker.id] = row
            left = rest
        return found

    def doubles(self, row: Row, rows: Sequence[Row]) -> Iterator[Row]:
        """Other lines that equal one; the caller knows whose they are."""
        mine = self._content(self._fields.incoming(row, ()), None)
        for other in rows:
            if other is not row and self._content(self._fields.incoming(other, ()), None) == mine:
                yield other

    def _seeker(
        self,
        row: Row,
        seekers: dict[tuple[tuple[str, ...], bytes], list[Operation]],
        shape: Shape,
    ) -> Operation | None:
        for names in {names for names, _ in seekers}:
            record = self._fields.incoming(row, names)
            group = seekers.get((names, self._content(record, shape.digits)))
            if group:
                return group.pop(0)
        return None

    def _content(self, record: Record, digits: int | None) -> bytes:
        if digits is None:
            return self._fields.likeness(record)
        return self._fields.likeness(
            {
                name: round(Decimal(value), digits) if isinstance(value, int | Decimal) else value
                for name, value in record.items()
            }
        )
