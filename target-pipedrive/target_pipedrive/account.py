"""What the resources of one account share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crm_transforms.destination import Progress
    from target_pipedrive.client import Client
    from target_pipedrive.field_book import FieldBook


def no_progress(object_name: str, done: int, total: int) -> None:
    """Report progress to nobody."""


@dataclass
class Account:
    """One account: its client, its fields, and what the migration says about both.

    Attributes:
        key_fields: by object, the custom field that carries the external key.
        max_file_bytes: larger files are refused before they are sent.
        refused_labels: the API's words by (object, field, label) it would not add.
    """

    client: Client
    book: FieldBook
    progress: Progress = no_progress
    key_fields: Mapping[str, str] = field(default_factory=dict)
    max_file_bytes: int = 100 * 1024 * 1024
    refused_labels: dict[tuple[str, str, str], str] = field(default_factory=dict)
