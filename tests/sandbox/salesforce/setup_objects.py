"""Objects of an org's setup that can only be asked for: automation, rules, definitions.

https://developer.salesforce.com/docs/atlas.en-us.api_tooling.meta/api_tooling/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.sandbox.salesforce.problem import RefusalError
from tests.sandbox.salesforce.soql_parser import Aggregate, Condition, Path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.sandbox.salesforce.org import Org
    from tests.sandbox.salesforce.soql_parser import Query

Row = dict[str, Any]
FIELDS = {
    "ApexTrigger": "Id Name TableEnumOrId Status IsValid NamespacePrefix Body ApiVersion "
    "UsageAfterDelete UsageAfterInsert UsageAfterUndelete UsageAfterUpdate UsageBeforeDelete "
    "UsageBeforeInsert UsageBeforeUpdate",
    "AssignmentRule": "Id Name SobjectType Active",
    "CustomField": "Id DeveloperName TableEnumOrId FullName Metadata NamespacePrefix Description "
    "EntityDefinitionId EntityDefinition Length Precision Scale",
    "DuplicateRule": "Id DeveloperName MasterLabel SobjectType SobjectSubtype IsActive Language "
    "NamespacePrefix LastViewedDate",
    "EntityDefinition": "Id DurableId QualifiedApiName DeveloperName Label PluralLabel KeyPrefix "
    "NamespacePrefix InternalSharingModel ExternalSharingModel IsCustomizable",
    "Flow": "Id DefinitionId Definition MasterLabel ProcessType Status VersionNumber Description "
    "ManageableState FullName Metadata ApiVersion",
    "FlowDefinition": "Id DeveloperName MasterLabel ActiveVersionId ActiveVersion LatestVersionId "
    "Description NamespacePrefix FullName Metadata",
    "FlowDefinitionView": "Id ApiName Label Description ProcessType TriggerType IsActive "
    "ActiveVersionId LatestVersionId DurableId NamespacePrefix Builder VersionNumber "
    "TriggerObjectOrEventLabel TriggerObjectOrEventId RecordTriggerType IsTemplate TriggerOrder "
    "ManageableState LastModifiedBy LastModifiedDate",
    "StandardValueSet": "Id DurableId MasterLabel FullName Metadata",
    "Territory2Model": "Id Name DeveloperName Description State ActivatedDate DeactivatedDate",
    "ValidationRule": "Id Active Description EntityDefinitionId EntityDefinition ErrorDisplayField "
    "ErrorMessage ValidationName NamespacePrefix FullName Metadata ManageableState",
    "WorkflowRule": "Id Name TableEnumOrId NamespacePrefix FullName Metadata ManageableState",
}
"""What can be asked of each, beside the audit fields."""
RECORDS = frozenset({"AssignmentRule", "DuplicateRule", "EntityDefinition", "FlowDefinitionView",
                     "Territory2Model"})  # fmt: skip
"""Those of which the record API answers as well."""
AUDIT = "CreatedDate CreatedById LastModifiedDate LastModifiedById SystemModstamp"


def rows(org: Org, query: Query, *, tooling: bool) -> list[Row] | None:
    """The rows that a query asks for; None where this API knows no such object.

    What a row of :attr:`Org.setup` does not say of itself fits every condition.

    Raises:
        RefusalError: the object has no such field.
    """
    name = next((one for one in FIELDS if one.lower() == query.sobject.lower()), None)
    if name is None or not (tooling or name in RECORDS):
        return None
    held = org.setup.get(name, [])
    if name == "Territory2Model" and not held:
        return None
    known = {one.lower() for one in f"{FIELDS[name]} {AUDIT}".split()}
    for path in _paths(query):
        if path.names[0].lower() not in known:
            text = f"No such column '{path.names[0]}' on entity '{name}'"
            raise RefusalError(400, "INVALID_FIELD", text)
    return [
        {"attributes": {"type": name, "url": ""}, **row}
        for row in held
        if query.where is None or _fits(query.where, row)
    ]


def _paths(query: Query) -> Iterator[Path]:
    for one in query.fields:
        path = one.path if isinstance(one, Aggregate) else one
        if path is not None:
            yield path
    if query.where is not None:
        yield from _of(query.where)


def _of(where: Condition) -> Iterator[Path]:
    if where.kind == "compare":
        yield where.path
    for part in where.parts:
        yield from _of(part)


def _fits(where: Condition, row: Row) -> bool:
    if where.kind == "and":
        return all(_fits(part, row) for part in where.parts)
    if where.kind == "or":
        return any(_fits(part, row) for part in where.parts)
    if where.kind == "not":
        return not _fits(where.parts[0], row)
    held: Any = row
    for name in where.path.names:
        if not isinstance(held, dict) or name not in held:
            return True
        held = held[name]
    if where.operator == "in":
        return held in where.value
    return (held == where.value) is (where.operator == "=")
