"""Sheets: operations of one object and kind as the rows of a CSV, and as what recognises them.

Results come in any order, so a row is recognised by the key that it carries: the id where there is
one already, else the external key, else by all that it says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from crm_transforms.destination import Kind
from target_salesforce.bulk.cells import Cell, as_it_is, cell_for, lines_of, unknown_cell
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
        self._whole = kind is Kind.CREATE
        names: list[str] = []
        if kind is not Kind.DELETE:
            names = sorted({name for operation in operations for name in operation.fields})
        if self._whole and _tells_apart(operations, key_field):
            names = [key_field, *(name for name in names if name != key_field)]
            self.width = 1
        else:
            self.width = len(names) if self._whole else 1
        self._names = names
        cells = [_cell(described, name, whole=self._whole) for name in names]
        self._cells = cells
        self._spelt = [(place, cell) for place, cell in enumerate(cells) if cell is not as_it_is]
        headers = [header_of(described, name) for name in names]
        self.header = headers if self._whole else [ID, *headers]

    def row(self, operation: Operation) -> list[str]:
        """The cells of one operation."""
        fields = operation.fields
        if not self._whole:
            changed = zip(self._names, self._cells, strict=True)
            cells = [cell(fields[name]) if name in fields else "" for name, cell in changed]
            return [operation.destination_id or "", *cells]
        # Most cells are texts that need no spelling: a call for each would double the time.
        row: list[Any] = list(map(fields.get, self._names))
        for place, cell in self._spelt:
            row[place] = cell(row[place])
        return [value or "" for value in row]

    def signature_of(self, operation: Operation) -> Signature:
        """What a row is recognised by."""
        if not self._whole:
            return operation.destination_id or ""
        if self.width == 1:
            return lines_of(self._cells[0](operation.fields[self._names[0]]))
        return tuple(map(lines_of, self.row(operation)))

    def places(self, header: Sequence[str]) -> list[int] | None:
        """Where the recognising columns are in an answer; ``None`` where it lacks one."""
        there = {name: place for place, name in enumerate(header)}
        wanted = self.header[: self.width]
        return [there[name] for name in wanted] if all(name in there for name in wanted) else None


class Waiting:
    """Operations whose row has not been answered yet."""

    def __init__(self, sheet: Sheet, operations: Sequence[Operation]) -> None:
        self._by_signature: dict[Signature, list[Operation]] = {}
        for operation in operations:
            self._by_signature.setdefault(sheet.signature_of(operation), []).append(operation)

    def __len__(self) -> int:
        return sum(map(len, self._by_signature.values()))

    def take(self, signature: Signature) -> Operation | None:
        """The operation whose row this is; of equal ones any, for they say the same."""
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


def _cell(described: Described, name: str, *, whole: bool) -> Cell:
    if "." in name:
        return unknown_cell
    return cell_for(described.by_name[name].form, whole=whole)


def _tells_apart(operations: Sequence[Operation], key_field: str) -> bool:
    keys = {operation.fields.get(key_field) for operation in operations} if key_field else set()
    return len(keys) == len(operations) and all(isinstance(key, str) and key for key in keys)
