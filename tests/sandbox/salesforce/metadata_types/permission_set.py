"""Permission sets with rights on fields and objects.

https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_permissionset.htm
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.sandbox.salesforce.metadata_types.component import NAMESPACE, Component, is_true, text_of

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from tests.sandbox.salesforce.org import Org


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
