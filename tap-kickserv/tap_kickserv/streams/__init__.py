"""All streams, parents before children: the order in which they are synced."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tap_kickserv.streams.customers import (
    Contacts,
    Customers,
    CustomFieldAssignments,
    Locations,
    TaxEntities,
)
from tap_kickserv.streams.files import Attachments, Notes, Signatures, Tags
from tap_kickserv.streams.jobs import Estimates, Invoices, Jobs, JobStatuses, JobTypes
from tap_kickserv.streams.money import Expenses, Items, JobCharges, PaymentRequests, Payments
from tap_kickserv.streams.work import Employees, Tasks, TimeEntries

if TYPE_CHECKING:
    from tap_kickserv.stream import KickservStream

STREAMS: tuple[type[KickservStream], ...] = (
    Employees,
    Items,
    JobTypes,
    JobStatuses,
    TaxEntities,
    Customers,
    Locations,
    Contacts,
    Jobs,
    Estimates,
    Invoices,
    JobCharges,
    Payments,
    PaymentRequests,
    Expenses,
    TimeEntries,
    Tasks,
    Notes,
    Attachments,
    Signatures,
    Tags,
    CustomFieldAssignments,
)

KNOWN_COLUMNS = frozenset(
    name for stream in STREAMS for field in stream.fields for name in (field.name, field.source)
)
