"""The port: what a destination must be able to answer.

A destination knows nothing of journals or mappings. It is handed operations on neutral records
(field names and values as the mapping document spells them), and it answers with one verdict per
operation. Everything it learns that must survive a crash travels through this port.

Neutral values are what JSON can hold, with decimals kept exact: ``None``, ``bool``, ``int``,
``Decimal``, ``str``, ``list`` and ``dict`` of these. Instants are ``YYYY-MM-DDTHH:MM:SSZ`` in UTC,
dates ``YYYY-MM-DD``, times ``HH:MM:SS``; a reference to another record is that record's id as
``str``; a choice is its label, never its id.
"""

from __future__ import annotations

from crm_transforms.destination.cautious import Caution, Cautious
from crm_transforms.destination.description import (
    FIELD_TYPES,
    Cost,
    FieldSpec,
    Identity,
    Limits,
    ObjectSpec,
    Person,
)
from crm_transforms.destination.errors import (
    AuthenticationError,
    BudgetExhaustedError,
    DestinationError,
    SettingError,
    UnavailableError,
)
from crm_transforms.destination.operation import (
    NO_ROOM,
    SCHEMA,
    Complaint,
    Handle,
    Kind,
    Operation,
    Status,
    Verdict,
)
from crm_transforms.destination.packaging import Packaging
from crm_transforms.destination.port import Destination, Progress
from crm_transforms.destination.reversible import Reversible
from crm_transforms.destination.values import Record, Value

__all__ = [
    "FIELD_TYPES",
    "NO_ROOM",
    "SCHEMA",
    "AuthenticationError",
    "BudgetExhaustedError",
    "Caution",
    "Cautious",
    "Complaint",
    "Cost",
    "Destination",
    "DestinationError",
    "FieldSpec",
    "Handle",
    "Identity",
    "Kind",
    "Limits",
    "ObjectSpec",
    "Operation",
    "Packaging",
    "Person",
    "Progress",
    "Record",
    "Reversible",
    "SettingError",
    "Status",
    "UnavailableError",
    "Value",
    "Verdict",
]
