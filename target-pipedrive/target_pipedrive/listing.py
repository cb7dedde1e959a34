"""The records of one object as lists: newest first, or by their ids."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crm_transforms.destination import Cost
from target_pipedrive.costs import TOKENS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from target_pipedrive.account import Account
    from target_pipedrive.fields import ObjectFields
    from target_pipedrive.table import Table

HUNDRED = 100
"""Ids that a list of API v2 takes at once."""


def is_live(row: Mapping[str, Any]) -> bool:
    """Whether a record is there; lists go on showing some that were deleted."""
    return not row.get("is_deleted") and row.get("active_flag") is not False


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

    def everything(
        self, names: Collection[str], include: Collection[str] = ()
    ) -> Iterator[dict[str, Any]]:
        """All live records of an object of API v2, the archived ones as well, in no order."""
        count = 0
        for path in filter(None, (self.table.path, self.table.archive)):
            for page in self.client.pages(f"GET {path}", self.selected(names, include)):
                yield from filter(is_live, page)
                count += len(page)
                self.account.progress(self.table.name, count, 0)

    def selected(self, names: Collection[str], include: Collection[str] = ()) -> dict[str, str]:
        """The query that leaves out custom fields nobody asked for (v2 takes up to 15 keys).

        Args:
            names: the fields that matter.
            include: what v2 answers only when it is asked for, counts of children for example.
        """
        fields = self.fields
        codes = [code for name in names for code in fields.custom_codes(name)]
        query = {"custom_fields": ",".join(codes)} if 0 < len(codes) <= 15 else {}
        return {**query, "include_fields": ",".join(include)} if include else query

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
        for start in range(0, len(ids), HUNDRED):
            yield from self.hundred(ids[start : start + HUNDRED], names)

    def hundred(
        self, ids: Sequence[str], names: Collection[str] = (), include: Collection[str] = ()
    ) -> Iterator[dict[str, Any]]:
        """Up to a hundred records of API v2 by id, in one request; in two where some are archived.

        Args:
            ids: the records.
            names: as in :meth:`selected`.
            include: likewise.
        """
        missing = dict.fromkeys(ids)
        for path in filter(None, (self.table.path, self.table.archive)):
            if not missing:
                return
            query = {"ids": ",".join(missing), **self.selected(names, include)}
            for page in self.client.pages(f"GET {path}", query, limit=HUNDRED):
                for row in filter(is_live, page):
                    missing.pop(str(row["id"]), None)
                    yield row

    def reading_cost(self, count: int) -> Cost:
        """What reading so many records by their ids costs, if none of them is archived."""
        calls = -(-count // HUNDRED)
        return Cost(calls, calls * TOKENS[f"GET {self.table.path}"])
