"""A field that is wanted, as the describe will show it once it is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from target_salesforce.field import form_of
from target_salesforce.tables import ACTIVITIES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crm_transforms.destination import FieldSpec

TEXT_LENGTH = 255
LONG_LENGTH = 32_768
"""https://help.salesforce.com/s/articleView?id=platform.custom_field_types.htm"""

SHOWN: Mapping[str, Mapping[str, Any]] = {
    "text": {"type": "string", "length": TEXT_LENGTH},
    "long_text": {"type": "textarea", "length": LONG_LENGTH},
    "html": {"type": "textarea", "extraTypeInfo": "richtextarea", "length": LONG_LENGTH},
    "integer": {"type": "double", "precision": 18, "scale": 0},
    "decimal": {"type": "double", "precision": 18, "scale": 2},
    "money": {"type": "currency", "precision": 18, "scale": 2},
    "boolean": {"type": "boolean"},
    "date": {"type": "date"},
    "time": {"type": "time"},
    "datetime": {"type": "datetime"},
    "choice": {"type": "picklist", "restrictedPicklist": True},
    "choices": {"type": "multipicklist", "restrictedPicklist": True},
    "email": {"type": "email", "length": 80},
    "phone": {"type": "phone", "length": 40},
    "url": {"type": "url", "length": 255},
    "address": {"type": "textarea", "length": LONG_LENGTH},
    "list": {"type": "textarea", "length": LONG_LENGTH},
    "reference": {"type": "reference"},
}
"""What the describe shows of a custom field that was made from a neutral type."""


def as_row(spec: FieldSpec, object_name: str = "") -> dict[str, Any]:
    """The row of a describe for a custom field of an object made from this one."""
    wide = spec.type == "text" and (spec.length or 0) > TEXT_LENGTH
    row = {
        "name": spec.name,
        "label": spec.label or spec.name,
        "custom": True,
        "createable": spec.writable,
        "updateable": spec.updatable,
        "nillable": True,
        **SHOWN["long_text" if wide else spec.type],
        "picklistValues": [
            {"label": label, "value": label, "active": True} for label in spec.options
        ],
    }
    if object_name in ACTIVITIES and row["type"] == "textarea":
        # Activities have no long texts.
        row["length"] = TEXT_LENGTH
    if spec.reference:
        row["referenceTo"] = [spec.reference]
    if spec.scale is not None and "scale" in row and spec.type != "integer":
        row["scale"] = spec.scale
    return row


def held_as(spec: FieldSpec) -> str:
    """The neutral type under which such a field is described."""
    if spec.type not in SHOWN:
        return spec.type
    return form_of(as_row(spec)).type


def new_object(name: str, *, audited: bool) -> dict[str, Any]:
    """The describe of a custom object that is not there yet, with what each has of its own.

    Args:
        name: of the object.
        audited: this user may set audit fields on create.
    """
    own = {"createable": True, "updateable": True, "custom": False}
    audit = {"createable": audited, "updateable": False, "custom": False, "nillable": False}
    return {
        "name": name,
        "label": name,
        "createable": True,
        "custom": True,
        "childRelationships": [],
        "fields": [
            {"name": "Id", "type": "id", "length": 18, "createable": False, "updateable": False},
            {**own, "name": "Name", "type": "string", "length": 80, "nillable": False},
            {
                **own,
                "name": "OwnerId",
                "type": "reference",
                "referenceTo": ["Group", "User"],
                "nillable": False,
                "defaultedOnCreate": True,
            },
            {**audit, "name": "CreatedDate", "type": "datetime", "defaultedOnCreate": True},
            {
                **audit,
                "name": "CreatedById",
                "type": "reference",
                "referenceTo": ["User"],
                "defaultedOnCreate": True,
            },
        ],
    }
