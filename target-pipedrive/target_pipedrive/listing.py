"""The records of one object as lists: newest first, or by their ids."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from target_pipedrive.account import Account
    from target_pipedrive.fields import ObjectFields
    from target_pipedrive.table import Table


class Listing:
    """The records of one object of one account."""

    def __init__(self, table: Table, account: Account) -> None:
        self.table = table
        self.account = account
        self.client = account.client
        self.seen_last: str | None = None
        """The highest id of a list that was just read, good for one mark."""
        self.shown: dict[str, dict[str, Any]] = {}
        """Records that were just looked at, good for reading them once before the next write."""

    @property
    def fields(self) -> ObjectFields:
        """The object's fields as they are now."""
        return self.account.book.of(self.table.name)

    def mark(self) -> str:
        """The highest id so far, asked for in one request where no list has just told it."""
        if self.seen_last is not None:
            told, self.seen_last = self.seen_last, None
            return told
        return next((str(row["id"]) for row in self.newest(limit=1)), "0")

    def newest(self, *, limit: int = 0, names: Collection[str] = ()) -> Iterator[dict[str, Any]]:
        """Records by falling id.

        Args:
            limit: no more than so many in one page, and no second page; 0 for all pages.
            names: the fields that matter.
        """
        query = {"sort_by": "id", "sort_direction": "desc", **self.selected(names)}
        endpoint = f"GET {self.table.path}"
        for page in self.client.pages(endpoint, query, limit=limit or self.table.page):
            yield from page
            if limit:
                return

    def selected(self, names: Collection[str]) -> dict[str, str]:
        """The query that leaves out custom fields nobody asked for (v2 takes up to 15 keys)."""
        fields = self.fields.by_name
        codes = [fields[name].code for name in names if name in fields and fields[name].custom]
        return {"custom_fields": ",".join(codes)} if 0 < len(codes) <= 15 else {}

    def read(self, ids: Sequence[str], names: Collection[str]) -> dict[str, dict[str, Any]]:
        """Records by id; those that are gone are left out."""
        found = self.recalled(ids, names)
        fields = self.fields
        asked = [id_ for id_ in ids if id_ not in found]
        for count, row in enumerate(self.rows(asked, names), 1):
            found[str(row["id"])] = fields.incoming(row, names)
            self.account.progress(self.table.name, count, len(ids))
        return found

    def recalled(self, ids: Sequence[str], names: Collection[str]) -> dict[str, dict[str, Any]]:
        """Those of the records that were just shown with all of these fields."""
        return {
            id_: {name: record[name] for name in names}
            for id_, record in ((id_, self.shown.pop(id_, {})) for id_ in dict.fromkeys(ids))
            if names and all(name in record for name in names)
        }

    def rows(self, ids: Sequence[str], names: Collection[str]) -> Iterator[dict[str, Any]]:
        """Records by id as the API answers them, a hundred at a time."""
        for start in range(0, len(ids), 100):
            yield from self.hundred(ids[start : start + 100], names)

    def hundred(
        self, ids: Sequence[str], names: Collection[str], path: str = ""
    ) -> Iterator[dict[str, Any]]:
        """Up to a hundred records by id, in one request."""
        query = {"ids": ",".join(ids), **self.selected(names)}
        endpoint = f"GET {path or self.table.path}"
        for page in self.client.pages(endpoint, query, limit=100):
            yield from (row for row in page if not row.get("is_deleted"))
