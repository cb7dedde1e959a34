"""Multipart bodies, read by Python's own mail parser."""

from __future__ import annotations

from dataclasses import dataclass
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any

import msgspec

from tests.sandbox.salesforce.problem import RefusalError


@dataclass(frozen=True)
class Part:
    """One part of a form."""

    media_type: str
    file_name: str
    content: bytes

    def json(self) -> Any:
        try:
            return msgspec.json.decode(self.content)
        except msgspec.DecodeError as error:
            raise RefusalError(400, "JSON_PARSER_ERROR", str(error)) from error


def parts_of(content_type: str, body: bytes) -> dict[str, Part]:
    """Parts by name.

    Raises:
        RefusalError: it is no form.
    """
    head = BytesParser(policy=HTTP).parsebytes(f"Content-Type: {content_type}\r\n\r\n".encode())
    boundary = head.get_boundary()
    if not boundary:
        raise RefusalError(400, "INVALID_MULTIPART_REQUEST", "the body has no parts")
    found: dict[str, Part] = {}
    for piece in (b"\r\n" + body).split(f"\r\n--{boundary}".encode())[1:]:
        if piece.startswith(b"--"):
            break
        told, _, content = piece.lstrip(b"\r\n").partition(b"\r\n\r\n")
        part = BytesParser(policy=HTTP).parsebytes(told + b"\r\n\r\n")
        disposition = part["content-disposition"]
        name = disposition.params.get("name", "") if disposition else ""
        found[name] = Part(part.get_content_type(), part.get_filename() or "", content)
    return found
