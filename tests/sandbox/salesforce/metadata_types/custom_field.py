"""Custom fields.

https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/customfield.htm
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.sandbox.salesforce.metadata_types.component import NAMESPACE, Component, is_true, text_of
from tests.sandbox.salesforce.metadata_types.custom_object import API_NAME, LONGEST_LABEL
from tests.sandbox.salesforce.sobject import Field, Option

if TYPE_CHECKING:
    from tests.sandbox.salesforce.org import Org

TYPES = {
    "Text": "string", "LongTextArea": "textarea", "Html": "textarea", "TextArea": "textarea",
    "Number": "double", "Currency": "currency", "Percent": "percent", "Checkbox": "boolean",
    "Date": "date", "DateTime": "datetime", "Time": "time", "Email": "email", "Phone": "phone",
    "Url": "url", "Picklist": "picklist", "MultiselectPicklist": "multipicklist",
    "Lookup": "reference",
}  # fmt: skip
ACTIVITY_TYPES = set(TYPES) - {"LongTextArea", "Html"}
MOST_ACTIVITY_FIELDS = 100


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
            rule = "at most 40 letters, digits and single underscores, beginning with a letter"
            raise self.fail(f"The field name {name} is not valid: {rule}")
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
        told: dict[str, Any] = {}
        getattr(self, f"_{kind.lower()}", lambda _told: None)(told)
        if kind == "Lookup":
            self._refer(org, told)
        flags = self._flags(kind)
        return Field(name, TYPES[kind], flags=flags, label=label, custom=True, made=True, **told)

    def _flags(self, kind: str) -> str:
        element = self.element
        unique, external = is_true(element, "unique"), is_true(element, "externalId")
        if (unique or external) and kind not in {"Text", "Number", "Email"}:
            why = f"Can not specify 'unique' or 'externalId' for a CustomField of type {kind}"
            raise self.fail(why)
        flags = "cu"
        flags += "n" if is_true(element, "required") else ""
        flags += "x" if external else ""
        if unique:
            flags += "Q" if is_true(element, "caseSensitive") else "q"
        if kind == "Checkbox":
            flags += "nd"
        return flags + ("s" if self._restricted else "")

    def _checkbox(self, told: dict[str, Any]) -> None:
        if text_of(self.element, "defaultValue") not in {"true", "false"}:
            raise self.fail("Must specify 'defaultValue' for a CustomField of type Checkbox")
        told["default"] = is_true(self.element, "defaultValue")

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
