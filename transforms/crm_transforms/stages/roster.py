"""The roster: every record that a mapping would have, on disk, with what would become of it."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple

from crm_transforms.journal.text import storable
from crm_transforms.stages import roster_sql as sql
from crm_transforms.stages.scratch import Scratch, listed

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

CREATE, UPDATE, ADOPT, UNCHANGED = "create", "update", "adopt", "unchanged"
REJECTED, WAITING = "rejected", "waiting"
VERDICTS = (CREATE, UPDATE, ADOPT, UNCHANGED, REJECTED, WAITING)
PAGE = 1_000


class Parent(NamedTuple):
    """What a record refers to.

    Attributes:
        field: the reference.
        object: of the mapping; key: of its record.
        is_late: it is not there yet when the record is made; a second pass fills it in.
    """

    field: str
    object: str
    key: str
    is_late: bool = False


@dataclass(slots=True)
class Entry:
    """One record that the mapping would have.

    Attributes:
        object: of the mapping; key: the record's key within it.
        row_key: key of its row in the object's stream.
        verdict: one of :data:`VERDICTS`.
        destination_id: its id, where it is there already.
        field, rule, code, message, place: why it would not land, as in
            :class:`~crm_transforms.journal.Reject`.
        changed: fields that an update or an adoption would write.
        stratum: what it has in common with others, for a sample of all sorts.
        parents: what it refers to; people are left out, since they are never made.
    """

    object: str
    key: str
    row_key: str
    verdict: str = UNCHANGED
    destination_id: str | None = None
    field: str = ""
    rule: str = ""
    code: str = ""
    message: str = ""
    place: str = ""
    changed: tuple[str, ...] = ()
    stratum: str = ""
    parents: tuple[Parent, ...] = ()

    @property
    def is_there(self) -> bool:
        """Whether others may refer to it once all is loaded."""
        return self.destination_id is not None or self.verdict not in {REJECTED, WAITING}


class Refusal(NamedTuple):
    """Records that would not land for one reason; ``message`` is that of the example."""

    object: str
    field: str
    rule: str
    code: str
    place: str
    message: str
    records: int
    example: str


class Orphans(NamedTuple):
    """Records that wait for others which nothing in the source gives."""

    object: str
    field: str
    parent: str
    records: int
    examples: tuple[str, ...]


class Roster(Scratch):
    """Every record that a mapping would have; ends with the process at the latest."""

    def __init__(self) -> None:
        super().__init__(sql.TABLES)
        self.connection.create_function("lot", 3, _lot, deterministic=True)

    def add(self, entries: Iterable[Entry]) -> None:
        """Note records; one that is noted already under the same row is replaced."""
        records, parents = [], []
        for one in entries:
            key = storable(one.key)
            reason = (one.field, one.rule, one.code, storable(one.message), one.place)
            changed = json.dumps(one.changed) if one.changed else ""
            records.append(
                (
                    *(one.object, key, one.row_key, one.verdict, one.is_there),
                    *(one.destination_id, *reason, changed, storable(one.stratum)),
                )
            )
            parents += [
                (one.object, key, field, name, storable(parent_key), is_late)
                for field, name, parent_key, is_late in one.parents
            ]
        self.write((sql.ADD_RECORD, records), (sql.ADD_PARENT, parents))

    # Looking up

    def row_keys(self, object_name: str, keys: Collection[str]) -> dict[str, str]:
        """The keys of the rows that give these records, by the records' keys."""
        return dict(self.read(sql.ROW_KEYS, object_name, listed(keys)))

    def planned(self, object_name: str, keys: Collection[str]) -> set[str]:
        """Those of the records that are there, or will be once all is loaded."""
        return set(self.ids(object_name, keys))

    def ids(self, object_name: str, keys: Collection[str]) -> dict[str, str | None]:
        """Ids of :meth:`planned` records by key, ``None`` where they have none yet."""
        return dict(self.read(sql.IDS, object_name, listed(keys)))

    def parents(self, object_name: str, keys: Collection[str]) -> dict[str, list[Parent]]:
        """What records refer to, by key; those that refer to nothing are left out."""
        found: dict[str, list[Parent]] = defaultdict(list)
        for key, field, parent, parent_key, is_late in self.read(
            sql.PARENTS, object_name, listed(keys)
        ):
            found[key].append(Parent(field, parent, parent_key, bool(is_late)))
        return dict(found)

    def entries(self, object_name: str, verdict: str, after_key: str = "") -> list[Entry]:
        """Records of one verdict by their keys, a page at a time; without their parents."""
        found = [
            Entry(*row) for row in self.read(sql.ENTRIES, object_name, verdict, after_key, PAGE)
        ]
        for entry in found:
            entry.changed = tuple(json.loads(str(entry.changed) or "[]"))
        return found

    # Choosing

    def strata(self, object_name: str) -> list[tuple[str, int]]:
        """The strata of an object's records with their sizes, the largest first."""
        return self.read(sql.STRATA, object_name)

    def pick(self, object_name: str, stratum: str, count: int, seed: str) -> list[str]:
        """Keys of up to so many records of a stratum, by lot: the same seed draws the same ones."""
        return [key for (key,) in self.read(sql.PICK, object_name, stratum, seed, count)]

    # Counting

    def counts(self) -> dict[str, dict[str, int]]:
        """How many records there are, by object and verdict."""
        found: dict[str, dict[str, int]] = {}
        for name, verdict, count in self.read(sql.COUNTS):
            found.setdefault(name, dict.fromkeys(VERDICTS, 0))[verdict] = count
        return found

    def refusals(self) -> list[Refusal]:
        """Why records would not land: each reason with how many and one of them."""
        return [Refusal(*row) for row in self.read(sql.REFUSALS)]

    def refusals_in_words(self, rule: str, most: int) -> list[Refusal]:
        """The most frequent refusals by one rule, told apart by their messages as well."""
        return [Refusal(*row) for row in self.read(sql.REFUSALS_IN_WORDS, rule, most)]

    def orphans(self, examples: int) -> list[Orphans]:
        """Records that wait for what nothing gives, with so many keys at most."""
        found: list[Orphans] = []
        for name, field, parent, count in self.read(sql.ORPHANS):
            keys = self.read(sql.ORPHAN_KEYS, name, field, parent, examples)
            found.append(Orphans(name, field, parent, count, tuple(key for (key,) in keys)))
        return found

    # The second pass

    def fill_late(self, object_name: str) -> int:
        """Note what a second pass over an object writes: references to what comes later.

        Returns:
            how many records it updates.
        """
        count, after = 0, ""
        while keys := [key for (key,) in self.read(sql.LATE_KEYS, object_name, after, PAGE)]:
            after = keys[-1]
            found = self.read(sql.LATE, object_name, listed(keys))
            count += len(found)
            changes = [
                (
                    UPDATE if verdict == UNCHANGED else verdict,
                    json.dumps(sorted({*json.loads(changed or "[]"), *json.loads(fields)})),
                    object_name,
                    key,
                )
                for key, verdict, changed, fields in found
                if verdict != CREATE
            ]
            self.write((sql.CHANGE, changes))
        return count


def _lot(seed: str, object_name: str, key: str) -> bytes:
    """A number drawn for a record, the same one wherever and whenever it is drawn."""
    return blake2b(f"{seed}\n{object_name}\n{key}".encode(), digest_size=8).digest()
