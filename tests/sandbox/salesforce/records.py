"""Records one by one, and describes.

https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from tests.sandbox.salesforce.call import Answer, listed
from tests.sandbox.salesforce.ids import whole_id
from tests.sandbox.salesforce.multipart import parts_of
from tests.sandbox.salesforce.problem import RefusalError, Saved
from tests.sandbox.salesforce.sobject import compound

if TYPE_CHECKING:
    import re

    from tests.sandbox.salesforce.call import Call
    from tests.sandbox.salesforce.org import Org
    from tests.sandbox.salesforce.sobject import Sobject

Row = dict[str, Any]
BLOBS = {"ContentVersion": "VersionData", "ContentNote": "Content", "Attachment": "Body"}
TELLS_UPDATES = 46
"""The first API version that answers an upsert of a record that was there with a body."""
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
        fields = {**_object(document.json()), BLOBS[made.name]: blob.content}
    else:
        fields = _object(call.json())
    return _created(org.insert(made.name, fields, user=call.user))


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
        if one.type == "base64":
            record[one.name] = f"{url}/{one.name}"
        else:
            record[one.name] = compound(one, row) if one.type == "address" else row.get(one.name)
    return record


def _update(org: Org, call: Call, match: re.Match[str]) -> Answer:
    made = made_of(org, match[1])
    saved = org.update(made.name, match[2], _object(call.json()), user=call.user)
    if not saved.problems:
        return Answer(204)
    code = saved.problems[0].code
    if org.find(made.name, whole_id(match[2]) or "") is None:
        if code == "ENTITY_IS_DELETED":
            return Answer(404, listed(saved.problems))
        if code == "INVALID_CROSS_REFERENCE_KEY":
            raise RefusalError(404, *NOT_FOUND)
    return Answer(400, listed(saved.problems))


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
    if not found and call.query.get("updateOnly", "").lower() == "true":
        raise RefusalError(404, *NOT_FOUND)
    saved = org.upsert(made.name, key.name, value, fields, user=call.user)
    if saved.problems:
        return Answer(400, listed(saved.problems))
    if not saved.created and float(org.version) < TELLS_UPDATES:
        return Answer(204)
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


NAME = r"([A-Za-z0-9_]+)"
ROUTES = (
    ("GET", "", _resources),
    ("GET", "sobjects", _everything),
    ("GET", f"sobjects/{NAME}", _basic),
    ("GET", f"sobjects/{NAME}/describe", _describe),
    ("POST", f"sobjects/{NAME}", _create),
    ("POST", f"sobjects/{NAME}/Id", _create),
    ("GET", f"sobjects/{NAME}/([A-Za-z0-9]+)", _get),
    ("PATCH", f"sobjects/{NAME}/([A-Za-z0-9]+)", _update),
    ("DELETE", f"sobjects/{NAME}/([A-Za-z0-9]+)", _delete),
    ("GET", f"sobjects/{NAME}/([A-Za-z0-9]{{15,18}})/(VersionData|Content|Body)", _blob),
    ("PATCH", f"sobjects/{NAME}/{NAME}/([^/]+)", _upsert),
    ("GET", f"sobjects/{NAME}/{NAME}/([^/]+)", _by_external),
)
