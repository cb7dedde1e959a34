"""Links: which record of the destination is which record of the source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

from sqlalchemy import Connection, bindparam, case, delete, func, select, update

from crm_transforms.journal import tables
from crm_transforms.journal.store import Store
from crm_transforms.journal.text import require_storable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Origin: TypeAlias = Literal["created", "matched", "adopted"]


class Link(NamedTuple):
    """One record, here and there. Bound to the identity of the destination it was read by.

    Attributes:
        object: the mapping's object.
        key: its key within that object.
        destination_id: the record's id there.
        origin: ``created`` by us, ``matched`` with one that was there (a user), ``adopted`` from an
            earlier load (a sample).
        input_fp: fingerprint of everything the record was mapped from, when it landed last.
        desired_fp: fingerprint of what was written then; ``None`` for what we never wrote.
        operation_id: the operation that wrote it last.
    """

    object: str
    key: str
    destination_id: str
    origin: Origin
    input_fp: bytes | None
    desired_fp: bytes | None
    operation_id: int | None


COLUMNS = [tables.link.c[name] for name in Link._fields]


class Links(Store):
    """The journal's links."""

    def links(self, object_name: str, identity: str, keys: Iterable[str]) -> dict[str, Link]:
        """The links of these keys, as far as there are any."""
        with self._reading() as connection:
            return self._read_links(connection, object_name, identity, list(keys))

    def scan_links(
        self, object_name: str, identity: str, after_key: str | None = None, limit: int = 1000
    ) -> list[Link]:
        """The links of an object in the order of their keys' bytes, a page at a time."""
        table = tables.link
        wanted = select(*COLUMNS).where(_of(object_name, identity))
        if after_key is not None:
            wanted = wanted.where(table.c.key > after_key)
        with self._reading() as connection:
            found = connection.execute(wanted.order_by(table.c.key).limit(limit)).all()
        return [Link._make(row) for row in found]

    def link_keys(
        self, object_name: str, identity: str, destination_ids: Iterable[str]
    ) -> dict[str, str]:
        """Keys by destination id. Where several records were matched with one, the first key."""
        table = tables.link
        wanted = (
            select(table.c.destination_id, table.c.key)
            .where(_of(object_name, identity))
            .where(self._database.member(table.c.destination_id, list(destination_ids)))
            .order_by(table.c.key.desc())
        )
        with self._reading() as connection:
            return {row.destination_id: row.key for row in connection.execute(wanted).all()}

    def count_links(self, object_name: str, identity: str) -> int:
        wanted = select(func.count()).select_from(tables.link).where(_of(object_name, identity))
        with self._reading() as connection:
            return int(connection.execute(wanted).scalar_one())

    def count_landed(self) -> dict[tuple[str, str], int]:
        """How many records are linked, by destination identity and object."""
        table = tables.link
        wanted = (
            select(table.c.identity, table.c.object, func.count())
            .group_by(table.c.identity, table.c.object)
            .order_by(table.c.identity, table.c.object)
        )
        with self._reading() as connection:
            return {(row[0], row[1]): row[2] for row in connection.execute(wanted)}

    def link_matched(
        self,
        object_name: str,
        identity: str,
        matches: Sequence[tuple[str, str, bytes | None]],
        origin: Origin = "matched",
        operation_id: int | None = None,
    ) -> None:
        """Link records with ones that were found at the destination.

        A record that we created stays ours when it is matched with itself.

        Args:
            object_name: the mapping's object.
            identity: the destination's.
            matches: (key, destination id, input fingerprint).
            origin: ``created`` where the record turns out to be one of ours.
            operation_id: the operation that made it then.
        """
        if not matches:
            return
        table = tables.link
        require_storable([key for key, *_ in matches], f"object {object_name}")
        statement = self._database.insert(table)
        found = statement.excluded
        is_same = table.c.destination_id == found.destination_id
        upsert = statement.on_conflict_do_update(
            index_elements=[table.c.identity, table.c.object, table.c.key],
            set_={
                "origin": case((is_same, table.c.origin), else_=found.origin),
                "desired_fp": case((is_same, table.c.desired_fp), else_=None),
                "operation_id": case((is_same, table.c.operation_id), else_=found.operation_id),
                "destination_id": found.destination_id,
                "input_fp": found.input_fp,
            },
        )
        rows = [
            {
                "identity": identity,
                "object": object_name,
                "key": key,
                "destination_id": destination_id,
                "origin": origin,
                "input_fp": input_fp,
                "desired_fp": None,
                "operation_id": operation_id,
            }
            for key, destination_id, input_fp in matches
        ]
        with self._writing() as connection:
            connection.execute(upsert, rows)

    def touch_links(
        self, object_name: str, identity: str, inputs: Sequence[tuple[str, bytes]]
    ) -> None:
        """Note new input fingerprints of records of which what was written is still right."""
        if not inputs:
            return
        table = tables.link
        with self._writing() as connection:
            connection.execute(
                update(table)
                .where(_of(object_name, identity), table.c.key == bindparam("touched"))
                .values(input_fp=bindparam("input")),
                [{"touched": key, "input": input_fp} for key, input_fp in inputs],
            )

    def _drop_links(
        self, connection: Connection, object_name: str, identity: str, keys: Sequence[str]
    ) -> None:
        mine = _of(object_name, identity) & self._database.member(tables.link.c.key, keys)
        connection.execute(delete(tables.link).where(mine))

    def _read_links(
        self, connection: Connection, object_name: str, identity: str, keys: Sequence[str]
    ) -> dict[str, Link]:
        wanted = select(*COLUMNS).where(_of(object_name, identity))
        wanted = wanted.where(self._database.member(tables.link.c.key, keys))
        found = map(Link._make, connection.execute(wanted).all())
        return {link.key: link for link in found}

    def _replace_links(
        self, connection: Connection, identity: str, old: Sequence[Link], new: Sequence[Link]
    ) -> None:
        for object_name in {link.object for link in old}:
            keys = [link.key for link in old if link.object == object_name]
            self._drop_links(connection, object_name, identity, keys)
        if new:
            self._database.bulk_insert(
                connection,
                tables.link,
                [
                    (
                        identity,
                        link.object,
                        link.key,
                        link.destination_id,
                        link.origin,
                        link.input_fp,
                        link.desired_fp,
                        link.operation_id,
                    )
                    for link in new
                ],
            )


def _of(object_name: str, identity: str) -> Any:
    return (tables.link.c.identity == identity) & (tables.link.c.object == object_name)
