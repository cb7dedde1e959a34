"""Custom fields: which neutral type becomes which of Pipedrive's, and how each is written.

https://developers.pipedrive.com/docs/api/v1/DealFields: a field's type cannot be changed later.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from target_pipedrive.choices import Choice, Choices
from target_pipedrive.composites import Address, Money
from target_pipedrive.forms import Date, Form, Number, Reference, Text, Time
from target_pipedrive.tables import LONG_TEXT

if TYPE_CHECKING:
    from collections.abc import Mapping

CUSTOM_TYPES: Mapping[str, str] = {
    "text": "varchar",
    "long_text": "text",
    "integer": "double",
    "decimal": "double",
    "money": "monetary",
    "boolean": "enum",
    "date": "date",
    "time": "time",
    "choice": "enum",
    "choices": "set",
    "email": "varchar",
    "phone": "phone",
    "url": "varchar",
    "address": "address",
}
"""Pipedrive's ``field_type`` by neutral type; a reference depends on its object."""

REFERENCE_TYPES: Mapping[str, str] = {"organizations": "org", "persons": "people", "users": "user"}

NO_SUCH_TYPE: Mapping[str, str] = {
    "datetime": "make it a date and a time field, or text",
    "html": "make it long_text",
    "list": "make it choices, or join it into text",
    "file": "load it as an object of its own (files)",
}
"""Neutral types that no custom field can have, and what to declare instead."""

CUSTOM_FORMS: Mapping[str, Form] = {
    "varchar": Text(255),
    "varchar_auto": Text(255),
    "text": Text(LONG_TEXT, kind="long_text"),
    "double": Number(),
    "monetary": Money(),
    "date": Date(),
    "time": Time(wrapped=True),
    "phone": Text(255, kind="phone"),
    "address": Address(),
    "enum": Choice(),
    "set": Choices(),
    "org": Reference(to="organizations"),
    "people": Reference(to="persons"),
    "user": Reference(to="users"),
}
"""How custom fields of each ``field_type`` are written; types that are not here are read-only."""
