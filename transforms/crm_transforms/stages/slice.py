"""The slice: some records of every sort, with everything that they refer to.

Chosen by lot from a roster, so that the same seed gives the same records. A source row is taken
whole, with all the records that it gives: of a deal with half of its lines nobody could judge the
amount.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from crm_transforms.stages.roster import REJECTED, VERDICTS, WAITING
from crm_transforms.stages.scratch import listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from crm_transforms.stages.roster import Roster

INDEX = "CREATE INDEX IF NOT EXISTS record_row ON record (object, row_key)"
OF_ROWS = """
SELECT key, row_key, stratum FROM record
WHERE object = ? AND row_key IN (SELECT value FROM json_each(?))
"""
ALL_ROWS = "SELECT DISTINCT row_key FROM record WHERE object = ?"
DRAW = """
SELECT row_key FROM record WHERE object = ? AND stratum IN (SELECT value FROM json_each(?))
ORDER BY lot(?, object, key), key, row_key LIMIT ?
"""

FEW = 3
"""Records that each object has in a slice at least, as far as it has so many."""
FEW_FAULTY = 2
"""Records of an object in a slice that will not land, as far as anybody can tell before."""
CANDIDATES = 8
"""Rows looked at for one place, so that a row of a thousand records does not fill the slice."""
LARGE = 8
"""A row is large when it brings more than one in so many of the slice's records."""
FAULTY = {REJECTED, WAITING}

Rows: TypeAlias = dict[str, set[str]]
"""Keys of rows by mapping object."""


@dataclass(slots=True)
class Slice:
    """What a sample holds.

    Attributes:
        rows: keys of rows by mapping object, for :attr:`crm_transforms.stages.work.Work.only`.
        records: how many records they give, likewise.
    """

    rows: dict[str, list[str]]
    records: dict[str, int]

    @property
    def size(self) -> int:
        return sum(self.records.values())


@dataclass(slots=True)
class Sort:
    """Records of an object that have the values in common by which they are told apart.

    Attributes:
        strata: as the roster knows them; they differ in what would become of their records.
        traits: the values, and whether the records will land.
    """

    traits: frozenset[str]
    strata: list[str] = field(default_factory=list)
    count: int = 0

    @property
    def is_faulty(self) -> bool:
        return bool(self.traits & FAULTY)


