"""Staging: the source's records, durably, each batch in one transaction."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from sqlalchemy import Connection, bindparam, delete, select, update

from crm_transforms.journal import tables
from crm_transforms.journal.database import allocate
from crm_transforms.journal.rejects import OPEN, Reject, Rejects, stream_subject
from crm_transforms.journal.streams import Streams
from crm_transforms.journal.text import is_storable, require_storable

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

Incoming: TypeAlias = tuple[str, bytes, bytes]
"""Key, fingerprint (16 bytes), body (the record's JSON bytes)."""


class StageCounts(NamedTuple):
    """What a batch did. A row that comes back after it was gone counts as changed."""

    new: int
    changed: int
    unchanged: int


@dataclass(slots=True)
class Difference:
    """What a batch of one stream changes.

    Attributes:
        stream_id: the stream.
        write: rows that are new or differ.
        superseded: ``seq`` of the rows that those replace.
        revived: how many of those had been gone.
        seen: ``seq`` of rows that are as before, or that were met but rejected.
        refill: bodies, by ``seq``, of rows as before whose content had been dropped.
        unchanged: how many are as before.
        returned: keys that the last whole pass had missed, too many of them to be believed gone.
    """

    stream_id: int
    write: list[Incoming] = field(default_factory=list)
    superseded: list[int] = field(default_factory=list)
    revived: int = 0
    seen: list[int] = field(default_factory=list)
    refill: dict[int, bytes] = field(default_factory=dict)
    unchanged: int = 0
    returned: list[str] = field(default_factory=list)


class Staging(Streams, Rejects):
    """The journal's staged rows."""

    def stage(
        self,
        rows: Mapping[int, Sequence[Incoming]],
        passes: Mapping[int, int],
        rejects: Sequence[Reject] = (),
    ) -> StageCounts:
        """Stage a batch of several streams: all of it is durable on return, or none of it.

        Rows that are as before only count as seen and cost no write. A record that was rejected at
        this stage and is staged well now is no longer rejected.

        Args:
            rows: by stream number; where a key comes twice, the last one wins.
            passes: by stream number, the pass that reads it; streams read incrementally have none.
            rejects: records that could not be staged; those with a key count as seen in their pass,
                one without makes its pass blind (see :meth:`complete_pass`).

        Raises:
            JournalError: a key that no database stores; a pass of another run.
            JournalFullError: no room; nothing of the batch was kept.
        """
        for stream_id, pass_id in passes.items():
            self._pass(stream_id, pass_id)
        with self._one_batch:
            differences = self._stage(rows, passes, rejects)
        changed = sum(len(difference.superseded) for difference in differences)
        return StageCounts(
            new=sum(len(difference.write) for difference in differences) - changed,
            changed=changed,
            unchanged=sum(difference.unchanged for difference in differences),
        )

    def _stage(
        self,
        rows: Mapping[int, Sequence[Incoming]],
        passes: Mapping[int, int],
        rejects: Sequence[Reject],
    ) -> list[Difference]:
        names = self._stream_numbers()
        refused: dict[int, list[str]] = {number: [] for number in rows}
        for reject in rejects:
            if reject.key is not None and reject.stream in names:
                refused.setdefault(names[reject.stream], []).append(reject.key)
        with self._reading() as connection:
            differences = [
                self._difference(connection, number, rows.get(number, ()), keys)
                for number, keys in refused.items()
            ]
            recovered = self._recovered(connection, rows, names)
        self._write_differences(differences, recovered, rejects)
        for difference in differences:
            if difference.stream_id in passes:
                self._passes[difference.stream_id].mark(difference.seen)
        self._make_blind(passes, rejects, names)
        return differences

    def _difference(
        self,
        connection: Connection,
        stream_id: int,
        batch: Sequence[Incoming],
        refused: Sequence[str],
    ) -> Difference:
        latest = {row[0]: row for row in batch}
        require_storable(latest, f"stream {stream_id}")
        table = tables.staged
        keys = [*latest, *filter(is_storable, refused)]
        wanted = select(
            table.c.key, table.c.seq, table.c.fingerprint, table.c.gone, table.c.body.is_(None)
        ).where(table.c.stream_id == stream_id, self._database.member(table.c.key, keys))
        known = {row[0]: row for row in connection.execute(wanted).all()}
        difference = Difference(stream_id, returned=self._returned(connection, stream_id, keys))
        difference.seen.extend(known[key][1] for key in refused if key in known)
        for key, row in latest.items():
            before = known.get(key)
            if before is None:
                difference.write.append(row)
                continue
            _, seq, fingerprint, gone, is_hollow = before
            if gone or fingerprint != row[1]:
                difference.write.append(row)
                difference.superseded.append(seq)
                difference.revived += gone
                continue
            difference.unchanged += 1
            difference.seen.append(seq)
            if is_hollow:
                difference.refill[seq] = row[2]
        return difference

    def _returned(self, connection: Connection, stream_id: int, keys: Sequence[str]) -> list[str]:
        table = tables.missing
        listed = select(table.c.key).where(table.c.stream_id == stream_id)
        if connection.execute(listed.limit(1)).scalar() is None:
            return []
        mine = listed.where(self._database.member(table.c.key, keys))
        return list(connection.execute(mine).scalars())

    def _recovered(
        self,
        connection: Connection,
        rows: Mapping[int, Sequence[Incoming]],
        names: Mapping[str, int],
    ) -> list[str]:
        table = tables.reject
        recovered: list[str] = []
        for name, stream_id in names.items():
            batch = rows.get(stream_id)
            if not batch or not self._has_open(connection, "", name):
                continue
            subjects = {stream_subject(name, key) for key, _, _ in batch}
            still_open = select(table.c.subject).where(
                table.c.state == OPEN, self._database.member(table.c.subject, subjects)
            )
            recovered.extend(connection.execute(still_open).scalars())
        return recovered

    def _write_differences(
        self, differences: Sequence[Difference], recovered: Sequence[str], rejects: Sequence[Reject]
    ) -> None:
        # Packing may have to store a dictionary, so it comes before the transaction.
        packed = [
            self._codec.pack(
                f"stream {d.stream_id}", [row[2] for row in d.write] + [*d.refill.values()]
            )
            for d in differences
        ]
        packed_rejects = self._pack_rejects(rejects)
        is_idle = not any(packed) and not any(d.returned for d in differences)
        if is_idle and not recovered and not packed_rejects:
            return
        with self._writing() as connection:
            for difference, bodies in zip(differences, packed, strict=True):
                if difference.write:
                    self._write_rows(connection, difference, bodies)
                if difference.refill:
                    self._refill(connection, difference, bodies[len(difference.write) :])
                if difference.returned:
                    self._unlist_missing(connection, difference)
            self._clear_subjects(connection, recovered)
            self._write_rejects(connection, packed_rejects)

    def _write_rows(
        self, connection: Connection, difference: Difference, bodies: Sequence[bytes]
    ) -> None:
        table = tables.staged
        stream_id = difference.stream_id
        if difference.superseded:
            connection.execute(
                delete(table).where(self._database.member(table.c.seq, difference.superseded))
            )
        first = allocate(connection, "seq", len(difference.write))
        self._database.bulk_insert(
            connection,
            table,
            [
                (seq, stream_id, key, fingerprint, False, body)
                for seq, ((key, fingerprint, _), body) in enumerate(
                    zip(difference.write, bodies, strict=False), first
                )
            ],
        )
        counts = tables.stream
        came = len(difference.write) - len(difference.superseded) + difference.revived
        connection.execute(
            update(counts)
            .where(counts.c.id == stream_id)
            .values(
                records=counts.c.records + came,
                gone=counts.c.gone - difference.revived,
                last_seq=first + len(difference.write) - 1,
            )
        )

    def _unlist_missing(self, connection: Connection, difference: Difference) -> None:
        table = tables.missing
        connection.execute(
            delete(table).where(
                table.c.stream_id == difference.stream_id,
                self._database.member(table.c.key, difference.returned),
            )
        )

    def _refill(
        self, connection: Connection, difference: Difference, bodies: Sequence[bytes]
    ) -> None:
        table = tables.staged
        connection.execute(
            update(table)
            .where(table.c.seq == bindparam("hollow"))
            .values(body=bindparam("packed")),
            [
                {"hollow": seq, "packed": body}
                for seq, body in zip(difference.refill, bodies, strict=True)
            ],
        )

    def _stream_numbers(self) -> dict[str, int]:
        with self._reading() as connection:
            found = connection.execute(select(tables.stream.c.name, tables.stream.c.id))
            return {row.name: row.id for row in found}

    def _make_blind(
        self, passes: Collection[int], rejects: Sequence[Reject], names: Mapping[str, int]
    ) -> None:
        for reject in rejects:
            if reject.key is not None:
                continue
            suspects = [names[reject.stream]] if reject.stream in names else passes
            for stream_id in suspects:
                if stream_id in passes:
                    self._passes[stream_id].is_blind = True
