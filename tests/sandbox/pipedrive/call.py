"""One request as a resource sees it, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.sandbox.pipedrive.refusal import Faults, invalid

if TYPE_CHECKING:
    from tests.sandbox.pipedrive.account import Account


@dataclass
class Call:
    """A request, authenticated and paid for.

    Args:
        account: Whose.
        path: Values of the path's parameters, in order.
        query: Accepted query parameters.
        body: The decoded body, not yet checked.
        user: On whose behalf.
        base_url: Where the API is, for links in answers.
    """

    account: Account
    path: tuple[Any, ...]
    query: dict[str, Any]
    body: Any
    user: dict[str, Any]
    base_url: str = "https://api.pipedrive.com"
    faults: Faults = field(default_factory=Faults)

    def id_at(self, position: int = 0) -> int:
        """Raises: RefusalError: 400 when the path holds no whole number there."""
        value = self.path[position]
        if isinstance(value, int):
            return value
        if not (value.isascii() and value.isdigit()):
            raise invalid("id", "This value should be of type integer.")
        return int(value)


@dataclass
class Answer:
    """A success: `data`, `additional_data` and further keys of the envelope.

    `content` replaces all of it: a download, or OAuth's answer, which has no envelope.
    """

    data: Any = None
    additional: dict[str, Any] | None = None
    status: int = 200
    content: Any = None
    media: str = "application/json"
    more: dict[str, Any] = field(default_factory=dict)
