"""The describes of an org, asked for once and kept until the schema changes."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from crm_transforms.destination import SCHEMA
from target_salesforce.described import Described
from target_salesforce.errors import RefusedError
from target_salesforce.field import AUDIT
from target_salesforce.wanted_field import as_row, new_object

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from crm_transforms.destination import FieldSpec
    from target_salesforce.client import Client

NO_SUCH_OBJECT = {"NOT_FOUND", "INVALID_TYPE"}


class ObjectBook:
    """What is known of the objects of one org, and what the mapping says about them.

    Args:
        client: the org's API.

    Attributes:
        key_fields: by object, the custom field that carries the external key.
        makes: objects that the mapping makes.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._raw: dict[str, Mapping[str, Any] | None] = {}
        self._described: dict[str, Described] = {}
        self._expected: dict[str, dict[str, FieldSpec]] = {}
        self._lock = threading.RLock()
        self.key_fields: Mapping[str, str] = {}
        self.open_choices: Mapping[str, Collection[str]] = {}
        self.makes: frozenset[str] = frozenset()

    def use(
        self,
        key_fields: Mapping[str, str],
        open_choices: Mapping[str, Collection[str]],
        makes: Collection[str] = (),
    ) -> None:
        """Take over what the mapping knows, by object."""
        with self._lock:
            self.key_fields = dict(key_fields)
            self.open_choices = {name: set(fields) for name, fields in open_choices.items()}
            self.makes = frozenset(makes)
            self._described.clear()

    def of(self, object_name: str) -> Described:
        """One object with what is expected of it.

        Raises:
            KeyError: there is none, it is hidden from this user, and the mapping does not make it.
            DestinationError: it cannot be described.
        """
        with self._lock:
            known = self._described.get(object_name)
            if known is None:
                known = self._described[object_name] = self._read(object_name)
            return known

    def there(self, object_name: str) -> bool:
        """Whether the org has this object and shows it."""
        with self._lock:
            return self._raw_of(object_name) is not None

    def expect(self, object_name: str, specs: Iterable[FieldSpec]) -> None:
        """Show these custom fields as if they were there, and no longer those of the last call."""
        with self._lock:
            self._expected[object_name] = {spec.name: spec for spec in specs}
            self._described.pop(object_name, None)

    def expected(self, object_name: str) -> Collection[str]:
        """Fields that are only shown as if they were there."""
        there = {row["name"] for row in (self._raw_of(object_name) or {}).get("fields", ())}
        return self._expected.get(object_name, {}).keys() - there

    def forget(self, *object_names: str) -> None:
        """Ask again for these describes (for all when none is named) before they are next used."""
        with self._lock:
            for name in object_names or list(self._raw):
                self._raw.pop(name, None)
                self._described.pop(name, None)

    def _read(self, object_name: str) -> Described:
        raw = self._raw_of(object_name)
        absent = raw is None
        if raw is None:
            if object_name not in self.makes:
                raise KeyError(object_name)
            raw = new_object(object_name, audited=self._sets_audit_fields())
        expected = self._expected.get(object_name, {})
        fields = [row for row in raw["fields"] if row["name"] not in expected]
        fields += [as_row(spec, object_name) for spec in expected.values()]
        open_choices = {name for name, spec in expected.items() if spec.open_choice}
        open_choices.update(self.open_choices.get(object_name, ()))
        return Described({**raw, "fields": fields}, open_choices, absent=absent)

    def _sets_audit_fields(self) -> bool:
        """Whether this user may set audit fields: the permission holds for all objects."""
        account = self._raw_of("Account") or {"fields": ()}
        return any(row["name"] == AUDIT[0] and row["createable"] for row in account["fields"])

    def _raw_of(self, object_name: str) -> Mapping[str, Any] | None:
        if object_name not in self._raw:
            self._raw[object_name] = self._asked(object_name)
        return self._raw[object_name]

    def _asked(self, object_name: str) -> Mapping[str, Any] | None:
        if object_name == SCHEMA:
            return None
        try:
            return self._client.describe(object_name)
        except RefusedError as error:
            if error.reply.code in NO_SUCH_OBJECT:
                return None
            raise
