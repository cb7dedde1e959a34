"""Lists of API v1: paged by offset, and read by id where that is cheaper."""

from __future__ import annotations

from bisect import bisect_right, insort
from typing import TYPE_CHECKING, Any

from crm_transforms.destination import Cost, DestinationError
from target_pipedrive.client import RefusedError
from target_pipedrive.costs import TOKENS
from target_pipedrive.listing import is_live
from target_pipedrive.resource import Resource

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from target_pipedrive.account import Account
    from target_pipedrive.table import Table

SEEKS = 4
"""How often a place is looked for in a list that others change, before records are read singly."""


class Positions:
    """Where ids stand in a list that is sorted by id.

    New records are added at the end, so a place stays right until an older record is deleted; a
    reader must check that the page it gets does not begin too late.
    """

    def __init__(self) -> None:
        self._offsets: dict[int, int] = {}
        self._ids: list[int] = []

    def note(self, id_: int, offset: int) -> None:
        """Remember where an id was seen."""
        if id_ not in self._offsets:
            insort(self._ids, id_)
        self._offsets[id_] = offset

    def before(self, id_: int) -> int:
        """An offset at or before an id; 0 where nothing is known."""
        at = bisect_right(self._ids, id_)
        return self._offsets[self._ids[at - 1]] if at else 0

    def forget(self) -> None:
        """Something was deleted: start afresh."""
        self._offsets.clear()
        self._ids.clear()


class V1Resource(Resource):
    """An object of API v1, which cannot list records by their ids."""

    def __init__(self, table: Table, account: Account) -> None:
        super().__init__(table, account)
        self.positions = Positions()

    def page(self, start: int, limit: int, sort: str) -> tuple[list[dict[str, Any]], int | None]:
        """One page, and where the next begins."""
        query = {"start": start, "limit": limit, "sort": sort}
        body = self.client.read(f"GET {self.table.path}", query)
        rows = list(body["data"] or ())
        paging = (body.get("additional_data") or {}).get("pagination") or {}
        if not paging.get("more_items_in_collection") or not rows:
            return rows, None
        told = paging.get("next_start")
        following = start + len(rows) if told is None else int(told)
        if following <= start:
            raise DestinationError(
                f"GET {self.table.path}: the page at {start} is followed by the one at {following}"
            )
        return rows, following

    def newest(
        self,
        *,
        limit: int = 0,
        names: Collection[str] = (),  # noqa: ARG002 - v1 answers whole records
    ) -> Iterator[dict[str, Any]]:
        """Records by falling id; some may come twice.

        Pages overlap by one record. Where the seam is missing, newer records were deleted meanwhile
        and older ones moved up, perhaps past the page's end: then a page is read again.
        """
        start, seam = 0, 0
        while True:
            rows, following = self.page(start, limit or self.table.page, "id DESC")
            if seam and (not rows or int(rows[0]["id"]) < seam):
                start, seam = max(0, start - self.table.page), 0
                continue
            yield from filter(is_live, rows)
            if limit or following is None:
                return
            start, seam = following - 1, int(rows[-1]["id"])

    def rows(
        self,
        ids: Sequence[str],
        names: Collection[str],  # noqa: ARG002 - v1 answers whole records
    ) -> Iterator[dict[str, Any]]:
        wanted = sorted({int(id_) for id_ in ids})
        worth = self.worth
        while len(wanted) > worth:
            rows, walked_to = self.stretch(wanted)
            yield from filter(is_live, rows)
            wanted = [id_ for id_ in wanted if id_ > walked_to]
            pages = 1 + (wanted[-1] - wanted[0]) // self.table.page if wanted else 0
            if not walked_to or (len(rows) <= worth and pages * worth > len(wanted)):
                break
        for id_ in wanted:
            yield from filter(is_live, self.one(id_))

    @property
    def worth(self) -> int:
        """So many records read singly cost as much as a page of the list."""
        return TOKENS[f"GET {self.table.path}"] // TOKENS[f"GET {self.table.path}/{{id}}"]

    def reading_cost(self, count: int) -> Cost:
        """What reading so many records costs if they were made one after the other."""
        if count <= self.worth:
            return Cost(count, count * TOKENS[f"GET {self.table.path}/{{id}}"])
        pages = -(-count // self.table.page)
        return Cost(pages, pages * TOKENS[f"GET {self.table.path}"])

    def one(self, id_: int) -> list[dict[str, Any]]:
        """A record by its id, or nothing when it is gone."""
        try:
            row = self.client.read(f"GET {self.table.path}/{{id}}", id=id_)["data"]
        except RefusedError as error:
            if error.reply.http in {404, 410}:
                return []
            raise
        return [row] if row else []

    def stretch(self, wanted: list[int]) -> tuple[list[dict[str, Any]], int]:
        """The wanted records of the page in which the first of them stands.

        Returns:
            The records, and the id up to which those that were not found are gone; nothing and 0
            when the list does not hold still.
        """
        for _ in range(SEEKS):
            start = self.positions.before(wanted[0])
            rows, following = self.page(start, self.table.page, "id ASC")
            if start and (not rows or int(rows[0]["id"]) > wanted[0]):
                # Older records were deleted and all others moved: what is not seen is not gone.
                self.positions.forget()
            elif following is not None and int(rows[-1]["id"]) < wanted[0]:
                self.seek(wanted[0], start + len(rows) - 1, int(rows[-1]["id"]))
            else:
                last = wanted[-1] if following is None else int(rows[-1]["id"])
                if following is not None:
                    self.positions.note(last, following - 1)
                asked = set(wanted)
                return [row for row in rows if int(row["id"]) in asked], last
        return [], 0

    def seek(self, id_: int, low: int, id_at_low: int) -> None:
        """Note a place less than a page before an id, found in few and small requests."""
        step, high = self.table.page, low + id_ - id_at_low + 1
        while high - low >= self.table.page:
            probe = min(low + step, (low + high) // 2)
            rows, _ = self.page(probe, 1, "id ASC")
            if rows and int(rows[0]["id"]) <= id_:
                low, step = probe, step * 2
                id_at_low = int(rows[0]["id"])
            else:
                high = probe
        self.positions.note(id_at_low, low)
