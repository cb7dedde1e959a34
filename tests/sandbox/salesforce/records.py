"""Records one by one, queries, describes and limits.

https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/
"""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from tests.sandbox.salesforce import soql
from tests.sandbox.salesforce.call import Answer, listed
from tests.sandbox.salesforce.ids import whole_id
from tests.sandbox.salesforce.multipart import parts_of
from tests.sandbox.salesforce.problem import RefusalError, Saved
from tests.sandbox.salesforce.soql_parser import parse

if TYPE_CHECKING:
    import re
    from collections.abc import Sequence

    from tests.sandbox.salesforce.call import Call
    from tests.sandbox.salesforce.org import Org
    from tests.sandbox.salesforce.sobject import Sobject

Row = dict[str, Any]
MOST_ROWS, LEAST_ROWS = 2_000, 200
BLOBS = {"ContentVersion": "VersionData", "ContentNote": "Content", "Attachment": "Body"}
LARGEST_BASE64 = 37_500_000
NOT_FOUND = ("NOT_FOUND", "The requested resource does not exist")


def made_of(org: Org, name: str) -> Sobject:
    """An object by its name in a path.

    Raises:
        RefusalError: there is none.
    """
    try:
        return org.object(unquote(name))
    except KeyError:
        raise RefusalError(404, *NOT_FOUND) from None


def _resources(org: Org, _call: Call, _match: re.Match[str]) -> Answer:
    api = f"/services/data/v{org.version}"
    names = ("sobjects", "query", "queryAll", "limits", "composite", "jobs", "tooling", "metadata")
    return Answer(200, {name: f"{api}/{name}" for name in names})


def _everything(org: Org, _call: Call, _match: re.Match[str]) -> Answer:
    return Answer(200, org.global_describe())


def _basic(org: Org, _call: Call, match: re.Match[str]) -> Answer:
    made = made_of(org, match[1])
    described = org.describe(made.name)
    heads = {
        name: value
        for name, value in described.items()
        if name not in {"fields", "childRelationships"}
    }
    return Answer(200, {"objectDescribe": heads, "recentItems": []})


def _describe(org: Org, call: Call, match: re.Match[str]) -> Answer:
    return Answer(200, org.describe(made_of(org, match[1]).name, user=call.user))


def decoded(made: Sobject, fields: Row) -> tuple[Row, bytes | None]:
    """A record without the bytes that it carries, and those.

    Raises:
        RefusalError: they are not base64.
    """
    name = BLOBS.get(made.name)
    if name is None or fields.get(name) is None:
        return fields, None
    rest = dict(fields)
    told = rest.pop(name)
    if len(str(told)) > LARGEST_BASE64:
        raise RefusalError(413, "REQUEST_ENTITY_TOO_LARGE", "The request is too large")
    try:
        return rest, base64.b64decode(str(told), validate=True)
    except (binascii.Error, ValueError):
        message = (
            f"Cannot deserialize instance of base64Binary from VALUE_STRING value {str(told)[:20]}"
        )
        raise RefusalError(400, "JSON_PARSER_ERROR", message) from None


def _create(org: Org, call: Call, match: re.Match[str]) -> Answer:
    made = made_of(org, match[1])
    kind = call.headers.get("content-type", "")
    if kind.startswith("multipart/form-data"):
        parts = parts_of(kind, call.body)
        document = next((one for one in parts.values() if "json" in one.media_type), None)
        blob = parts.get(BLOBS.get(made.name, ""))
        if document is None or blob is None or not blob.file_name:
            message = "Multipart message must include a non-binary part and a binary part"
            raise RefusalError(400, "INVALID_MULTIPART_REQUEST", message)
        fields, content = document.json(), blob.content
    else:
        fields, content = decoded(made, _object(call.json()))
    saved = org.insert(made.name, _object(fields), user=call.user, blob=content)
    return _created(saved)


def _created(saved: Saved) -> Answer:
    if saved.problems:
        return Answer(400, listed(saved.problems))
    return Answer(201, {"id": saved.id, "success": True, "errors": []})