class Slicer:
    """Chooses a slice.

    Args:
        roster: every record that the mapping would have.
        order: the mapping's objects, parents first; those of people are left out.
        size: records to choose, roughly: what they refer to comes on top if it must.
        seed: the same one gives the same slice, whatever was loaded since.
    """

    def __init__(self, roster: Roster, order: Sequence[str], size: int, seed: int) -> None:
        self._roster = roster
        self._order = order
        self._size = size
        self._seed = str(seed)
        self._rows: Rows = {name: set() for name in order}
        self._counts: dict[str, int] = dict.fromkeys(order, 0)
        self._taken: dict[str, set[str]] = {name: set() for name in order}
        """Strata of which a record was chosen, by object."""
        roster.connection.execute(INDEX)

    def choose(self) -> Slice:
        """Everything where that is little enough, else some of every sort."""
        sorts = {name: self._sorts(name) for name in self._order}
        totals = {name: sum(sort.count for sort in some) for name, some in sorts.items()}
        if sum(totals.values()) <= self._size:
            for name in self._order:
                self._take({name: {row for (row,) in self._roster.read(ALL_ROWS, name)}})
        else:
            # Children first: the parents that they bring are often all that is needed of those.
            for name in reversed(self._order):
                self._take_each_sort(name, sorts[name])
            self._fill(sorts, self._quotas(totals))
        rows = {name: sorted(rows) for name, rows in self._rows.items()}
        return Slice(rows, dict(self._counts))

    def _sorts(self, name: str) -> list[Sort]:
        """The largest first; a stratum's verdict counts only where it says that nothing lands."""
        found: dict[frozenset[str], Sort] = {}
        for stratum, count in self._roster.strata(name):
            traits = frozenset(stratum.split(", ")) - (set(VERDICTS) - FAULTY)
            sort = found.setdefault(traits, Sort(traits))
            sort.strata.append(stratum)
            sort.count += count
        return sorted(found.values(), key=lambda sort: (-sort.count, sorted(sort.traits)))

    def _quotas(self, totals: dict[str, int]) -> dict[str, int]:
        """By the root of its count, so that the many do not crowd out the few."""
        weights = {name: math.sqrt(count) for name, count in totals.items()}
        whole = sum(weights.values())
        return {
            name: min(totals[name], max(FEW, round(self._size * weight / whole)))
            for name, weight in weights.items()
        }

    def _take_each_sort(self, name: str, sorts: Sequence[Sort]) -> None:
        """One record for each value that tells records apart, and a few of those that fail."""
        seen = {trait for sort in sorts if self._is_taken(name, sort) for trait in sort.traits}
        faulty = 0
        for sort in sorts:
            is_new = not sort.traits <= seen or not self._counts[name]
            if not is_new or (sort.is_faulty and faulty == FEW_FAULTY):
                continue
            faulty += sort.is_faulty
            if not self._is_taken(name, sort):
                self._take_one(name, sort.strata)
            seen |= sort.traits
        fit = [stratum for sort in sorts if not sort.is_faulty for stratum in sort.strata]
        least = min(FEW, sum(sort.count for sort in sorts if not sort.is_faulty))
        while self._counts[name] < least and self._take_one(name, fit):
            pass

    def _is_taken(self, name: str, sort: Sort) -> bool:
        return not self._taken[name].isdisjoint(sort.strata)

    def _take_one(self, name: str, strata: Sequence[str]) -> bool:
        """Take a row that brings one of these: the first by lot that is not large."""
        smallest: Rows | None = None
        least = 0
        for row in self._drawn(name, strata, CANDIDATES + len(self._rows[name])):
            closure, size = self._closure(name, row)
            if smallest is None or size < least:
                smallest, least = closure, size
            if size * LARGE <= self._size:
                break
        if smallest is None:
            return False
        self._take(smallest)
        return True

    def _fill(self, sorts: dict[str, list[Sort]], quotas: dict[str, int]) -> None:
        """Take turns until each object has its share, or there is no more room."""
        waiting = {
            name: self._drawn(
                name,
                [stratum for sort in sorts[name] if not sort.is_faulty for stratum in sort.strata],
                quotas[name] * CANDIDATES,
            )
            for name in reversed(self._order)
        }
        while waiting:
            for name in list(waiting):
                row = next(waiting[name], None)
                if row is None or self._counts[name] >= quotas[name]:
                    del waiting[name]
                    continue
                closure, size = self._closure(name, row)
                if sum(self._counts.values()) + size <= self._size:
                    self._take(closure)

    def _drawn(self, name: str, strata: Sequence[str], most: int) -> Iterator[str]:
        """Rows by lot that were not taken when their turn comes."""
        found = self._roster.read(DRAW, name, listed(strata), self._seed, most)
        for row in dict.fromkeys(row for (row,) in found):
            if row not in self._rows[name]:
                yield row

    def _closure(self, name: str, row: str) -> tuple[Rows, int]:
        """A row with all that its records refer to, as far as that is not taken, and its size."""
        rows: Rows = defaultdict(set)
        size = 0
        waiting: list[tuple[str, Iterable[str]]] = [(name, [row])]
        while waiting:
            name, wanted = waiting.pop()
            new = set(wanted) - self._rows[name] - rows[name]
            if not new:
                continue
            rows[name] |= new
            keys = [key for key, *_ in self._records(name, new)]
            size += len(keys)
            parents: dict[str, set[str]] = defaultdict(set)
            for some in self._roster.parents(name, keys).values():
                for parent in some:
                    parents[parent.object].add(parent.key)
            for parent_name, parent_keys in parents.items():
                found = self._roster.row_keys(parent_name, parent_keys)
                waiting.append((parent_name, found.values()))
        return dict(rows), size

    def _take(self, rows: Rows) -> None:
        for name, some in rows.items():
            records = self._records(name, some - self._rows[name])
            self._counts[name] += len(records)
            self._taken[name].update(stratum for *_, stratum in records)
            self._rows[name] |= some

    def _records(self, name: str, rows: set[str]) -> list[tuple[str, str, str]]:
        return self._roster.read(OF_ROWS, name, listed(rows))
