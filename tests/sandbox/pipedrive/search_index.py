"""The search index: it hears of writes some requests later.

That the real index lags is known, by how much is not: `Account.search_lag` says.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

from tests.sandbox.pipedrive.tables.fields import FIELD_TYPES
from tests.sandbox.pipedrive.tables.searches import ITEMS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.sandbox.pipedrive.account import Account

    Row = dict[str, Any]

_INDEXED = frozenset(name for name, _, _ in ITEMS.values())


class SearchIndex:
    """The rows as the index knows them: late, and for a while wrong."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._known: dict[str, dict[int, Row]] = {name: {} for name in _INDEXED}
        self._unheard: deque[tuple[int, str, int, Row | None]] = deque()

    def heard(self, name: str, number: int, row: Row | None) -> None:
        if name in _INDEXED:
            self._unheard.append((self._account.requests, name, number, row))

    def rows(self, name: str) -> Iterable[Row]:
        """Rows of an object as far as the index has heard, by id."""
        newest = self._account.requests - self._account.search_lag
        while self._unheard and self._unheard[0][0] <= newest:
            _, heard, number, row = self._unheard.popleft()
            if row is None:
                self._known[heard].pop(number, None)
            else:
                self._known[heard][number] = row
        return self._known[name].values()

    def texts(self, name: str, row: Row, place: str) -> Iterator[str]:
        """The searchable texts of one row in `fields`' sense."""
        if place == "custom_fields":
            yield from self._custom_texts(name, row)
        elif place == "notes":
            column = {"deals": "deal_id", "persons": "person_id"}.get(name, "org_id")
            yield from (
                note["content"] for note in self._account.tables["notes"].where(column, row["id"])
            )
        elif place in ("email", "phone"):
            yield from (str(item.get("value") or "") for item in row[f"{place}s"])
        elif place == "address":
            yield (row["address"] or {}).get("value") or ""
        else:
            yield row[place] or ""

    def _custom_texts(self, name: str, row: Row) -> Iterator[str]:
        for code, value in row["custom_fields"].items():
            text = self.custom_text(name, code, value)
            if text is not None:
                yield text

    def custom_text(self, name: str, code: str, value: Any) -> str | None:
        """What a custom field's value reads as, or None when its type is not searchable."""
        field = self._account.fields.custom(name, code)
        if field is None or value is None or not FIELD_TYPES[field["field_type"]].searchable:
            return None
        if isinstance(value, dict):
            value = value["value"]
        return f"{value:g}" if isinstance(value, float) else str(value)
