"""The files of a deploy.

https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/file_based_zip_file.htm
"""

from __future__ import annotations

import io
import zipfile
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from target_salesforce.metadata.components import (
    PERMISSION_SET,
    Grant,
    field_elements,
    grants_of,
    object_elements,
    permission_elements,
)
from target_salesforce.metadata.wanted import component_of
from target_salesforce.metadata.xml import document

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crm_transforms.destination import Record
    from target_salesforce.metadata.xml import Element

OBJECT, FIELD, PERMISSIONS = "CustomObject", "CustomField", "PermissionSet"
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The time of files in a zip, so that equal packages have equal bytes."""


@dataclass
class Archive:
    """What one deploy makes and removes.

    Attributes:
        version: of the API.
        grants: what the permission set allows already.
        granted_objects: objects that it allows already.
    """

    version: str
    grants: list[Grant] = field(default_factory=list)
    granted_objects: list[str] = field(default_factory=list)
    _objects: dict[str, Record] = field(default_factory=dict)
    _fields: dict[str, dict[str, Element]] = field(default_factory=lambda: defaultdict(dict))
    _gone: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def make_object(self, record: Record) -> None:
        """Make an object, with rights on all of it."""
        name = str(record["object"])
        self._objects[name] = record
        self.granted_objects.append(name)

    def make_field(
        self, object_name: str, record: Record, *, is_key: bool = False, gone: Sequence[str] = ()
    ) -> None:
        """Make a field, or give it other options."""
        name = str(record["name"])
        owner = component_of(f"{object_name}.{name}").partition(".")[0]
        self._fields[owner].setdefault(name, field_elements(record, is_key=is_key, gone=gone))
        self.grants += grants_of(object_name, name)

    def remove(self, key: str) -> None:
        """Remove a field or an object, and what the permission set says of it."""
        component = component_of(key)
        object_name, _, name = component.partition(".")
        self._gone[FIELD if name else OBJECT].add(component)
        doomed = {grant.field for grant in grants_of(key.partition(".")[0], name)} if name else ()
        self.grants = [
            grant
            for grant in self.grants
            if grant.field not in doomed and (name or not grant.field.startswith(f"{object_name}."))
        ]
        if not name:
            self.granted_objects = [one for one in self.granted_objects if one != object_name]

    def files(self) -> dict[str, bytes]:
        """All files by their path."""
        made: dict[str, list[str]] = defaultdict(list)
        files: dict[str, bytes] = {}
        for name in sorted({*self._objects, *self._fields}):
            elements: list[Element] = []
            record = self._objects.get(name)
            if record is not None:
                label = str(record.get("label") or name.removesuffix("__c").replace("_", " "))
                elements += object_elements(label, str(record.get("plural") or f"{label}s"))
                made[OBJECT].append(name)
            fields = self._fields.get(name, {})
            elements += fields.values()
            made[FIELD] += [f"{name}.{one}" for one in fields]
            # Elements of one kind stand together, in the order of their names.
            files[f"objects/{name}.object"] = document(
                OBJECT, sorted(elements, key=lambda element: element[0])
            )
        if self.grants or self.granted_objects:
            made[PERMISSIONS].append(PERMISSION_SET)
            files[f"permissionsets/{PERMISSION_SET}.permissionset"] = document(
                PERMISSIONS, permission_elements(self.grants, self.granted_objects)
            )
        if self._gone:
            files["destructiveChangesPost.xml"] = self._manifest(self._gone)
        return {"package.xml": self._manifest(made), **files}

    def zipped(self) -> bytes:
        """The same as one file."""
        return zipped(self.files())

    def _manifest(self, made: Mapping[str, Sequence[str] | set[str]]) -> bytes:
        types: list[Element] = [
            ("types", [*(("members", name) for name in sorted(names)), ("name", kind)])
            for kind, names in sorted(made.items())
        ]
        return document("Package", [*types, ("version", self.version)])


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Files as one archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            archive.writestr(zipfile.ZipInfo(path, EPOCH), content)
    return buffer.getvalue()
