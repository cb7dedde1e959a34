"""Changes of the schema as the engine wants them, judged without asking.

https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/customfield.htm
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from crm_transforms.destination import Complaint, FieldSpec
from target_salesforce.tables import ACTIVITIES, ACTIVITY, WITHOUT_CUSTOM_FIELDS
from target_salesforce.wanted_field import SHOWN, TEXT_LENGTH, as_row, held_as

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crm_transforms.destination import Operation, Record

NAME = re.compile(r"[A-Za-z](?:_?[A-Za-z0-9])*__c")
MOST_NAME = 40
"""Characters of a name before its ``__c``, and of a label."""
MOST_OPTIONS = 1_000
"""https://help.salesforce.com/s/articleView?id=platform.picklist_limitations.htm"""
CHOICES = ("choice", "choices")
OBJECT = "object"


def place_of(key: str) -> tuple[str, str]:
    """The object and the field's name of a key; an object alone has no field."""
    object_name, _, name = key.partition(".")
    return object_name, name


def component_of(key: str) -> str:
    """The full name of a component: activities hold the fields of tasks and events."""
    object_name, name = place_of(key)
    owner = ACTIVITY if object_name in ACTIVITIES else object_name
    return f"{owner}.{name}" if name else owner


def labels_of(record: Record, name: str = "options") -> list[str]:
    """The option labels of a wanted field."""
    options = record.get(name)
    return [str(option) for option in options] if isinstance(options, list | tuple) else []


def spec_of(record: Record) -> FieldSpec:
    """A record as a field's description."""
    length, scale, reference = (record.get(name) for name in ("length", "scale", "reference"))
    return FieldSpec(
        name=str(record.get("name") or ""),
        type=str(record.get("type") or ""),
        label=str(record.get("label") or ""),
        length=length if isinstance(length, int) else None,
        options=tuple(labels_of(record)),
        reference=str(reference) if reference else None,
        scale=scale if isinstance(scale, int) else None,
    )


def normal(record: Record) -> dict[str, Any]:
    """A wanted field as it will be described: several neutral types share one of Salesforce's."""
    spec = spec_of(record)
    if spec.type not in SHOWN:
        return dict(record)
    held = held_as(spec)
    row = as_row(spec)
    shown = {
        "type": held,
        "label": label_of(record),
        "length": row.get("length"),
        "scale": row.get("scale") if held in {"decimal", "money"} else None,
        "options": labels_of(record) if held in CHOICES else [],
        "reference": spec.reference if held == "reference" else None,
    }
    return {name: shown.get(name, value) for name, value in record.items()}


def label_of(record: Record) -> str:
    """What people read, as long as it may be."""
    return str(record.get("label") or record.get("name") or "")[:MOST_NAME]


def complaints(record: Record) -> Iterator[Complaint]:
    """Why a field or an object cannot be made."""
    if record.get("type") == OBJECT:
        yield from _name(str(record.get("object") or ""))
        return
    name, type_ = str(record.get("name") or ""), str(record.get("type"))
    yield from _name(name)
    if record.get("object") in WITHOUT_CUSTOM_FIELDS:
        yield Complaint(name, "object", f"{record['object']} takes no custom fields")
    if type_ not in SHOWN:
        yield Complaint(name, "field type", f"Salesforce has no custom field of type {type_}")
    elif type_ == "reference" and not record.get("reference"):
        yield Complaint(name, "field type", "a lookup needs the one object that it leads to")
    elif type_ in CHOICES:
        for message in _option_faults(labels_of(record)):
            yield Complaint(name, "options", message)


def _name(name: str) -> Iterator[Complaint]:
    if not NAME.fullmatch(name) or len(name) > MOST_NAME + len("__c"):
        message = (
            f"{name!r} is no API name: letters, digits and single underscores, at most {MOST_NAME}"
            " characters, and __c at its end"
        )
        yield Complaint("name", "name", message)


def _option_faults(labels: list[str]) -> Iterator[str]:
    if not labels:
        yield "a picklist needs at least one value"
    if len(labels) > MOST_OPTIONS:
        yield f"{len(labels)} values, a picklist holds {MOST_OPTIONS}"
    if any(not 1 <= len(label) <= TEXT_LENGTH for label in labels):
        yield f"a picklist value has 1 to {TEXT_LENGTH} characters"
    if len({label.casefold() for label in labels}) < len(labels):
        yield "a picklist value is there twice, upper and lower case are the same"


def is_object(operation: Operation) -> bool:
    """Whether an object itself is meant."""
    return not place_of(operation.key)[1]
