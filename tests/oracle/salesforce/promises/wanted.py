"""One record that has to be in the org, and the words that promises are made of."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.oracle.plain import filled

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.oracle.salesforce.people import People
    from tests.oracle.salesforce.ways import Ways
    from tests.oracle.truth import Row, Truth

SLOT = re.compile(r"custom_(text|number|datetime)\d+")
ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
OWN_COMPANY = "own-company"
Parent = tuple[str, str] | None
"""The sObject and key of the record that a lookup leads to, or None for an empty one."""


@dataclass(frozen=True)
class Wanted:
    """What one source record becomes.

    Attributes:
        object: the sObject; name: of the mapping's object, e.g. ``job``.
        stream: where it comes from; key: its external key.
        row: the key of its row, if it is another one.
        fields: by API name.
        parents: by lookup field.
        impossible: why it cannot land and has to be among the rejects.
    """

    object: str
    name: str
    stream: str
    key: str
    fields: Mapping[str, Any]
    parents: Mapping[str, Parent] = field(default_factory=dict)
    row: str = ""
    impossible: str = ""

    def __str__(self) -> str:
        return f"{self.name} {self.key}"


@dataclass(frozen=True)
class Promise:
    """What promises are made from.

    Attributes:
        truth: what Kickserv holds.
        people: who owns what.
        ways: which way was chosen.
        audited: sObjects whose date of creation this user may set.
    """

    truth: Truth
    people: People
    ways: Ways
    audited: frozenset[str]

    def made(self, name: str, moment: str | None) -> dict[str, str]:
        """The date of creation, where the org lets it be set."""
        return {"CreatedDate": moment} if moment and name in self.audited else {}

    def customer(self, row: Row) -> Row:
        return self.truth.get("customers", row["customer_id"]) or {}

    def primary_contact(self, customer: Row) -> Parent:
        """Whom to talk to: the primary contact, else the person that the customer is."""
        for contact in self.truth.rows("contacts", customer_id=customer.get("id")):
            if contact["is_primary"]:
                return "Contact", f"contact-{contact['id']}"
        return ("Contact", f"customer-{customer['id']}") if is_person(customer) else None

    def job(self, key: Any) -> Parent:
        return None if key is None else (self.ways.jobs, str(key))

    def job_lookup(self, key: Any) -> dict[str, Parent]:
        """The lookup to a job; the other object is not there."""
        return {self.ways.job_field: self.job(key)}

    def charges(self, job: Row) -> Iterator[Row]:
        yield from self.truth.rows("job_charges", job_id=job["id"])


def parent(name: str, key: Any) -> Parent:
    """A lookup, or none where the source names no record."""
    return None if key is None else (name, str(key))


def is_person(customer: Row) -> bool:
    names = ("first_name", "last_name", "email_address", "email")
    return filled(*map(customer.get, names)) is not None


def slots(row: Row) -> dict[str, Any]:
    """The account's own custom columns."""
    return {f"ks_{name}__c": value for name, value in row.items() if SLOT.fullmatch(name)}


def assigned(truth: Truth, kind: str, row: Row) -> str | None:
    """The newer custom fields of a customer or job, one per line."""
    rows = truth.rows("custom_field_assignments", customizable_type=kind, customizable_id=row["id"])
    told = [": ".join(filter(None, (one["name"], one["value"]))) for one in rows]
    return "\n".join(told) or None


def address(text: str | None) -> str | None:
    """An e-mail address, if it is one: Salesforce takes nothing else."""
    return text if text and ADDRESS.fullmatch(text.strip()) else None


def cut(text: str | None, most: int) -> str | None:
    """A text in a field that Salesforce keeps short; the whole stands beside it."""
    return None if text is None else text[:most]


def each_once(*values: str | None) -> str | None:
    """Different values with commas between."""
    return ", ".join(dict.fromkeys(one for one in values if one)) or None
