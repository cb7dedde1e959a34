"""Why a request came to nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crm_transforms.destination import DestinationError

if TYPE_CHECKING:
    from target_salesforce.reply import Reply


class RefusedError(DestinationError):
    """A request that the API answered with a refusal; nothing was carried out.

    Attributes:
        reply: the answer, with ``code``, ``words`` and ``problems``.
    """

    def __init__(self, what: str, reply: Reply, words: str) -> None:
        super().__init__(f"{what}: HTTP {reply.status} {reply.code}: {words}")
        self.reply = reply


class SilenceError(Exception):
    """A write that may have been carried out: nobody can say, so ask with ``resolve``.

    Attributes:
        code: ``TIMEOUT``, ``CONNECTION_LOST``, ``UNREADABLE`` or ``HTTP_503`` and the like.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
