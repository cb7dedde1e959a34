"""What an org may still use.

https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_limits.htm
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.sandbox.salesforce.org import Org

KB = 1024
BATCHES = 15_000
"""Of jobs in 24 hours."""
RECORD_KB = 2
"""Data storage of a record: https://help.salesforce.com/s/articleView?id=sf.overview_storage.htm"""
WITHOUT_STORAGE = frozenset(
    {"AccountContactRelation", "ContentDocument", "ContentDocumentLink", "ContentNote",
     "ContentVersion", "FieldPermissions", "Group", "ObjectPermissions", "OrderStatus",
     "Organization", "PermissionSet", "PermissionSetAssignment", "PricebookEntry", "Pricebook2",
     "Product2", "Profile", "User"}
)  # fmt: skip
"""Objects whose records take no data storage, or file storage instead."""


class Limits:
    """The day's requests and batches, and the storage of records and of files."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._most = 0
        self._sure = 0

    @property
    def records(self) -> int:
        """Live records that take data storage."""
        rows = self._org.rows
        return sum(len(held) for name, held in rows.items() if name not in WITHOUT_STORAGE)

    def has_room(self, sobject: str) -> bool:
        """Whether one more record of this object fits into the data storage."""
        if sobject in WITHOUT_STORAGE:
            return True
        most = self._org.data_storage_mb * KB // RECORD_KB
        if self._sure <= 0 or most != self._most:
            # Counted anew only when that many more may have come: an org of millions stays fast.
            self._most, self._sure = most, most - self.records
        self._sure -= 1
        return self._sure >= 0

    def shown(self) -> dict[str, Any]:
        """As the API tells it."""
        org = self._org
        files = sum(map(len, org.blobs.values()))
        told = {
            "DailyApiRequests": (org.daily_requests, org.used_requests),
            "DailyBulkApiBatches": (BATCHES, BATCHES - org.bulk_batches),
            "DailyBulkV2QueryJobs": (10_000, 0),
            "DailyBulkV2QueryFileStorageMB": (976_562, 0),
            "DataStorageMB": (org.data_storage_mb, -(-self.records * RECORD_KB // KB)),
            "FileStorageMB": (org.file_storage_mb, -(-files // (KB * KB))),
        }
        return {
            name: {"Max": most, "Remaining": max(0, most - used)}
            for name, (most, used) in told.items()
        }
