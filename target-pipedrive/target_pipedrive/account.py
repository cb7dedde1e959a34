"""What the resources of one account share."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from crm_transforms.destination import Status
from target_pipedrive.answers import Outcome

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from crm_transforms.destination import Progress
    from target_pipedrive.client import Client
    from target_pipedrive.field_book import FieldBook

LABEL_ATTEMPTS = 3


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
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add_labels(self, object_name: str, name: str, labels: Collection[str]) -> Outcome:
        """Add those of the labels to a choice that it lacks, all in one request.

        Silence is cleared up by listing the fields again: a label added twice would be two.

        Returns:
            The outcome of the last request; landed when there was nothing to add.

        Raises:
            DestinationError: as in :meth:`Client.send`.
        """
        outcome = Outcome(Status.LANDED)
        with self._lock:
            for _ in range(LABEL_ATTEMPTS):
                fields = self.book.of(object_name)
                code = fields.option_code(name)
                new = [label for label in labels if label not in fields.options[code]]
                if not new:
                    return Outcome(Status.LANDED)
                outcome = self.client.send(
                    f"POST {fields.table.fields_path}/{{code}}/options",
                    [{"label": label} for label in new],
                    code=code,
                )
                self.book.forget(object_name)
                if outcome.status is Status.REFUSED:
                    self._remember(object_name, name, new, outcome.words)
                    break
        return outcome

    def _remember(self, object_name: str, name: str, labels: Iterable[str], words: str) -> None:
        for label in labels:
            self.refused_labels[object_name, name, label] = words
