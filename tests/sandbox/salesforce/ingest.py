"""Ingest jobs: from CSV to records, and three kinds of results.

https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/
"""

from __future__ import annotations

import csv
import io
import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.sandbox.salesforce.problem import Problem, Saved

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.sandbox.salesforce.org import Org
    from tests.sandbox.salesforce.sobject import Field, Sobject

Row = dict[str, Any]
NULL = "#N/A"
LONGEST_CELL, LONGEST_ROW, MOST_FIELDS, LONGEST_HEADER = 32_000, 400_000, 5_000, 32_000
INTERNAL_BATCH = 10_000
LARGEST = 150 * 1024 * 1024
csv.field_size_limit(2**31 - 1)


class InvalidBatchError(Exception):
    """The job fails as a whole."""


@dataclass
class Job:
    """One ingest job.

    Attributes:
        polls: how often it must still be asked before it moves on; None: it is stuck.
        stop_after: rows after which it fails, half way; None: it does not.
    """

    id: str
    sobject: str
    operation: str
    external_id: str
    line_ending: str
    delimiter: str
    user: str
    created: str
    state: str = "Open"
    content: bytes | None = None
    polls: int | None = 1
    stop_after: int | None = None
    message: str = ""
    header: list[str] = field(default_factory=list)
    done: list[tuple[str, bool, list[str]]] = field(default_factory=list)
    failed: list[tuple[str, str, list[str]]] = field(default_factory=list)
    left: list[list[str]] = field(default_factory=list)
    total: int = 0
    milliseconds: int = 0
    shuffled: int | None = None
    short: int = 0


def process(org: Org, job: Job) -> None:
    """Carry a job out."""
    try:
        _process(org, job)
    except InvalidBatchError as error:
        job.state, job.message = "Failed", str(error)
    job.content = None


