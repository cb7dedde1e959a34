"""Metadata components: what their XML means, and what is refused of it.

https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_types_list.htm
"""

from __future__ import annotations

import copy
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from tests.sandbox.salesforce.sobject import Field, Option, Sobject

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

    from tests.sandbox.salesforce.org import Org

NAMESPACE = "{http://soap.sforce.com/2006/04/metadata}"
API_NAME = re.compile(r"[A-Za-z](?:_?[A-Za-z0-9])*__c")
LONGEST_LABEL = 40
VALUE_SETS = {
    "CaseStatus": ("Case", "Status"), "CaseType": ("Case", "Type"), "CaseOrigin": ("Case", "Origin"),
    "CasePriority": ("Case", "Priority"), "TaskStatus": ("Task", "Status"),
    "TaskType": ("Task", "Type"), "TaskPriority": ("Task", "Priority"),
    "OpportunityStage": ("Opportunity", "StageName"), "AccountType": ("Account", "Type"),
    "EventType": ("Event", "Type"), "OrderStatus": ("Order", "Status"),
}  # fmt: skip
TYPES = {
    "Text": "string", "LongTextArea": "textarea", "Html": "textarea", "TextArea": "textarea",
    "Number": "double", "Currency": "currency", "Percent": "percent", "Checkbox": "boolean",
    "Date": "date", "DateTime": "datetime", "Time": "time", "Email": "email", "Phone": "phone",
    "Url": "url", "Picklist": "picklist", "MultiselectPicklist": "multipicklist",
    "Lookup": "reference",
}  # fmt: skip
ACTIVITY_TYPES = set(TYPES) - {"LongTextArea", "Html"}
MOST_ACTIVITY_FIELDS = 100


class Failure(Exception):
    """Why a component cannot be deployed."""

    def __init__(self, kind: str, name: str, file: str, problem: str) -> None:
        super().__init__(problem)
        self.type, self.name, self.file, self.problem = kind, name, file, problem


def read_xml(path: str, content: bytes) -> Element:
    try:
        return ElementTree.fromstring(content)  # noqa: S314 - what a local client sends
    except ElementTree.ParseError as error:
        raise Failure("", path, path, f"Error parsing file: {error}") from error


def read_manifest(files: dict[str, bytes], name: str) -> dict[str, list[str]]:
    """Members by type.

    Raises:
        Failure: it is none.
    """
    root = read_xml(name, files[name])
    if root.tag != f"{NAMESPACE}Package":
        raise Failure("", name, name, "the root of a manifest is Package of the metadata namespace")
    found: dict[str, list[str]] = {}
    for types in root.findall(f"{NAMESPACE}types"):
        kind = text_of(types, "name")
        if not kind:
            raise Failure("", name, name, "Error parsing package.xml: types without a name")
        found.setdefault(kind, []).extend(
            one.text or "" for one in types.findall(f"{NAMESPACE}members")
        )
    return found


def text_of(element: Element, name: str, default: str = "") -> str:
    found = element.find(f"{NAMESPACE}{name}")
    return default if found is None or found.text is None else found.text.strip()


def is_true(element: Element, name: str) -> bool:
    return text_of(element, name) == "true"


class Component:
    """One component of a deploy; the lower its rank, the sooner."""

    rank = 0
    optional = False

    def __init__(self, kind: str, name: str, file: str, element: Element) -> None:
        self.type, self.name, self.file, self.element = kind, name, file, element

    def carry_out(self, org: Org) -> bool:
        """Do it; whether it was not there before.

        Raises:
            Failure: it cannot be done.
        """
        raise NotImplementedError

    def fail(self, problem: str) -> Failure:
        return Failure(self.type, self.name, self.file, problem)


