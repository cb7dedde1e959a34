"""What a rollback asks of the journal: what was written, newest first, and what of it is undone."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import and_, case, delete, func, select

from crm_transforms.destination import Kind, Status
from crm_transforms.journal import tables
from crm_transforms.journal.links import Links
from crm_transforms.journal.operation import UNDO
from crm_transforms.journal.operations import Operations, selected
from crm_transforms.journal.rejects import Rejects

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy import Connection

    from crm_transforms.journal.operation import OperationRecord


class Extent(NamedTuple):
    """How much a rollback of one object comes to, at most.

    Attributes:
        made: records that were made.
        changed: records that were there before, or are not in question, and were changed.
        matched: links to records that were there before.
    """

    made: int = 0
    changed: int = 0
    matched: int = 0


class Undoing(Links, Operations, Rejects):
    """The journal, read backwards."""

    def written_objects(self, identity: str) -> list[tuple[str, str]]:
        """(object, the destination's name of it) of all that was written, the latest first."""
        table = tables.operation
        last = func.max(table.c.id)
        wanted = (
            select(table.c.object, table.c.target)
            .where(table.c.identity == identity)
            .group_by(table.c.object, table.c.target)
            .order_by(last.desc())
        )
        with self._reading() as connection:
            return [(row.object, row.target) for row in connection.execute(wanted)]

    def linked_objects(self, identity: str) -> list[str]:
        """Objects that have links, whether anything of them was written or not."""
        table = tables.link
        wanted = select(table.c.object).where(table.c.identity == identity).distinct()
        with self._reading() as connection:
            return sorted(connection.execute(wanted).scalars())

    def operations_back(
        self,
        identity: str,
        object_name: str,
        target: str,
        kind: Kind,
        *,
        runs: Collection[int] = (),
        first_id: int = 0,
        before_id: int = 0,
        limit: int = 500,
    ) -> list[OperationRecord]:
        """Operations of one kind on one object, newest first, a page at a time.

        Args:
            identity: the destination.
            object_name: the mapping's object.
            target: the destination's name of it.
            kind: what they did.
            runs: only those of these runs; all when empty.
            first_id: lower numbers are not looked at.
            before_id: nor this number and higher ones: the last of the page before; 0 begins.
            limit: most operations to give.
        """
        table = tables.operation
        wanted = (
            selected()
            .where(
                table.c.identity == identity,
                table.c.object == object_name,
                table.c.target == target,
                table.c.kind == kind.value,
            )
            .where(table.c.id >= first_id)
            .order_by(table.c.id.desc())
            .limit(limit)
        )
        if runs:
            wanted = wanted.where(self._database.member(table.c.run_id, list(runs)))
        if before_id:
            wanted = wanted.where(table.c.id < before_id)
        with self._reading() as connection:
            page = connection.execute(wanted).all()
        return [self._operation(row) for row in page]

    def run_span(self, runs: Collection[int]) -> tuple[int, int]:
        """The lowest and the highest number of these runs' operations; zeros for none."""
        table = tables.operation
        theirs = self._database.member(table.c.run_id, list(runs))
        wanted = select(func.min(table.c.id), func.max(table.c.id)).where(theirs)
        with self._reading() as connection:
            first, last = connection.execute(wanted).one()
        return first or 0, last or 0

    def undone(self, operation_ids: Collection[int]) -> frozenset[int]:
        """Which of these operations were wholly taken back."""
        table = tables.operation
        wanted = select(table.c.undoes).where(
            self._database.member(table.c.undoes, list(operation_ids)),
            table.c.status == Status.LANDED.value,
        )
        with self._reading() as connection:
            return frozenset(connection.execute(wanted).scalars())

    def acted(
        self, identity: str, object_name: str, action: str, keys: Collection[str]
    ) -> frozenset[str]:
        """Keys of the records to which an action was done that nobody has taken back."""
        table = tables.operation
        wanted = select(table.c.id, table.c.key).where(
            table.c.identity == identity,
            table.c.object == object_name,
            table.c.kind == Kind.ACT.value,
            table.c.action == action,
            table.c.status == Status.LANDED.value,
            table.c.undoes.is_(None),
            self._database.member(table.c.key, list(keys)),
        )
        with self._reading() as connection:
            found = {row.id: row.key for row in connection.execute(wanted)}
        undone = self.undone(list(found)) if found else frozenset()
        return frozenset(key for number, key in found.items() if number not in undone)

    def undo_counts(self, identity: str, since: int) -> dict[str, dict[Kind, int]]:
        """How many records rollbacks changed from a run on, by object and kind of operation."""
        table = tables.operation
        wanted = (
            select(table.c.object, table.c.kind, func.count(table.c.key.distinct()))
            .where(
                table.c.identity == identity,
                table.c.run_id >= since,
                table.c.action == UNDO,
                table.c.status == Status.LANDED.value,
            )
            .group_by(table.c.object, table.c.kind)
        )
        found: dict[str, dict[Kind, int]] = {}
        with self._reading() as connection:
            for name, kind, count in connection.execute(wanted):
                found.setdefault(name, {})[Kind(kind)] = count
        return found

    def undo_extent(self, identity: str, runs: Collection[int] = ()) -> dict[str, Extent]:
        """How much a rollback has before it, by object; of some runs, or of all there is."""
        with self._reading() as connection:
            return (
                self._of_runs(connection, identity, runs) if runs else _of_all(connection, identity)
            )

    def _of_runs(
        self, connection: Connection, identity: str, runs: Collection[int]
    ) -> dict[str, Extent]:
        operation, link = tables.operation, tables.link
        of_key = and_(
            link.c.identity == operation.c.identity,
            link.c.object == operation.c.object,
            link.c.key == operation.c.key,
        )
        landed = (
            select(operation.c.object, operation.c.key)
            .join(link, of_key)
            .where(
                operation.c.identity == identity,
                operation.c.status == Status.LANDED.value,
                self._database.member(operation.c.run_id, list(runs)),
                operation.c.destination_id == link.c.destination_id,
            )
        )
        made = landed.where(operation.c.kind == Kind.CREATE.value, link.c.origin == "created")
        changed = landed.where(
            operation.c.kind == Kind.UPDATE.value, operation.c.action.is_(None)
        ).except_(made)
        counts: dict[str, list[int]] = {}
        for place, of in enumerate((made.distinct(), changed)):
            rows = of.subquery()
            grouped = select(rows.c.object, func.count()).group_by(rows.c.object)
            for name, count in connection.execute(grouped):
                counts.setdefault(name, [0, 0])[place] = count
        return {name: Extent(*two) for name, two in counts.items()}

    def release(self, object_name: str, identity: str, keys: Sequence[str]) -> None:
        """Let go of records: they are linked no longer, and nothing of them counts as rejected."""
        if not keys:
            return
        with self._writing() as connection:
            self._drop_links(connection, object_name, identity, keys)
            self._clear_landed(connection, object_name, identity, keys)

    def unconfirmed_undoing(
        self, identity: str, object_name: str, after_id: int = 0, limit: int = 500
    ) -> list[OperationRecord]:
        """What a rollback did to one object and nobody has read back yet, a page at a time."""
        waiting, table = tables.unconfirmed, tables.operation
        wanted = (
            selected()
            .join(waiting, waiting.c.operation_id == table.c.id)
            .where(
                waiting.c.identity == identity,
                waiting.c.object == object_name,
                waiting.c.operation_id > after_id,
                table.c.action == UNDO,
            )
            .order_by(waiting.c.operation_id)
            .limit(limit)
        )
        with self._reading() as connection:
            page = connection.execute(wanted).all()
        return [self._operation(row) for row in page]

    def forget_unlinked(self, identity: str) -> None:
        """Nothing is to be read back any more of records that are linked no longer."""
        waiting, operation, link = tables.unconfirmed, tables.operation, tables.link
        unlinked = (
            select(waiting.c.operation_id)
            .join(operation, operation.c.id == waiting.c.operation_id)
            .outerjoin(
                link,
                and_(
                    link.c.identity == operation.c.identity,
                    link.c.object == operation.c.object,
                    link.c.key == operation.c.key,
                ),
            )
            .where(waiting.c.identity == identity, link.c.key.is_(None))
        )
        with self._writing() as connection:
            connection.execute(delete(waiting).where(waiting.c.operation_id.in_(unlinked)))


def _of_all(connection: Connection, identity: str) -> dict[str, Extent]:
    table = tables.link
    is_made = table.c.origin == "created"
    is_changed = (table.c.origin == "adopted") & table.c.operation_id.is_not(None)
    what = case((is_made, 0), (is_changed, 1), else_=2).label("what")
    wanted = (
        select(table.c.object, what, func.count())
        .where(table.c.identity == identity)
        .group_by(table.c.object, "what")
    )
    counts: dict[str, list[int]] = {}
    for name, place, count in connection.execute(wanted):
        counts.setdefault(name, [0, 0, 0])[place] = count
    return {name: Extent(*three) for name, three in counts.items()}
