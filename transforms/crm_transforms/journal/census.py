"""Counts over the whole journal, for those who report on it; the database does the counting."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import and_, func, select

from crm_transforms.journal import tables
from crm_transforms.journal.rejects import OPEN, Reject, Rejects

if TYPE_CHECKING:
    from crm_transforms.journal.links import Origin


class OperationCount(NamedTuple):
    """How many operations of a run did the same to the same object and ended alike.

    Attributes:
        run_id: the run.
        identity: the destination.
        object: the mapping's object; target: the destination's name of it.
        kind, action, status: as in :class:`~crm_transforms.journal.OperationRecord`.
        operations: how many.
    """

    run_id: int
    identity: str
    object: str
    target: str
    kind: str
    action: str | None
    status: str | None
    operations: int


class LinkCount(NamedTuple):
    """How many records of an object are linked, by how they came to be."""

    identity: str
    object: str
    origin: Origin
    links: int


class Census(Rejects):
    """The journal, counted."""

    def count_operations(self) -> list[OperationCount]:
        """All operations, counted by run, destination, object, kind and verdict."""
        table = tables.operation
        columns = (
            table.c.run_id,
            table.c.identity,
            table.c.object,
            table.c.target,
            table.c.kind,
            table.c.action,
            table.c.status,
        )
        wanted = select(*columns, func.count()).group_by(*columns).order_by(*columns)
        with self._reading() as connection:
            return [OperationCount._make(row) for row in connection.execute(wanted)]

    def count_origins(self) -> list[LinkCount]:
        """All links, counted by destination, object and origin."""
        table = tables.link
        columns = (table.c.identity, table.c.object, table.c.origin)
        wanted = select(*columns, func.count()).group_by(*columns).order_by(*columns)
        with self._reading() as connection:
            return [LinkCount._make(row) for row in connection.execute(wanted)]

    def chain_length(self) -> int:
        """Entries of the audit chain."""
        last = select(func.coalesce(func.max(tables.chain.c.position), 0))
        with self._reading() as connection:
            return int(connection.execute(last).scalar_one())

    def count_rejected_there(self, identity: str) -> dict[tuple[str, str], int]:
        """How many records have open rejects and are linked all the same, by stage and object."""
        table, link = tables.reject, tables.link
        of_key = and_(
            link.c.identity == table.c.identity,
            link.c.object == table.c.object,
            link.c.key == table.c.key,
        )
        wanted = (
            select(table.c.stage, table.c.object, func.count(table.c.subject.distinct()))
            .join(link, of_key)
            .where(table.c.state == OPEN, table.c.identity == identity)
            .group_by(table.c.stage, table.c.object)
        )
        with self._reading() as connection:
            return {(row[0], row[1]): row[2] for row in connection.execute(wanted)}

    def count_entries(self, identity: str) -> int:
        """Open entries of the rejects at a destination or before any; one for each field."""
        table = tables.reject
        mine = (table.c.state == OPEN) & table.c.identity.in_(("", identity))
        with self._reading() as connection:
            counted = connection.execute(select(func.count()).select_from(table).where(mine))
            return int(counted.scalar_one())

    def varied_rejects(self, identity: str, limit: int) -> list[Reject]:
        """Open rejects at a destination or before any: a few of every kind before many of one."""
        table = tables.reject
        kind = (table.c.stage, table.c.object, table.c.stream, table.c.rule, table.c.code)
        turn = func.row_number().over(partition_by=kind, order_by=table.c.id).label("turn")
        mine = (table.c.state == OPEN) & table.c.identity.in_(("", identity))
        dealt = select(table.c.id, turn).where(mine).subquery()
        wanted = (
            select(table)
            .join(dealt, dealt.c.id == table.c.id)
            .order_by(dealt.c.turn, table.c.id)
            .limit(limit)
        )
        with self._reading() as connection:
            rows = connection.execute(wanted).all()
        return [self._read_reject(row) for row in rows]