class CustomObject(Component):
    rank = 0

    def carry_out(self, org: Org) -> bool:
        if not self.name.endswith("__c"):
            if self.name != "Activity" and self.name not in org.objects:
                raise self.fail(f"In field: fullName - no CustomObject named {self.name} found")
            return False
        if not API_NAME.fullmatch(self.name) or len(self.name) > 43:
            raise self.fail(f"Invalid fullName {self.name}")
        label, plural = text_of(self.element, "label"), text_of(self.element, "pluralLabel")
        name_field = self.element.find(f"{NAMESPACE}nameField")
        for what, told in (("label", label), ("pluralLabel", plural)):
            if not told:
                raise self.fail(f"Required field is missing: {what}")
            if len(told) > LONGEST_LABEL:
                raise self.fail(f"{what} is too long: {told}")
        if name_field is None:
            raise self.fail("Must specify a nameField of type Text or AutoNumber")
        for what in ("deploymentStatus", "sharingModel"):
            if not text_of(self.element, what):
                raise self.fail(f"Must specify a non-empty {what} for the CustomObject")
        known = org.objects.get(self.name)
        if known is not None:
            known.label, known.plural = label, plural
            return False
        org.custom_objects += 1
        made = Sobject(self.name, f"a{org.custom_objects:02d}", label, plural, custom=True)
        kind = text_of(name_field, "type")
        auto = kind == "AutoNumber"
        if kind not in {"Text", "AutoNumber"}:
            raise self.fail("Must specify a nameField of type Text or AutoNumber")
        for one in (
            Field("Id", "id", 18, flags="ndi", label="Record ID"),
            Field("OwnerId", "reference", 18, flags="cundp", label="Owner ID", to=("Group", "User"), relationship="Owner"),
            Field("Name", "string", 80, flags="ndai" if auto else "cuni", label=text_of(name_field, "label", "Name")),
            Field("IsDeleted", "boolean", flags="nd", label="Deleted"),
            Field("CreatedDate", "datetime", flags="nd", label="Created Date"),
            Field("CreatedById", "reference", 18, flags="nd", label="Created By ID", to=("User",), relationship="CreatedBy"),
            Field("LastModifiedDate", "datetime", flags="nd", label="Last Modified Date"),
            Field("LastModifiedById", "reference", 18, flags="nd", label="Last Modified By ID", to=("User",), relationship="LastModifiedBy"),
            Field("SystemModstamp", "datetime", flags="nd", label="System Modstamp"),
        ):  # fmt: skip
            made.fields[one.name] = one
        if not auto:
            made.fields["Name"] = replace(made.fields["Name"], flags="cun")
        org.add_object(made)
        if is_true(self.element, "enableActivities"):
            _relate(org, self.name, ("Task", "Event"), "WhatId")
        for child, field_name in (
            ("ContentDocumentLink", "LinkedEntityId"),
            ("ContentVersion", "FirstPublishLocationId"),
            ("Note", "ParentId"),
            ("Attachment", "ParentId"),
        ):
            _relate(org, self.name, (child,), field_name)
        return True


def _relate(org: Org, name: str, children: tuple[str, ...], field_name: str) -> None:
    for child in children:
        one = org.objects[child].fields[field_name]
        if name not in one.to:
            org.add_field(child, replace(one, to=(*one.to, name)))


