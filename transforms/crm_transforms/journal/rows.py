"""Staged rows, read back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from crm_transforms.journal import tables
from crm_transforms.journal.errors import JournalError
from crm_transforms.journal.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from crm_transforms.journal.compression import Codec

COLUMNS = [tables.staged.c[name] for name in ("key", "fingerprint", "seq", "gone", "body")]


class Row:
    """A record of the source as it was last staged.

    Attributes:
        key: the record's key within its stream.
        fingerprint: 16 bytes, equal for equal records.
        seq: rises with every change; no two rows of a journal share one.
        gone: the last whole pass did not see it.
    """

    __slots__ = ("_codec", "_packed", "fingerprint", "gone", "key", "seq")

    def __init__(self, codec: Codec, columns: Sequence[Any]) -> None:
        self._codec = codec
        self.key: str
        self.fingerprint: bytes
        self.seq: int
        self.gone: bool
        self._packed: bytes | None
        self.key, self.fingerprint, self.seq, self.gone, self._packed = columns

    def __repr__(self) -> str:
        return f"Row(key={self.key!r}, seq={self.seq}, gone={self.gone})"

    @property
    def has_body(self) -> bool:
        """Whether the record's bytes are still kept; ``drop_payloads`` lets go of landed ones."""
        return self._packed is not None

    @property
    def body(self) -> bytes:
        """The record's JSON bytes, unpacked at each call.

        Raises:
            JournalError: they were dropped after the record had landed.
        """
        if self._packed is None:
            raise JournalError(
                f"The content of staged record {self.key!r} was dropped by compact; "
                "read the stream again (--full-refresh)."
            )
        return self._codec.unpack(self._packed)


class Rows(Store):
    """The journal's staged rows, read back."""

    def scan(
        self,
        stream_id: int,
        after_key: str | None = None,
        limit: int = 1000,
        *,
        gone: bool = False,
    ) -> list[Row]:
        """Rows of a stream in the order of their keys' bytes, a page at a time.

        Args:
            stream_id: the stream.
            after_key: the last key of the page before.
            limit: most rows to give.
            gone: those that the source no longer has, instead of those that it has.
        """
        table = tables.staged
        wanted = select(*COLUMNS).where(table.c.stream_id == stream_id)
        if after_key is not None:
            wanted = wanted.where(table.c.key > after_key)
        wanted = wanted.where(table.c.gone if gone else ~table.c.gone)
        with self._reading() as connection:
            found = connection.execute(wanted.order_by(table.c.key).limit(limit)).all()
        return [Row(self._codec, row) for row in found]

    def rows(self, stream_id: int, keys: Iterable[str]) -> dict[str, Row]:
        """The rows of these keys, gone ones too, as far as they were ever staged."""
        table = tables.staged
        wanted = select(*COLUMNS).where(
            table.c.stream_id == stream_id, self._database.member(table.c.key, list(keys))
        )
        with self._reading() as connection:
            found = connection.execute(wanted).all()
        return {row.key: Row(self._codec, row) for row in found}
