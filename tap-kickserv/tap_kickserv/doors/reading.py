"""Carries out one source: pages in, rows by stream out."""

from __future__ import annotations

from collections import defaultdict
from contextlib import closing
from typing import TYPE_CHECKING, Any

from singer_sdk.exceptions import FatalAPIError

from tap_kickserv.client import NotOfferedError
from tap_kickserv.doors.details import Details
from tap_kickserv.doors.shortfalls import Shortfalls
from tap_kickserv.pages import Pages
from tap_kickserv.seen import RowStore, SeenKeys, key_of
from tap_kickserv.values import instant, integer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tap_kickserv.client import Client
    from tap_kickserv.doors.source import Child, Listing, Source
    from tap_kickserv.formats import Format, Row
    from tap_kickserv.spool import Batch

REST_BATCH = 100


class Reading:
    """One pass over a source.

    Args:
        source: What to read.
        wanted: Streams that are selected; nothing is asked for the others.
        client: Does the requests.
        formats: Formats by name.
        page_size: Rows per page to ask for, where the account honours it.
    """

    def __init__(
        self,
        source: Source,
        wanted: frozenset[str],
        client: Client,
        formats: Mapping[str, Format],
        page_size: int | None,
    ) -> None:
        self._source = source
        self._wanted = wanted
        self._client = client
        self._formats = formats
        self._page_size = page_size
        self._children = [child for child in source.children if wanted & {*child.streams()}]
        self._met: set[Child] = set()
        self.shortfalls = Shortfalls(wanted, client.logger)
        self._details = Details(source, self._children, client, formats, self.shortfalls)

    def batches(self) -> Iterator[Batch]:
        """Yield rows by stream, a page at a time.

        Raises:
            FatalAPIError: The list cannot be read to its end.
        """
        source = self._source
        if source.listing.leaves_out:
            reason = f"{source.listing.path} leaves out {source.listing.leaves_out}"
            self.shortfalls.add(reason, source)
        with closing(RowStore()) as aside, closing(SeenKeys()) as numbers_apart:
            if source.apart is not None:
                self._read_apart(source.apart, aside, numbers_apart)
            any_row = False
            with closing(self._pages(source.listing, numbers_apart)) as pages:
                for rows in self._offered(source.listing, pages):
                    any_row = any_row or bool(rows)
                    merged = [self._merged(row, aside) for row in rows]
                    yield self._fan_out(merged, aside, source.listing)
                while rows := aside.take(REST_BATCH):
                    rest = pages.fresh(rows)
                    any_row = any_row or bool(rest)
                    yield self._fan_out(rest, aside, None)
        if any_row:
            self._report_unmet()

    def _read_apart(self, listing: Listing, aside: RowStore, numbers: SeenKeys) -> None:
        with closing(SeenKeys()) as nowhere, closing(self._pages(listing, nowhere)) as pages:
            for rows in self._offered(listing, pages):
                for row in rows:
                    aside.put(key_of(integer(row.get("id"))), {**row, **listing.marks})
                    if listing.number and row.get(listing.number):
                        numbers.add(key_of(integer(row[listing.number])))

    def _pages(self, listing: Listing, elsewhere: SeenKeys) -> Pages:
        fmt = self._formats[listing.format]
        includes = [
            *(listing.own_includes if self._source.stream in self._wanted else ()),
            *(child.include for child in self._children if child.include),
        ]
        params = dict(listing.params)
        if listing.takes_include and includes:
            params["include"] = ",".join(includes)
        if self._page_size and listing.page_params:
            params["per_page"] = str(self._page_size)

        def fetch(page: int) -> list[Row]:
            if page > 1 and not listing.page_params:
                return []
            numbers = dict.fromkeys(listing.page_params, str(page))
            return self._client.read(
                listing.path,
                {**params, **numbers},
                fmt,
                lambda body: fmt.rows(body, listing.name),
            )

        return Pages(
            fetch,
            listing,
            elsewhere=elsewhere,
            where=f"{listing.path}{fmt.suffix}",
            client=self._client,
        )

    def _offered(self, listing: Listing, pages: Pages) -> Iterator[list[Row]]:
        try:
            yield from pages
        except NotOfferedError as error:
            if not listing.optional:
                raise FatalAPIError(
                    f"{error}. Kickserv answers this list for every account with an API; is "
                    "`account_slug` right?",
                ) from error
            self.shortfalls.add(f"{error}: this account does not offer it", self._source)
        else:
            if not pages.settled:
                reason = f"{listing.path} did not come to rest while it was read"
                self.shortfalls.add(reason, self._source)

    def _merged(self, row: Row, aside: RowStore) -> Row:
        row.update(self._source.listing.marks)
        other = aside.pop(key_of(integer(row.get("id"))))
        if other is None or self._source.apart is None:
            return row
        # Whatever the later row lacks (the children, for one) comes from the other.
        return {**row, **other} if _updated(other) >= _updated(row) else {**other, **row}

    def _fan_out(self, rows: list[Row], aside: RowStore, listing: Listing | None) -> Batch:
        batch: dict[str, list[Row]] = defaultdict(list)
        source = self._source
        included = listing is not None and listing.takes_include
        for row, found in zip(rows, self._details.found(rows, included=included), strict=True):
            for child in source.children:
                key = child.key_in(row)
                if key is not None or child in found:
                    self._met.add(child)
                held = found.get(child) if key is None else row.pop(key)
                if child in self._children:
                    self._hand_out(child, held, row, batch)
            if source.nested:
                for other in row.pop(source.nested, None) or ():
                    aside.put(key_of(integer(other.get("id"))), other)
            for view, shows in source.views.items():
                if view in self._wanted and shows(row):
                    batch[view].append(row)
            batch[source.stream].append(row)
        return batch

    def _hand_out(
        self,
        child: Child,
        held: Any,
        parent: Row,
        batch: dict[str, list[Row]],
    ) -> None:
        for item in held if isinstance(held, list) else [held]:
            if item is None or item == "":
                continue
            row = item if isinstance(item, dict) else {"value": item}
            for column, origin in child.fill.items():
                if row.get(column) in (None, ""):
                    row[column] = parent.get(origin)
            row.update({name: v for name, v in child.constants.items() if not row.get(name)})
            for grandchild in child.children:
                key = grandchild.key_in(row)
                if key is not None:
                    self._hand_out(grandchild, row.pop(key), row, batch)
            batch[child.stream].append(row)

    def _report_unmet(self) -> None:
        for child in self._children:
            if child not in self._met:
                reason = f"no {self._source.listing.name} held `{child.keys[0]}`"
                self.shortfalls.add(reason, child)


def _updated(row: Row) -> str:
    return str(instant(row.get("updated_at")) or "")