class CustomField(Component):
    rank = 1

    def carry_out(self, org: Org) -> bool:
        sobject, _, name = self.name.partition(".")
        targets = ("Task", "Event") if sobject == "Activity" else (sobject,)
        if sobject in {"Task", "Event"}:
            raise self.fail("Custom fields of tasks and events are made on Activity")
        if targets[0] not in org.objects:
            raise self.fail(
                f"Entity Enumeration Or ID: bad value for restricted picklist field: {sobject}"
            )
        if not API_NAME.fullmatch(name) or len(name) > 43:
            raise self.fail(
                f"The field name {name} is not valid: at most 40 letters, digits and single underscores, beginning with a letter"
            )
        one = self._field(org, name)
        created = name not in org.objects[targets[0]].fields
        custom = [each for each in org.objects[targets[0]].fields.values() if each.custom]
        most = MOST_ACTIVITY_FIELDS if sobject == "Activity" else org.most_custom_fields
        if created and len(custom) >= most:
            raise self.fail(f"This entity has reached its maximum number of custom fields: {most}")
        if sobject == "Activity" and text_of(self.element, "type") not in ACTIVITY_TYPES:
            raise self.fail(f"{text_of(self.element, 'type')} is not allowed on Activity")
        for target in targets:
            known = org.objects[target].fields.get(name)
            if known is not None and known.type != one.type:
                raise self.fail(
                    f"Cannot change type of {self.name} from {known.type} to {one.type}"
                )
            org.add_field(target, one)
        return created

    def _field(self, org: Org, name: str) -> Field:
        element = self.element
        kind, label = text_of(element, "type"), text_of(element, "label")
        if kind not in TYPES:
            raise self.fail(f"'{kind}' is not a valid value for the enum 'FieldType'")
        if not label:
            raise self.fail("Required field is missing: label")
        if len(label) > LONGEST_LABEL:
            raise self.fail(f"Label is too long (maximum {LONGEST_LABEL}): {label}")
        flags = "cu"
        if is_true(element, "required"):
            flags += "n"
        unique, external = is_true(element, "unique"), is_true(element, "externalId")
        if (unique or external) and kind not in {"Text", "Number", "Email"}:
            raise self.fail(
                f"Can not specify 'unique' or 'externalId' for a CustomField of type {kind}"
            )
        if unique:
            flags += "Q" if is_true(element, "caseSensitive") else "q"
        if external:
            flags += "x"
        told: dict[str, Any] = {}
        getattr(self, f"_{kind.lower()}", lambda _told: None)(told)
        if kind == "Checkbox":
            if text_of(element, "defaultValue") not in {"true", "false"}:
                raise self.fail("Must specify 'defaultValue' for a CustomField of type Checkbox")
            told["default"] = is_true(element, "defaultValue")
            flags += "nd"
        if kind == "Lookup":
            self._refer(org, told)
        if kind in {"Picklist", "MultiselectPicklist"} and self._restricted:
            flags += "s"
        return Field(name, TYPES[kind], flags=flags, label=label, custom=True, made=True, **told)

    def _number_of(self, name: str, least: int, most: int) -> int:
        told = text_of(self.element, name)
        if not told.isdecimal():
            raise self.fail(
                f"Must specify '{name}' for a CustomField of type {text_of(self.element, 'type')}"
            )
        if not least <= int(told) <= most:
            raise self.fail(f"Value too large or too small for {name}: {told} ({least} to {most})")
        return int(told)

    def _text(self, told: dict[str, Any]) -> None:
        told["length"] = self._number_of("length", 1, 255)

    def _textarea(self, told: dict[str, Any]) -> None:
        told["length"] = 255

    def _longtextarea(self, told: dict[str, Any]) -> None:
        told["length"] = self._number_of("length", 256, 131_072)
        self._number_of("visibleLines", 2, 50)

    def _html(self, told: dict[str, Any]) -> None:
        told["length"] = self._number_of("length", 256, 131_072)
        told["rich"] = True
        self._number_of("visibleLines", 10, 50)

    def _number(self, told: dict[str, Any]) -> None:
        told["precision"] = self._number_of("precision", 1, 18)
        told["scale"] = self._number_of("scale", 0, 17)
        if told["scale"] > told["precision"]:
            raise self.fail("scale is larger than precision")

    _currency = _number
    _percent = _number

    def _email(self, told: dict[str, Any]) -> None:
        told["length"] = 80

    def _phone(self, told: dict[str, Any]) -> None:
        told["length"] = 40

    def _url(self, told: dict[str, Any]) -> None:
        told["length"] = 255

    def _picklist(self, told: dict[str, Any]) -> None:
        value_set = self.element.find(f"{NAMESPACE}valueSet")
        definition = None if value_set is None else value_set.find(f"{NAMESPACE}valueSetDefinition")
        if value_set is None or definition is None:
            raise self.fail("Must specify either picklist or valueSet for a picklist field")
        self._restricted = is_true(value_set, "restricted")
        options = []
        for value in definition.findall(f"{NAMESPACE}value"):
            name = text_of(value, "fullName")
            if not name or len(name) > 255:
                raise self.fail(f"Picklist value is empty or too long: {name[:40]}")
            active = text_of(value, "isActive", "true") == "true"
            options.append(Option(name, is_true(value, "default"), active))
        names = [option.value.lower() for option in options]
        if len(set(names)) < len(names):
            raise self.fail(f"Duplicate label: {next(n for n in names if names.count(n) > 1)}")
        if not options:
            raise self.fail("A picklist needs at least one value")
        told["options"], told["length"] = tuple(options), 255

    _restricted = False

    def _multiselectpicklist(self, told: dict[str, Any]) -> None:
        self._picklist(told)
        told["length"] = 4099
        self._number_of("visibleLines", 3, 10)

    def _refer(self, org: Org, told: dict[str, Any]) -> None:
        target = text_of(self.element, "referenceTo")
        if target not in org.objects:
            raise self.fail(
                f"referenceTo value of '{target}' does not resolve to a valid sObject type"
            )
        if text_of(self.element, "deleteConstraint", "SetNull") not in {
            "SetNull",
            "Restrict",
            "Cascade",
        }:
            raise self.fail("deleteConstraint is none of SetNull, Restrict, Cascade")
        child = text_of(self.element, "relationshipName")
        sobject, _, name = self.name.partition(".")
        if not child and sobject != "Activity":
            raise self.fail("Must specify 'relationshipName' for a CustomField of type Lookup")
        for other in org.objects.values():
            for one in other.fields.values():
                same = (other.name, one.name) == (sobject, name)
                if (
                    not same
                    and child
                    and one.child_relationship.lower() == f"{child}__r".lower()
                    and target in one.to
                ):
                    raise self.fail(
                        f"There is already a Child Relationship named {child} on {target}."
                    )
        told |= {
            "to": (target,),
            "relationship": f"{name.removesuffix('__c')}__r",
            "child_relationship": f"{child}__r" if child else "",
            "length": 18,
        }


