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

import enum
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeAlias, runtime_checkable

if TYPE_CHECKING:
    from decimal import Decimal

Value: TypeAlias = "bool | int | Decimal | str | list[Value] | dict[str, Value] | None"
Record: TypeAlias = Mapping[str, Value]

SCHEMA = "schema"
"""The object name under which custom fields and objects themselves are created and removed.

The key is ``<object>.<field>``; the record is that of :class:`FieldSpec`. That way intent, verdict,
recovery and rollback of schema changes are those of every other record.
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


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One field of an object, as described by the destination or wanted by the mapping.

    Attributes:
        name: the name the mapping uses; for a custom field also its name in the destination.
        type: a neutral type, one of :data:`FIELD_TYPES`.
        label: what a person reads; empty means the name.
        length: most characters a text can hold; ``None`` where there is no limit or no text.
        required: must be there on create.
        writable: may be sent.
        updatable: may be sent after the record was made.
        custom: made by the account, not by the vendor.
        options: labels of a choice, in order.
        reference: the object a ``reference`` points to.
        open_choice: unknown labels may be added on the way (data decides the options).
    """

    name: str
    type: str
    label: str = ""
    length: int | None = None
    required: bool = False
    writable: bool = True
    updatable: bool = True
    custom: bool = False
    options: tuple[str, ...] = ()
    reference: str | None = None
    open_choice: bool = False


FIELD_TYPES = (
    "text",  # one line
    "long_text",
    "html",
    "integer",
    "decimal",
    "money",
    "boolean",
    "date",
    "time",
    "datetime",
    "choice",
    "choices",
    "email",
    "phone",
    "url",
    "address",
    "reference",
    "list",
    "file",
)


@dataclass(frozen=True, slots=True)
class ObjectSpec:
    """One object of the destination.

    Attributes:
        name: the destination's name, e.g. ``deals``.
        fields: by the mapping's field name.
        custom_field_room: how many custom fields may still be made; ``None`` means no cap is known.
        custom_field_pool: objects that name the same pool share that room; empty: its own room.
        accepts_custom_fields: whether fields can be added at all.
    """

    name: str
    fields: Mapping[str, FieldSpec]
    custom_field_room: int | None = None
    custom_field_pool: str = ""
    accepts_custom_fields: bool = False


@dataclass(frozen=True, slots=True)
class Identity:
    """Which organisation, company or database this is. Links and approvals are bound to ``id``."""

    id: str
    name: str
    url: str
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Person:
    """A user of the destination, a possible owner."""

    id: str
    name: str
    email: str
    active: bool


@dataclass(frozen=True, slots=True)
class Limits:
    """What may still be spent.

    Attributes:
        budget_left: tokens or calls left until ``resets_at``; ``None`` when not told.
        budget_total: the whole allowance; ``None`` when not told.
        resets_at: UTC instant, empty when not told.
        requests_per_second: the burst limit as a rate; ``None`` when not told.
    """

    budget_left: int | None = None
    budget_total: int | None = None
    resets_at: str = ""
    requests_per_second: float | None = None


@dataclass(frozen=True, slots=True)
class Cost:
    """What a set of operations will spend. ``tokens`` equals ``calls`` where an API has none."""

    calls: int = 0
    tokens: int = 0

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.calls + other.calls, self.tokens + other.tokens)


class DestinationError(Exception):
    """The destination cannot be used at all (address, rights, protocol); said for people."""


class SettingError(DestinationError):
    """A setting is missing or cannot be used; the message names it."""


class AuthenticationError(DestinationError):
    """The credentials are refused: wrong, revoked or expired beyond refresh."""


class UnavailableError(DestinationError):
    """The destination did not answer in spite of retries; nothing is known to be wrong with it."""


class BudgetExhaustedError(Exception):
    """The account's budget, less the reserve, is spent: go on after ``resumes_at``."""

    def __init__(self, message: str, resumes_at: str = "") -> None:
        super().__init__(message)
        self.resumes_at = resumes_at


@runtime_checkable
class Destination(Protocol):
    """One account, org or database to write to.

    Reads raise :class:`DestinationError` when they cannot be answered. :meth:`write` never raises
    for a single record; see there.
    """

    name: str
    """The destination's name in mapping documents, e.g. ``pipedrive``."""

    def use(
        self, key_fields: Mapping[str, str], open_choices: Mapping[str, Collection[str]]
    ) -> None:
        """Take over what the mapping knows, by object.

        Args:
            key_fields: the custom field that carries our external key, so that own records are
                recognised after silence.
            open_choices: choice fields whose unknown labels may be added on the way.
        """

    def identity(self) -> Identity:
        """Say which account this is; ``details["user_id"]`` is the user of the credentials."""

    def spent(self) -> Mapping[str, int]:
        """What has been used up so far: ``requests``, and ``tokens`` where there are such."""

    def limits(self) -> Limits:
        """Say what may still be spent."""

    def describe(self, object_name: str) -> ObjectSpec:
        """Describe one object with its fields as they are now; cached until the schema is changed.

        Raises:
            KeyError: the destination has no such object.
        """

    def people(self) -> Sequence[Person]:
        """List all users, active or not."""

    def find(self, object_name: str, wanted: Sequence[Record]) -> list[list[str]]:
        """For each wanted record, the ids of existing ones that equal it in all given fields.

        Not answered from an eventually consistent index.
        """

    def mark(self, object_names: Iterable[str]) -> Mapping[str, str]:
        """High-water marks, taken before creates: ``resolve`` looks only behind them."""

    def batch_size(self, object_name: str) -> int:
        """How many operations one :meth:`write` should be given at most."""

    def held_as(self, spec: FieldSpec) -> str:
        """The type under which :meth:`describe` will show a custom field made from this one."""

    def check(self, object_name: str, record: Record, *, whole: bool = True) -> Sequence[Complaint]:
        """Why this record would be refused, without asking.

        Args:
            object_name: the destination's object.
            record: what would be sent.
            whole: a create; else an update, of which only the given fields are judged.
        """

    def write(self, operations: Sequence[Operation]) -> Iterator[Handle | Verdict]:
        """Carry out a batch; yield verdicts as they come, each at most once, in any order.

        Every operation gets a verdict before the iterator ends, also when it raises: those that
        never left are :attr:`Status.ABSENT`.

        Raises:
            BudgetExhaustedError: after the verdicts, when the rest must wait.
            DestinationError: after the verdicts, when going on makes no sense.
        """

    def rejoin(self, handle: str, operations: Sequence[Operation]) -> Iterator[Verdict]:
        """Go on waiting for what a killed process had started."""

    def resolve(
        self, operations: Sequence[Operation], marks: Mapping[str, str]
    ) -> Iterator[Verdict]:
        """Find out what became of operations whose answer never came."""

    def read(
        self, object_name: str, ids: Sequence[str], fields: Sequence[str]
    ) -> Mapping[str, Record]:
        """Read records back as neutral records; ids that are gone or deleted are left out."""

    def normalise(self, object_name: str, record: Record) -> Record:
        """The record as the destination will hold it (sanitised HTML, trimmed text …). Pure."""

    def cost(self, object_name: str, kind: Kind, count: int, parents: int = 0) -> Cost:
        """What ``count`` operations cost; ``parents``: of how many, where they go in bulk."""

    def close(self) -> None:
        """End what is under way and give back connections; the last call of all."""


Progress: TypeAlias = Callable[[str, int, int], None]
"""Called with (object, done, total) while something long is under way."""
