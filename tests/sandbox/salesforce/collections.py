"""sObject Collections: up to 200 records a request, each with its own fate.

https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/
resources_composite_sobjects_collections.htm
"""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from tests.sandbox.salesforce.call import Answer, listed
from tests.sandbox.salesforce.ids import whole_id
from tests.sandbox.salesforce.problem import MistypedProblem, Problem, RefusalError, Saved
from tests.sandbox.salesforce.records import NOT_FOUND, made_of, shown

if TYPE_CHECKING:
    import re
    from collections.abc import Callable

    from tests.sandbox.salesforce.call import Call
    from tests.sandbox.salesforce.org import Org

Row = dict[str, Any]
MOST, MOST_READ, MOST_RUNS = 200, 2_000, 10


def _records(call: Call) -> tuple[list[Row], bool]:
    body = call.json()
    records = body.get("records") if isinstance(body, dict) else None
    if not isinstance(records, list) or not all(isinstance(one, dict) for one in records):
        message = "Required field is missing: records"
        raise RefusalError(400, "MISSING_ARGUMENT", message)
    _few(len(records))
    return records, body.get("allOrNone") is True


def _few(count: int) -> None:
    if not count:
        raise RefusalError(400, "INVALID_INPUT", "Specify at least one record")
    if count > MOST:
        message = f"record limit exceeded. cannot submit more than {MOST} records in this call"
        raise RefusalError(400, "INVALID_INPUT", message)


def _type(record: Row) -> str:
    told = record.get("attributes")
    name = told.get("type") if isinstance(told, dict) else None
    if not isinstance(name, str):
        message = "Include an entity type: attributes.type"
        raise RefusalError(400, "INVALID_INPUT", message)
    return name


def _carry_out(org: Org, work: Callable[[], list[Saved]], *, all_or_none: bool) -> list[Saved]:
    """Save all records, or those that are right.

    Raises:
        RefusalError: a value cannot be read as its field's type: the request is no such JSON.
    """
    kept: list[Saved] = []

    def whole() -> list[Saved]:
        kept[:] = work()
        mistyped = any(isinstance(one, MistypedProblem) for each in kept for one in each.problems)
        return kept if all_or_none or mistyped else [Saved(None)]

    told = org.saved_together(whole)
    for one in (problem for each in kept for problem in each.problems):
        if isinstance(one, MistypedProblem):
            raise RefusalError(400, one.code, one.message)
    return told if all_or_none else kept


def _told(saved: list[Saved], *, created: bool = False) -> list[Row]:
    told = []
    for one in saved:
        row: Row = {"success": one.success, "errors": listed(one.problems, "statusCode")}
        if one.id:
            row = {"id": one.id, **row}
        if created and one.success:
            row["created"] = one.created
        told.append(row)
    return told


def _insert(org: Org, call: Call, _match: re.Match[str]) -> Answer:
    records, all_or_none = _records(call)
    names = [_type(one) for one in records]
    if sum(1 for _ in groupby(names)) > MOST_RUNS:
        message = (
            "Cannot have more than 10 chunks in a single operation. Please rearrange the data to"
            " reduce chunking."
        )
        raise RefusalError(400, "INVALID_INPUT", message)

    def one(record: Row, name: str) -> Saved:
        try:
            made = org.object(name)
        except KeyError:
            message = f"sObject type '{name}' is not supported."
            return Saved(None, False, (Problem("INVALID_TYPE", message),))
        return org.insert(made.name, record, user=call.user)

    saved = _carry_out(
        org,
        lambda: [one(record, name) for record, name in zip(records, names, strict=True)],
        all_or_none=all_or_none,
    )
    return Answer(200, _told(saved))