class PermissionSet(Component):
    rank = 2

    def carry_out(self, org: Org) -> bool:
        label = text_of(self.element, "label")
        if not label:
            raise self.fail("Required field is missing: label")
        known = next(
            (row for row in org.rows["PermissionSet"].values() if row["Name"] == self.name), None
        )
        created = known is None
        if known is None:
            known = org.insert_quietly(
                "PermissionSet",
                {"Name": self.name, "Label": label, "IsCustom": True, "Type": "Regular"},
            )
        wanted = [
            self._field(org, one) for one in self.element.findall(f"{NAMESPACE}fieldPermissions")
        ]
        objects = [
            self._object(org, one) for one in self.element.findall(f"{NAMESPACE}objectPermissions")
        ]
        for values in wanted:
            have = [
                row
                for row in org.children("FieldPermissions", "ParentId", known["Id"])
                if row["Field"] == values["Field"]
            ]
            if have:
                have[0].update(values)
            else:
                org.insert_quietly("FieldPermissions", {"ParentId": known["Id"], **values})
        for values in objects:
            have = [
                row
                for row in org.children("ObjectPermissions", "ParentId", known["Id"])
                if row["SobjectType"] == values["SobjectType"]
            ]
            if have:
                have[0].update(values)
            else:
                org.insert_quietly("ObjectPermissions", {"ParentId": known["Id"], **values})
        org.access.forget()
        return created

    def _field(self, org: Org, element: Element) -> dict[str, Any]:
        path = text_of(element, "field")
        sobject, _, name = path.partition(".")
        one = org.objects[sobject].fields.get(name) if sobject in org.objects else None
        if one is None:
            raise self.fail(f"In field: field - no CustomField named {path} found")
        if one.required:
            raise self.fail(f"You cannot deploy to a required field: {path}")
        return {
            "SobjectType": sobject,
            "Field": path,
            "PermissionsRead": is_true(element, "readable"),
            "PermissionsEdit": is_true(element, "editable"),
        }

    def _object(self, org: Org, element: Element) -> dict[str, Any]:
        name = text_of(element, "object")
        if name not in org.objects:
            raise self.fail(f"In field: object - no CustomObject named {name} found")
        told = {
            "SobjectType": name,
            "PermissionsCreate": is_true(element, "allowCreate"),
            "PermissionsRead": is_true(element, "allowRead"),
            "PermissionsEdit": is_true(element, "allowEdit"),
            "PermissionsDelete": is_true(element, "allowDelete"),
            "PermissionsViewAllRecords": is_true(element, "viewAllRecords"),
            "PermissionsModifyAllRecords": is_true(element, "modifyAllRecords"),
        }
        if told["PermissionsEdit"] and not told["PermissionsRead"]:
            raise self.fail(f"Permission Read {name} is required by Edit {name}")
        if told["PermissionsDelete"] and not told["PermissionsEdit"]:
            raise self.fail(f"Permission Edit {name} is required by Delete {name}")
        return told


class StandardValueSet(Component):
    rank = 1

    def carry_out(self, org: Org) -> bool:
        if self.name not in VALUE_SETS:
            raise self.fail(
                f"Entity of type 'StandardValueSet' named '{self.name}' cannot be found"
            )
        sobject, name = VALUE_SETS[self.name]
        one = org.objects[sobject].fields[name]
        options = tuple(
            Option(text_of(value, "fullName"), is_true(value, "default"))
            for value in self.element.findall(f"{NAMESPACE}standardValue")
        )
        # Values that are not named stay, but cannot be chosen any more.
        kept = {option.value for option in options}
        gone = tuple(replace(each, active=False) for each in one.options if each.value not in kept)
        org.add_field(sobject, replace(one, options=(*options, *gone)))
        return False


