"""What a job takes at most.

https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/
(bulk_api_2_limits.htm, datafiles_understanding_bulk2_ingest.htm, datafiles_null_values.htm)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crm_transforms.destination import Record

CLEAR = "#N/A"
"""The cell that empties a field; an empty one leaves the field as it is."""

FILE_BYTES = 100_000_000
"""Of one job's CSV: 150 MB are taken once it is base64."""
FIELD_CHARACTERS = 32_000
RECORD_CHARACTERS = 400_000
FIELDS = 5_000

NUMBER_CHARACTERS = 40
"""More than any value takes that is no text."""


def fits(record: Record) -> bool:
    """Whether a CSV can say all that this record says."""
    total = 0
    for value in record.values():
        if isinstance(value, str):
            if value == CLEAR or len(value) > FIELD_CHARACTERS:
                return False
            total += len(value)
        elif isinstance(value, list):
            total += sum(len(str(one)) + 1 for one in value)
        else:
            total += NUMBER_CHARACTERS
    return total <= RECORD_CHARACTERS and len(record) < FIELDS
