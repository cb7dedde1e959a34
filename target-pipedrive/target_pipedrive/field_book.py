"""The fields of all objects of an account, listed once and kept until the schema changes."""

from __future__ import annotations

import threading
from itertools import chain
from typing import TYPE_CHECKING, Any

from crm_transforms.destination import DestinationError
from target_pipedrive.fields import ObjectFields
from target_pipedrive.tables import TABLES
from target_pipedrive.wanted_field import as_row

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from crm_transforms.destination import FieldSpec
    from target_pipedrive.client import Client
    from target_pipedrive.table import Table


class FieldBook:
    """The fields of all objects, listed when first asked for and kept until the schema changes.

    Args:
        client: the account's API.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._rows: dict[str, list[Mapping[str, Any]]] = {}
        self._fields: dict[str, ObjectFields] = {}
        self._lock = threading.RLock()
        self.open_choices: dict[str, set[str]] = {}
        self._expected: dict[str, dict[str, FieldSpec]] = {}

    def of(self, object_name: str) -> ObjectFields:
        """The fields of one object.

        Raises:
            KeyError: there is no such object.
            DestinationError: the fields cannot be listed.
        """
        table = TABLES[object_name]
        with self._lock:
            if object_name not in self._fields:
                if object_name not in self._rows:
                    self._rows[object_name] = self._listed(table.fields_path)
                self._fields[object_name] = self._with_expected(table)
            return self._fields[object_name]

    def _with_expected(self, table: Table) -> ObjectFields:
        expected = self._expected.get(table.name, {})
        rows = [row for row in self._rows[table.name] if row["field_name"] not in expected]
        rows += map(as_row, expected.values())
        open_choices = {name for name, spec in expected.items() if spec.open_choice}
        return ObjectFields(table, rows, open_choices | self.open_choices.get(table.name, set()))

    def expect(self, object_name: str, specs: Iterable[FieldSpec]) -> None:
        """Show these custom fields as if they were there, and no longer those of the last call."""
        with self._lock:
            self._expected[object_name] = {spec.name: spec for spec in specs}
            self._fields.pop(object_name, None)

    def _listed(self, path: str) -> list[Mapping[str, Any]]:
        if not path:
            return []
        endpoint = f"GET {path}"
        rows: list[Mapping[str, Any]] = list(chain.from_iterable(self._client.pages(endpoint, {})))
        if not rows:
            # Taken for "no fields yet", it would have all custom fields made a second time.
            raise DestinationError(f"{endpoint}: no fields at all; every account has some")
        return rows

    def forget(self, object_name: str) -> None:
        """List an object's fields again before they are next used."""
        with self._lock:
            self._rows.pop(object_name, None)
            self._fields.pop(object_name, None)

    def learn(self, object_name: str, row: Mapping[str, Any]) -> None:
        """Take up a field that was just made, as its answer describes it."""
        with self._lock:
            if object_name in self._rows:
                self._rows[object_name].append(row)
            self._fields.pop(object_name, None)

    def change_options(
        self,
        object_name: str,
        code: str,
        *,
        added: Iterable[Mapping[str, Any]] = (),
        removed: Collection[int | str] = (),
    ) -> None:
        """Take up options that were just added, and strike out those that were removed."""
        with self._lock:
            rows = self._rows.get(object_name, [])
            for place, row in enumerate(rows):
                if row["field_code"] == code:
                    kept = [one for one in row.get("options") or () if one["id"] not in removed]
                    rows[place] = {**row, "options": [*kept, *added]}
            self._fields.pop(object_name, None)

    def drop(self, object_name: str, code: str) -> None:
        """Strike out a field that was just removed."""
        with self._lock:
            rows = self._rows.get(object_name, [])
            rows[:] = [row for row in rows if row["field_code"] != code]
            self._fields.pop(object_name, None)

    def open(self, object_name: str, names: Iterable[str]) -> None:
        """Let unknown labels of these choices be added on the way."""
        with self._lock:
            self.open_choices.setdefault(object_name, set()).update(names)
            self._fields.pop(object_name, None)

    def custom_field_count(self) -> int:
        """How many custom fields the company has made: its cap spans all objects."""
        return sum(
            1
            for table in TABLES.values()
            if table.custom
            for field in self.of(table.name).by_code.values()
            if field.custom
        )
