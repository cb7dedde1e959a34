"""The choices that a mapping document leaves to its reader."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Ways:
    """What became of what has several ways to go.

    Attributes:
        jobs: ``Case`` or ``Service_Job__c``.
        invoices: ``Order`` or ``Invoice__c``.
        notes: ``ContentNote`` or ``Note``.
        locations: whether there are service locations.
    """

    jobs: str = "Case"
    invoices: str = "Order"
    notes: str = "ContentNote"
    locations: bool = True

    @property
    def job_field(self) -> str:
        """The lookup by which others lead to a job."""
        return "Case__c" if self.jobs == "Case" else "Service_Job__c"

    @property
    def parameters(self) -> dict[str, str]:
        """The document's parameters."""
        return {
            "jobs_as": self.jobs,
            "invoices_as": self.invoices,
            "notes_as": self.notes,
            "locations_as": "Service_Location__c" if self.locations else "none",
        }
