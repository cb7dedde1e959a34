"""Descriptions: what a destination holds, who is there, and what may be spent."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


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
        open_choice: options may be added on the way, by operations (data decides the options).
        computed: where nobody fills it, the destination does, from other records (a sum of lines).
        scale: digits after the point of a decimal or an amount; ``None`` where nobody has said.
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
    computed: bool = False
    scale: int | None = None


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
        absent: it is not there yet; the mapping makes it.
    """

    name: str
    fields: Mapping[str, FieldSpec]
    custom_field_room: int | None = None
    custom_field_pool: str = ""
    accepts_custom_fields: bool = False
    absent: bool = False


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
        reserve: of the allowance, what is left to others; ``budget_left`` is without it.
    """

    budget_left: int | None = None
    budget_total: int | None = None
    resets_at: str = ""
    requests_per_second: float | None = None
    reserve: int = 0


@dataclass(frozen=True, slots=True)
class Cost:
    """What a set of operations will spend. ``tokens`` equals ``calls`` where an API has none."""

    calls: int = 0
    tokens: int = 0

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.calls + other.calls, self.tokens + other.tokens)
