"""What a serialisation has to offer."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar, TypeAlias

Row: TypeAlias = dict[str, Any]
"""One record of a reply: names with underscores, no credentials, values not yet converted."""


class UnreadableError(ValueError):
    """A body that is damaged, or not what was asked for.

    Args:
        what: What is wrong with it; never quotes it, for bodies hold people's data.
    """

    def __init__(self, what: str) -> None:
        super().__init__(f"unreadable reply: {what}")


class Format(ABC):
    """Turns the body of a reply into rows; chosen by the path's suffix, not by `Accept`."""

    suffix: ClassVar[str]
    accept: ClassVar[str]

    @abstractmethod
    def rows(self, body: bytes, name: str) -> list[Row]:
        """Read a list.

        Args:
            body: The whole body; a page is used only if all of it can be read.
            name: What one row is called in the singular with underscores, e.g. `job_charge`.

        Raises:
            UnreadableError: The body is no such list.
        """

    @abstractmethod
    def record(self, body: bytes, name: str) -> Row:
        """Read the reply to a request for one record.

        Raises:
            UnreadableError: The body is no such record.
        """


def plural_of(name: str) -> str:
    """Name of the list that holds such records."""
    return f"{name[:-1]}ies" if name.endswith("y") else f"{name}s"
