"""sObjects and their fields, read from one table each, and their describes."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

TABLES = files("tests.sandbox.salesforce") / "objects"
ADDRESS = ("City", "Country", "GeocodeAccuracy", "Latitude", "Longitude", "PostalCode", "State",
           "Street")  # fmt: skip
"""Fields of their own that a compound address is made of."""


@dataclass(frozen=True)
class Option:
    value: str
    default: bool = False
    active: bool = True


@dataclass(frozen=True)
class Field:
    """One field, as its describe says.

    Attributes:
        flags: c createable, u updateable, n not nillable, d defaulted on create, i idLookup,
            s restricted picklist, p polymorphic, k calculated, a auto number, x external id,
            q unique, Q unique with case.
        made: by the Metadata API, so that nobody sees it without a permission.
    """

    name: str
    type: str
    length: int = 0
    precision: int = 0
    scale: int = 0
    flags: str = ""
    label: str = ""
    to: tuple[str, ...] = ()
    relationship: str = ""
    child_relationship: str = ""
    options: tuple[Option, ...] = ()
    custom: bool = False
    made: bool = False
    rich: bool = False
    default: Any = None

    def has(self, flag: str) -> bool:
        return flag in self.flags

    @property
    def required(self) -> bool:
        return self.has("c") and self.has("n") and not self.has("d")

    @property
    def is_long(self) -> bool:
        """Text that the database cannot look into."""
        return self.type == "base64" or (self.type == "textarea" and self.length > 255)

    @property
    def filterable(self) -> bool:
        return not self.is_long

    @property
    def sortable(self) -> bool:
        return not self.is_long and self.type not in {"address", "location", "multipicklist"}


AUDIT = ("CreatedDate", "CreatedById", "LastModifiedDate", "LastModifiedById")
# https://help.salesforce.com/s/articleView?id=000176484
KEEP_AUDIT = frozenset(
    {"Account", "Attachment", "Case", "Contact", "ContentNote", "ContentVersion", "Event", "Lead",
     "Opportunity", "Task"}
)  # fmt: skip
"""Objects whose records may be told when and by whom they were made, beside custom ones."""

NAME_FIELDS = ("CaseNumber", "OrderNumber", "OrderItemNumber", "Name", "Subject", "Title")


@dataclass
class Sobject:
    """One object with its fields by name."""

    name: str
    prefix: str
    label: str
    plural: str
    fields: dict[str, Field] = field(default_factory=dict)
    custom: bool = False
    flags: str = "cuqd"

    @property
    def keeps_audit(self) -> bool:
        """Whether new records may say when and by whom they were made."""
        return self.custom or self.name in KEEP_AUDIT

    @property
    def name_field(self) -> str:
        """The field that shows which record it is."""
        return next((name for name in NAME_FIELDS if name in self.fields), "")

    def relation(self, name: str) -> Field | None:
        """The field whose relationship has this name."""
        wanted = name.lower()
        return next(
            (one for one in self.fields.values() if one.relationship.lower() == wanted), None
        )


def compound(one: Field, row: dict[str, Any]) -> dict[str, Any] | None:
    """The value of an address, made of the fields that it stands for."""
    base = one.name.removesuffix("Address")
    parts = {part[0].lower() + part[1:]: row.get(f"{base}{part}") for part in ADDRESS}
    return None if all(value is None for value in parts.values()) else parts


def read_tables() -> dict[str, Sobject]:
    """Every object that a new org has."""
    found = (
        _read(path.read_text("utf-8")) for path in TABLES.iterdir() if path.name.endswith(".tsv")
    )
    return {one.name: one for one in found}


def _read(text: str) -> Sobject:
    head, *lines = text.splitlines()
    name, prefix, label, plural = head.split("\t")
    made = Sobject(name, prefix, label, plural)
    for line in lines:
        parts = [*line.split("\t"), "", "", ""][:6]
        read = _field(*parts)
        made.fields[read.name] = read
    return made


def _field(name: str, kind: str, size: str, flags: str, label: str, extras: str) -> Field:
    told: dict[str, Any] = {}
    for extra in filter(None, extras.split("; ")):
        if extra.startswith("->"):
            told["to"] = tuple(extra[2:].split(","))
        elif extra.startswith("as "):
            told["relationship"] = extra[3:]
        elif extra.startswith("= "):
            values = extra[2:].split("|")
            told["options"] = tuple(
                Option(one.removesuffix("*"), one.endswith("*")) for one in values
            )
    first, _, second = size.partition(",")
    number = int(first or 0)
    if kind in {"double", "currency", "percent"}:
        told |= {"precision": number, "scale": int(second or 0)}
    elif kind == "int":
        told["precision"] = number or 9
    else:
        told["length"] = number
    return Field(name, kind, flags=flags.replace("-", ""), label=label, **told)
