"""Queries, page by page, and what the org may still use.

https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_query.htm
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.sandbox.salesforce import soql
from tests.sandbox.salesforce.call import Answer
from tests.sandbox.salesforce.problem import RefusalError
from tests.sandbox.salesforce.soql_parser import parse

if TYPE_CHECKING:
    import re
    from collections.abc import Sequence

    from tests.sandbox.salesforce.call import Call
    from tests.sandbox.salesforce.org import Org

Row = dict[str, Any]
MOST_ROWS, LEAST_ROWS = 2_000, 200
"""Of one page."""


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


ROUTES = (
    ("GET", "(query|queryAll)", _query),
    ("GET", "(query|queryAll)/(.+)", _more),
    ("GET", "limits", _limits),
    ("GET", "limits/recordCount", _counts),
)
