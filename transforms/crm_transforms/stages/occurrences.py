"""Occurrences: how often values come, and under which keys, on disk."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING

from crm_transforms.journal.text import storable
from crm_transforms.stages.scratch import Scratch

if TYPE_CHECKING:
    from collections.abc import Iterable

TABLES = """
CREATE TABLE occurrence (
    name TEXT, value TEXT, count INTEGER, keys TEXT, PRIMARY KEY (name, value)
) WITHOUT ROWID;
"""
ADD = """
INSERT INTO occurrence VALUES (?, ?, ?, ?) ON CONFLICT (name, value) DO UPDATE SET
    count = count + excluded.count,
    keys = CASE WHEN count < 5 THEN keys || excluded.keys ELSE keys END
"""
FREQUENT = """
SELECT value, count FROM occurrence WHERE name = ? ORDER BY count DESC, value LIMIT ?
"""
SHARED = "SELECT coalesce(sum(count), 0) FROM occurrence WHERE name = ? AND count > 1"
SHARERS = """
SELECT keys FROM occurrence WHERE name = ? AND count > 1 ORDER BY count DESC, value LIMIT ?
"""


class Occurrences(Scratch):
    """Counts values by name; ends with the process at the latest."""

    def __init__(self) -> None:
        super().__init__(TABLES)

    def add(self, name: str, found: Iterable[tuple[str, str]]) -> None:
        """Count values, each with the key of the row that has it."""
        keys: dict[str, list[str]] = defaultdict(list)
        for value, key in found:
            keys[storable(value)].append(key)
        self.write(
            (
                ADD,
                [
                    (name, value, len(mine), "".join(f"{json.dumps(key)}\n" for key in mine[:5]))
                    for value, mine in keys.items()
                ],
            )
        )

    def frequent(self, name: str, most: int) -> list[tuple[str, int]]:
        """The most frequent values with their counts."""
        return self.read(FREQUENT, name, most)

    def shared(self, name: str) -> int:
        """How many rows have a value that others have as well."""
        ((count,),) = self.read(SHARED, name)
        return int(count)

    def sharers(self, name: str, most: int) -> list[str]:
        """Keys of some of them, those with the most frequent values first."""
        lines = "".join(keys for (keys,) in self.read(SHARERS, name, most)).splitlines()
        return [json.loads(line) for line in lines[:most]]
