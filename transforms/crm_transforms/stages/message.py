"""Singer messages, decoded no further than their envelope."""

from __future__ import annotations

from typing import Any

import msgspec


class MessageError(ValueError):
    """The input is no usable Singer stream; the message names the line and the fault."""


class Message(msgspec.Struct, gc=False):
    """The envelope of every Singer message; the record itself stays bytes until it is needed.

    Not tracked by the garbage collector: a third of the time that decoding takes.
    """

    type: str = ""
    stream: str = ""
    record: msgspec.Raw = msgspec.Raw()
    schema: Any = None
    key_properties: list[str] | None = None
    value: Any = None
    version: Any = None


decode_message = msgspec.json.Decoder(Message).decode
decode_record = msgspec.json.Decoder(dict[str, Any]).decode

UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What the decoders raise for bytes that are no message."""


def why_unreadable(error: Exception) -> str:
    """The fault in words; msgspec names the place in the message and never quotes a value."""
    if isinstance(error, UnicodeDecodeError):
        return f"not UTF-8 from byte {error.start} on"
    if isinstance(error, RecursionError):
        return "nested too deeply"
    return str(error)
