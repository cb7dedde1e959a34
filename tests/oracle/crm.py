"""What a Pipedrive account holds, read over its API: v2 by cursor, notes and files from v1."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import requests

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

Row = dict[str, Any]

KEY = "ks_source_id"
MORE = "ks_more"
FIELDS = {
    "organizations": "organizationFields",
    "persons": "personFields",
    "products": "productFields",
    "deals": "dealFields",
}
LOOKUPS = {"org": "organizations", "people": "persons"}
"""Types of custom fields that hold the id of a record, with its object."""
DEALS_AT_ONCE = 100
V2_PAGE, V1_PAGE = 500, 100


@dataclass(frozen=True)
class Found:
    """One record of the account.

    Attributes:
        object: its name in the API.
        key: what ``ks_source_id`` holds, if it has that field.
        fields: native fields by name and custom ones by theirs; choices by their label.
        names: all custom fields that there are for this object.
    """

    object: str
    id: int
    key: str | None
    fields: Mapping[str, Any]
    names: frozenset[str] = frozenset()

    def __str__(self) -> str:
        return f"{self.object} {self.id}"


@dataclass
class Crm:
    """A reader of one account.

    Args:
        api_url: where the API is, as target-pipedrive is told it.
        api_token: a token of a user who sees everything.
    """

    api_url: str
    api_token: str
    session: requests.Session = field(default_factory=requests.Session)

    def users(self) -> list[Row]:
        return self._get("/v1/users")["data"]

    def me(self) -> int:
        """The id of the user whose token it is."""
        return self._get("/v1/users/me")["data"]["id"]

    def read(self) -> dict[str, list[Found]]:
        """Every record of every object that a migration writes."""
        everything = {name: list(self._custom(name)) for name in FIELDS}
        everything["activities"] = [
            Found("activities", row["id"], None, row) for row in self.v2("/api/v2/activities")
        ]
        ids = [deal.id for deal in everything["deals"]]
        everything["deal_products"] = [
            Found("deal_products", row["id"], None, row) for row in self.lines(ids)
        ]
        everything["notes"] = [
            Found("notes", row["id"], None, {**row, "add_time": _v2_time(row["add_time"])})
            for row in self.v1("/v1/notes")
        ]
        everything["files"] = [
            Found("files", row["id"], None, {**row, "sha256": self.digest(row["id"])})
            for row in self.v1("/v1/files")
        ]
        return everything

    def _custom(self, name: str) -> Iterator[Found]:
        definitions = {
            one["field_code"]: one
            for one in self.v2(f"/api/v2/{FIELDS[name]}")
            if one["is_custom_field"]
        }
        names = frozenset(one["field_name"] for one in definitions.values())
        for row in self.v2(f"/api/v2/{name}"):
            custom = {
                definition["field_name"]: _readable(definition, row["custom_fields"].get(code))
                for code, definition in definitions.items()
            }
            yield Found(name, row["id"], custom.get(KEY), {**row, **custom}, names)

    def lines(self, deals: Sequence[int]) -> Iterator[Row]:
        """The product lines of deals."""
        for first in range(0, len(deals), DEALS_AT_ONCE):
            some = ",".join(map(str, deals[first : first + DEALS_AT_ONCE]))
            yield from self.v2("/api/v2/deals/products", deal_ids=some)

    def v2(self, path: str, **query: str) -> Iterator[Row]:
        """All rows of a list of the API v2."""
        cursor: dict[str, str] = {}
        while True:
            page = self._get(path, limit=str(V2_PAGE), **query, **cursor)
            yield from page["data"]
            following = (page.get("additional_data") or {}).get("next_cursor")
            if not following:
                return
            cursor = {"cursor": following}

    def v1(self, path: str) -> Iterator[Row]:
        """All rows of a list of the API v1."""
        start = 0
        while True:
            page = self._get(path, limit=str(V1_PAGE), start=str(start))
            yield from page["data"] or ()
            pagination = page["additional_data"]["pagination"]
            if not pagination["more_items_in_collection"]:
                return
            start = pagination["next_start"]

    def digest(self, number: int) -> str:
        """SHA-256 of a file's bytes, hexadecimal."""
        return hashlib.sha256(self._answer(f"/v1/files/{number}/download").content).hexdigest()

    def _get(self, path: str, **query: str) -> Any:
        return self._answer(path, **query).json()

    def _answer(self, path: str, **query: str) -> requests.Response:
        answer = self.session.get(
            f"{self.api_url}{path}",
            params=query,
            headers={"x-api-token": self.api_token},
            timeout=60,
        )
        answer.raise_for_status()
        return answer


def keys_of(everything: Mapping[str, Sequence[Found]]) -> dict[str, dict[int, str | None]]:
    """External keys by object and id."""
    return {name: {one.id: one.key for one in found} for name, found in everything.items()}


def _readable(definition: Row, value: Any) -> Any:
    if value is None:
        return None
    if definition["field_type"] in {"enum", "set"}:
        labels = {option["id"]: option["label"] for option in definition["options"]}
        return [labels[one] for one in value] if isinstance(value, list) else labels[value]
    if definition["field_type"] == "time":
        return value["value"]
    return value


def _v2_time(moment: str) -> str:
    return f"{moment[:10]}T{moment[11:]}Z"
