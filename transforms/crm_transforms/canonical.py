"""One way to write a record down, so that equal records have equal bytes and fingerprints."""

from __future__ import annotations

from decimal import Decimal
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable

FINGERPRINT_BYTES = 16

encode: Callable[[Any], bytes] = msgspec.json.Encoder(
    order="sorted", decimal_format="number"
).encode
"""Write a neutral value as JSON with sorted keys and exact decimals."""

decode: Callable[[bytes | str], Any] = msgspec.json.Decoder(float_hook=Decimal).decode
"""Read JSON; numbers with a fraction or exponent become ``Decimal``.

Raises:
    msgspec.DecodeError: not JSON.
"""


def fingerprint(*parts: bytes) -> bytes:
    """Digest parts, their lengths mixed in so that ``ab, c`` differs from ``a, bc``."""
    whole = b"".join([len(part).to_bytes(8, "big") + part for part in parts])
    return blake2b(whole, digest_size=FINGERPRINT_BYTES).digest()
