"""What the API says about one record of a collection, as a verdict.

https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crm_transforms.destination import Kind, Status, Verdict
from target_salesforce.ids import checked
from target_salesforce.reply import Problem, problems_of
from target_salesforce.tables import NATURAL_KEYS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crm_transforms.destination import Operation

LOCKED = "UNABLE_TO_LOCK_ROW"
FULL = "STORAGE_LIMIT_EXCEEDED"
DUPLICATE = "DUPLICATE_VALUE"
DUPLICATES = "DUPLICATES_DETECTED"
GONE = frozenset({"ENTITY_IS_DELETED", "INVALID_CROSS_REFERENCE_KEY", "NOT_FOUND"})
"""What a delete is told of a record that is not there any more."""


def verdict_of(operation: Operation, result: Any, key_field: str) -> Verdict:
    """The verdict on one record.

    Args:
        operation: what was sent.
        result: ``{"id", "success", "errors"}``.
        key_field: the field that carries the external key; empty where there is none.
    """
    row: Mapping[str, Any] = result if isinstance(result, dict) else {}
    id_ = checked(str(row.get("id") or ""))
    if row.get("success") is True and id_:
        if operation.destination_id and id_[:15] != operation.destination_id[:15]:
            message = f"the answer is about another record ({id_})"
            return Verdict(operation.id, Status.UNKNOWN, code="STRANGE_ANSWER", message=message)
        return Verdict(operation.id, Status.LANDED, operation.destination_id or id_)
    problems = problems_of(row.get("errors") or [])
    if row.get("success") is False and problems:
        return refusal_of(operation, problems, key_field)
    message = "the answer says neither success nor failure of this record"
    return Verdict(operation.id, Status.UNKNOWN, code="STRANGE_ANSWER", message=message)


def refusal_of(operation: Operation, problems: Sequence[Problem], key_field: str) -> Verdict:
    """The verdict on a record that the API has something against."""
    code = problems[0].code
    message = "; ".join(dict.fromkeys(problem.message for problem in problems))
    names = dict.fromkeys(name for problem in problems for name in problem.fields)
    fields = tuple(name for name in names if name in operation.fields)
    if operation.kind is Kind.DELETE and code in GONE:
        id_ = operation.destination_id
        return Verdict(operation.id, Status.LANDED, id_, "ALREADY_GONE", message)
    if code == LOCKED:
        return Verdict(operation.id, Status.ABSENT, code=code, message=message, fields=fields)
    if operation.kind is Kind.CREATE and _is_ours(operation, problems, key_field):
        return Verdict(operation.id, Status.UNKNOWN, code=DUPLICATE, message=message, fields=fields)
    return Verdict(operation.id, Status.REFUSED, code=code, message=message, fields=fields)


def _is_ours(operation: Operation, problems: Sequence[Problem], key_field: str) -> bool:
    """Whether a create is refused because it may have landed before.

    The words name the unique field, or nothing at all: ``duplicate value found: Ext__c duplicates
    value on record with id: 001…``, ``duplicate value found: <unknown> …``.
    """
    for problem in problems:
        if problem.code != DUPLICATE:
            continue
        if operation.object in NATURAL_KEYS:
            return True
        told = key_field in problem.message or "<unknown>" in problem.message
        if key_field in operation.fields and (told or key_field in problem.fields):
            return True
    return False
