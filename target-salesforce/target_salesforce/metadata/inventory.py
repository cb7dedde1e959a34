"""The inventory of fields for people: one line each, in a spreadsheet."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from target_salesforce.metadata.fields import is_object, labels_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crm_transforms.destination import Record
    from target_salesforce.metadata.xml import Element

COLUMNS = (
    "object", "API name", "label", "type", "length or precision", "required", "unique",
    "external id", "values", "reference", "help text",
)  # fmt: skip
FORMULAS = ("=", "+", "-", "@")
"""First characters that make a spreadsheet calculate."""


def inventory(fields: Iterable[tuple[Record, list[Element]]]) -> bytes:
    """A CSV of fields and objects.

    Args:
        fields: records with the metadata that makes them.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(COLUMNS)
    for record, elements in fields:
        writer.writerow(map(_harmless, _row(record, dict(elements))))
    return buffer.getvalue().encode()


def _row(record: Record, made: dict[str, Any]) -> list[str]:
    if is_object(record):
        return [str(record["object"]), str(record["object"]), made["label"], "Custom object"] + (
            [""] * (len(COLUMNS) - 4)
        )
    size = made.get("length", "")
    if "precision" in made:
        size = f"{made['precision']},{made['scale']}"
    return [
        str(record["object"]),
        str(record["name"]),
        made["label"],
        made["type"],
        size,
        made.get("required", "false"),
        made.get("unique", "false"),
        made.get("externalId", "false"),
        "; ".join(labels_of(record)),
        made.get("referenceTo", ""),
        made.get("inlineHelpText", ""),
    ]


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULAS) else text
