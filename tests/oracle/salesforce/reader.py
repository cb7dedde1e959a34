"""What a Salesforce org holds, read over its REST API."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

import requests

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

Row = dict[str, Any]

KEY = "Kickserv_Id__c"
UNREADABLE = frozenset({"address", "location", "base64"})
"""Types of fields that a query cannot compare, or can only ask for one by one."""
INSTANT = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.000(?:\+0000|Z)")
AT_ONCE = 100
"""Ids in one condition: a query is part of an address."""
SECONDS = 60


@dataclass(frozen=True)
class Found:
    """One record of the org.

    Attributes:
        object: its sObject.
        key: what ``Kickserv_Id__c`` holds, or what else makes it known.
        fields: by API name; instants to the second in UTC, decimals exact.
    """

    object: str
    id: str
    key: str | None
    fields: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.object} {self.id}"


@dataclass
class Reader:
    """A reader of one org.

    Args:
        url: where the org is, and where one logs in to it.
        client_id: of an app whose user sees everything; client_secret likewise.
        version: of the API.
    """

    url: str
    client_id: str
    client_secret: str
    version: str = "62.0"
    session: requests.Session = field(default_factory=requests.Session)

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Reader:
        """By the settings of target-salesforce."""
        return cls(settings["login_url"], settings["client_id"], settings["client_secret"])

    @cached_property
    def _token(self) -> str:
        form = {
            "grant_type": "client_credentials",
            "client_id": self.client_id,
            "client_secret": self.client_secret,
        }
        url = f"{self.url}/services/oauth2/token"
        answer = self.session.post(url, data=form, timeout=SECONDS)
        answer.raise_for_status()
        token: str = answer.json()["access_token"]
        return token

    def me(self) -> str:
        """The id of the user whose token it is."""
        answer = self.session.get(
            f"{self.url}/services/oauth2/userinfo",
            headers={"Authorization": f"Bearer {self._token}"},
            timeout=SECONDS,
        )
        answer.raise_for_status()
        return str(answer.json()["user_id"])

    def users(self) -> list[Row]:
        return self.query("SELECT Id, Email, IsActive FROM User")

    def names(self) -> dict[str, Row]:
        """All objects of the org as its list has them, by name."""
        return {one["name"]: one for one in self._get("sobjects")["sobjects"]}

    def describe(self, name: str) -> Row:
        return self._get(f"sobjects/{name}/describe")

    def rows(self, name: str, where: str = "") -> list[Row]:
        """All records of an object with all their fields."""
        fields = [
            one["name"] for one in self.describe(name)["fields"] if one["type"] not in UNREADABLE
        ]
        parts = ["SELECT", ", ".join(fields), "FROM", name, *(["WHERE", where] if where else [])]
        return self.query(" ".join(parts))

    def query(self, soql: str) -> list[Row]:
        """All rows of a query."""
        page = self._get("query", q=soql)
        rows = page["records"]
        while not page["done"]:
            page = self._get(page["nextRecordsUrl"])
            rows += page["records"]
        return [_plain(row) for row in rows]

    def links(self, documents: Iterable[str]) -> Iterator[Row]:
        """Where documents (files and notes) hang."""
        ids = sorted(documents)
        for first in range(0, len(ids), AT_ONCE):
            some = ", ".join(f"'{one}'" for one in ids[first : first + AT_ONCE])
            yield from self.rows("ContentDocumentLink", f"ContentDocumentId IN ({some})")

    def bytes_of(self, name: str, record_id: str, field_name: str) -> bytes:
        """What a field of bytes holds."""
        return self._answer(f"sobjects/{name}/{record_id}/{field_name}").content

    def digest(self, version_id: str) -> str:
        """SHA-256 of a file's bytes, hexadecimal."""
        return hashlib.sha256(
            self.bytes_of("ContentVersion", version_id, "VersionData")
        ).hexdigest()

    def _get(self, path: str, **query: str) -> Any:
        return self._answer(path, **query).json(parse_float=Decimal)

    def _answer(self, path: str, **query: str) -> requests.Response:
        below = path if path.startswith("/") else f"/services/data/v{self.version}/{path}"
        answer = self.session.get(
            f"{self.url}{below}",
            params=query,
            headers={"Authorization": f"Bearer {self._token}"},
            timeout=SECONDS,
        )
        if answer.status_code >= requests.codes.bad_request:
            raise AssertionError(f"{below[:300]} {query}: {answer.status_code} {answer.text[:500]}")
        return answer


def _plain(row: Row) -> Row:
    return {name: _read(value) for name, value in row.items() if name != "attributes"}


def _read(value: Any) -> Any:
    if isinstance(value, str) and (moment := INSTANT.fullmatch(value)):
        return f"{moment[1]}Z"
    return value
