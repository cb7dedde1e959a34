"""A custom field as the mapping wants it: a record of :class:`FieldSpec`, judged without asking."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from crm_transforms.destination import Complaint, FieldSpec
from target_pipedrive.custom_types import (
    CUSTOM_FORMS,
    CUSTOM_TYPES,
    NO_SUCH_TYPE,
    REFERENCE_TYPES,
)
from target_pipedrive.forms import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crm_transforms.destination import Record


def field_type_of(record: Record) -> str:
    """Pipedrive's type for a wanted field; empty where it has none."""
    if record.get("type") == "reference":
        return REFERENCE_TYPES.get(str(record.get("reference")), "")
    return CUSTOM_TYPES.get(str(record.get("type")), "")


def labels_of(record: Record, name: str = "options") -> list[str]:
    """The option labels of a wanted field; a boolean is a choice of yes and no."""
    if record.get("type") == "boolean" and name == "options":
        return ["yes", "no"]
    options = record.get(name)
    return [str(option) for option in options] if isinstance(options, list | tuple) else []


def as_record(spec: FieldSpec) -> dict[str, Any]:
    """A field's description as a neutral record."""
    return {**asdict(spec), "options": list(spec.options)}


def as_row(spec: FieldSpec) -> dict[str, Any]:
    """A wanted field as the API would describe it once it is made; code and ids are made up."""
    record = as_record(spec)
    options = [{"id": number, "label": label} for number, label in enumerate(labels_of(record), 1)]
    return {
        "field_code": f"expected:{spec.name}",
        "field_name": spec.name,
        "field_type": field_type_of(record),
        "is_custom_field": True,
        "options": options,
    }


def normal(record: Record) -> dict[str, Any]:
    """A wanted field as it will be described: several neutral types share one of Pipedrive's."""
    form = CUSTOM_FORMS.get(field_type_of(record))
    if form is None:
        return dict(record)
    spec = FieldSpec(
        name=str(record.get("name")),
        type=form.type,
        length=form.length if isinstance(form, Text) else None,
        custom=True,
        options=tuple(labels_of(record)),
        reference=str(record["reference"]) if form.type == "reference" else None,
    )
    return {name: value for name, value in as_record(spec).items() if name in record}


def complaints(record: Record) -> Iterator[Complaint]:
    """Why a field cannot be made."""
    name, type_ = str(record.get("name") or ""), str(record.get("type"))
    if not 1 <= len(name) <= 255:
        yield Complaint("name", "length", "a field's name has 1 to 255 characters")
    if type_ in NO_SUCH_TYPE:
        message = f"Pipedrive has no custom field of type {type_}: {NO_SUCH_TYPE[type_]}"
        yield Complaint(name, "field type", message)
    elif not field_type_of(record):
        what = f"{type_} to {record['reference']}" if record.get("reference") else type_
        yield Complaint(name, "field type", f"Pipedrive has no custom field for {what}")
    elif field_type_of(record) in {"enum", "set"}:
        for message in _faults(labels_of(record)):
            yield Complaint(name, "options", message)


def _faults(labels: list[str]) -> Iterator[str]:
    if not labels:
        yield "a choice needs at least one option"
    if any(not 1 <= len(label) <= 255 for label in labels):
        yield "an option has 1 to 255 characters"
    if len(set(labels)) < len(labels):
        yield "an option is there twice"
