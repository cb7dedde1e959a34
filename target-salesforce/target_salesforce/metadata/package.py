"""Files by which an administrator makes fields and objects, without this target's rights to."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from target_salesforce.metadata.archive import Archive, zipped
from target_salesforce.metadata.components import TYPES
from target_salesforce.metadata.wanted import OBJECT, component_of, labels_of, spec_of
from target_salesforce.wanted_field import SHOWN

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from crm_transforms.destination import Record

SHEET = ("component", "object", "name", "label", "type", "length", "scale", "options", "reference",
         "unique external id")  # fmt: skip


def package(
    wanted: Sequence[Record], version: str, is_key: Callable[[str, str], bool]
) -> Mapping[str, bytes]:
    """The files: a zip to deploy, its sources below ``src``, and a sheet of all fields.

    Args:
        wanted: records of :data:`~crm_transforms.destination.SCHEMA`.
        version: of the API.
        is_key: whether a field of an object carries our external key.
    """
    archive = Archive(version)
    for record in wanted:
        object_name, name = str(record["object"]), str(record.get("name") or "")
        if record.get("type") == OBJECT:
            archive.make_object(record)
        else:
            archive.make_field(object_name, record, is_key=is_key(object_name, name))
    files = archive.files()
    return {
        "package.xml": files["package.xml"],
        "deploy.zip": zipped(files),
        "fields.csv": _sheet(wanted, is_key),
        **{f"src/{path}": content for path, content in files.items()},
    }


def _sheet(wanted: Sequence[Record], is_key: Callable[[str, str], bool]) -> bytes:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(SHEET)
    for record in wanted:
        object_name, name = str(record["object"]), str(record.get("name") or "")
        if record.get("type") == OBJECT:
            writer.writerow([object_name, object_name, "", record.get("label"), "Custom Object"])
            continue
        spec = spec_of(record)
        shown = SHOWN[spec.type]
        component = component_of(f"{object_name}.{name}")
        length = spec.length or shown.get("length") or ""
        scale = shown.get("scale", "") if spec.scale is None else spec.scale
        options = "; ".join(labels_of(record))
        row = [component, object_name, name, spec.label, TYPES[spec.type][0], length, scale]
        key = "yes" if is_key(object_name, name) else ""
        writer.writerow([*row, options, spec.reference or "", key])
    return buffer.getvalue().encode()
