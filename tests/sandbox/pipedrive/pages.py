"""Pages: v2's cursors and v1's offsets."""

from __future__ import annotations

import base64
import binascii
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, Any

import msgspec

from tests.sandbox.pipedrive.query import DEFAULT_LIMIT
from tests.sandbox.pipedrive.refusal import invalid

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    Row = dict[str, Any]


class Cursor(msgspec.Struct, rename="camel"):
    """A cursor names the first item of the next page; the published examples decode to this."""

    field: str
    field_value: Any
    sort_direction: str
    id: int

    def encode(self) -> str:
        return base64.urlsafe_b64encode(msgspec.json.encode(self)).rstrip(b"=").decode()

    @classmethod
    def decode(cls, text: str) -> Cursor:
        try:
            padded = text + "=" * (-len(text) % 4)
            return msgspec.json.decode(base64.b64decode(padded, b"-_", validate=True), type=cls)
        except (binascii.Error, ValueError) as error:
            raise invalid("cursor", "This value is not a valid cursor.") from error


def page_by_id(
    ids: Sequence[int], fetch: Callable[[int], Row | None], query: dict[str, Any]
) -> tuple[list[Row], str | None]:
    """One page of the rows with `ids` (ascending) that `fetch` lets through."""
    limit = query.get("limit", DEFAULT_LIMIT)
    direction = query.get("sort_direction", "asc")
    cursor = Cursor.decode(query["cursor"]) if "cursor" in query else None
    if direction == "asc":
        walk = range(bisect_left(ids, cursor.id) if cursor else 0, len(ids))
    else:
        walk = range((bisect_right(ids, cursor.id) if cursor else len(ids)) - 1, -1, -1)
    rows: list[Row] = []
    for position in walk:
        row = fetch(ids[position])
        if row is None:
            continue
        if len(rows) == limit:
            return rows, Cursor("id", row["id"], direction, row["id"]).encode()
        rows.append(row)
    return rows, None


def page_by_column(
    rows: Iterable[Row], column: str, query: dict[str, Any]
) -> tuple[list[Row], str | None]:
    """One page of `rows` sorted by `column`, then id; a missing value sorts first."""
    limit = query.get("limit", DEFAULT_LIMIT)
    direction = query.get("sort_direction", "asc")

    def place(row: Row) -> tuple[bool, Any, int]:
        value = row[column]
        return (value is not None, value if value is not None else 0, row["id"])

    ordered = sorted(rows, key=place, reverse=direction == "desc")
    start = 0
    if "cursor" in query:
        cursor = Cursor.decode(query["cursor"])
        mark = place({column: cursor.field_value, "id": cursor.id})
        reached = (
            (lambda row: place(row) <= mark)
            if direction == "desc"
            else (lambda row: place(row) >= mark)
        )
        start = next((n for n, row in enumerate(ordered) if reached(row)), len(ordered))
    page = ordered[start : start + limit]
    if start + limit >= len(ordered):
        return page, None
    first = ordered[start + limit]
    return page, Cursor(column, first[column], direction, first["id"]).encode()


def offset_page(rows: Sequence[Row], query: dict[str, Any]) -> tuple[list[Row], dict[str, Any]]:
    """v1's page and its `additional_data`."""
    start, limit = query.get("start", 0), query.get("limit", DEFAULT_LIMIT)
    pagination: dict[str, Any] = {
        "start": start,
        "limit": limit,
        "more_items_in_collection": start + limit < len(rows),
    }
    if pagination["more_items_in_collection"]:
        pagination["next_start"] = start + limit
    return list(rows[start : start + limit]), {"pagination": pagination}
