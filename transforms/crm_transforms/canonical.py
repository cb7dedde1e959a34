"""One way to write a record down, so that equal records have equal bytes and fingerprints."""

from __future__ import annotations

from decimal import Decimal
from hashlib import blake2b
from typing import Any

import msgspec

_encoder = msgspec.json.Encoder(order="sorted", decimal_format="number")
_decoder = msgspec.json.Decoder(float_hook=Decimal)

FINGERPRINT_BYTES = 16


def encode(value: Any) -> bytes:
    """Write a neutral value as JSON with sorted keys and exact decimals."""
    return _encoder.encode(value)


def decode(text: bytes | str) -> Any:
    """Read JSON; numbers with a fraction or exponent become ``Decimal``.

    Raises:
        msgspec.DecodeError: not JSON.
    """
    return _decoder.decode(text)


def fingerprint(*parts: bytes) -> bytes:
    """Digest parts, their lengths mixed in so that ``ab, c`` differs from ``a, bc``."""
    digest = blake2b(digest_size=FINGERPRINT_BYTES)
    for part in parts:
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.digest()