def components_of(path: str, root: Element) -> Iterator[Component]:
    """The components of one file."""
    folder, _, rest = path.partition("/")
    name = rest.rpartition("/")[2].partition(".")[0] if rest else path
    if folder == "objects" and root.tag == f"{NAMESPACE}CustomObject":
        own = CustomObject("CustomObject", name, path, root)
        own.optional = not name.endswith("__c")
        if name.endswith("__c") and root.find(f"{NAMESPACE}label") is None:
            own.optional = True
        yield own
        for element in root.findall(f"{NAMESPACE}fields"):
            yield CustomField(
                "CustomField", f"{name}.{text_of(element, 'fullName')}", path, element
            )
    elif folder == "permissionsets" and root.tag == f"{NAMESPACE}PermissionSet":
        yield PermissionSet("PermissionSet", name, path, root)
    elif folder == "standardValueSets" and root.tag == f"{NAMESPACE}StandardValueSet":
        yield StandardValueSet("StandardValueSet", name, path, root)
    else:
        raise Failure("", name, path, f"Unknown folder or type of metadata: {path}")


def remove(org: Org, kind: str, name: str) -> bool:
    """Take a component away; whether it was there.

    Raises:
        Failure: something still needs it.
    """
    if kind == "CustomField":
        sobject, _, field_name = name.partition(".")
        targets = ("Task", "Event") if sobject == "Activity" else (sobject,)
        there = targets[0] in org.objects and field_name in org.objects[targets[0]].fields
        for target in targets if there else ():
            org.remove_field(target, field_name)
            _drop_permissions(org, f"{target}.{field_name}")
        return there
    if kind == "CustomObject":
        if name not in org.objects or not name.endswith("__c"):
            return False
        for other in org.objects.values():
            for one in list(other.fields.values()):
                if one.to == (name,) and other.name != name:
                    text = (
                        f"This {one.name} field of {other.name} references {name}: delete it first"
                    )
                    raise Failure(kind, name, "destructiveChanges.xml", text)
        for other in org.objects.values():
            for one in list(other.fields.values()):
                if name in one.to and other.name != name:
                    org.add_field(
                        other.name, replace(one, to=tuple(t for t in one.to if t != name))
                    )
        org.remove_object(name)
        _drop_permissions(org, f"{name}.")
        return True
    if kind == "PermissionSet":
        row = next((one for one in org.rows["PermissionSet"].values() if one["Name"] == name), None)
        if row is None:
            return False
        if org.children("PermissionSetAssignment", "PermissionSetId", row["Id"]):
            text = f"Cannot delete permission set {name}: it is assigned to users"
            raise Failure(kind, name, "destructiveChanges.xml", text)
        for child in ("FieldPermissions", "ObjectPermissions"):
            for one in org.children(child, "ParentId", row["Id"]):
                org.remove(org.objects[child], one, hard=True)
        org.remove(org.objects["PermissionSet"], row, hard=True)
        org.access.forget()
        return True
    raise Failure(kind, name, "destructiveChanges.xml", f"{kind} cannot be deleted here")


def _drop_permissions(org: Org, path: str) -> None:
    for row in list(org.rows["FieldPermissions"].values()):
        if row["Field"] == path or (path.endswith(".") and row["Field"].startswith(path)):
            org.remove(org.objects["FieldPermissions"], row, hard=True)
    if path.endswith("."):
        for row in list(org.rows["ObjectPermissions"].values()):
            if row["SobjectType"] == path[:-1]:
                org.remove(org.objects["ObjectPermissions"], row, hard=True)
    org.access.forget()


SETUP = ("PermissionSet", "PermissionSetAssignment", "FieldPermissions", "ObjectPermissions")


def keep(org: Org) -> Any:
    """What a deploy may change, to be put back."""
    objects = {name: replace(made, fields=dict(made.fields)) for name, made in org.objects.items()}
    rows = {name: copy.deepcopy(org.rows[name]) for name in SETUP}
    return objects, rows, org.custom_objects, len(org.commits)


def restore(org: Org, kept: Any) -> None:
    """Put back what a deploy has changed."""
    objects, rows, org.custom_objects, commits = kept
    del org.commits[commits:]
    for name in set(org.objects) - set(objects):
        org.remove_object(name)
    for name, made in objects.items():
        if org.objects[name].fields != made.fields:
            org.objects[name] = made
            org.changed(name)
    for name, each in rows.items():
        org.rows[name] = each
        org.index.rebuild(org.objects[name], each.values())
    org.access.forget()
