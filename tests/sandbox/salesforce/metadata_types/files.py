"""Which components a file of a package holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.sandbox.salesforce.metadata_types.component import (
    NAMESPACE,
    Component,
    ComponentError,
    text_of,
)
from tests.sandbox.salesforce.metadata_types.custom_field import CustomField
from tests.sandbox.salesforce.metadata_types.custom_object import CustomObject
from tests.sandbox.salesforce.metadata_types.permission_set import PermissionSet
from tests.sandbox.salesforce.metadata_types.value_set import StandardValueSet

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element


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
        raise ComponentError("", name, path, f"Unknown folder or type of metadata: {path}")
