"""Deals: the list leaves out the archived ones, which have a list of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from target_pipedrive.resource import Resource

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator


class Deals(Resource):
    """The deals of one account."""

    def left_out(self, mark: str, names: Collection[str]) -> Iterator[dict[str, Any]]:
        query = {"sort_by": "id", "sort_direction": "desc", **self.selected(names)}
        for page in self.client.pages(f"GET {self.table.archive}", query):
            for row in page:
                if int(row["id"]) <= int(mark or 0):
                    return
                yield row
