"""One object as its describe shows it: its fields, and records to JSON and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crm_transforms.canonical import encode
from crm_transforms.destination import Complaint
from target_salesforce.choices import Choice
from target_salesforce.field import Field
from target_salesforce.forms import File, Opaque
from target_salesforce.ids import Reference
from target_salesforce.rules import broken
from target_salesforce.tables import COMPUTED, NEVER_MADE, PARENTS, PSEUDO

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from crm_transforms.destination import Record


class Described:
    """One object as it is now; a change of the schema makes a new one.

    Args:
        raw: the describe.
        open_choices: fields to which options may be added.
        absent: it is not there yet.

    Attributes:
        name: of the sObject.
        by_name: its fields by API name.
    """

    def __init__(
        self, raw: Mapping[str, Any], open_choices: Collection[str] = (), *, absent: bool = False
    ) -> None:
        self.raw = raw
        self.name = str(raw["name"])
        self.absent = absent
        rows = {row["name"]: row for row in raw["fields"]}
        pseudo = {row["name"]: row for row in PSEUDO.get(self.name, ())}
        computed = COMPUTED.get(self.name, frozenset())
        self.by_name: dict[str, Field] = {
            name: Field.of(row, open_=name in open_choices, computed=name in computed)
            for name, row in {**rows, **pseudo}.items()
        }
        self.pseudo = frozenset(pseudo)
        self._required = [
            name for name, field in self.by_name.items() if field.required and not field.computed
        ]

    @property
    def custom_field_count(self) -> int:
        """Custom fields that the org itself made; those of packages do not count."""
        return sum(
            1
            for name, field in self.by_name.items()
            if field.row.get("custom") and name.count("__") == 1
        )

    def has(self, name: str) -> bool:
        """Whether a query may ask for this field."""
        return name in self.by_name and name not in self.pseudo

    # Judging

    def complaints(self, record: Record, *, whole: bool) -> Iterator[Complaint]:
        """Why the API would refuse this record.

        Args:
            record: neutral names and values.
            whole: a create; else an update, of which only the given fields are judged.
        """
        if whole and self.name in NEVER_MADE:
            yield Complaint("", "object", NEVER_MADE[self.name])
        elif whole and not self.raw.get("createable", True):
            yield Complaint("", "object", f"nobody can make a {self.name} with these rights")
        for name, value in record.items():
            field = self.by_name.get(name)
            if field is None:
                message = f"{self.name} has no field {name!r}, or it is hidden from this user"
                yield Complaint(name, "unknown field", message)
            elif breach := field.breach(value, whole=whole):
                yield Complaint(name, *breach)
        if whole:
            yield from self._missing(record)
        yield from broken(self.name, record, whole=whole)

    def _missing(self, record: Record) -> Iterator[Complaint]:
        for name in self._required:
            if self.by_name[name].canonical(record.get(name)) is None:
                yield Complaint(name, "required field", f"a {self.name} needs a {name}")

    def missing_labels(self, record: Record) -> Iterator[tuple[str, str]]:
        """(field, label) of labels of open choices that no option has yet."""
        for name, value in record.items():
            form = self.by_name[name].form if name in self.by_name else None
            if isinstance(form, Choice) and value is not None:
                for label in form.missing(value):
                    yield name, label

    # Records

    def outgoing(self, record: Record, *, whole: bool) -> dict[str, Any]:
        """The JSON of a record that has no complaints.

        A create leaves out what is empty, an update clears it with ``null``.
        """
        return {
            name: self.by_name[name].sent(value)
            for name, value in record.items()
            if not whole or self.by_name[name].form.canonical(value) is not None
        }

    def incoming(self, row: Mapping[str, Any], names: Collection[str]) -> dict[str, Any]:
        """A record as the API answers it, as a neutral one of the given fields (all when empty).

        A field that the object does not have, or no longer, is empty.
        """
        fields = self.by_name
        return {
            name: fields[name].of_row(row) if name in fields else None for name in names or fields
        }

    def canonical(self, record: Record) -> dict[str, Any]:
        """The record as it will be read back."""
        return {
            name: self.by_name[name].canonical(value) if name in self.by_name else value
            for name, value in record.items()
        }

    def likeness(self, record: Record) -> bytes:
        """What equal records have in common, however Salesforce dressed them up."""
        return encode(self.canonical(record))

    def parent_of(self, record: Record) -> str:
        """The record that writing this one locks first; empty where it names none."""
        named = PARENTS.get(self.name)
        if named:
            return str(record.get(named) or "")
        for name, value in record.items():
            field = self.by_name.get(name)
            if value and field and isinstance(field.form, Reference) and not _is_user(field):
                return str(value)
        return ""

    def readable(self, names: Collection[str]) -> list[str]:
        """Those of some fields (of all when empty) that a query may ask for."""
        return [
            name
            for name in names or self.by_name
            if self.has(name) and not isinstance(self.by_name[name].form, File | Opaque)
        ]


def _is_user(field: Field) -> bool:
    return isinstance(field.form, Reference) and "User" in field.form.to
