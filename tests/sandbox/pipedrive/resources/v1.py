"""Base of the objects that still live in v1."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from tests.sandbox.pipedrive.body import accept_body
from tests.sandbox.pipedrive.call import Answer
from tests.sandbox.pipedrive.pages import offset_page
from tests.sandbox.pipedrive.refusal import RefusalError, not_found
from tests.sandbox.pipedrive.tables.attribute import create_body, update_body

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.sandbox.pipedrive.call import Call
    from tests.sandbox.pipedrive.tables.attribute import Attribute

    Row = dict[str, Any]


class V1Records:
    """One v1 object; `settle` as in `Records`.

    Attributes:
        sorts: Columns that `sort` may name.
    """

    name: ClassVar[str]
    singular: ClassVar[str]
    attributes: ClassVar[tuple[Attribute, ...]]
    sorts: ClassVar[tuple[str, ...]] = ("id",)

    def __init__(self) -> None:
        self.create_body = create_body(self.attributes)
        self.update_body = update_body(self.attributes)
        self.blank = {a.name: a.default for a in self.attributes if "r" in a.on}

    def settle(self, call: Call, before: Row | None, values: Row) -> None:
        """Checks `values` against each other and completes them, in place."""

    def chosen(self, call: Call) -> Iterable[Row]:
        """Rows of a list, unsorted."""
        return call.account.tables[self.name]

    def list(self, call: Call) -> Answer:
        rows = self.sorted(list(self.chosen(call)), call.query.get("sort"))
        page, additional = offset_page(rows, call.query)
        return Answer([self.shown(call, row) for row in page], additional)

    def sorted(self, rows: list[Row], sort: str | None) -> list[Row]:
        if sort is None:
            return rows
        for part in reversed(sort.split(",")):
            column, _, mode = part.strip().partition(" ")
            if column not in self.sorts or mode.upper() not in ("", "ASC", "DESC"):
                raise RefusalError(400, f"Cannot sort {self.name} by {part.strip()}")
            rows = sorted(
                rows,
                key=lambda row: (row[column] is not None, row[column] or 0),
                reverse=mode.upper() == "DESC",
            )
        return rows

    def stored(self, call: Call) -> Row:
        row = call.account.live(self.name, call.id_at())
        if row is None:
            raise not_found(f"{self.singular} {call.path[0]}")
        return row

    def get(self, call: Call) -> Answer:
        return Answer(self.shown(call, self.stored(call)))

    def create(self, call: Call) -> Answer:
        account = call.account
        values = accept_body(account, self.create_body, call.body, self.name, call.faults)
        self.settle(call, None, values)
        call.faults.refuse()
        row = {**self.blank, **self.stamps(call), **values}
        row["id"] = account.tables[self.name].next_id()
        account.put(self.name, row, "create")
        return Answer(self.shown(call, row))

    def stamps(self, call: Call) -> Row:
        now = call.account.v1_now()
        return {"add_time": now, "update_time": now}

    def update(self, call: Call) -> Answer:
        account, before = call.account, self.stored(call)
        values = accept_body(account, self.update_body, call.body, self.name, call.faults)
        self.settle(call, before, values)
        call.faults.refuse()
        row = {**before, **values, "update_time": account.v1_now()}
        return Answer(self.shown(call, account.put(self.name, row, "update")))

    def delete(self, call: Call) -> Answer:
        row = self.stored(call)
        call.account.remove(self.name, row["id"])
        return Answer({"id": row["id"]})

    def shown(self, _call: Call, row: Row) -> Row:
        """The record as answered."""
        return dict(row)