def _update(org: Org, call: Call, _match: re.Match[str]) -> Answer:
    records, all_or_none = _records(call)

    def one(record: Row) -> Saved:
        name = _type(record)
        record_id = record.get("id") or record.get("Id")
        try:
            made = org.object(name)
        except KeyError:
            message = f"sObject type '{name}' is not supported."
            return Saved(None, False, (Problem("INVALID_TYPE", message),))
        if not record_id:
            return Saved(
                None,
                False,
                (Problem("MISSING_ARGUMENT", "Id not specified in an update call", ("Id",)),),
            )
        fields = {key: value for key, value in record.items() if key not in {"id", "Id"}}
        return org.update(made.name, str(record_id), fields, user=call.user)

    saved = _carry_out(org, lambda: [one(record) for record in records], all_or_none=all_or_none)
    return Answer(200, _told(saved))


def _upsert(org: Org, call: Call, match: re.Match[str]) -> Answer:
    made = made_of(org, match[1])
    records, all_or_none = _records(call)
    key = org.field(made, unquote(match[2]), call.user)
    if key is None or not (key.has("x") or key.has("i")):
        message = f"Provided external ID field does not exist or is not accessible: {match[2]}"
        raise RefusalError(404, "NOT_FOUND", message)

    def key_of(record: Row) -> Any:
        return next(
            (each for name, each in record.items() if name.lower() == key.name.lower()), None
        )

    told = Counter(str(key_of(record)) for record in records)

    def one(record: Row) -> Saved:
        if _type(record) != made.name:
            message = f"The entity type must be {made.name}"
            return Saved(None, False, (Problem("INVALID_INPUT", message),))
        value = key_of(record)
        if value is not None and told[str(value)] > 1:
            message = f"Duplicate external id specified: {value}"
            return Saved(None, False, (Problem("DUPLICATE_VALUE", message, (key.name,)),))
        fields = {
            name: each
            for name, each in record.items()
            if name.lower() not in {key.name.lower(), "id"}
        }
        return org.upsert(made.name, key.name, value, fields, user=call.user)

    saved = _carry_out(org, lambda: [one(record) for record in records], all_or_none=all_or_none)
    return Answer(200, _told(saved, created=True))


def _delete(org: Org, call: Call, _match: re.Match[str]) -> Answer:
    ids = [one for one in call.query.get("ids", "").split(",") if one]
    _few(len(ids))

    def one(record_id: str) -> Saved:
        name = org.sobject_of(whole_id(record_id) or "")
        if name is None:
            message = f"bad id {record_id}"
            return Saved(None, False, (Problem("MALFORMED_ID", message),))
        return org.delete(name, record_id, user=call.user)

    all_or_none = call.query.get("allOrNone", "").lower() == "true"
    saved = _carry_out(org, lambda: [one(each) for each in ids], all_or_none=all_or_none)
    return Answer(200, _told(saved))


def _read(org: Org, call: Call, match: re.Match[str]) -> Answer:
    made = made_of(org, match[1])
    if call.method == "GET":
        ids = [one for one in call.query.get("ids", "").split(",") if one]
        names = [one for one in call.query.get("fields", "").split(",") if one]
    else:
        body = call.json()
        ids, names = body.get("ids") or [], body.get("fields") or []
    if not names:
        raise RefusalError(400, "INVALID_INPUT", "Specify at least one field")
    if len(ids) > MOST_READ:
        message = (
            f"record limit exceeded. cannot retrieve more than {MOST_READ} records in this call"
        )
        raise RefusalError(400, "INVALID_INPUT", message)
    rows = (org.rows[made.name].get(whole_id(each) or "") for each in ids)
    found = [None if row is None else shown(org, made, row, names, call.user) for row in rows]
    return Answer(200, found)


NAME = r"([A-Za-z0-9_]+)"
ROUTES = (
    ("POST", "composite/sobjects", _insert),
    ("PATCH", "composite/sobjects", _update),
    ("DELETE", "composite/sobjects", _delete),
    ("PATCH", f"composite/sobjects/{NAME}/{NAME}", _upsert),
    ("GET", f"composite/sobjects/{NAME}", _read),
    ("POST", f"composite/sobjects/{NAME}", _read),
)
__all__ = ["NOT_FOUND", "ROUTES"]
