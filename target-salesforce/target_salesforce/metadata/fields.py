"""Custom fields and objects: from neutral records to the metadata that makes them."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from crm_transforms.destination import Complaint, FieldSpec
from target_salesforce.field import Field
from target_salesforce.metadata import tables
from target_salesforce.metadata.names import fault_of, home_of, label_of, relationship_of
from target_salesforce.metadata.xml import flag
from target_salesforce.tables import ACTIVITY, WITHOUT_CUSTOM_FIELDS
from target_salesforce.wanted_field import as_row

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crm_transforms.destination import Record
    from target_salesforce.metadata.xml import Element

OBJECT = "object"
"""The type of a record that stands for an object itself."""
CHOICES = {"Picklist", "MultiselectPicklist"}
WITHOUT_REQUIRED = {"LongTextArea", "Html"}
KEY_HELP = "Key of this record in the system that it came from. It must not be changed."


def is_object(record: Record) -> bool:
    """Whether a record stands for an object itself."""
    return record.get("type") == OBJECT


def labels_of(record: Record, name: str = "options") -> list[str]:
    """The labels of a choice."""
    options = record.get(name)
    return [str(option) for option in options] if isinstance(options, list | tuple) else []


def type_of(record: Record) -> str:
    """Salesforce's type; empty where it has none."""
    made = tables.TYPES.get(str(record.get("type")), "")
    if made == "Text" and _number(record, "length", 0) > tables.LENGTHS["Text"]:
        made = "LongTextArea"
    if home_of(str(record.get("object"))) == ACTIVITY:
        return tables.ACTIVITY_TYPES.get(made, made)
    return made


def as_record(spec: FieldSpec) -> dict[str, Any]:
    """A field's description as a neutral record."""
    return {**asdict(spec), "options": list(spec.options)}


def normal(record: Record) -> dict[str, Any]:
    """A wanted field as it will be described: several neutral types share one of Salesforce's."""
    if is_object(record) or str(record.get("type")) not in tables.TYPES:
        return dict(record)
    spec = FieldSpec(
        name=str(record.get("name")),
        type=str(record["type"]),
        label=str(record.get("label") or ""),
        length=_number(record, "length", 0) or None,
        options=tuple(labels_of(record)),
        reference=str(record["reference"]) if record.get("reference") else None,
        scale=_number(record, "scale", -1) if record.get("scale") is not None else None,
        custom=True,
    )
    held = as_record(Field.of(as_row(spec)).spec())
    return {name: held.get(name, value) for name, value in record.items()}


def complaints(record: Record) -> Iterator[Complaint]:
    """Why a field or an object cannot be made."""
    if is_object(record):
        yield from _object_complaints(record)
        return
    name, object_name = str(record.get("name") or ""), str(record.get("object") or "")
    if object_name in WITHOUT_CUSTOM_FIELDS:
        yield Complaint(name, "object", f"nobody can add fields to {object_name}")
    if fault := fault_of(name):
        yield Complaint(name, "name", f"{name!r}: {fault}")
    if len(str(record.get("label") or "")) > tables.LONGEST_LABEL:
        message = f"a label has at most {tables.LONGEST_LABEL} characters: {record['label']!r}"
        yield Complaint(name, "label", message)
    made = type_of(record)
    if not made:
        message = f"Salesforce has no custom field of type {record.get('type')!r}"
        yield Complaint(name, "field type", message)
    elif made == "Lookup" and not record.get("reference"):
        yield Complaint(name, "field type", "a lookup needs the one object that it leads to")
    elif made in CHOICES:
        for message in _option_faults(labels_of(record), many=made == "MultiselectPicklist"):
            yield Complaint(name, "options", message)
    elif _number(record, "length", 0) > tables.LONGEST_TEXT:
        message = f"a text holds at most {tables.LONGEST_TEXT} characters"
        yield Complaint(name, "length", message)


def _object_complaints(record: Record) -> Iterator[Complaint]:
    name = str(record.get("object") or "")
    if fault := fault_of(name):
        yield Complaint(name, "name", f"{name!r}: {fault}")
    for part in ("label", "plural"):
        text = str(record.get(part) or "")
        if not 1 <= len(text) <= tables.LONGEST_LABEL:
            message = f"its {part} must have 1 to {tables.LONGEST_LABEL} characters: {text!r}"
            yield Complaint(name, "label", message)


