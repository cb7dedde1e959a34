"""What all that writes to one org shares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crm_transforms.destination import Progress
    from target_salesforce.client import Client
    from target_salesforce.object_book import ObjectBook


def no_progress(object_name: str, done: int, total: int) -> None:
    """Report progress to nobody."""


@dataclass
class Org:
    """One org: its client, its describes, and what settings say.

    Attributes:
        max_file_bytes: larger files are refused before they are sent.
        concurrency: most requests at once.
        user_id: of the user of the credentials, once it has been asked for.
    """

    client: Client
    book: ObjectBook
    progress: Progress = no_progress
    max_file_bytes: int = 25 * 1024 * 1024
    concurrency: int = 8
    user_id: str = ""
