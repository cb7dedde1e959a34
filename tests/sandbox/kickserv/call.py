"""One request to Kickserv, and the refusals it may meet."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.sandbox.kickserv.dataset import Dataset, Record
    from tests.sandbox.kickserv.switches import Switches

Format = Literal["xml", "json"]


class RefusedError(Exception):
    """Kickserv answers with a status and messages instead of records."""

    def __init__(self, status: int, *messages: str) -> None:
        super().__init__(status, *messages)
        self.status = status
        self.messages = messages


@dataclass(frozen=True, slots=True)
class Call:
    """What a view needs to answer.

    Attributes:
        data: the account.
        switches: the service's state.
        format: by the suffix of the path.
        query: the parameters; unknown ones are ignored, as Rails does.
        limited_to: the id of the employee whose assignments are all that is shown, or None.
    """

    data: Dataset
    switches: Switches
    format: Format
    query: Mapping[str, str]
    limited_to: int | None = None

    def names(self, parameter: str) -> list[str]:
        """Read a list: names are separated by commas, and by spaces in some clients."""
        return [name for name in re.split(r"[,\s]+", self.query.get(parameter, "")) if name]

    def number(self, parameter: str, default: int) -> int:
        """Read a positive number; anything else counts as not given."""
        text = self.query.get(parameter, "")
        return int(text) if text.isdecimal() and int(text) else default

    def customer(self, number: int) -> Record:
        """Return the customer of that number.

        Raises:
            RefusedError: there is none; Kickserv answers 400, not 404.
        """
        found = self.data.numbered("customers", number)
        if found is None or not self.shows_customer(found):
            raise RefusedError(400, "Invalid customer.")
        return found

    def job(self, number: int) -> Record:
        """Return the job or opportunity of that number.

        Raises:
            RefusedError: there is none; Kickserv answers 400, not 404.
        """
        found = self.data.numbered("jobs", number)
        if found is None or not self.shows_job(found):
            raise RefusedError(400, "Invalid job.")
        return found

    def shows_job(self, job: Record) -> bool:
        if self.limited_to is None:
            return True
        crew = self.data.children("employees", "jobs", job["id"])
        return any(employee["id"] == self.limited_to for employee in crew)

    def shows_customer(self, customer: Record) -> bool:
        if self.limited_to is None:
            return True
        return any(self.shows_job(job) for job in self.data.jobs_of(customer["id"]))
