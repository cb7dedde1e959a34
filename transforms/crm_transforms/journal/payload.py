"""What an operation sends, what was there before, and what is there after it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

from crm_transforms.journal.errors import JournalError

if TYPE_CHECKING:
    from crm_transforms.journal.compression import Codec

NOTHING = bytes(32)
"""Stands for the digest of what an operation does not have."""


class Payload(NamedTuple):
    """The packed payloads of one operation; each is unpacked when it is asked for.

    What is sent is not stored a second time where it equals the record afterwards (a create).
    """

    codec: Codec
    packed_fields: bytes | None
    packed_before: bytes | None
    packed_after: bytes | None
    reduced: bool | None

    @property
    def is_whole(self) -> bool:
        """Whether nothing of it was dropped."""
        return self.reduced is False

    @property
    def fields(self) -> bytes:
        self._require_whole()
        packed = self.packed_fields or self.packed_after
        return b"{}" if packed is None else self.codec.unpack(packed)

    @property
    def before(self) -> bytes | None:
        self._require_whole()
        return None if self.packed_before is None else self.codec.unpack(self.packed_before)

    @property
    def after(self) -> bytes | None:
        if self.packed_after is None:
            self._require_whole()
            return None
        return self.codec.unpack(self.packed_after)

    def _require_whole(self) -> None:
        if not self.is_whole:
            raise JournalError("The content of this operation was dropped by compact or purge.")


def payload_digest(fields: bytes, before: bytes | None, after: bytes | None) -> bytes:
    """SHA-256 over the digests of the three, so that the trail outlives the content."""
    whole = hashlib.sha256()
    for part in (fields, before, after):
        whole.update(NOTHING if part is None else hashlib.sha256(part).digest())
    return whole.digest()
