"""One whole reading of a stream, from which absence can be judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class Pass:
    """What a pass has seen: a bit per row that was there before, so a million rows take 125 kB.

    It lives in the process that reads: after a crash the source is read again from its beginning,
    and a pass that another process began can never be completed here.

    Args:
        number: rises with each pass of the stream.
        horizon: the journal's last ``seq`` when the pass began. Rows with a higher one were written
            during the pass, hence seen.
    """

    def __init__(self, number: int, horizon: int) -> None:
        self.number = number
        self.horizon = horizon
        self.is_blind = False
        """A record was met that nobody can tell from another, so any missing row may be it."""
        self._bits = bytearray(horizon // 8 + 1)

    def mark(self, seqs: Iterable[int]) -> None:
        bits = self._bits
        horizon = self.horizon
        for seq in seqs:
            if seq <= horizon:
                bits[seq >> 3] |= 1 << (seq & 7)

    def has_seen(self, seq: int) -> bool:
        return seq > self.horizon or bool(self._bits[seq >> 3] & 1 << (seq & 7))