def _option_faults(labels: Sequence[str], *, many: bool) -> Iterator[str]:
    if not labels:
        yield "a choice needs at least one option"
    if len(labels) > tables.MOST_OPTIONS:
        yield f"{len(labels)} options, at most {tables.MOST_OPTIONS} are taken"
    if any(not 1 <= len(label.strip()) <= tables.LONGEST_OPTION for label in labels):
        yield f"an option has 1 to {tables.LONGEST_OPTION} characters"
    if many and any(";" in label for label in labels):
        yield "a semicolon separates options and cannot be in one"
    lower = [label.strip().lower() for label in labels]
    if twice := sorted({label for label in lower if lower.count(label) > 1}):
        yield f"options that differ in upper and lower case only are the same: {', '.join(twice)}"


# Metadata


def field_xml(record: Record, *, is_key: bool) -> list[Element]:
    """The elements of one custom field.

    Args:
        record: without complaints.
        is_key: it carries the external key of its object.
    """
    name, object_name, made = str(record["name"]), str(record["object"]), type_of(record)
    elements: dict[str, Any] = {"label": str(record.get("label") or "") or label_of(name)}
    if is_key and made == "Text":
        unique = object_name not in tables.NOT_UNIQUE
        elements |= {"externalId": "true", "unique": flag(unique), "inlineHelpText": KEY_HELP}
        if unique:
            elements["caseSensitive"] = "true"
    if made in tables.LENGTHS:
        least = tables.SHORTEST_LONG_TEXT if made != "Text" else 1
        told = _number(record, "length", 0) or tables.LENGTHS[made]
        elements["length"] = str(max(least, told))
    if made in tables.VISIBLE_LINES:
        elements["visibleLines"] = str(tables.VISIBLE_LINES[made])
    if made in {"Number", "Currency"}:
        elements["precision"] = str(tables.PRECISION)
        elements["scale"] = str(_scale(record))
    if made == "Checkbox":
        elements["defaultValue"] = "false"
    elif made not in WITHOUT_REQUIRED:
        elements["required"] = "false"
    if made == "Lookup":
        elements |= _lookup(record, object_name, name)
    if made in CHOICES:
        elements["valueSet"] = value_set([(label, label, True) for label in labels_of(record)])
    return [
        ("fullName", name),
        *sorted({**elements, "type": made}.items()),
    ]


def value_set(values: Sequence[tuple[str, str, bool]]) -> list[Element]:
    """A list of options of a field's own, as (value, label, active); others are refused."""
    return [
        ("restricted", "true"),
        (
            "valueSetDefinition",
            [
                ("sorted", "false"),
                *(("value", _option(value, label, active)) for value, label, active in values),
            ],
        ),
    ]


def _option(value: str, label: str, active: bool) -> list[Element]:
    option: list[Element] = [("fullName", value), ("default", "false")]
    if not active:
        option.append(("isActive", "false"))
    return [*option, ("label", label)]


def _lookup(record: Record, object_name: str, name: str) -> dict[str, str]:
    return {
        "deleteConstraint": "SetNull",
        "referenceTo": str(record["reference"]),
        "relationshipLabel": f"{label_of(home_of(object_name))} ({label_of(name)})",
        "relationshipName": relationship_of(object_name, name),
    }


def _scale(record: Record) -> int:
    usual = tables.SCALES.get(str(record.get("type")), 0)
    return min(_number(record, "scale", usual), tables.MOST_SCALE)


def object_xml(record: Record) -> list[Element]:
    """The elements of a custom object without its fields."""
    return [
        *tables.OBJECT_SETTINGS.items(),
        ("label", str(record["label"])),
        ("nameField", [("label", f"{record['label']} name"[:40]), ("type", "Text")]),
        ("pluralLabel", str(record["plural"])),
        ("sharingModel", tables.SHARING),
    ]


def _number(record: Record, name: str, otherwise: int) -> int:
    value = record.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else otherwise
