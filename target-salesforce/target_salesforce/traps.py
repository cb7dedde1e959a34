"""What an org does by itself, or cannot do, that people should know before it is loaded.

Only what the org tells is said of it; where the user may not look, that is said instead.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from crm_transforms.destination import Caution
from target_salesforce import soql
from target_salesforce.editions import RECORD_BYTES
from target_salesforce.errors import RefusedError
from target_salesforce.quota import BATCHES, DATA_MB, FILES_MB, ROWS_PER_BATCH

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from target_salesforce.client import Client
    from target_salesforce.object_book import ObjectBook
    from target_salesforce.quota import Quota

MB = 1024 * 1024
NAMES_SHOWN = 5
OWNED = frozenset({"Account", "Opportunity", "Case", "Lead"})
"""Objects whose access rules a territory or a team may change."""

# https://developer.salesforce.com/docs/atlas.en-us.api_tooling.meta/api_tooling/
TRIGGERS = "SELECT Name, TableEnumOrId FROM ApexTrigger WHERE Status = 'Active'"
RULES = (
    "SELECT ValidationName, EntityDefinition.QualifiedApiName FROM ValidationRule"
    " WHERE Active = true"
)
WORKFLOW = "SELECT Name, TableEnumOrId FROM WorkflowRule"
# https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/
# sforce_api_objects_flowdefinitionview.htm, …_duplicaterule.htm, …_territory2model.htm
FLOWS = (
    "SELECT Label, ProcessType, TriggerObjectOrEventLabel FROM FlowDefinitionView"
    " WHERE IsActive = true"
)
DUPLICATES = "SELECT MasterLabel, SobjectType FROM DuplicateRule WHERE IsActive = true"
TERRITORY = "SELECT Name FROM Territory2Model WHERE State = 'Active'"
FLOW_VERSIONS = "SELECT MasterLabel, ProcessType FROM Flow WHERE Status = 'Active'"
"""The same by tooling, without what sets a flow off."""
PROCESS_BUILDER = "Workflow"
TRIGGERED = "AutoLaunchedFlow"


class Traps:
    """Looks at one org without changing it.

    Args:
        client: its API.
        book: its describes.
        quota: its limits.
        bulk_threshold: records from which jobs are used.
    """

    def __init__(self, client: Client, book: ObjectBook, quota: Quota, bulk_threshold: int) -> None:
        self._client = client
        self._book = book
        self._quota = quota
        self._bulk_threshold = bulk_threshold

    def cautions(self, planned: Mapping[str, int], file_bytes: int) -> Iterator[Caution]:
        """What to know of this org before so many records are made.

        Args:
            planned: records to be made, by sObject.
            file_bytes: of the files among them.
        """
        objects = {name for name, count in planned.items() if count}
        yield from self._room(planned, file_bytes)
        yield from self._batches(planned)
        yield from self._automation(objects)
        yield from self._relations(objects)

    def _room(self, planned: Mapping[str, int], file_bytes: int) -> Iterator[Caution]:
        # Files and notes lie in the file storage; all else takes 2 KB a record.
        records = sum(count for name, count in planned.items() if not name.startswith("Content"))
        for name, wanted, what in (
            (DATA_MB, records * RECORD_BYTES / MB, f"{records} records of 2 KB each"),
            (FILES_MB, file_bytes / MB, "the files"),
        ):
            room = self._quota.room(name)
            if not wanted:
                continue
            if room is None:
                text = (
                    f"the org does not tell how much {name} is left; {what} take {wanted:,.0f} MB"
                )
                yield Caution("info", "", text)
                continue
            words = (
                f"{what} take {wanted:,.1f} MB; of {name} {room.left:,} of {room.most:,} are left"
            )
            if wanted > room.left:
                advice = "the load would stop half-way, or Salesforce bills the overage"
                yield Caution("error", "", f"{words}: {advice}")
            elif wanted > room.left * 0.8:
                yield Caution("warning", "", f"{words}: over four fifths of it")
            else:
                yield Caution("info", "", words)

    def _batches(self, planned: Mapping[str, int]) -> Iterator[Caution]:
        room = self._quota.room(BATCHES)
        wanted = sum(
            -(-count // ROWS_PER_BATCH)
            for count in planned.values()
            if count >= self._bulk_threshold
        )
        if room is not None and wanted > room.left:
            text = (
                f"{wanted} batches of jobs are wanted, {room.left:,} of {room.most:,} are left in"
                " these 24 hours; the rest goes by collections, at fifty times the requests"
            )
            yield Caution("warning", "", text, wanted)

    def _automation(self, objects: set[str]) -> Iterator[Caution]:
        for name, labels in self._by_object(TRIGGERS, "TableEnumOrId"):
            if name in objects:
                text = f"active Apex triggers will run: {_some(labels)}"
                yield Caution("warning", name, text, len(labels))
        for name, labels in self._by_object(RULES, "EntityDefinition"):
            if name in objects:
                text = f"active validation rules may refuse records: {_some(labels)}"
                yield Caution("warning", name, text, len(labels))
        for name, labels in self._by_object(DUPLICATES, "SobjectType"):
            if name in objects:
                text = (
                    f"active duplicate rules may refuse records: {_some(labels)}. Rules that only"
                    " warn let records of collections pass, but not those of jobs"
                )
                yield Caution("warning", name, text, len(labels))
        for name, labels in self._by_object(WORKFLOW, "TableEnumOrId"):
            if name in objects:
                text = (
                    f"workflow rules, which Salesforce is retiring, may run: {_some(labels)}."
                    " Move them to flows, and pause what writes to people during the load"
                )
                yield Caution("warning", name, text, len(labels))
        yield from self._flows()

    def _flows(self) -> Iterator[Caution]:
        rows = self._rows(FLOWS) or self._rows(FLOW_VERSIONS)
        built = [
            str(row.get("Label") or row.get("MasterLabel"))
            for row in rows
            if row.get("ProcessType") == PROCESS_BUILDER
        ]
        if built:
            text = (
                f"processes of Process Builder, which is being retired, are active: {_some(built)}."
                " Move them to flows, and pause what writes to people during the load"
            )
            yield Caution("warning", "", text, len(built))
        triggered: Counter[str] = Counter(
            str(row.get("TriggerObjectOrEventLabel") or "")
            for row in rows
            if row.get("ProcessType") == TRIGGERED
        )
        for label, count in sorted(triggered.items()):
            what = f"are set off by changes of {label}" if label else "may be set off"
            text = f"active flows {what}: {count}"
            yield Caution("warning", "", text, count)

    def _relations(self, objects: set[str]) -> Iterator[Caution]:
        if "Contact" in objects:
            if self._book.there("AccountContactRelation"):
                text = (
                    "contacts can belong to several accounts here: a contact's AccountId makes its"
                    " direct relation by itself, others are AccountContactRelation records after it"
                )
                yield Caution("info", "AccountContactRelation", text)
            else:
                text = (
                    "contacts belong to one account here: what belongs to several becomes several"
                    " contacts, unless Contacts to Multiple Accounts is switched on"
                )
                yield Caution("info", "Contact", text)
        if objects & OWNED and (models := self._rows(TERRITORY)):
            text = (
                f"the territory model {models[0]['Name']} is active: load users, then territories"
                " and their members, then accounts, and run assignment rules afterwards"
            )
            yield Caution("warning", "Territory2", text, len(models))
        if "Account" in objects and self._book.there("AccountTeamMember"):
            text = "account teams are on: members are loaded after their users and accounts"
            yield Caution("info", "AccountTeamMember", text)

    def _by_object(self, query: str, of: str) -> Iterator[tuple[str, Sequence[str]]]:
        found: dict[str, list[str]] = {}
        for row in self._rows(query):
            holder = row.get(of)
            name = holder.get("QualifiedApiName") if isinstance(holder, dict) else holder
            label = row.get("Name") or row.get("ValidationName") or row.get("MasterLabel")
            found.setdefault(self._name_of(str(name or "")), []).append(str(label))
        yield from sorted(found.items())

    def _name_of(self, name: str) -> str:
        """An object's name where automation names it by the id of its definition."""
        if not name.startswith("01I"):
            return name
        where = f"DurableId = {soql.text(name)}"
        query = soql.QUERY.format("QualifiedApiName", "EntityDefinition", where)
        rows = self._rows(query)
        return str(rows[0]["QualifiedApiName"]) if rows else name

    def _rows(self, query: str) -> list[dict[str, Any]]:
        """What a query answers, of records or else of the setup.

        Nothing where this org or user has no such object.
        """
        try:
            return list(self._client.query(query))
        except RefusedError:
            pass
        try:
            answer = self._client.read("tooling/query", {"q": query})
        except RefusedError:
            return []
        return list(answer.get("records") or ())


def _some(labels: Sequence[str]) -> str:
    shown = ", ".join(labels[:NAMES_SHOWN])
    return shown if len(labels) <= NAMES_SHOWN else f"{shown} and {len(labels) - NAMES_SHOWN} more"