def _object(body: Any) -> Row:
    if not isinstance(body, dict):
        message = "Cannot deserialize instance of a record: an object was expected"
        raise RefusalError(400, "JSON_PARSER_ERROR", message)
    return {name: value for name, value in body.items() if name != "attributes"}


def _get(org: Org, call: Call, match: re.Match[str]) -> Answer:
    made = made_of(org, match[1])
    record_id = whole_id(match[2])
    if record_id is None:
        raise RefusalError(
            404,
            "NOT_FOUND",
            f"Provided external ID field does not exist or is not accessible: {match[2]}",
        )
    row = org.find(made.name, record_id)
    if row is None:
        raise RefusalError(404, *NOT_FOUND)
    names = [one for one in call.query.get("fields", "").split(",") if one]
    return Answer(200, shown(org, made, row, names, call.user))


def shown(org: Org, made: Sobject, row: Row, names: list[str], user: str) -> Row:
    """A record as the API answers it; all fields where none is named.

    Raises:
        RefusalError: a field is none of this object's.
    """
    url = f"/services/data/v{org.version}/sobjects/{made.name}/{row['Id']}"
    record: Row = {"attributes": {"type": made.name, "url": url}}
    if not names:
        fields = [one for one in made.fields.values() if org.access.sees(user, made.name, one)]
    else:
        fields = []
        for name in names:
            one = org.field(made, name, user)
            if one is None:
                message = f"No such column '{name}' on sobject of type {made.name}"
                raise RefusalError(400, "INVALID_FIELD", message)
            fields.append(one)
    for one in fields:
        record[one.name] = f"{url}/{one.name}" if one.type == "base64" else row.get(one.name)
    return record


def _update(org: Org, call: Call, match: re.Match[str]) -> Answer:
    made = made_of(org, match[1])
    saved = org.update(made.name, match[2], _object(call.json()), user=call.user)
    if saved.problems:
        gone = saved.problems[0].code in {"ENTITY_IS_DELETED", "INVALID_CROSS_REFERENCE_KEY"}
        missing = gone and org.find(made.name, whole_id(match[2]) or "") is None
        if missing:
            code = (
                "ENTITY_IS_DELETED"
                if saved.problems[0].code == "ENTITY_IS_DELETED"
                else "NOT_FOUND"
            )
            raise RefusalError(
                404, code, saved.problems[0].message if code != "NOT_FOUND" else NOT_FOUND[1]
            )
        return Answer(400, listed(saved.problems))
    return Answer(204)


def _delete(org: Org, call: Call, match: re.Match[str]) -> Answer:
    made = made_of(org, match[1])
    saved = org.delete(made.name, match[2], user=call.user)
    if saved.problems:
        code = saved.problems[0].code
        gone = code in {"ENTITY_IS_DELETED", "INVALID_CROSS_REFERENCE_KEY"}
        return Answer(404 if gone else 400, listed(saved.problems))
    return Answer(204)


def _upsert(org: Org, call: Call, match: re.Match[str]) -> Answer:
    made = made_of(org, match[1])
    name, value = unquote(match[2]), unquote(match[3])
    key = org.field(made, name, call.user)
    if key is None or not (key.has("x") or key.has("i")):
        message = f"Provided external ID field does not exist or is not accessible: {name}"
        raise RefusalError(404, "NOT_FOUND", message)
    found = org.with_value(made, key, value)
    if len(found) > 1:
        api = f"/services/data/v{org.version}/sobjects/{made.name}"
        return Answer(300, [f"{api}/{each}" for each in found])
    fields = _object(call.json())
    if key.name in fields or "Id" in fields:
        message = f"The {key.name} field should not be specified in the sobject data."
        return Answer(
            400, [{"message": message, "errorCode": "INVALID_FIELD", "fields": [key.name]}]
        )
    saved = org.upsert(made.name, key.name, value, fields, user=call.user)
    if saved.problems:
        return Answer(400, listed(saved.problems))
    status = 201 if saved.created else 200
    return Answer(status, {"id": saved.id, "success": True, "errors": [], "created": saved.created})


