"""Metadata over REST: deploys as zip files, and custom fields of the Tooling API.

https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_rest_deploy.htm
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.sandbox.salesforce import setup_objects
from tests.sandbox.salesforce.call import Answer
from tests.sandbox.salesforce.deploy import Deploy
from tests.sandbox.salesforce.ids import make_id
from tests.sandbox.salesforce.multipart import parts_of
from tests.sandbox.salesforce.problem import RefusalError
from tests.sandbox.salesforce.soql_parser import parse
from tests.sandbox.salesforce.values import show_moment

if TYPE_CHECKING:
    import re

    from tests.sandbox.salesforce.call import Call
    from tests.sandbox.salesforce.org import Org

Row = dict[str, Any]


def _deploy(org: Org, call: Call, _match: re.Match[str]) -> Answer:
    kind = call.headers.get("content-type", "")
    if not kind.startswith("multipart/form-data"):
        raise RefusalError(415, "UNSUPPORTED_MEDIA_TYPE", "multipart/form-data was expected")
    parts = parts_of(kind, call.body)
    if "json" not in parts or "file" not in parts:
        message = "the parts json (deployOptions) and file (a zip) are required"
        raise RefusalError(400, "INVALID_MULTIPART_REQUEST", message)
    options = parts["json"].json().get("deployOptions") or {}
    number = len(org.deploys) + 1
    deploy = Deploy(
        make_id("0Af", number), options, parts["file"].content, call.user, show_moment(org.now())
    )
    org.deploys[deploy.id] = deploy
    return Answer(
        201,
        {"id": deploy.id, "deployOptions": options, "deployResult": deploy.shown(details=False)},
    )


def _look(org: Org, call: Call, match: re.Match[str]) -> Answer:
    deploy = org.deploys.get(match[1]) or next(
        (one for each, one in org.deploys.items() if each[:15] == match[1][:15]), None
    )
    if deploy is None:
        raise RefusalError(404, "NOT_FOUND", "The requested resource does not exist")
    deploy.advance(org)
    details = call.query.get("includeDetails", "").lower() == "true"
    return Answer(
        200,
        {
            "id": deploy.id,
            "deployOptions": deploy.options,
            "deployResult": deploy.shown(details=details),
        },
    )


def _cancel(org: Org, call: Call, match: re.Match[str]) -> Answer:
    deploy = org.deploys.get(match[1])
    if deploy is None:
        raise RefusalError(404, "NOT_FOUND", "The requested resource does not exist")
    told = call.json().get("deployResult") or {}
    if told.get("status") == "Canceling" and not deploy.done:
        deploy.status, deploy.done = "Canceled", True
    return Answer(202, {"id": deploy.id, "deployResult": deploy.shown(details=False)})


def _tooling_query(org: Org, call: Call, _match: re.Match[str]) -> Answer:
    """Setup objects, of which a new org has none but its own fields."""
    query = parse(call.query.get("q", ""))
    found = setup_objects.rows(org, query, tooling=True)
    if found is None:
        message = f"sObject type '{query.sobject}' is not supported."
        raise RefusalError(400, "INVALID_TYPE", message)
    body = {"totalSize": len(found), "size": len(found), "done": True}
    return Answer(200, {**body, "records": [] if query.count else found})


ID = r"([A-Za-z0-9]{15,18})"
ROUTES = (
    ("POST", "metadata/deployRequest", _deploy),
    ("GET", f"metadata/deployRequest/{ID}", _look),
    ("PATCH", f"metadata/deployRequest/{ID}", _cancel),
    ("GET", "tooling/query", _tooling_query),
)
