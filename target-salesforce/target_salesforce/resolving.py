"""What became of operations whose answer never came: asked by SOQL and by ids, both consistent."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Protocol

from crm_transforms.destination import Kind, Status, Verdict
from target_salesforce import soql
from target_salesforce.lookup import find
from target_salesforce.marks import moment_of, stamp_of
from target_salesforce.tables import NATURAL_KEYS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from crm_transforms.destination import Operation, Record
    from target_salesforce.described import Described
    from target_salesforce.org import Org

BY = "LastModifiedById"


class Readable(Protocol):
    """What reads records of one object."""

    @property
    def described(self) -> Described: ...

    def read(self, ids: Sequence[str], names: Collection[str]) -> Mapping[str, Record]: ...


def resolved_creates(
    org: Org, described: Described, operations: Sequence[Operation], mark: str
) -> Iterator[Verdict]:
    """Look for records by their key field, else by a natural key, else by all that was sent."""
    by_names: dict[tuple[str, ...], list[Operation]] = defaultdict(list)
    for operation in operations:
        by_names[_recognised_by(org, described, operation)].append(operation)
    for names, group in by_names.items():
        if names:
            wanted = [{name: operation.fields[name] for name in names} for operation in group]
            found = find(org.client, described, wanted)
            yield from _shared_out(described, group, [dict.fromkeys(ids) for ids in found], wanted)
        else:
            yield from _by_content(org, described, group, mark)


def _recognised_by(org: Org, described: Described, operation: Operation) -> tuple[str, ...]:
    """The fields that tell this record from all others; none where nothing does."""
    key_field = org.book.key_fields.get(described.name, "")
    if operation.fields.get(key_field) and key_field in described.by_name:
        return (key_field,)
    for names in NATURAL_KEYS.get(described.name, ()):
        if all(operation.fields.get(name) is not None for name in names):
            return names
    return ()


def _by_content(
    org: Org, described: Described, operations: Sequence[Operation], mark: str
) -> Iterator[Verdict]:
    """Look among the records that this user has made since the mark for equal ones."""
    stamp = stamp_of(described)
    if not mark or not stamp:
        for operation in operations:
            message = f"nothing tells this {described.name} from others"
            yield Verdict(operation.id, Status.UNKNOWN, message=message)
        return
    names = sorted({name for operation in operations for name in operation.fields})
    where = f"{stamp} >= {moment_of(mark)}"
    if BY not in names:
        where += f" AND {BY} = {soql.text(org.user_id)}"
    rows = list(org.client.query(soql.select(described.readable(names), described.name, where)))
    wanted = [
        {name: value for name, value in operation.fields.items() if described.has(name)}
        for operation in operations
    ]
    found: list[dict[str, None]] = []
    for record in wanted:
        likeness = described.likeness(record)
        ids = [
            str(row["Id"])
            for row in rows
            if described.likeness(described.incoming(row, list(record))) == likeness
        ]
        found.append(dict.fromkeys(ids))
    yield from _shared_out(described, operations, found, wanted)


def _shared_out(
    described: Described,
    operations: Sequence[Operation],
    found: Sequence[dict[str, None]],
    wanted: Sequence[Mapping[str, Any]],
) -> Iterator[Verdict]:
    """Give each of some operations one of the records that equal it; name the others.

    Nothing in equal records tells whose they are, but the caller knows which of them are other
    operations' already.
    """
    taken: dict[bytes, int] = defaultdict(int)
    for operation, ids, record in zip(operations, found, wanted, strict=True):
        likeness = described.likeness(record)
        place = taken[likeness]
        taken[likeness] += 1
        every = list(ids)
        if place < len(every):
            others = (*every[:place], *every[place + 1 :])
            yield Verdict(operation.id, Status.LANDED, every[place], duplicates=others)
        else:
            message = f"there is no such {described.name}"
            yield Verdict(operation.id, Status.ABSENT, message=message)


def resolved_changes(records: Readable, operations: Sequence[Operation]) -> Iterator[Verdict]:
    """Read the records of updates and deletes, and compare."""
    names = sorted({name for operation in operations for name in operation.fields})
    ids = list(dict.fromkeys(op.destination_id for op in operations if op.destination_id))
    there = records.read(ids, names or ["Id"]) if ids else {}
    likeness = records.described.likeness
    for operation in operations:
        record = there.get(operation.destination_id or "")
        if operation.kind is Kind.DELETE:
            done = record is None
        else:
            done = record is not None and likeness(operation.fields) == likeness(
                {name: record.get(name) for name in operation.fields}
            )
        status = Status.LANDED if done else Status.ABSENT
        yield Verdict(operation.id, status, operation.destination_id if done else None)
