"""Base of every v2 object: list, get, create, update, delete."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from tests.sandbox.pipedrive.body import accept_body
from tests.sandbox.pipedrive.call import Answer
from tests.sandbox.pipedrive.pages import page_by_column, page_by_id
from tests.sandbox.pipedrive.refusal import not_found
from tests.sandbox.pipedrive.tables.attribute import create_body, update_body

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.sandbox.pipedrive.account import Account
    from tests.sandbox.pipedrive.call import Call
    from tests.sandbox.pipedrive.tables.attribute import Attribute

    Row = dict[str, Any]


class Records:
    """One object. A subclass declares it, and in `settle` the rules no table can hold.

    Attributes:
        name: The object, as in paths.
        singular: What refusals call one record.
        attributes: Its table.
        column: The column of notes, files and activities that names it.
        stamped_with: Columns a new record takes the acting user for.
        created_status: Status of a successful create.
        filters: List parameters that must equal the column of the same name.
    """

    name: ClassVar[str]
    singular: ClassVar[str]
    attributes: ClassVar[tuple[Attribute, ...]]
    column: ClassVar[str] = ""
    stamped_with: ClassVar[tuple[str, ...]] = ("owner_id",)
    created_status: ClassVar[int] = 200
    filters: ClassVar[tuple[str, ...]] = ("owner_id",)

    def __init__(self) -> None:
        self.create_body = create_body(self.attributes)
        self.update_body = update_body(self.attributes)
        self.blank = {a.name: a.default for a in self.attributes if "r" in a.on}

    def settle(self, call: Call, before: Row | None, values: Row) -> None:
        """Checks `values` against each other and completes them.

        Args:
            call: The request; its `faults` receive what is wrong.
            before: The record as it is; None when it is being created.
            values: What was accepted; changed in place.
        """

    def list(self, call: Call) -> Answer:
        rows, cursor = self.page(call)
        data = [self.shown(call, row) for row in rows]
        return Answer(data, {"next_cursor": cursor})

    def page(self, call: Call) -> tuple[Sequence[Row], str | None]:
        query = call.query
        ids = self.candidates(call)
        column = query.get("sort_by", "id")
        if column == "id":
            return page_by_id(ids, lambda number: self._admitted(call, number), query)
        rows = (self._admitted(call, number) for number in ids)
        return page_by_column((row for row in rows if row is not None), column, query)

    def candidates(self, call: Call) -> Sequence[int]:
        """Ids worth looking at, ascending: those asked for, an index's, or all."""
        table, query = call.account.tables[self.name], call.query
        if "ids" in query:
            return sorted(set(query["ids"]))
        for column in self.filters:
            if column in query and table.is_indexed(column):
                return table.ids_where(column, query[column])
        return table.ids

    def _admitted(self, call: Call, number: int) -> Row | None:
        row = self.fetch(call, number)
        return row if row is not None and self.admits(call.query, row) else None

    def fetch(self, call: Call, number: int) -> Row | None:
        return call.account.tables[self.name].rows.get(number)

    def admits(self, query: dict[str, Any], row: Row) -> bool:
        for column in self.filters:
            if column in query and row[column] != query[column]:
                return False
        # Inclusive since, exclusive until: the published descriptions.
        if "updated_since" in query and row["update_time"] < query["updated_since"]:
            return False
        return "updated_until" not in query or row["update_time"] < query["updated_until"]

    def get(self, call: Call) -> Answer:
        return Answer(self.shown(call, self.stored(call, call.id_at())))

    def stored(self, call: Call, number: int) -> Row:
        """Raises: RefusalError: 404; deleted records are not accessible either."""
        row = call.account.tables[self.name].rows.get(number)
        if row is None:
            raise not_found(f"{self.singular} {number}")
        return row

    def create(self, call: Call) -> Answer:
        account, faults = call.account, call.faults
        values = accept_body(account, self.create_body, call.body, self.name, faults)
        self.settle(call, None, values)
        faults.refuse()
        row = self.row(call, values)
        account.put(self.name, row, "create")
        return Answer(self.shown(call, row), status=self.created_status)

    def row(self, call: Call, values: Row) -> Row:
        now = call.account.now()
        row = {**self.blank, **dict.fromkeys(self.stamped_with, call.user["id"])}
        row |= {"id": call.account.tables[self.name].next_id(), "add_time": now, **values}
        row["update_time"] = now
        return row

    def update(self, call: Call) -> Answer:
        account, faults = call.account, call.faults
        before = self.stored(call, call.id_at())
        values = accept_body(account, self.update_body, call.body, self.name, faults)
        self.settle(call, before, values)
        faults.refuse()
        row = account.put(self.name, self.changed(call, before, values), "update")
        return Answer(self.shown(call, row))

    def changed(self, call: Call, before: Row, values: Row) -> Row:
        if "custom_fields" in values:
            merged = {**before["custom_fields"], **values["custom_fields"]}
            values["custom_fields"] = {k: v for k, v in merged.items() if v is not None}
        return {**before, **values, "update_time": call.account.now()}

    def delete(self, call: Call) -> Answer:
        row = self.stored(call, call.id_at())
        call.account.remove(self.name, row["id"])
        return Answer({"id": row["id"]})

    def shown(self, call: Call, row: Row) -> Row:
        """The record as answered, with what the query asked to have in it."""
        account, query = call.account, call.query
        shown = dict(row)
        if "custom_fields" in row:
            shown["custom_fields"] = self._custom_fields(account, row, query)
        if query.get("include_labels"):
            labels = account.fields.options(self.name, "label_ids")
            shown["labels"] = [{"id": n, "label": labels.get(n)} for n in row["label_ids"]]
        for extra in query.get("include_fields", ()):
            shown[extra] = self.included(account, row, extra)
        return shown

    def _custom_fields(self, account: Account, row: Row, query: dict[str, Any]) -> Row:
        values, live = row["custom_fields"], account.fields.custom_codes(self.name)
        wanted = query.get("custom_fields")
        codes = live if wanted is None else [code for code in wanted if code in live]
        shown = {code: values.get(code) for code in codes}
        if query.get("include_option_labels"):
            for code, value in shown.items():
                kind = live[code]["field_type"]
                if value is not None and kind in ("enum", "set"):
                    labels = account.fields.options(self.name, code)
                    chosen = [
                        {"id": n, "label": labels.get(n)}
                        for n in (value if kind == "set" else [value])
                    ]
                    shown[code] = chosen if kind == "set" else chosen[0]
        return shown

    def included(self, account: Account, row: Row, name: str) -> Any:
        """The value of one of `include_fields`; counts not kept are 0, the rest null."""
        counted = name.removesuffix("_count")
        if counted in ("notes", "files", "activities"):
            return len(account.tables[counted].ids_where(self.column, row["id"]))
        if counted == "email_messages":
            return len(account.tables["emails"].ids_where(self.column, row["id"]))
        if counted in ("done_activities", "undone_activities"):
            done = counted == "done_activities"
            activities = account.tables["activities"].where(self.column, row["id"])
            return sum(activity["done"] is done for activity in activities)
        return row.get(name, 0 if name.endswith("_count") else None)
