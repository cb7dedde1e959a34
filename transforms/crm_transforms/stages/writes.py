"""What a load would send of one object, as far as it decides what that costs."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class Writes:
    """What would be sent of one mapping object.

    Attributes:
        creates: how many source rows give how many new records each, by the latter: where an API
            takes several records of one parent at once, the parent is that row's.
        updates: records changed, those that a second pass fills in included.
        deletes: records removed.
        acts: what is done to records once all have landed.
        batches: calls of ``write`` in which something is made.
        looked_at: records that are read before they are changed.
        bytes: of the new records as JSON.
    """

    creates: Counter[int] = field(default_factory=Counter)
    updates: int = 0
    deletes: int = 0
    acts: int = 0
    batches: int = 0
    looked_at: int = 0
    bytes: int = 0

    @property
    def created(self) -> int:
        """New records."""
        return sum(size * rows for size, rows in self.creates.items())

    @property
    def verified(self) -> int:
        """Records that are read back afterwards."""
        return self.created + self.updates


@dataclass(slots=True)
class FileCounts:
    """Files that would be carried over.

    Attributes:
        count: all of them; bytes: what those hold whose size is known.
        to_send: bytes of those that are not there yet.
        too_large: above what may be sent; failed: could not be fetched, or cannot be mapped.
    """

    count: int = 0
    bytes: int = 0
    to_send: int = 0
    too_large: int = 0
    failed: int = 0
