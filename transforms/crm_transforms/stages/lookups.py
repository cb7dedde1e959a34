"""Lookups: reference fields as they stand there, and those that lead nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crm_transforms.stages.scratch import Scratch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crm_transforms.stages.beside import Beside, Besides
    from crm_transforms.stages.subject import PlannedSubject

# A record may lead to one that is looked at later, or to its like: so both sides are kept on disk.
TABLES = """
CREATE TABLE gone (target TEXT, id TEXT, PRIMARY KEY (target, id)) WITHOUT ROWID;
CREATE TABLE leading (object TEXT, field TEXT, target TEXT, id TEXT);
CREATE TABLE tally (
    object TEXT, field TEXT, filled INTEGER, empty INTEGER, broken INTEGER, place INTEGER,
    PRIMARY KEY (object, field)
);
"""
NOTE_GONE = "INSERT OR IGNORE INTO gone VALUES (?, ?)"
NOTE_LEADING = "INSERT INTO leading VALUES (?, ?, ?, ?)"
COUNT = """
INSERT INTO tally VALUES (?, ?, ?, ?, ?, (SELECT count(*) FROM tally))
ON CONFLICT (object, field) DO UPDATE SET
    filled = filled + excluded.filled, empty = empty + excluded.empty,
    broken = broken + excluded.broken
"""
COUNTS = """
SELECT object, field, filled, empty, broken, (
    SELECT count(*) FROM leading JOIN gone USING (target, id)
    WHERE leading.object = tally.object AND leading.field = tally.field
)
FROM tally ORDER BY place
"""


class Lookups(Scratch):
    """Counts the references of records that were read back; ends with the process at the latest."""

    def __init__(self) -> None:
        super().__init__(TABLES)

    def add(self, obj: PlannedSubject, page: Sequence[Beside], besides: Besides) -> None:
        """Look at the references of some records of one object."""
        found = [one for one in page if one.held is not None]
        gone = [
            (obj.target, one.link.destination_id)
            for one in page
            if one.link is not None and one.held is None and one.was_read
        ]
        leading: list[tuple[str, str, str, str]] = []
        counts: list[tuple[str, str, int, int, int]] = []
        for ref in obj.refs:
            spec = besides.fields.get(ref.field)
            if spec is None:
                continue
            filled = empty = broken = 0
            for one in found:
                ids = _ids((one.held or {}).get(ref.field))
                filled += bool(ids)
                if not ids:
                    named = (one.wanted or {}).get(ref.field)
                    broken += named is not None
                    empty += named is None
                leading += [(obj.name, ref.field, spec.reference or "", id_) for id_ in ids]
            counts.append((obj.name, ref.field, filled, empty, broken))
        self.write((NOTE_GONE, gone), (NOTE_LEADING, leading), (COUNT, counts))

    def counts(self) -> list[dict[str, Any]]:
        """By field how many are filled and lead somewhere, are empty as they should, or broken."""
        return [
            {
                "object": name,
                "field": field,
                "filled": filled - dangling,
                "empty": empty,
                "broken": broken + dangling,
            }
            for name, field, filled, empty, broken, dangling in self.read(COUNTS)
        ]


def _ids(value: Any) -> list[str]:
    if value is None or value == "":
        return []
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]
