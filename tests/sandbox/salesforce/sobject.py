"""sObjects and their fields, read from one table each, and their describes."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

TABLES = files("tests.sandbox.salesforce") / "objects"

SOAP = {
    "id": "tns:ID", "reference": "tns:ID", "boolean": "xsd:boolean", "int": "xsd:int",
    "double": "xsd:double", "currency": "xsd:double", "percent": "xsd:double", "date": "xsd:date",
    "datetime": "xsd:dateTime", "time": "xsd:time", "base64": "xsd:base64Binary",
    "address": "urn:address", "location": "urn:location",
}  # fmt: skip
"""What else is a string."""


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

    def describe(self, *, audit: bool) -> dict[str, Any]:
        """The field in the describe of its object."""
        createable = self.has("c") or (audit and self.name in AUDIT)
        return {
            "aggregatable": True,
            "autoNumber": self.has("a"),
            "byteLength": self.length * 3 if self.type in {"string", "textarea"} else self.length,
            "calculated": self.has("k"),
            "caseSensitive": self.has("Q"),
            "createable": createable,
            "custom": self.custom,
            "defaultValue": False if self.type == "boolean" else None,
            "defaultedOnCreate": self.has("d"),
            "digits": self.precision if self.type == "int" else 0,
            "externalId": self.has("x"),
            "extraTypeInfo": self.extra,
            "filterable": self.type not in {"textarea", "base64"},
            "groupable": self.type not in {"textarea", "base64", "double", "currency"},
            "htmlFormatted": self.rich,
            "idLookup": self.has("i") or self.has("x"),
            "label": self.label,
            "length": self.length,
            "name": self.name,
            "nameField": self.name in {"Name", "Subject", "CaseNumber"},
            "namePointing": self.has("p"),
            "nillable": not self.has("n"),
            "permissionable": self.custom,
            "picklistValues": [
                {
                    "active": option.active,
                    "defaultValue": option.default,
                    "label": option.value,
                    "validFor": None,
                    "value": option.value,
                }
                for option in self.options
            ],
            "polymorphicForeignKey": self.has("p"),
            "precision": 0 if self.type == "int" else self.precision,
            "referenceTo": list(self.to),
            "relationshipName": self.relationship or None,
            "restrictedPicklist": self.has("s"),
            "scale": self.scale,
            "soapType": SOAP.get(self.type, "xsd:string"),
            "sortable": self.type not in {"textarea", "base64"},
            "type": self.type,
            "unique": self.has("q") or self.has("Q"),
            "updateable": self.has("u"),
            "writeRequiresMasterRead": False,
        }

    @property
    def extra(self) -> str | None:
        if self.type != "textarea":
            return None
        return "richtextarea" if self.rich else "plaintextarea"


AUDIT = ("CreatedDate", "CreatedById", "LastModifiedDate", "LastModifiedById")


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

    def relation(self, name: str) -> Field | None:
        """The field whose relationship has this name."""
        wanted = name.lower()
        return next(
            (one for one in self.fields.values() if one.relationship.lower() == wanted), None
        )


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
