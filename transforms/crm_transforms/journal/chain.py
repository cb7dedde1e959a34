"""The audit chain: each final verdict's digest covers the one before, so the past cannot be edited.

Whoever noted the head elsewhere can tell later that nothing up to it was changed, added or removed.
The chain covers digests of contents, not contents: it stays valid when those are dropped.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
from sqlalchemy import Connection, func, select
from sqlalchemy import Row as SqlRow

from crm_transforms.journal import tables
from crm_transforms.journal.payload import Payload, payload_digest
from crm_transforms.journal.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from crm_transforms.journal.links import Origin

GENESIS = bytes(32)
PAGE = 1000


class Covered(NamedTuple):
    """The columns that an entry covers, in this order; another order would be another layout."""

    id: int
    run_id: int
    identity: str
    object: str
    target: str
    kind: str
    key: str
    row_key: str | None
    action: str | None
    undoes: int | None
    origin: Origin
    input_fp: bytes | None
    desired_fp: bytes | None
    payload_digest: bytes
    intended_at: str
    destination_id: str | None
    status: str | None
    code: str | None
    message: str | None
    fault_fields: str | None
    decided_at: str | None


@dataclass(frozen=True, slots=True)
class ChainReport:
    """What the check of the chain found.

    Attributes:
        length: entries that were checked.
        head: the last digest, hexadecimal.
        problem: what is wrong first; empty for a valid chain.
        operation_id: where it is wrong, if it is one operation.
    """

    length: int
    head: str
    problem: str = ""
    operation_id: int | None = None

    @property
    def is_valid(self) -> bool:
        return not self.problem


def content_digest(covered: Sequence[object]) -> bytes:
    """SHA-256 over the covered columns as a JSON array, with bytes in base64."""
    return hashlib.sha256(msgspec.json.encode(covered)).digest()


def link_digest(before: bytes, content: bytes) -> bytes:
    """An entry's digest: SHA-256 over the digest before it and its own content's."""
    return hashlib.sha256(before + content).digest()


class Chain(Store):
    """The journal's audit chain."""

    def chain_head(self) -> str:
        """The last digest, hexadecimal; 64 zeros while nothing was decided."""
        with self._reading() as connection:
            return _last(connection)[1].hex()

    def has_head(self, head: str) -> bool:
        """Whether a digest that was noted earlier is part of the chain."""
        if head == GENESIS.hex():
            return True
        table = tables.chain
        wanted = select(table.c.position).where(table.c.digest == bytes.fromhex(head)).limit(1)
        with self._reading() as connection:
            return connection.execute(wanted).scalar() is not None

    def verify_chain(self, head: str | None = None) -> ChainReport:
        """Recompute the chain, and compare it with the operations as far as they are still kept.

        Args:
            head: a digest that was noted earlier; it must be part of the chain.
        """
        digest = GENESIS
        length = 0
        is_head_met = head is None or head == GENESIS.hex()
        with self._reading() as connection:
            purged = connection.execute(
                select(tables.counter.c.value).where(tables.counter.c.name == "purged")
            ).scalar_one()
            while page := _page(connection, length):
                for row in page:
                    digest = link_digest(digest, row.content)
                    problem = self._problem(row, length + 1, digest, purged)
                    if problem:
                        return ChainReport(length, row.digest.hex(), problem, row.operation_id)
                    length += 1
                    is_head_met = is_head_met or digest.hex() == head
            unchained = _unchained(connection)
        if unchained is not None:
            problem = f"Operation {unchained} has a verdict that the chain does not know."
            return ChainReport(length, digest.hex(), problem, unchained)
        if not is_head_met:
            return ChainReport(
                length, digest.hex(), f"The chain does not contain {head}: its past was replaced."
            )
        return ChainReport(length, digest.hex())

    def _append(self, connection: Connection, decided: Iterable[Sequence[object]]) -> None:
        """Add entries for operations, each given by its covered columns."""
        position, digest = _last(connection)
        entries = []
        for number, covered in enumerate(decided, position + 1):
            content = content_digest(covered)
            digest = link_digest(digest, content)
            entries.append((number, covered[0], content, digest))
        if entries:
            self._database.bulk_insert(connection, tables.chain, entries)

    def _problem(self, row: SqlRow[Any], position: int, digest: bytes, purged: int) -> str:
        number = row.operation_id
        if row.position != position:
            return f"Entry {position} of the chain is missing."
        if row.digest != digest:
            return f"Entry {position} of the chain (operation {number}) was changed."
        if row.id is None:
            return "" if number <= purged else f"Operation {number} was removed."
        if content_digest([getattr(row, name) for name in Covered._fields]) != row.content:
            return f"Operation {number} was changed after its verdict."
        payload = Payload(self._codec, row.fields, row.before, row.after, row.reduced)
        if payload.is_whole:
            content = payload_digest(payload.fields, payload.before, payload.after)
            if content != row.payload_digest:
                return f"The content of operation {number} was changed."
        return ""


def _last(connection: Connection) -> tuple[int, bytes]:
    table = tables.chain
    newest = select(table.c.position, table.c.digest).order_by(table.c.position.desc()).limit(1)
    row = connection.execute(newest).one_or_none()
    return (0, GENESIS) if row is None else (row.position, row.digest)


def _page(connection: Connection, after: int) -> Sequence[SqlRow[Any]]:
    chain, operation, payload = tables.chain, tables.operation, tables.payload
    return connection.execute(
        select(
            chain,
            operation,
            payload.c.fields,
            payload.c.before,
            payload.c.after,
            payload.c.reduced,
        )
        .select_from(chain)
        .outerjoin(operation, operation.c.id == chain.c.operation_id)
        .outerjoin(payload, payload.c.operation_id == operation.c.id)
        .where(chain.c.position > after)
        .order_by(chain.c.position)
        .limit(PAGE)
    ).all()


def _unchained(connection: Connection) -> int | None:
    chain, operation = tables.chain, tables.operation
    chained = select(chain.c.operation_id)
    extra = select(func.min(operation.c.id)).where(
        operation.c.decided_at.is_not(None), operation.c.id.not_in(chained)
    )
    found: int | None = connection.execute(extra).scalar_one()
    return found
