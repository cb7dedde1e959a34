"""Custom objects.

https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/customobject.htm
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from tests.sandbox.salesforce.metadata_types.component import NAMESPACE, Component, is_true, text_of
from tests.sandbox.salesforce.sobject import Field, Sobject

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from tests.sandbox.salesforce.org import Org

API_NAME = re.compile(r"[A-Za-z](?:_?[A-Za-z0-9])*__c")
LONGEST_LABEL = 40
PARENTS = (
    ("ContentDocumentLink", "LinkedEntityId"),
    ("ContentVersion", "FirstPublishLocationId"),
    ("Note", "ParentId"),
    ("Attachment", "ParentId"),
)
"""What may hang on any custom object."""


def _system(name: str, kind: str, label: str, relationship: str = "") -> Field:
    to = ("User",) if relationship else ()
    size = 18 if relationship else 0
    return Field(name, kind, size, flags="nd", label=label, to=to, relationship=relationship)


SYSTEM = (
    _system("IsDeleted", "boolean", "Deleted"),
    _system("CreatedDate", "datetime", "Created Date"),
    _system("CreatedById", "reference", "Created By ID", "CreatedBy"),
    _system("LastModifiedDate", "datetime", "Last Modified Date"),
    _system("LastModifiedById", "reference", "Last Modified By ID", "LastModifiedBy"),
    _system("SystemModstamp", "datetime", "System Modstamp"),
)
OWNER = Field(
    "OwnerId",
    "reference",
    18,
    flags="cundp",
    label="Owner ID",
    to=("Group", "User"),
    relationship="Owner",
)


class CustomObject(Component):
    """A custom object with its own fields, or a standard one that only brings fields."""

    rank = 0

    def carry_out(self, org: Org) -> bool:
        if not self.name.endswith("__c"):
            if self.name != "Activity" and self.name not in org.objects:
                raise self.fail(f"In field: fullName - no CustomObject named {self.name} found")
            return False
        label, plural, name_field = self._told()
        known = org.objects.get(self.name)
        if known is not None:
            known.label, known.plural = label, plural
            return False
        org.custom_objects += 1
        made = Sobject(self.name, f"a{org.custom_objects:02d}", label, plural, custom=True)
        auto = text_of(name_field, "type") == "AutoNumber"
        name = Field(
            "Name",
            "string",
            80,
            flags="ndai" if auto else "cun",
            label=text_of(name_field, "label", "Name"),
        )
        first = Field("Id", "id", 18, flags="ndi", label="Record ID")
        for one in (first, OWNER, name, *SYSTEM):
            made.fields[one.name] = one
        org.add_object(made)
        if is_true(self.element, "enableActivities"):
            _relate(org, self.name, ("Task", "Event"), "WhatId")
        for child, field_name in PARENTS:
            _relate(org, self.name, (child,), field_name)
        return True

    def _told(self) -> tuple[str, str, Element]:
        """Label, plural and the name field, as they must be there."""
        if not API_NAME.fullmatch(self.name) or len(self.name) > 43:
            raise self.fail(f"Invalid fullName {self.name}")
        label, plural = text_of(self.element, "label"), text_of(self.element, "pluralLabel")
        name_field = self.element.find(f"{NAMESPACE}nameField")
        for what, told in (("label", label), ("pluralLabel", plural)):
            if not told:
                raise self.fail(f"Required field is missing: {what}")
            if len(told) > LONGEST_LABEL:
                raise self.fail(f"{what} is too long: {told}")
        if name_field is None or text_of(name_field, "type") not in {"Text", "AutoNumber"}:
            raise self.fail("Must specify a nameField of type Text or AutoNumber")
        for what in ("deploymentStatus", "sharingModel"):
            if not text_of(self.element, what):
                raise self.fail(f"Must specify a non-empty {what} for the CustomObject")
        return label, plural, name_field


def _relate(org: Org, name: str, children: tuple[str, ...], field_name: str) -> None:
    for child in children:
        one = org.objects[child].fields[field_name]
        if name not in one.to:
            org.add_field(child, replace(one, to=(*one.to, name)))
