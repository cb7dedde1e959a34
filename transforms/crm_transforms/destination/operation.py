"""Operations: what is to be changed, and what became of it."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from crm_transforms.destination.values import Record

SCHEMA = "schema"
"""The object name under which custom fields and objects themselves are created and removed.

The key is ``<object>.<field>``; the record is that of :class:`FieldSpec`. An object that the
mapping makes has its name alone as key, and the record ``{object, name: "", type: "object", label,
plural}``. That way intent, verdict, recovery and rollback of schema changes are those of every
other record. An update of a choice, the vendor's own or a custom one, adds those of its ``options``
that are not there yet, and takes away those that ``remove_options`` names; what is there or gone
already counts as done.
"""


NO_ROOM = "NO_ROOM"
"""The code of a verdict that refuses a custom field because the account may have no more."""


class Kind(str, enum.Enum):
    """What an operation does to one record."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    ACT = "act"


class Status(str, enum.Enum):
    """What became of one operation. Silence is never any of the first two."""

    LANDED = "landed"
    REFUSED = "refused"
    """The destination said no, for good: the same request would be refused again."""
    ABSENT = "absent"
    """It certainly did not happen (the request never left, or the destination was asked)."""
    UNKNOWN = "unknown"
    """It may have happened; only :meth:`Destination.resolve` can tell."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One intended change of one record.

    Attributes:
        id: the journal's number of this operation; verdicts are matched by it.
        object: the destination's name of the object, e.g. ``deals``.
        kind: create, update, delete or a named action.
        key: the external key of the record, unique within the mapping object.
        fields: for a create the whole record, for an update only what changes.
        destination_id: the record's id there; ``None`` for a create.
        action: the declared action's name, for :attr:`Kind.ACT`.
    """

    id: int
    object: str
    kind: Kind
    key: str
    fields: Record
    destination_id: str | None = None
    action: str | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one operation.

    Attributes:
        operation_id: :attr:`Operation.id`.
        status: see :class:`Status`.
        destination_id: the record's id, when landed.
        code: the API's own code, or ours where it has none (``TIMEOUT``, ``FILE_TOO_LARGE``).
        message: the API's own words, free of secrets.
        fields: the mapping's names of the fields at fault, where the API tells.
        duplicates: ids of further records that carry this operation's mark (a late commit).
        rule: the rule that was broken, where it was not the destination that refused.
    """

    operation_id: int
    status: Status
    destination_id: str | None = None
    code: str = ""
    message: str = ""
    fields: tuple[str, ...] = ()
    duplicates: tuple[str, ...] = ()
    rule: str = ""


class Complaint(NamedTuple):
    """Why a record would be refused.

    Attributes:
        field: the mapping's name of the field at fault.
        rule: what it breaks, in a word or two.
        message: how, as a sentence.
        code: as :attr:`Verdict.code`, where there is one.
    """

    field: str
    rule: str
    message: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Handle:
    """Something to rejoin after a crash, e.g. a bulk job's id. Yielded before it is waited for."""

    value: str
    operation_ids: tuple[int, ...]
