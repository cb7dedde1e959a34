"""Confirmations: landed records that were read back; fingerprints count only from then on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, func, select, update

from crm_transforms.journal import tables
from crm_transforms.journal.operations import Operations, selected
from crm_transforms.journal.rejects import Reject, Rejects

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from crm_transforms.journal.operation import OpenOperation, OperationRecord


class Confirmations(Operations, Rejects):
    """What is known to have landed, but was not compared with what was wanted."""

    def unconfirmed(
        self, identity: str, object_name: str, after_id: int = 0, limit: int = 500
    ) -> list[OperationRecord]:
        """Landed operations of one object that were not read back yet, a page at a time."""
        waiting = tables.unconfirmed
        wanted = (
            selected()
            .join(waiting, waiting.c.operation_id == tables.operation.c.id)
            .where(
                waiting.c.identity == identity,
                waiting.c.object == object_name,
                waiting.c.operation_id > after_id,
            )
            .order_by(waiting.c.operation_id)
            .limit(limit)
        )
        with self._reading() as connection:
            page = connection.execute(wanted).all()
        return [self._operation(row) for row in page]

    def confirm(self, operation_ids: Collection[int], rejects: Sequence[Reject]) -> None:
        """These operations were read back; ``rejects`` names the records that differ.

        A record that differs loses its fingerprints, so that it counts as not written.
        """
        if not operation_ids:
            return
        packed = self._pack_rejects(rejects)
        table, link = tables.unconfirmed, tables.link
        with self._writing() as connection:
            connection.execute(
                delete(table).where(
                    self._database.member(table.c.operation_id, list(operation_ids))
                )
            )
            self._write_rejects(connection, packed)
            if rejects:
                connection.execute(
                    update(link)
                    .where(
                        link.c.identity == bindparam("which"),
                        link.c.object == bindparam("what"),
                        link.c.key == bindparam("whose"),
                    )
                    .values(input_fp=None, desired_fp=None),
                    [
                        {"which": reject.identity, "what": reject.object, "whose": reject.key}
                        for reject in rejects
                    ],
                )

    def open_keys(self, identity: str, object_name: str) -> frozenset[str]:
        """Keys of an object whose last operation has no final verdict."""
        table = tables.operation
        wanted = select(table.c.key).where(
            table.c.identity == identity,
            table.c.decided_at.is_(None),
            table.c.object == object_name,
        )
        with self._reading() as connection:
            return frozenset(connection.execute(wanted).scalars())

    def has_open_operations(self) -> bool:
        """Whether any operation, on any destination, has no final verdict."""
        table = tables.operation
        wanted = select(table.c.id).where(table.c.decided_at.is_(None)).limit(1)
        with self._reading() as connection:
            return connection.execute(wanted).scalar() is not None

    def last_operation(self, identity: str, object_name: str) -> int:
        """The highest number of an operation on one object; 0 for none."""
        table = tables.operation
        wanted = select(func.max(table.c.id)).where(
            table.c.identity == identity, table.c.object == object_name
        )
        with self._reading() as connection:
            return int(connection.execute(wanted).scalar() or 0)

    def operations_by_id(self, operation_ids: Sequence[int]) -> list[OpenOperation]:
        """Operations with their marks, whatever became of them."""
        table = tables.operation
        wanted = (
            selected(tables.mark.c.json.label("marks"))
            .outerjoin(tables.mark, tables.mark.c.id == table.c.mark_id)
            .where(self._database.member(table.c.id, list(operation_ids)))
            .order_by(table.c.id)
        )
        with self._reading() as connection:
            rows = connection.execute(wanted).all()
        return [self._open_operation(row) for row in rows]
