"""Plans: what one deploy makes, changes and removes, and the files that say so.

https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/
(file_based_zip_file.htm, meta_deploy_deleting_files.htm)
"""

from __future__ import annotations

import io
import zipfile
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from target_salesforce.metadata.names import place_of
from target_salesforce.metadata.tables import PERMISSION_SET
from target_salesforce.metadata.xml import document

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from target_salesforce.metadata.permissions import PermissionSet
    from target_salesforce.metadata.xml import Element

MOMENT = (1980, 1, 1, 0, 0, 0)
"""Of all files in an archive, so that equal plans have equal bytes."""


@dataclass
class Plan:
    """What one deploy does.

    Attributes:
        objects: custom objects to make, by name.
        fields: custom fields to make or to change, by full name (``Account.Key__c``).
        value_sets: standard value sets to change, by name.
        removals: full names of fields and objects to remove.
        permissions: who may use what is made, as a whole; ``None`` where it stays as it is.
    """

    objects: dict[str, list[Element]] = field(default_factory=dict)
    fields: dict[str, list[Element]] = field(default_factory=dict)
    value_sets: dict[str, list[Element]] = field(default_factory=dict)
    removals: list[str] = field(default_factory=list)
    permissions: PermissionSet | None = None

    def __bool__(self) -> bool:
        return bool(self.objects or self.fields or self.value_sets or self.removals)

    def files(self, version: str) -> dict[str, bytes]:
        """The files of the archive, by their path in it.

        Args:
            version: of the API, as ``62.0``.
        """
        files = {"package.xml": _manifest(self._members(), version)}
        homes: dict[str, list[Element]] = {name: [] for name in self.objects}
        for name, elements in self.fields.items():
            homes.setdefault(place_of(name)[0], []).append(("fields", elements))
        for name, fields in sorted(homes.items()):
            content = [*_split(self.objects.get(name, ()), fields)]
            files[f"objects/{name}.object"] = document("CustomObject", content)
        if self.permissions is not None:
            path = f"permissionsets/{PERMISSION_SET}.permissionset"
            files[path] = document("PermissionSet", self.permissions.xml())
        for name, elements in sorted(self.value_sets.items()):
            path = f"standardValueSets/{name}.standardValueSet"
            files[path] = document("StandardValueSet", elements)
        if self.removals:
            files["destructiveChanges.xml"] = _manifest(_removed(self.removals), version)
        return files

    def archive(self, version: str) -> bytes:
        """The zip that a deploy sends."""
        return zipped(self.files(version))

    def _members(self) -> dict[str, Sequence[str]]:
        members = {
            "CustomField": sorted(self.fields),
            "CustomObject": sorted(self.objects),
            "PermissionSet": [PERMISSION_SET] if self.permissions is not None else [],
            "StandardValueSet": sorted(self.value_sets),
        }
        return {name: names for name, names in members.items() if names}


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Files as an archive; equal files make equal bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            entry = zipfile.ZipInfo(path, MOMENT)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return buffer.getvalue()


def _split(own: Sequence[Element], fields: Sequence[Element]) -> list[Element]:
    """An object's own elements with its fields among them, all in the order of their names."""
    return [
        *(one for one in own if one[0] < "fields"),
        *fields,
        *(one for one in own if one[0] > "fields"),
    ]


def _removed(names: Sequence[str]) -> dict[str, Sequence[str]]:
    """Fields before objects, so that no lookup holds on to an object that goes."""
    members: dict[str, list[str]] = defaultdict(list)
    for name in sorted(names):
        members["CustomField" if "." in name else "CustomObject"].append(name)
    return {name: members[name] for name in ("CustomField", "CustomObject") if members[name]}


def _manifest(members: Mapping[str, Sequence[str]], version: str) -> bytes:
    content: list[Element] = [
        ("types", [*(("members", name) for name in names), ("name", kind)])
        for kind, names in members.items()
    ]
    return document("Package", [*content, ("version", version)])
