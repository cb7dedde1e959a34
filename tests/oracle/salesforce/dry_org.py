"""What a mapping makes of an account's rows, as if an org had taken every record as it was sent."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from crm_transforms.mapping import RowError
from crm_transforms.stages.columns import with_discoveries
from crm_transforms.stages.scope import ScopeReader
from tests.oracle.judge import Reject
from tests.oracle.salesforce.holdings import Holdings
from tests.oracle.salesforce.reader import KEY, Found, Row

if TYPE_CHECKING:
    from crm_transforms.journal import Journal
    from crm_transforms.mapping import Mapping
    from crm_transforms.mapping.mapped_object import MappedObject
    from crm_transforms.stages.scope import ScopedRow
    from tests.oracle.salesforce.ways import Ways

CHUNK = 500
AUDITED = frozenset(
    {"Account", "Contact", "Case", "Opportunity", "Task", "Event", "ContentVersion", "ContentNote"}
    | {"Service_Job__c", "Service_Location__c", "Payment__c", "Invoice__c"}
)
USERS: tuple[Row, ...] = (
    {"Id": "005-admin", "Email": "admin@example.com", "IsActive": True},
    {"Id": "005-ibarra", "Email": "hector.ibarra@example.com", "IsActive": True},
    {"Id": "005-keiko", "Email": "Keiko.Nakamura@example.com", "IsActive": True},
    {"Id": "005-omar", "Email": "omar.haddad@example.com", "IsActive": True},
    {"Id": "005-left", "Email": "leona.fontaine@example.com", "IsActive": False},
)
ADMIN = str(USERS[0]["Id"])


class NoParentError(Exception):
    """A record refers to one that has not landed."""


@dataclass
class DryOrg:
    """An org in memory that refuses nothing; the part of a reader that the judge needs.

    Args:
        journal: with an account's rows; its lease must be held.
        mapping: what to make of them.
        ways: the ways of the mapping.

    Attributes:
        rejects: rows that the library cannot map, and what refers to them.
    """

    journal: Journal
    mapping: Mapping
    ways: Ways
    rejects: list[Reject] = field(default_factory=list)
    _records: dict[str, list[Found]] = field(default_factory=lambda: defaultdict(list))
    _known: dict[str, tuple[str, str]] = field(default_factory=dict)
    _users: dict[str, str | None] = field(default_factory=dict)

    def users(self) -> list[Row]:
        return list(USERS)

    def me(self) -> str:
        return ADMIN

    def holdings(self) -> Holdings:
        """Map everything, parents first."""
        scopes = ScopeReader(self.journal)
        mapping = with_discoveries(self.mapping, self.journal, scopes)
        for name in mapping.order:
            obj = mapping.objects[name]
            scopes.prepare(obj.joins)
            for rows in scopes.chunks(obj, CHUNK):
                for row in rows:
                    self._take(obj, row)
        del self._records["Pricebook2"]
        self._add_up()
        return Holdings(self._records, self._known, AUDITED)

    def _take(self, obj: MappedObject, scoped: ScopedRow) -> None:
        try:
            items = obj.records(scoped.row, scoped.joined)
        except RowError as error:
            self.rejects.append(Reject(obj.name, scoped.key, error.message))
            return
        for item in items:
            try:
                self._put(obj, scoped, *item)
            except (RowError, NoParentError) as error:
                self.rejects.append(Reject(obj.name, item[0], str(error)))

    def _put(self, obj: MappedObject, scoped: ScopedRow, key: str, item: Any, index: int) -> None:
        row, joined = scoped.row, scoped.joined
        if obj.people:
            wanted = str(row.get("email_address") or "").strip().lower()
            same = [
                one["Id"] for one in USERS if one["Email"].lower() == wanted and one["IsActive"]
            ]
            self._users[key] = same[0] if len(same) == 1 else None
            return
        if obj.unmatched and self._users[str(row["id"])]:
            return
        refs = {
            name: None if not pairs else self._id(obj.name, *pairs[0])
            for name, pairs in obj.ref_keys(row, joined, item, index).items()
        }
        record = obj.build(row, joined, item, index, refs)
        acts = [one.name for one in obj.after if one.wants(row, joined, item, index)]
        record |= self._worked_out(obj.target, record, acts)
        found = Found(obj.target, f"{obj.name} {key}", str(record.get(KEY, key)), record)
        self._records[obj.target].append(found)
        self._known[found.id] = found.object, str(found.key)

    def _id(self, of: str, name: str, key: str) -> str | None:
        if name == "owner":
            return self._users.get(key) or ADMIN
        if name == "technician" and self._users[key.removeprefix("employee-")]:
            return None
        id_ = f"{name} {key}"
        if id_ not in self._known and name != of:
            raise NoParentError(id_)
        return id_

    @staticmethod
    def _worked_out(target: str, record: Row, acts: list[str]) -> Row:
        """What Salesforce itself puts into a record."""
        told: Row = {}
        if target == "Case":
            told["IsClosed"] = record["Status"] == "Closed"
        if target == "Order":
            told["Status"] = "Activated" if "activate" in acts else "Draft"
        if target == "ContentVersion":
            told["sha256"] = record["file"]["sha256"]
        if target == "OpportunityLineItem" and record["TotalPrice"] is None:
            told["TotalPrice"] = Decimal(record["Quantity"]) * Decimal(record["UnitPrice"])
        return told

    def _add_up(self) -> None:
        amounts: Counter[str] = Counter()
        for line in self._records["OpportunityLineItem"]:
            amounts[line.fields["OpportunityId"]] += line.fields["TotalPrice"]
        for one in self._records["Opportunity"]:
            if one.id in amounts:
                one.fields["Amount"] = amounts[one.id]
