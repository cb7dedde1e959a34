"""The lists of fields of one account: system fields, custom fields and their options."""

from __future__ import annotations

import hashlib
import itertools
from typing import TYPE_CHECKING, Any

from tests.sandbox.pipedrive.tables import contacts, deals, sales
from tests.sandbox.pipedrive.tables.fields import FIELD_LISTS
from tests.sandbox.pipedrive.tables.starting import OPTIONS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.sandbox.pipedrive.tables.attribute import Attribute

    Field = dict[str, Any]

_SYSTEM: dict[str, tuple[Attribute, ...]] = {
    "deals": deals.DEAL,
    "persons": contacts.PERSON,
    "organizations": contacts.ORGANIZATION,
    "products": sales.PRODUCT,
    "activities": sales.ACTIVITY,
}

_SUBFIELDS = {
    "monetary": (("value", "Amount", "double"), ("currency", "Currency", "varchar")),
    "address": tuple(
        (a.name, a.name.replace("_", " ").capitalize(), "varchar") for a in contacts.ADDRESS
    ),
    "daterange": (("value", "Start", "date"), ("until", "End", "date")),
    "timerange": (("value", "Start", "time"), ("until", "End", "time")),
}

OPTION_TYPES = ("enum", "set")


class FieldLists:
    """Fields by object and code. A custom field's code is a 40-digit hash unlike any account's.

    Args:
        seed: The account's; it goes into the hashes.
        now: Current time as v2 writes it.
    """

    def __init__(self, seed: int, now: str) -> None:
        self._seed = seed
        self._option_ids = itertools.count(seed % 50 + 30)
        self._field_numbers = itertools.count(1)
        self._fields: dict[str, dict[str, Field]] = {}
        self._custom: dict[str, dict[str, Field]] = {name: {} for name in FIELD_LISTS}
        for owner, attributes in _SYSTEM.items():
            self._fields[owner] = {
                a.name: self._system(owner, a, now)
                for a in attributes
                if a.field_type and "r" in a.on
            }

    def _system(self, owner: str, attribute: Attribute, now: str) -> Field:
        labels = OPTIONS.get((owner, attribute.name))
        return self._field(
            attribute.name.removesuffix("_id").replace("_", " ").capitalize(),
            attribute.name,
            attribute.field_type,
            None if labels is None else self.new_options(labels, now),
            custom=False,
        )

    def _field(
        self, name: str, code: str, kind: str, options: list[Field] | None, *, custom: bool
    ) -> Field:
        subfields = _SUBFIELDS.get(kind)
        return {
            "field_name": name,
            "field_code": code,
            "description": None,
            "field_type": kind,
            "options": options,
            "subfields": subfields
            and [
                {"field_code": code, "field_name": f"{label} of {name}", "field_type": part}
                for code, label, part in subfields
            ],
            "is_custom_field": custom,
            "is_optional_response_field": False,
        }

    def new_options(self, labels: Iterable[str], now: str) -> list[Field]:
        return [
            {
                "id": next(self._option_ids),
                "label": label,
                "color": None,
                "update_time": now,
                "add_time": now,
            }
            for label in labels
        ]

    def add(self, owner: str, name: str, kind: str, labels: Iterable[str], now: str) -> Field:
        number = next(self._field_numbers)
        code = hashlib.sha1(
            f"{self._seed}/{owner}/{number}/{name}".encode(), usedforsecurity=False
        ).hexdigest()
        options = self.new_options(labels, now) if kind in OPTION_TYPES else None
        field = self._field(name, code, kind, options, custom=True)
        self._fields[owner][code] = self._custom[owner][code] = field
        return field

    def remove(self, owner: str, code: str) -> Field:
        del self._custom[owner][code]
        return self._fields[owner].pop(code)

    def of(self, owner: str) -> dict[str, Field]:
        return self._fields[owner]

    def custom_codes(self, owner: str) -> dict[str, Field]:
        return self._custom.get(owner, {})

    def custom(self, owner: str, code: str) -> Field | None:
        return self._custom[owner].get(code)

    def options(self, owner: str, code: str) -> dict[int, str]:
        """Labels of a field's options, by id."""
        return {o["id"]: o["label"] for o in self._fields[owner][code]["options"] or ()}

    def count_custom(self) -> int:
        return sum(map(len, self._custom.values()))
