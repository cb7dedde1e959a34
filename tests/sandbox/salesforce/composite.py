"""Composite: several requests in one, which may refer to each other's answers.

https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/
resources_composite_composite.htm
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from tests.sandbox.salesforce import collections, queries, records
from tests.sandbox.salesforce.call import Answer, Call, refused
from tests.sandbox.salesforce.problem import Problem, RefusalError, Saved

if TYPE_CHECKING:
    from tests.sandbox.salesforce.org import Org

Row = dict[str, Any]
MOST, MOST_HEAVY = 25, 5
HEAVY = re.compile(r"query|queryAll|composite/sobjects")
REFERENCE = re.compile(r"@\{([^}]+)\}")
ROLLED_BACK = (
    "The transaction was rolled back since another operation in the same transaction failed."
)


def _composite(org: Org, call: Call, _match: re.Match[str]) -> Answer:
    body = call.json()
    asked = body.get("compositeRequest") if isinstance(body, dict) else None
    if not isinstance(asked, list) or not asked:
        raise RefusalError(400, "JSON_PARSER_ERROR", "Required field is missing: compositeRequest")
    if len(asked) > MOST:
        message = f"Limit of {MOST} subrequests exceeded"
        raise RefusalError(400, "INVALID_INPUT", message)
    paths = [urlsplit(str(one.get("url", ""))).path for one in asked]
    if sum(bool(HEAVY.search(path)) for path in paths) > MOST_HEAVY:
        message = f"Limit of {MOST_HEAVY} query and collection subrequests exceeded"
        raise RefusalError(400, "INVALID_INPUT", message)
    names = [one.get("referenceId") for one in asked]
    if len(set(names)) < len(names) or not all(
        isinstance(name, str) and re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name) for name in names
    ):
        raise RefusalError(400, "INVALID_INPUT", "Each subrequest needs a referenceId of its own")
    answers: list[Row] = []

    def work() -> list[Saved]:
        answers[:] = _run(org, call, asked, body.get("allOrNone") is True)
        failed = any(one["httpStatusCode"] >= 400 for one in answers)
        return [Saved(None, False, (Problem("", ""),)) if failed else Saved(None)]

    if body.get("allOrNone") is True:
        (saved,) = org.saved_together(work)
        if not saved.success:
            for one in answers:
                if one["httpStatusCode"] < 400:
                    one["httpStatusCode"] = 400
                    one["httpHeaders"] = {}
                    one["body"] = [{"errorCode": "PROCESSING_HALTED", "message": ROLLED_BACK}]
    else:
        work()
    return Answer(200, {"compositeResponse": answers})


def _run(org: Org, call: Call, asked: list[Row], all_or_none: bool) -> list[Row]:
    known: dict[str, Any] = {}
    answers: list[Row] = []
    broken = False
    for one in asked:
        name = one["referenceId"]
        if broken and all_or_none:
            answer = Answer(400, [{"errorCode": "PROCESSING_HALTED", "message": ROLLED_BACK}])
        else:
            answer = _one(org, call, one, known)
        broken = broken or answer.status >= 400
        if answer.status < 400:
            known[name] = answer.body
        told = {
            "body": answer.body,
            "httpHeaders": {},
            "httpStatusCode": answer.status,
            "referenceId": name,
        }
        if answer.status == 201 and isinstance(answer.body, dict):
            path = urlsplit(str(one["url"])).path
            told["httpHeaders"] = {"Location": f"{path}/{answer.body['id']}"}
        answers.append(told)
    return answers


def _one(org: Org, call: Call, one: Row, known: dict[str, Any]) -> Answer:
    try:
        url = str(_filled(one.get("url", ""), known))
        body = _filled(one.get("body"), known)
    except KeyError as error:
        message = f"Invalid reference specified. No value for {error.args[0]} found"
        code = "PROCESSING_HALTED"
        return Answer(400, [{"errorCode": code, "message": message}])
    parts = urlsplit(url)
    match = re.fullmatch(r"/services/data/v(\d+)\.0/(.*)", parts.path)
    if match is None:
        return refused(RefusalError(404, "NOT_FOUND", "The requested resource does not exist"))
    inner = _Inner(
        str(one.get("method", "")).upper(),
        match[2].rstrip("/"),
        dict(parse_qsl(parts.query, keep_blank_values=True)),
        {**call.headers, "content-type": "application/json"},
        b"",
        call.user,
        body,
    )
    for method, pattern, handle in (*records.ROUTES, *queries.ROUTES, *collections.ROUTES):
        if method == inner.method and (found := re.fullmatch(pattern, inner.path)):
            try:
                return handle(org, inner, found)
            except RefusalError as error:
                return refused(error)
    return refused(RefusalError(404, "NOT_FOUND", "The requested resource does not exist"))


class _Inner(Call):
    """A subrequest, whose body is read already."""

    def __init__(self, *told: Any) -> None:
        *call, self._told = told
        super().__init__(*call)

    def json(self) -> Any:
        return self._told


def _filled(value: Any, known: dict[str, Any]) -> Any:
    if isinstance(value, dict):
        return {name: _filled(each, known) for name, each in value.items()}
    if isinstance(value, list):
        return [_filled(each, known) for each in value]
    if not isinstance(value, str) or "@{" not in value:
        return value
    return REFERENCE.sub(lambda match: str(_looked_up(match[1], known)), value)


def _looked_up(path: str, known: dict[str, Any]) -> Any:
    """``ref.id``, ``ref[0].id``, ``ref.records[0].Id``."""
    steps = re.findall(r"[A-Za-z_][A-Za-z0-9_]*|\d+", path)
    here: Any = known
    for step in steps:
        try:
            here = here[int(step)] if isinstance(here, list) else here[step]
        except (KeyError, IndexError, TypeError, ValueError):
            raise KeyError(path) from None
    return here


ROUTES = (("POST", "composite", _composite),)
