"""Further requests for single rows, where a list does not hold their children."""

from __future__ import annotations

from collections import defaultdict
from itertools import repeat
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import quote

import requests

from tap_kickserv.client import NotOfferedError
from tap_kickserv.ordered import in_order

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tap_kickserv.client import Client
    from tap_kickserv.doors.shortfalls import Shortfalls
    from tap_kickserv.doors.source import Child, Detail, Source
    from tap_kickserv.formats import Format, Row

Found: TypeAlias = "dict[Child, Any]"

# Asked for in vain so often, a detail that has never been answered is not asked for again.
CLOSED_AFTER = 3


class Details:
    """Fetches what rows do not hold themselves, several rows at a time.

    Args:
        source: The source of the rows.
        children: The records to look for.
        client: Does the requests.
        formats: Formats by name.
        shortfalls: Told of children that no request brought.
    """

    def __init__(
        self,
        source: Source,
        children: list[Child],
        client: Client,
        formats: Mapping[str, Format],
        shortfalls: Shortfalls,
    ) -> None:
        self._single = source.single
        self._children = children
        self._client = client
        self._formats = formats
        self._shortfalls = shortfalls
        self._closed: set[Detail] = set()
        self._answered: set[Detail] = set()
        self._refusals: dict[Detail, int] = defaultdict(int)

    def found(self, rows: list[Row], *, included: bool) -> Iterable[Found]:
        """Yield for each row, in order, the children that had to be fetched.

        Args:
            rows: Rows of one page.
            included: Whether the list was asked to include children in these rows.
        """
        missing = [
            [
                child
                for child in self._children
                if not (included and child.include) and child.key_in(row) is None
            ]
            for row in rows
        ]
        if not any(missing):
            return repeat({}, len(rows))
        return in_order(
            self._client.pool,
            self._fetch,
            zip(rows, missing, strict=True),
            lambda _: self._client.concurrency,
        )

    def _fetch(self, task: tuple[Row, list[Child]]) -> Found:
        row, missing = task
        found: Found = {}
        includes = [child for child in missing if child.include]
        if self._single is not None and includes and self._ask(self._single, row, includes, found):
            missing = [child for child in missing if child not in includes]
        by_detail: dict[Detail | None, list[Child]] = defaultdict(list)
        for child in missing:
            by_detail[child.detail].append(child)
        for detail, children in by_detail.items():
            if detail is None or not self._ask(detail, row, children, found):
                asked = detail or self._single
                reason = f"{asked.path} was not answered for every row" if asked else "not listed"
                for child in children:
                    self._shortfalls.add(reason, child)
        return found

    def _ask(self, detail: Detail, row: Row, children: list[Child], found: Found) -> bool:
        """Add to `found` what one request brings; tell whether there was an answer."""
        if detail in self._closed:
            return False
        path = detail.path.format_map({name: quote(str(v), safe="") for name, v in row.items()})
        fmt = self._formats[detail.format]
        include = ",".join(child.include for child in children if child.include)
        params = {"include": include} if detail.format == "xml" else {}
        parse = fmt.rows if detail.is_list else fmt.record
        try:
            record: Any = self._client.read(
                path,
                params,
                fmt,
                lambda body: parse(body, detail.name),
            )
        except NotOfferedError as error:
            self._refusals[detail] += 1
            vain = detail not in self._answered and self._refusals[detail] >= CLOSED_AFTER
            if vain or error.status == requests.codes.not_acceptable:
                self._closed.add(detail)
            return False
        self._answered.add(detail)
        for child in children:
            key = child.key_in(record)
            if detail.is_list or key is not None:
                found[child] = record if detail.is_list else record[key]
        return True
