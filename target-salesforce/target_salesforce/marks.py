"""High-water marks: the moment at which records of an object were last saved, by the org's clock.

Taken before creates, so that what is recognised by its content is looked for among later records
only. Where a record can be recognised by its key no mark is needed, and none is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from target_salesforce.described import Described
    from target_salesforce.org import Org

STAMPS = ("SystemModstamp", "LastModifiedDate")
"""When a record was last saved; the first cannot be set by anybody."""
LATEST = "SELECT {0} FROM {1} ORDER BY {0} DESC NULLS LAST LIMIT 1"
BEGINNING = "1970-01-01T00:00:00.000Z"


def stamp_of(described: Described) -> str:
    """The field that tells when a record was last saved; empty where there is none."""
    return next((name for name in STAMPS if name in described.by_name), "")


def mark_of(org: Org, described: Described) -> str:
    """The latest such moment as a query has it; empty where nothing tells."""
    stamp = stamp_of(described)
    if not stamp or described.absent:
        return ""
    rows = list(org.client.query(LATEST.format(stamp, described.name)))
    # Answers spell it 2019-02-06T11:45:31.000+0000.
    return f"{str(rows[0][stamp])[:23]}Z" if rows and rows[0].get(stamp) else BEGINNING


def moment_of(mark: str) -> str:
    """The moment of a mark as a query has it; ``0`` stands for the beginning of all."""
    return BEGINNING if mark == "0" else mark
