"""One read shared by every stream that it fills."""

from __future__ import annotations

from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING, TypeAlias

from tap_kickserv.seen import decode_row, encode_row

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tap_kickserv.formats import Row

Batch: TypeAlias = "Mapping[str, list[Row]]"

IN_MEMORY_BYTES = 1 << 20


class Spool:
    """Rows that wait for their stream's turn, in a nameless temporary file."""

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile(max_size=IN_MEMORY_BYTES)  # noqa: SIM115 - closed below

    def extend(self, rows: Iterable[Row]) -> None:
        self._file.writelines(encode_row(row) + b"\n" for row in rows)

    def drain(self) -> Iterator[Row]:
        """Yield the rows in the order in which they came, then give the space back."""
        self._file.seek(0)
        for line in self._file:
            yield decode_row(line)
        self._file.seek(0)
        self._file.truncate()

    def close(self) -> None:
        self._file.close()


class Shared:
    """Hands the batches of one read to several streams, whichever asks first.

    Singer streams are synced one after another, while a page of jobs holds rows of ten of them.
    The stream that asks first gets its rows as the pages arrive; the others' rows wait on disk.

    Args:
        batches: Rows by stream, as they arrive.
        streams: The streams that will ask; others' rows are dropped.
    """

    def __init__(
        self,
        batches: Iterable[Batch],
        streams: Iterable[str],
    ) -> None:
        self._batches = self._to_the_end(batches)
        self._spools = {stream: Spool() for stream in streams}
        self.read_whole = False

    def rows(self, stream: str) -> Iterator[Row]:
        """Yield one stream's rows. What the read raises is raised to whoever drives it."""
        spool = self._spools.pop(stream)
        try:
            yield from spool.drain()
        finally:
            spool.close()
        for batch in self._batches:
            for name, rows in batch.items():
                if name in self._spools:
                    self._spools[name].extend(rows)
            yield from batch.get(stream, ())

    def _to_the_end(self, batches: Iterable[Batch]) -> Iterator[Batch]:
        yield from batches
        self.read_whole = True
