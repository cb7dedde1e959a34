"""Fields and objects as metadata.

https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/
(customfield.htm, customobject.htm, meta_permissionset.htm)
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, NamedTuple

from target_salesforce.metadata.wanted import CHOICES, MOST_NAME, label_of, labels_of, spec_of
from target_salesforce.tables import ACTIVITIES
from target_salesforce.wanted_field import LONG_LENGTH, SHOWN, TEXT_LENGTH

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crm_transforms.destination import Record
    from target_salesforce.metadata.xml import Element

PERMISSION_SET = "Migration_Access"
PERMISSION_LABEL = "Migration access"

TYPES: Mapping[str, tuple[str, Sequence[Element]]] = {
    "text": ("Text", [("length", TEXT_LENGTH)]),
    "long_text": ("LongTextArea", [("length", LONG_LENGTH), ("visibleLines", 5)]),
    "address": ("LongTextArea", [("length", LONG_LENGTH), ("visibleLines", 5)]),
    "list": ("LongTextArea", [("length", LONG_LENGTH), ("visibleLines", 5)]),
    "html": ("Html", [("length", LONG_LENGTH), ("visibleLines", 25)]),
    "integer": ("Number", []),
    "decimal": ("Number", []),
    "money": ("Currency", []),
    "boolean": ("Checkbox", [("defaultValue", False)]),
    "date": ("Date", []),
    "time": ("Time", []),
    "datetime": ("DateTime", []),
    "choice": ("Picklist", []),
    "choices": ("MultiselectPicklist", [("visibleLines", 4)]),
    "email": ("Email", []),
    "phone": ("Phone", []),
    "url": ("Url", []),
    "reference": ("Lookup", []),
}
"""Metadata type and what goes with it, by neutral type."""
MONEY = ("integer", "decimal", "money")


class Grant(NamedTuple):
    """What a permission set allows of one field."""

    field: str
    readable: bool = True
    editable: bool = True


def field_elements(record: Record, *, is_key: bool = False, gone: Sequence[str] = ()) -> Element:
    """A field of an object's file.

    Args:
        record: as the engine wants it.
        is_key: it carries our external key.
        gone: options that are no longer to be chosen.
    """
    spec = spec_of(record)
    type_ = spec.type
    if type_ == "text" and (spec.length or 0) > TEXT_LENGTH:
        type_ = "long_text"
    metadata, more = TYPES[type_]
    elements: list[Element] = [("fullName", spec.name)]
    if is_key:
        elements += [("caseSensitive", True), ("externalId", True)]
    if type_ == "reference":
        elements.append(("deleteConstraint", "SetNull"))
    elements.append(("label", label_of(record)))
    elements += more
    if type_ in MONEY:
        shown = SHOWN[type_]
        scale = shown["scale"] if spec.scale is None or type_ == "integer" else spec.scale
        elements += [("precision", shown["precision"]), ("scale", scale)]
    if type_ == "reference":
        relation = relation_of(str(record.get("object")), spec.name)
        elements += [
            ("referenceTo", str(spec.reference)),
            ("relationshipName", relation),
        ]
    elements += [("required", False)] if type_ not in {"boolean", *CHOICES} else []
    elements.append(("type", metadata))
    if is_key:
        elements.append(("unique", True))
    if type_ in CHOICES:
        elements.append(("valueSet", _values(labels_of(record), gone)))
    return ("fields", elements)


def relation_of(object_name: str, field_name: str) -> str:
    """The name under which a parent knows such children; no two of one parent are the same."""
    name = f"{object_name.removesuffix('__c')}_{field_name.removesuffix('__c')}".replace("__", "_")
    if len(name) <= MOST_NAME:
        return name
    digest = hashlib.blake2b(name.encode(), digest_size=4).hexdigest()
    return f"{name[: MOST_NAME - 10].rstrip('_')}_x{digest}"


def object_elements(label: str, plural: str) -> list[Element]:
    """An object of our own: one that tasks, events, notes and files can hang on."""
    return [
        ("deploymentStatus", "Deployed"),
        ("enableActivities", True),
        ("enableReports", True),
        ("enableSearch", True),
        ("label", label[:MOST_NAME]),
        ("nameField", [("label", f"{label[: MOST_NAME - 5]} name"), ("type", "Text")]),
        ("pluralLabel", plural[:MOST_NAME]),
        ("sharingModel", "ReadWrite"),
    ]


def permission_elements(grants: Sequence[Grant], objects: Sequence[str]) -> list[Element]:
    """The permission set; what is not in it is taken away, so it has all there is to grant."""
    elements: list[Element] = [
        (
            "fieldPermissions",
            [("editable", one.editable), ("field", one.field), ("readable", one.readable)],
        )
        for one in sorted(set(grants))
    ]
    elements += [("hasActivationRequired", False), ("label", PERMISSION_LABEL)]
    elements += [
        (
            "objectPermissions",
            [
                ("allowCreate", True),
                ("allowDelete", True),
                ("allowEdit", True),
                ("allowRead", True),
                ("modifyAllRecords", True),
                ("object", name),
                ("viewAllRecords", True),
            ],
        )
        for name in sorted(set(objects))
    ]
    return elements


def grants_of(object_name: str, field_name: str) -> list[Grant]:
    """Permissions for a new field; one of activities is granted on both kinds of them."""
    owners = ACTIVITIES if object_name in ACTIVITIES else (object_name,)
    return [Grant(f"{owner}.{field_name}") for owner in owners]


def _values(labels: Sequence[str], gone: Sequence[str]) -> list[Element]:
    def value(label: str, *, active: bool) -> Element:
        told: list[Any] = [("fullName", label), ("default", False)]
        told += [] if active else [("isActive", False)]
        return ("value", [*told, ("label", label)])

    listed = [value(label, active=True) for label in labels if label not in gone]
    listed += [value(label, active=False) for label in gone]
    return [("restricted", True), ("valueSetDefinition", [("sorted", False), *listed])]
