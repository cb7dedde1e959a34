"""Bulk API 2.0: the jobs' life over HTTP.

https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from tests.sandbox.salesforce.call import Answer
from tests.sandbox.salesforce.ids import make_id
from tests.sandbox.salesforce.ingest import LARGEST, Job, process, results
from tests.sandbox.salesforce.multipart import parts_of
from tests.sandbox.salesforce.problem import RefusalError
from tests.sandbox.salesforce.soql_parser import parse
from tests.sandbox.salesforce.values import show_moment

if TYPE_CHECKING:
    import re

    from tests.sandbox.salesforce.call import Call
    from tests.sandbox.salesforce.org import Org
    from tests.sandbox.salesforce.sobject import Sobject

Row = dict[str, Any]
OPERATIONS = {"insert", "update", "upsert", "delete", "hardDelete"}
DELIMITERS = {
    "COMMA": ",",
    "TAB": "\t",
    "SEMICOLON": ";",
    "PIPE": "|",
    "CARET": "^",
    "BACKQUOTE": "`",
}
WITHOUT_BULK = {
    "ContentNote",
    "ContentVersion",
    "ContentDocument",
    "Attachment",
    "User",
    "Organization",
}
HARD_DELETE = (
    "FeatureNotEnabled : hardDelete operation requires special user profile permission, please"
    " contact your system administrator"
)
MOST_INLINE = 100_000
FINAL = {"JobComplete", "Failed", "Aborted"}


def _refuse(code: str, message: str, status: int = 400) -> RefusalError:
    return RefusalError(status, code, message)


def _open(org: Org, call: Call, _match: re.Match[str]) -> Answer:
    kind = call.headers.get("content-type", "")
    content = None
    if kind.startswith("multipart/form-data"):
        parts = parts_of(kind, call.body)
        told, content = parts["job"].json(), parts["content"].content
        if len(content) > MOST_INLINE:
            raise _refuse("INVALIDJOB", "InvalidJob : content is limited to 100,000 characters")
    else:
        told = call.json()
    operation = told.get("operation")
    if operation not in OPERATIONS:
        raise _refuse("INVALIDJOB", f"InvalidJob : Unsupported operation: {operation}")
    if told.get("contentType", "CSV") != "CSV":
        raise _refuse("INVALIDJOB", "InvalidJob : Only CSV is supported")
    if operation == "hardDelete" and not org.hard_deletes:
        raise _refuse("FEATURENOTENABLED", HARD_DELETE)
    made = _entity(org, str(told.get("object")))
    external = _external(org, call, made, told) if operation == "upsert" else ""
    if org.bulk_batches <= 0:
        raise _refuse("EXCEEDEDQUOTA", "ExceededQuota : ApiBatchItems Limit exceeded.", 400)
    job = Job(
        make_id("750", len(org.jobs) + org.jobs_removed + 1),
        made.name,
        operation,
        external,
        told.get("lineEnding", "LF"),
        DELIMITERS[told.get("columnDelimiter", "COMMA")],
        call.user,
        show_moment(org.now()),
        polls=org.job_polls,
        stop_after=org.job_stops_after,
        shuffled=org.job_shuffle,
        short=org.job_short,
    )
    org.jobs[job.id] = job
    if content is not None:
        job.content, job.state = content, "UploadComplete"
    return Answer(200, _shown(org, job, brief=True))


def _entity(org: Org, name: str) -> Sobject:
    try:
        made = org.object(name)
    except KeyError:
        made = None
    if made is None or made.name in WITHOUT_BULK:
        message = f"InvalidEntity : Entity '{name}' is not supported by the Bulk API."
        raise _refuse("INVALIDENTITY", message)
    return made


def _external(org: Org, call: Call, made: Sobject, told: Row) -> str:
    """The field by which an upsert recognises records."""
    name = told.get("externalIdFieldName") or ""
    if not name:
        message = (
            f"InvalidJob : External ID was blank for {made.name}. An External ID must be "
            "specified for upsert."
        )
        raise _refuse("INVALIDJOB", message)
    key = org.field(made, name, call.user)
    if key is None or not (key.has("x") or key.has("i")):
        message = (
            f"InvalidJob : Field name provided, {name} does not match an External ID for "
            f"{made.name}"
        )
        raise _refuse("INVALIDJOB", message)
    return key.name


def _job(org: Org, match: re.Match[str]) -> Job:
    found = org.jobs.get(match[1]) or next(
        (one for each, one in org.jobs.items() if each[:15] == match[1]), None
    )
    if found is None:
        raise _refuse("NOT_FOUND", "The requested resource does not exist", 404)
    return found


def _upload(org: Org, call: Call, match: re.Match[str]) -> Answer:
    job = _job(org, match)
    if job.state != "Open" or job.content is not None:
        message = "InvalidJobState : Unable to upload data: the job has its data or is closed"
        raise _refuse("INVALIDJOBSTATE", message)
    if not call.headers.get("content-type", "").startswith("text/csv"):
        raise _refuse("INVALIDCONTENTTYPE", "InvalidContentType : text/csv was expected", 415)
    if len(call.body) > LARGEST:
        raise _refuse("REQUEST_ENTITY_TOO_LARGE", "The request is too large", 413)
    job.content = call.body
    return Answer(201)


def _close(org: Org, call: Call, match: re.Match[str]) -> Answer:
    job = _job(org, match)
    state = call.json().get("state")
    if state == "Aborted" and job.state not in FINAL:
        job.state, job.content = "Aborted", None
    elif state == "UploadComplete" and job.state == "Open":
        if job.content is None:
            raise _refuse("INVALIDJOBSTATE", "InvalidJobState : no data was uploaded")
        job.state = "UploadComplete"
    else:
        raise _refuse(
            "INVALIDJOBSTATE",
            f"InvalidJobState : Invalid state transition from {job.state} to {state}",
        )
    return Answer(200, _shown(org, job, brief=True))


def _look(org: Org, _call: Call, match: re.Match[str]) -> Answer:
    job = _job(org, match)
    advance(org, job)
    return Answer(200, _shown(org, job))


def advance(org: Org, job: Job) -> None:
    """Let a job move on by being asked: it waits, is in progress, and is done."""
    if job.state == "UploadComplete":
        job.state = "InProgress"
        if job.polls == 0:
            process(org, job)
        elif job.polls is not None:
            job.polls -= 1
    elif job.state == "InProgress" and job.polls is not None:
        if job.polls > 0:
            job.polls -= 1
        else:
            process(org, job)


def _remove(org: Org, _call: Call, match: re.Match[str]) -> Answer:
    job = _job(org, match)
    if job.state not in {*FINAL, "UploadComplete"}:
        raise _refuse("INVALIDJOBSTATE", "InvalidJobState : the job is still open")
    del org.jobs[job.id]
    org.jobs_removed += 1
    return Answer(204)


def _results(org: Org, _call: Call, match: re.Match[str]) -> Answer:
    job = _job(org, match)
    if job.state not in FINAL:
        raise _refuse("INVALIDJOBSTATE", "InvalidJobState : the job is not finished")
    kind = "unprocessedRecords" if match[2].lower() == "unprocessedrecords" else match[2]
    return Answer(200, results(job, kind), media_type="text/csv;charset=UTF-8")


def _list(org: Org, _call: Call, _match: re.Match[str]) -> Answer:
    jobs = [_shown(org, job, brief=True) for job in org.jobs.values() if isinstance(job, Job)]
    return Answer(200, {"done": True, "records": jobs[:1000], "nextRecordsUrl": None})


def _shown(org: Org, job: Job, *, brief: bool = False) -> Row:
    names = {sign: name for name, sign in DELIMITERS.items()}
    told: Row = {
        "id": job.id,
        "operation": job.operation,
        "object": job.sobject,
        "createdById": job.user,
        "createdDate": job.created,
        "systemModstamp": job.created,
        "state": job.state,
        "concurrencyMode": "Parallel",
        "contentType": "CSV",
        "apiVersion": float(org.version),
        "lineEnding": job.line_ending,
        "columnDelimiter": names[job.delimiter],
    }
    if job.external_id:
        told["externalIdFieldName"] = job.external_id
    if job.state == "Open":
        told["contentUrl"] = f"services/data/v{org.version}/jobs/ingest/{job.id}/batches"
    if brief:
        return told
    if job.message:
        told["errorMessage"] = job.message
    processed = len(job.done) + len(job.failed)
    return {
        **told,
        "jobType": "V2Ingest",
        "retries": 0,
        "totalProcessingTime": job.milliseconds,
        "apiActiveProcessingTime": 0,
        "apexProcessingTime": 0,
        "numberRecordsProcessed": processed,
        "numberRecordsFailed": len(job.failed),
    }


def _open_query(org: Org, call: Call, _match: re.Match[str]) -> Answer:
    told = call.json()
    text = told.get("query")
    if told.get("operation") not in {"query", "queryAll"} or not isinstance(text, str):
        raise _refuse("API_ERROR", "operation and query are required")
    query = parse(text)
    if query.count or query.group:
        raise _refuse("API_ERROR", "Aggregate Relationships not supported in Bulk Query")
    number = len(org.jobs) + org.jobs_removed + 1
    job_id = make_id("750", number)
    rows = org.query(text, all_rows=told["operation"] == "queryAll", user=call.user)
    job = {
        "id": job_id,
        "operation": told["operation"],
        "object": query.sobject,
        "createdById": call.user,
        "createdDate": show_moment(org.now()),
        "systemModstamp": show_moment(org.now()),
        "state": "UploadComplete",
        "concurrencyMode": "Parallel",
        "contentType": "CSV",
        "apiVersion": float(org.version),
        "lineEnding": told.get("lineEnding", "LF"),
        "columnDelimiter": told.get("columnDelimiter", "COMMA"),
        "_rows": rows,
    }
    org.jobs[job_id] = job
    return Answer(200, {name: value for name, value in job.items() if name != "_rows"})


def _look_query(org: Org, _call: Call, match: re.Match[str]) -> Answer:
    job = org.jobs.get(match[1])
    if not isinstance(job, dict):
        raise _refuse("NOT_FOUND", "The requested resource does not exist", 404)
    job["state"] = {"UploadComplete": "InProgress", "InProgress": "JobComplete"}.get(
        job["state"], job["state"]
    )
    told = {name: value for name, value in job.items() if name != "_rows"}
    count = len(job["_rows"]) if job["state"] == "JobComplete" else 0
    return Answer(
        200,
        {
            **told,
            "jobType": "V2Query",
            "numberRecordsProcessed": count,
            "retries": 0,
            "totalProcessingTime": 1,
        },
    )


def _query_results(org: Org, call: Call, match: re.Match[str]) -> Answer:
    job = org.jobs.get(match[1])
    if not isinstance(job, dict) or job["state"] != "JobComplete":
        raise _refuse("INVALIDJOBSTATE", "the job is not finished")
    most = int(call.query.get("maxRecords", "50000"))
    start = int(call.query.get("locator") or 0)
    rows = job["_rows"][start : start + most]
    flat = [_flat(row) for row in rows]
    out = io.StringIO()
    names = list(flat[0]) if flat else ["Id"]
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(names)
    writer.writerows(
        [["" if row.get(name) is None else _cell(row[name]) for name in names] for row in flat]
    )
    more = str(start + most) if start + most < len(job["_rows"]) else "null"
    headers = {"Sforce-Locator": more, "Sforce-NumberOfRecords": str(len(rows))}
    return Answer(200, out.getvalue().encode(), headers, "text/csv;charset=UTF-8")


def _cell(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _flat(row: Row, before: str = "") -> Row:
    found: Row = {}
    for name, value in row.items():
        if name == "attributes":
            continue
        if isinstance(value, dict):
            found |= _flat(value, f"{before}{name}.")
        else:
            found[f"{before}{name}"] = value
    return found


ID = r"([A-Za-z0-9]{15,18})"
ROUTES = (
    ("POST", "jobs/ingest", _open),
    ("GET", "jobs/ingest", _list),
    ("GET", f"jobs/ingest/{ID}", _look),
    ("PATCH", f"jobs/ingest/{ID}", _close),
    ("DELETE", f"jobs/ingest/{ID}", _remove),
    ("PUT", f"jobs/ingest/{ID}/batches", _upload),
    (
        "GET",
        f"jobs/ingest/{ID}/(successfulResults|failedResults|unprocessedRecords|unprocessedrecords)",
        _results,
    ),
    ("POST", "jobs/query", _open_query),
    ("GET", f"jobs/query/{ID}", _look_query),
    ("GET", f"jobs/query/{ID}/results", _query_results),
)