def _by_external(org: Org, call: Call, match: re.Match[str]) -> Answer:
    made = made_of(org, match[1])
    name, value = unquote(match[2]), unquote(match[3])
    if match[2] == BLOBS.get(made.name):
        raise RefusalError(404, *NOT_FOUND)
    key = org.field(made, name, call.user)
    if key is None or not (key.has("x") or key.has("i")):
        message = f"Provided external ID field does not exist or is not accessible: {name}"
        raise RefusalError(404, "NOT_FOUND", message)
    found = org.with_value(made, key, value)
    if len(found) != 1:
        raise RefusalError(404, *NOT_FOUND)
    return Answer(200, shown(org, made, org.rows[made.name][found[0]], [], call.user))


def _blob(org: Org, _call: Call, match: re.Match[str]) -> Answer:
    made = made_of(org, match[1])
    record_id = whole_id(match[2]) or ""
    if match[3] != BLOBS.get(made.name) or record_id not in org.rows[made.name]:
        raise RefusalError(404, *NOT_FOUND)
    return Answer(200, org.blobs.get(record_id, b""), media_type="application/octetstream")


def _query(org: Org, call: Call, match: re.Match[str]) -> Answer:
    text = call.query.get("q")
    if text is None:
        raise RefusalError(400, "MALFORMED_QUERY", "unexpected token: '<EOF>'")
    found = soql.run(org, text, all_rows=match[1] == "queryAll", user=call.user)
    if parse(text).count:
        return Answer(200, {"totalSize": found[0]["count"], "done": True, "records": []})
    return _page(org, call, found, 0, "")


def _page(org: Org, call: Call, found: Sequence[Row], start: int, cursor: str) -> Answer:
    told = call.headers.get("sforce-query-options", "")
    _, _, size = told.partition("batchSize=")
    most = min(MOST_ROWS, max(LEAST_ROWS, int(size))) if size.isdecimal() else MOST_ROWS
    end = start + most
    body: Row = {"totalSize": len(found), "done": end >= len(found)}
    if not body["done"]:
        cursor = cursor or org.cursors.open(found)
        # Of queryAll as well: a cursor knows what it was opened for.
        body["nextRecordsUrl"] = f"/services/data/v{org.version}/query/{cursor}-{end}"
    body["records"] = found[start:end]
    return Answer(200, body)


def _more(org: Org, call: Call, match: re.Match[str]) -> Answer:
    cursor, _, start = match[2].rpartition("-")
    found = org.cursors.find(cursor)
    if found is None or not start.isdecimal():
        raise RefusalError(400, "INVALID_QUERY_LOCATOR", "invalid query locator")
    return _page(org, call, found, int(start), cursor)


def _limits(org: Org, _call: Call, _match: re.Match[str]) -> Answer:
    return Answer(200, org.limits.shown())


def _counts(org: Org, call: Call, _match: re.Match[str]) -> Answer:
    names = [one for one in call.query.get("sObjects", "").split(",") if one] or list(org.objects)
    return Answer(200, {
        "sObjects": [
            {"count": len(org.rows[name]), "name": name} for name in names if name in org.objects
        ]
    })  # fmt: skip


NAME = r"([A-Za-z0-9_]+)"
ROUTES = (
    ("GET", "", _resources),
    ("GET", "sobjects", _everything),
    ("GET", f"sobjects/{NAME}", _basic),
    ("GET", f"sobjects/{NAME}/describe", _describe),
    ("POST", f"sobjects/{NAME}", _create),
    ("GET", f"sobjects/{NAME}/([A-Za-z0-9]+)", _get),
    ("PATCH", f"sobjects/{NAME}/([A-Za-z0-9]+)", _update),
    ("DELETE", f"sobjects/{NAME}/([A-Za-z0-9]+)", _delete),
    ("GET", f"sobjects/{NAME}/([A-Za-z0-9]{{15,18}})/(VersionData|Content|Body)", _blob),
    ("PATCH", f"sobjects/{NAME}/{NAME}/([^/]+)", _upsert),
    ("GET", f"sobjects/{NAME}/{NAME}/([^/]+)", _by_external),
    ("GET", "(query|queryAll)", _query),
    ("GET", "(query|queryAll)/(.+)", _more),
    ("GET", "limits", _limits),
    ("GET", "limits/recordCount", _counts),
)