def _process(org: Org, job: Job) -> None:
    made = org.objects[job.sobject]
    text = _text(job)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=job.delimiter)
    job.header = next(reader, [])
    _accept_header(job)
    columns = [_column(org, job, made, name) for name in job.header]
    save = _saver(org, job, made)
    for cells in reader:
        if not cells:
            continue
        if job.stop_after is not None and job.total >= job.stop_after:
            job.left.append(cells)
            continue
        job.total += 1
        saved = _misfit(cells, len(columns)) or save(_fields(columns, cells))
        if saved.success:
            job.done.append((saved.id or "", saved.created, cells))
        else:
            job.failed.append((saved.id or "", _words(saved), cells))
    org.bulk_batches -= max(1, -(-job.total // INTERNAL_BATCH))
    if job.left:
        job.state = "Failed"
        job.message = "InternalServerError : Retry limit reached while processing a batch"
    else:
        job.state = "JobComplete"


def _accept_header(job: Job) -> None:
    names = {name.lower() for name in job.header}
    if sum(map(len, job.header)) > LONGEST_HEADER or len(job.header) > MOST_FIELDS:
        raise InvalidBatchError("InvalidBatch : Header row too long")
    if job.operation in {"delete", "hardDelete"} and names != {"id"}:
        raise InvalidBatchError("InvalidBatch : Delete jobs take one column, Id")
    if job.operation == "update" and "id" not in names:
        raise InvalidBatchError("InvalidBatch : Id column is missing")


def _misfit(cells: list[str], width: int) -> Saved | None:
    """Why a row cannot even be looked at."""
    problem = None
    if len(cells) != width:
        problem = Problem("INVALID_CSV", f"expected {width} columns, got {len(cells)}")
    elif sum(map(len, cells)) > LONGEST_ROW or max(map(len, cells)) > LONGEST_CELL:
        problem = Problem("STRING_TOO_LONG", "data value too large")
    return None if problem is None else Saved(None, False, (problem,))


def _fields(columns: list[Callable[[Row, str], None]], cells: list[str]) -> Row:
    """A row as a record; an empty cell says nothing."""
    fields: Row = {}
    for column, cell in zip(columns, cells, strict=True):
        if cell != "":
            column(fields, cell)
    return fields


def _words(saved: Saved) -> str:
    """``CODE:message:Field1 Field2 --``"""
    one = saved.problems[0].in_csv()
    names = " ".join(one.fields)
    return f"{one.code}:{one.message}:{names} --" if names else f"{one.code}:{one.message}:--"


def _text(job: Job) -> str:
    try:
        text = (job.content or b"").decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidBatchError("InvalidBatch : the data is not UTF-8") from None
    first = text.find("\n")
    crlf = first > 0 and text[first - 1] == "\r"
    if first >= 0 and crlf != (job.line_ending == "CRLF"):
        raise InvalidBatchError(
            "ClientInputError : LineEnding is invalid on user data. Current LineEnding setting is "
            + job.line_ending
        )
    return text


def _column(org: Org, job: Job, made: Sobject, name: str) -> Callable[[Row, str], None]:
    """What one column's cell does to a record."""
    if "." in name:
        return _relation(org, job, made, name)
    one = org.field(made, name, job.user)
    if one is None:
        raise InvalidBatchError(f"InvalidBatch : Field name not found : {name}")
    if one.type == "base64":
        raise InvalidBatchError(f"InvalidBatch : Field name not found : {name}")
    key = one.name
    convert = _converter(one)

    def put(fields: Row, cell: str) -> None:
        fields[key] = None if cell == NULL else convert(cell)

    return put


def _converter(one: Field) -> Callable[[str], Any]:
    if one.type == "boolean":
        return lambda cell: {"true": True, "1": True, "false": False, "0": False}.get(
            cell.lower(), cell
        )
    return lambda cell: cell


def _relation(org: Org, job: Job, made: Sobject, name: str) -> Callable[[Row, str], None]:
    path, _, column = name.rpartition(".")
    told, _, relation = path.rpartition(":")
    one = made.relation(relation)
    if one is None or not org.access.sees(job.user, made.name, one):
        raise InvalidBatchError(f"InvalidBatch : Unable to find relationship: {relation}")
    if told and len(one.to) == 1:
        raise InvalidBatchError(
            "InvalidBatch : type is not needed for non polymorphic foreign key references: "
            + relation
        )
    if not told and len(one.to) > 1:
        raise InvalidBatchError(f"InvalidBatch : Field name not found : {name}")
    target = org.objects.get(told or one.to[0])
    key = None if target is None else org.field(target, column, job.user)
    if target is None or key is None or not (key.has("x") or key.has("i")):
        raise InvalidBatchError(f"InvalidBatch : Field name not found : {name}")

    def put(fields: Row, cell: str) -> None:
        if cell == NULL:
            fields[one.name] = None
        else:
            fields[one.relationship] = {"attributes": {"type": target.name}, column: cell}

    return put


def _saver(org: Org, job: Job, made: Sobject) -> Callable[[Row], Saved]:
    if job.operation == "insert":
        return lambda fields: org.insert(made.name, fields, user=job.user)
    if job.operation in {"delete", "hardDelete"}:
        hard = job.operation == "hardDelete"
        return lambda fields: org.delete(
            made.name, str(fields.get("Id", "")), user=job.user, hard=hard
        )

    def update(fields: Row) -> Saved:
        record_id = fields.pop("Id", None)
        if not record_id:
            problem = Problem("MISSING_ARGUMENT", "Id not specified in an update call", ())
            return Saved(None, False, (problem,))
        saved = org.update(made.name, str(record_id), fields, user=job.user)
        return saved if saved.id else Saved(str(record_id), False, saved.problems)

    def upsert(fields: Row) -> Saved:
        value = fields.pop(job.external_id, None)
        return org.upsert(made.name, job.external_id, value, fields, user=job.user)

    return update if job.operation == "update" else upsert


def results(job: Job, kind: str) -> bytes:
    """The rows of one kind of results: sf__ headers quoted, yours bare, every value quoted."""
    if kind == "successfulResults":
        head = '"sf__Id","sf__Created",'
        rows = [
            [record_id, "true" if created else "false", *cells]
            for record_id, created, cells in job.done
        ]
    elif kind == "failedResults":
        head = '"sf__Id","sf__Error",'
        rows = [[record_id, words, *cells] for record_id, words, cells in job.failed]
    else:
        head, rows = "", list(job.left)
    if job.shuffled is not None:
        random.Random(job.shuffled).shuffle(rows)
    if job.short and kind == "successfulResults":
        rows = rows[: -job.short or None]
    return b"".join(_lines(head, job, rows))


def _lines(head: str, job: Job, rows: list[list[str]]) -> Iterator[bytes]:
    yield f"{head}{','.join(job.header)}\n".encode()
    for start in range(0, len(rows), 1_000):
        out = io.StringIO()
        csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(
            rows[start : start + 1_000]
        )
        yield out.getvalue().encode()
