"""Brings each staged row together with the rows that its mapping object joins to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from crm_transforms.canonical import decode
from crm_transforms.mapping import RowError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from crm_transforms.journal import Journal, Row
    from crm_transforms.mapping import Join
    from crm_transforms.stages.subject import PlannedSubject

JsonRow = dict[str, Any]


@dataclass(slots=True)
class ScopedRow:
    """One row with its joins.

    Attributes:
        key: the row's key in its stream.
        row: the record.
        joined: join name to a row, a list of rows, or ``None``.
        fingerprints: of the row and, in order, of everything joined to it.
        error: why nothing can be joined to it, if so.
    """

    key: str
    row: JsonRow
    joined: dict[str, Any]
    fingerprints: list[bytes]
    error: RowError | None = None


class ScopeReader:
    """Reads joins for whole chunks at once: one query per join, never one per row.

    Args:
        journal: the journal.
        only: keys of the rows to read, by mapping object; all rows of objects that are left out.
    """

    def __init__(self, journal: Journal, only: Mapping[str, Collection[str]] | None = None) -> None:
        self._journal = journal
        self._only = only or {}
        self._streams = {name: info.id for name, info in journal.streams().items()}

    def prepare(self, joins: Sequence[Join]) -> None:
        """Index the fields that joins look up, as far as rows have come since the last time."""
        for join in joins:
            stream_id = self._streams.get(join.stream)
            if join.on is not None and stream_id is not None:
                self._journal.index_join(stream_id, join.on, _field_text(join.on))
            self.prepare(join.joins)

    def scan(self, stream: str, chunk: int = 1_000) -> Iterator[JsonRow]:
        """All present rows of a stream, without joins."""
        for rows in self._scan(stream, chunk):
            for row in rows:
                yield decode(row.body)

    def chunks(self, obj: PlannedSubject, chunk: int) -> Iterator[list[ScopedRow]]:
        """The object's rows with their joins; an object without a stream has one empty row."""
        only = self._only.get(obj.name)
        if obj.stream is None:
            if only is None or "" in only:
                yield [ScopedRow("", {}, {}, [])]
            return
        found = self._scan(obj.stream, chunk) if only is None else self._some(obj, only, chunk)
        for rows in found:
            yield self.read(obj, rows)

    def count(self, obj: PlannedSubject) -> int:
        """How many rows :meth:`chunks` will bring."""
        only = self._only.get(obj.name)
        if only is not None:
            return len(only)
        if obj.stream is None:
            return 1
        stream_id = self._streams.get(obj.stream)
        return 0 if stream_id is None else self._journal.counts(stream_id).records

    def unwanted(self, obj: PlannedSubject, chunk: int) -> Iterator[dict[str, str]]:
        """External keys, with their stream, of records that no row wants any longer."""
        if obj.stream is None:
            return
        item_stream = obj.item_stream
        stream = obj.stream if item_stream is None else item_stream
        keys: dict[str, str] = {}
        for rows in self._scan(stream, chunk, gone=True):
            for row in rows:
                record = decode(row.body)
                key = (
                    obj.key_of(record, {}, None, 0)
                    if item_stream is None
                    else obj.key_of({}, {}, record, 0)
                )
                if key is not None:
                    keys[key] = stream
            yield keys
            keys = {}
        if obj.has_filter and item_stream is None:
            for scoped in self.chunks(obj, chunk):
                for one in scoped:
                    if not obj.records(one.row, one.joined):
                        key = obj.key_of(one.row, one.joined, None, 0)
                        if key is not None:
                            keys[key] = stream
                yield keys
                keys = {}

    def _some(self, obj: PlannedSubject, only: Collection[str], chunk: int) -> Iterator[list[Row]]:
        stream_id = self._streams.get(obj.stream or "")
        if stream_id is None:
            return
        keys = sorted(only)
        for start in range(0, len(keys), chunk):
            found = self._journal.rows(stream_id, keys[start : start + chunk])
            yield [found[key] for key in sorted(found) if not found[key].gone]

    def _scan(self, stream: str, chunk: int, *, gone: bool = False) -> Iterator[list[Row]]:
        stream_id = self._streams.get(stream)
        if stream_id is None:
            return
        after: str | None = None
        while rows := self._journal.scan(stream_id, after_key=after, limit=chunk, gone=gone):
            after = rows[-1].key
            yield rows

    def read(self, obj: PlannedSubject, rows: Sequence[Row]) -> list[ScopedRow]:
        """Scope a chunk of rows of the object's stream."""
        scoped = [ScopedRow(row.key, decode(row.body), {}, [row.fingerprint]) for row in rows]
        for join in obj.joins:
            self._join(join, scoped)
        return scoped

    def _join(self, join: Join, parents: Sequence[ScopedRow]) -> None:
        stream_id = self._streams.get(join.stream)
        wanted = [_keys(join, parent) for parent in parents]
        values = sorted({value for keys in wanted for value in keys})
        found: dict[str, list[Row]] = {}
        if stream_id is not None and values:
            if join.on is not None:
                found = self._journal.joined(stream_id, join.on, values)
            else:
                by_key = self._journal.rows(stream_id, values)
                found = {key: [row] for key, row in by_key.items() if not row.gone}
        children: dict[str, list[ScopedRow]] = {
            value: [ScopedRow(row.key, decode(row.body), {}, [row.fingerprint]) for row in rows]
            for value, rows in found.items()
        }
        if join.joins:
            everyone = [child for group in children.values() for child in group]
            for nested in join.joins:
                self._join(nested, everyone)
        for parent, keys in zip(parents, wanted, strict=True):
            mine = [child for key in keys for child in children.get(key, ())]
            try:
                mine = join.select(mine)
            except RowError as error:
                parent.error = error
            for child in mine:
                parent.fingerprints.extend(child.fingerprints)
                parent.error = parent.error or child.error
            parent.fingerprints.append(b"")
            records = [
                {**child.row, **child.joined} if child.joined else child.row for child in mine
            ]
            if join.many or (parent.error is None and join.is_list(parent.row, parent.joined)):
                parent.joined[join.name] = records
            else:
                parent.joined[join.name] = records[0] if records else None


def _keys(join: Join, parent: ScopedRow) -> tuple[str, ...]:
    try:
        return join.keys(parent.row, parent.joined)
    except RowError as error:
        parent.error = error
        return ()


def _field_text(field: str) -> Any:
    def extract(body: bytes) -> str | None:
        value = decode(body).get(field)
        return None if value is None or isinstance(value, (list, dict)) else str(value)

    return extract
