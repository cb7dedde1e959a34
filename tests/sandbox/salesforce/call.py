"""One call of the API, and what is answered to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec

from tests.sandbox.salesforce.problem import RefusalError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.sandbox.salesforce.problem import Problem

_decode = msgspec.json.Decoder().decode
_encode = msgspec.json.Encoder().encode


@dataclass
class Call:
    """A request behind authentication.

    Attributes:
        path: behind ``/services/data/vXX.X/``.
    """

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    user: str

    def json(self) -> Any:
        """The body.

        Raises:
            RefusalError: it is no JSON.
        """
        try:
            return _decode(self.body)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            message = f"Unexpected character or end of input: {error}"
            raise RefusalError(400, "JSON_PARSER_ERROR", message) from error


@dataclass
class Answer:
    """What is sent back; ``body`` is JSON unless it is bytes, and nothing when it is None."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    media_type: str = "application/json;charset=UTF-8"

    def content(self) -> bytes:
        if self.body is None:
            return b""
        return self.body if isinstance(self.body, bytes) else _encode(self.body)


def listed(problems: tuple[Problem, ...], code: str = "errorCode") -> list[dict[str, Any]]:
    """Problems as the API lists them."""
    found = []
    for one in problems:
        entry: dict[str, Any] = {"message": one.message, code: one.code}
        if code == "statusCode":
            entry = {"statusCode": one.code, "message": one.message, "fields": list(one.fields)}
        elif one.fields:
            entry["fields"] = list(one.fields)
        found.append(entry)
    return found


def refused(error: RefusalError) -> Answer:
    """A refusal of the whole request."""
    return Answer(error.status, listed((error.problem,)))
