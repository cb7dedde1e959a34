"""Numbered pages of unknown size, of a list that people change while it is read."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

from singer_sdk.exceptions import FatalAPIError

from tap_kickserv.ordered import in_order, result_of
from tap_kickserv.seen import SeenKeys, key_of
from tap_kickserv.values import integer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tap_kickserv.client import Client
    from tap_kickserv.doors.source import Listing
    from tap_kickserv.formats import Row

MAX_PASSES = 3
MAX_STALE_PAGES = 10
PAGES_PER_STEP = 32
WIDEST_HOLE = 100


class Pages:
    """Reads a list to its empty page, each row once.

    Neither the page size, nor the order, nor the total is known, so an empty page is the only
    end. A row that is added ahead of the reader pushes rows onto the next page: they come twice
    and are dropped by id. A row that is deleted behind the reader pulls the first row of the next
    page onto a page already read, where nobody sees it. Such a row can only be missing between the
    last row of one page and the first of the next: where their numbers follow each other, nothing
    is; where they do not, the earlier page is read again afterwards, and so is a full last page.
    If that brings up a row never seen, the list has moved, and a second pass fetches the rest.

    A list at rest costs its pages and at most `concurrency` requests more, or two. Where numbers
    are missing in the midst of pages too, holes between pages are common, and only as many of
    them are looked at as this allowance permits. Half of it at most goes into reading ahead, and
    none on short lists.

    Args:
        fetch: Reads the page with this number, counted from 1.
        listing: The list; its number column, if any, tells where rows may be missing.
        elsewhere: Numbers of the same sequence that stand in another list.
        where: The list, as errors name it.
        client: Its threads fetch.
    """

    def __init__(
        self,
        fetch: Callable[[int], list[Row]],
        listing: Listing,
        *,
        elsewhere: SeenKeys,
        where: str,
        client: Client,
    ) -> None:
        self._fetch = fetch
        self._number = listing.number
        self._is_paged = bool(listing.page_params)
        self._elsewhere = elsewhere
        self._where = where
        self._pool = client.pool
        self._allowance = client.concurrency
        self._logger = client.logger
        self._holes: list[int] = []
        self._is_dense = listing.number is not None
        self._spare = 0
        self._pages_known = 0
        self.seen = SeenKeys()
        self.settled = False
        """Whether the last pass found the list at rest; known once all pages are read."""

    def __iter__(self) -> Iterator[list[Row]]:
        for _ in range(MAX_PASSES):
            yield from self._pass()
            late = self._check()
            if not late:
                self.settled = True
                return
            self._logger.warning(
                "%s: rows moved between pages while they were read; reading the list again.",
                self._where,
            )
            yield late
        self._logger.warning(
            "%s: the list did not come to rest in %d passes; rows may be missing.",
            self._where,
            MAX_PASSES,
        )

    def close(self) -> None:
        self.seen.close()

    def _pass(self) -> Iterator[list[Row]]:
        self._holes = []
        before: list[Row] = []
        longest = stale = 0
        for page, rows in enumerate(
            in_order(self._pool, self._fetch, count(1), self._window),
            start=1,
        ):
            if not rows:
                self._pages_known = page - 1
                if self._is_paged and page > 1 and len(before) == longest:
                    self._holes.append(page - 1)
                self._spare = max(self._allowance - self._window(page), 1)
                return
            if page > 1:
                self._compare(page, before, rows)
            if self._is_dense:
                self._is_dense = all(map(self._adjoin, rows, rows[1:]))
            fresh = self.fresh(rows)
            stale = 0 if fresh else stale + 1
            if stale > self._pages_known + MAX_STALE_PAGES:
                raise FatalAPIError(
                    f"{self._where}: pages {page - stale + 1} to {page} hold only rows that "
                    "earlier pages held; the list would never end.",
                )
            before, longest = rows, max(longest, len(rows))
            yield fresh

    def _window(self, page: int) -> int:
        return min(max(self._allowance // 2, 1), 1 + page // PAGES_PER_STEP)

    def _compare(self, page: int, before: list[Row], rows: list[Row]) -> None:
        # Two short pages can be alike for a moment, while a row moves from one to the other.
        if _ids(rows) == _ids(before) and (
            _ids(self._again(page - 1)) == _ids(self._again(page)) == _ids(rows)
        ):
            raise FatalAPIError(
                f"{self._where}: page {page} is the same as page {page - 1}. The page number "
                "seems to be ignored, and the rest of the list cannot be reached.",
            )
        if not self._adjoin(before[-1], rows[0]):
            self._holes.append(page - 1)

    def _adjoin(self, last: Row, first: Row) -> bool:
        if self._number is None:
            return False
        numbers = integer(last.get(self._number)), integer(first.get(self._number))
        if not all(type(n) is int for n in numbers):
            return False
        between = range(min(numbers) + 1, max(numbers))
        return len(between) < WIDEST_HOLE and all(n in self._elsewhere for n in between)

    def fresh(self, rows: list[Row]) -> list[Row]:
        """Keep the rows whose ids this list has not brought up before."""
        fresh = []
        for row in rows:
            key = key_of(integer(row.get("id")))
            if key is None or self.seen.add(key):
                fresh.append(row)
        return fresh

    def _check(self) -> list[Row]:
        holes = self._holes
        if not self._is_dense and len(holes) > self._spare:
            holes = [holes[i * len(holes) // self._spare] for i in range(self._spare)]
        return [row for page in holes for row in self.fresh(self._again(page))]

    def _again(self, page: int) -> list[Row]:
        return result_of(self._pool.apply_async(self._fetch, (page,)))


def _ids(rows: list[Row]) -> list[Any]:
    return [row.get("id") for row in rows]
