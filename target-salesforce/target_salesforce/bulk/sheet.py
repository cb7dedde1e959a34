"""Sheets: operations of one object and kind as the rows of a CSV, and as what recognises them.

Results come in any order, so a row is recognised by the key that it carries: the id where there is
one already, else the external key, else by all that it says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from crm_transforms.destination import Kind
from target_salesforce.bulk.cells import cell_for, unknown_cell
from target_salesforce.bulk.columns import header_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crm_transforms.destination import Operation
    from target_salesforce.described import Described

ID = "Id"
Signature: TypeAlias = "str | tuple[str, ...]"


class Sheet:
    """The columns that some operations need.

    Args:
        described: the object.
        kind: create, update or delete.
        operations: all that will be written.
        key_field: the field that carries the external key; empty where there is none.

    Attributes:
        header: of the columns, in their order.
        width: how many of the first columns recognise a row.
    """

    def __init__(
        self,
        described: Described,
        kind: Kind,
        operations: Sequence[Operation],
        key_field: str,
    ) -> None:
        self.kind = kind
        self._whole = kind is Kind.CREATE
        names: list[str] = []
        if kind is not Kind.DELETE:
            names = sorted({name for operation in operations for name in operation.fields})
        if self._whole and _tells_apart(operations, key_field):
            names = [key_field, *(name for name in names if name != key_field)]
            self.width = 1
        else:
            self.width = len(names) if self._whole else 1
        self._columns = [
            (
                name,
                unknown_cell
                if "." in name
                else cell_for(described.by_name[name].form, whole=self._whole),
            )
            for name in names
        ]
        headers = [header_of(described, name) for name in names]
        self.header = headers if self._whole else [ID, *headers]

    def row(self, operation: Operation) -> list[str]:
        """The cells of one operation."""
        fields = operation.fields
        cells = [cell(fields[name]) if name in fields else "" for name, cell in self._columns]
        return cells if self._whole else [operation.destination_id or "", *cells]

    def signature(self, cells: Sequence[str]) -> Signature:
        """What a row is recognised by, in what was written and in what is answered."""
        return cells[0] if self.width == 1 else tuple(cells[: self.width])

    def signature_of(self, operation: Operation) -> Signature:
        """The same of what will be written."""
        if not self._whole:
            return operation.destination_id or ""
        if self.width > 1:
            return tuple(self.row(operation))
        name, cell = self._columns[0]
        return cell(operation.fields[name])

    def places(self, header: Sequence[str]) -> list[int] | None:
        """Where the recognising columns are in an answer; ``None`` where it lacks one."""
        there = {name: place for place, name in enumerate(header)}
        wanted = self.header[: self.width]
        return [there[name] for name in wanted] if all(name in there for name in wanted) else None


class Waiting:
    """Operations whose row has not been answered yet."""

    def __init__(self, sheet: Sheet, operations: Sequence[Operation]) -> None:
        self._sheet = sheet
        self._by_signature: dict[Signature, list[Operation]] = {}
        for operation in operations:
            self._by_signature.setdefault(sheet.signature_of(operation), []).append(operation)

    def __len__(self) -> int:
        return sum(map(len, self._by_signature.values()))

    def take(self, cells: Sequence[str]) -> Operation | None:
        """The operation whose row this is; of equal ones any, for they say the same."""
        signature = self._sheet.signature(cells)
        some = self._by_signature.get(signature)
        if not some:
            return None
        if len(some) == 1:
            del self._by_signature[signature]
            return some[0]
        return some.pop(0)

    def rest(self) -> Iterator[Operation]:
        """Those that nothing was said of."""
        for some in self._by_signature.values():
            yield from some


def _tells_apart(operations: Sequence[Operation], key_field: str) -> bool:
    keys = {operation.fields.get(key_field) for operation in operations} if key_field else set()
    return len(keys) == len(operations) and all(isinstance(key, str) and key for key in keys)
