"""Enhanced notes: each one made together with its link, or not at all.

https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/
sforce_api_objects_contentnote.htm
"""

from __future__ import annotations

import base64
import html
from typing import TYPE_CHECKING, Any

from crm_transforms.destination import Complaint, Cost, DestinationError, Kind, Status, Verdict
from target_salesforce import soql
from target_salesforce.collection import LOCK_ATTEMPTS
from target_salesforce.content.links import LINK, link_to, shown_at
from target_salesforce.content.note_text import as_note, canonical, words_of
from target_salesforce.errors import SilenceError
from target_salesforce.ids import checked
from target_salesforce.marks import moment_of, stamp_of
from target_salesforce.records import Records
from target_salesforce.reply import Problem, problems_of
from target_salesforce.verdicts import FULL, LOCKED, refusal_of

if TYPE_CHECKING:
    from collections.abc import Collection as Some
    from collections.abc import Iterator, Sequence

    from crm_transforms.destination import Operation, Record
    from target_salesforce.org import Org
    from target_salesforce.reply import Reply

CONTENT, PARENT, PREVIEW = "Content", "LinkedEntityId", "TextPreview"
MOST_NOTES = 12
"""In one composite request of at most 25 parts: a note takes two. Parts that are collections would
hold more of them, but nobody documents that one may name the records of another.
https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/
resources_composite_composite.htm"""
COMPOSITE = "composite"
HALTED = "PROCESSING_HALTED"
"""What the parts are told that did nothing wrong."""
PREVIEWED = 250
"""Characters of a preview below which it is the whole text; it holds 255."""
FEW = 25
"""Notes that are always read whole, so that what is kept of them for a way back is exact."""
LONG_SHARE = 5
"""A guess: one note of so many is longer than its preview."""


class Notes(Records):
    """The enhanced notes of one org; an id is that of the document that a note is."""

    unit = MOST_NOTES

    def __init__(self, org: Org, name: str = "ContentNote") -> None:
        super().__init__(org, name)

    def reading_cost(self, count: int) -> Cost:
        calls = super().reading_cost(count).calls
        calls += -(-count // 300) + (count if count <= FEW else count // LONG_SHARE)
        return Cost(calls, calls)

    # Judging

    def normalise(self, record: Record) -> dict[str, Any]:
        """The record as it will be read back: of the text, its words."""
        normal = super().normalise(record)
        if normal.get(CONTENT) is not None:
            normal[CONTENT] = canonical(str(record[CONTENT]))
        return normal

    def check(self, record: Record, *, whole: bool = True) -> list[Complaint]:
        """Why the API would refuse this record, without asking it."""
        complaints = super().check(record, whole=whole)
        text = record.get(CONTENT)
        if isinstance(text, str) and text.strip() and not words_of(text) and whole:
            complaints.append(Complaint(CONTENT, "text", "nothing is left of it that a note takes"))
        return complaints

    # Writing

    def sent(self, kind: Kind, operations: Sequence[Operation]) -> Iterator[Verdict]:
        if kind is Kind.DELETE:
            yield from super().sent(kind, operations)
            return
        for start in range(0, len(operations), MOST_NOTES):
            yield from self._sent_whole(kind, operations[start : start + MOST_NOTES])

    def _sent_whole(self, kind: Kind, operations: Sequence[Operation]) -> Iterator[Verdict]:
        """Send notes together; without those that spoil it, and again while others are held."""
        left = list(operations)
        failures = 0
        while left:
            if failures:
                self.org.client.clock.back_off(failures)
            verdicts = list(self._together(kind, left))
            again = {one.operation_id for one in verdicts if _may_be_sent_again(one)}
            locked = any(one.code == LOCKED for one in verdicts)
            failures += locked
            if failures == LOCK_ATTEMPTS or (len(again) == len(left) and not locked):
                yield from verdicts
                return
            yield from (one for one in verdicts if one.operation_id not in again)
            left = [operation for operation in left if operation.id in again]

    def _together(self, kind: Kind, operations: Sequence[Operation]) -> Iterator[Verdict]:
        """Send notes by one request that is carried out whole or not at all."""
        parts = [
            part
            for place, operation in enumerate(operations)
            for part in self._parts(kind, operation, place)
        ]
        json = {"allOrNone": True, "compositeRequest": parts}
        try:
            reply = self.org.client.send("POST", COMPOSITE, json=json)
        except SilenceError as error:
            for operation in operations:
                yield Verdict(operation.id, Status.UNKNOWN, code=error.code, message=str(error))
            return
        if not reply.ok:
            for operation in operations:
                yield refusal_of(operation, reply.refusal, "")
            return
        yield from self._answered(operations, reply)

    def _parts(self, kind: Kind, operation: Operation, place: int) -> Iterator[dict[str, Any]]:
        body = self.described.outgoing(
            {name: value for name, value in operation.fields.items() if name != PARENT},
            whole=kind is Kind.CREATE,
        )
        if body.get(CONTENT) is not None:
            text = as_note(str(operation.fields[CONTENT]))
            body[CONTENT] = base64.b64encode(text.encode()).decode()
        path = f"{self.org.client.api}/sobjects"
        if kind is not Kind.CREATE:
            url = f"{path}/{self.name}/{operation.destination_id}"
            yield _part("PATCH", url, f"n{place}", body)
            return
        yield _part("POST", f"{path}/{self.name}", f"n{place}", body)
        link = link_to(f"@{{n{place}.id}}", str(operation.fields[PARENT]))
        yield _part("POST", f"{path}/{LINK}", f"l{place}", link)

    def _answered(self, operations: Sequence[Operation], reply: Reply) -> Iterator[Verdict]:
        body = reply.body if isinstance(reply.body, dict) else {}
        rows = {
            str(row.get("referenceId")): row
            for row in body.get("compositeResponse") or ()
            if isinstance(row, dict)
        }
        problems = {name: _problems(row) for name, row in rows.items()}
        failed = any(problems.values())
        full = ""
        for place, operation in enumerate(operations):
            own = problems.get(f"n{place}", ()) + problems.get(f"l{place}", ())
            real = [problem for problem in own if problem.code != HALTED]
            if real:
                verdict = refusal_of(operation, real, "")
                full = verdict.message if verdict.code == FULL else full
                yield verdict
            elif failed:
                message = "another note of the same request was refused"
                yield Verdict(operation.id, Status.ABSENT, code=HALTED, message=message)
            else:
                yield _landed(operation, rows.get(f"n{place}"))
        if full:
            raise DestinationError(f"the org's storage is full: {full}")

    # Recognising

    def resolve(self, operations: Sequence[Operation], mark: str) -> Iterator[Verdict]:
        """Find notes by their titles and records, among those made since the mark."""
        creates = [operation for operation in operations if operation.kind is Kind.CREATE]
        if creates:
            yield from self._made(creates, mark)
        others = [operation for operation in operations if operation.kind is not Kind.CREATE]
        if others:
            yield from super().resolve(others, mark)

    def _made(self, operations: Sequence[Operation], mark: str) -> Iterator[Verdict]:
        titles = {str(operation.fields.get("Title") or "") for operation in operations}
        stamp = stamp_of(self.described)
        since = f" AND {stamp} >= {moment_of(mark)}" if mark and stamp else ""
        found: dict[str, list[str]] = {}
        for where in soql.within("Title", map(soql.text, sorted(titles - {""}))):
            query = soql.select(["Title"], self.name, where + since)
            for row in self.org.client.query(query):
                found.setdefault(str(row["Title"]).strip(), []).append(checked(str(row["Id"])))
        parents = shown_at(self.org.client, [id_ for ids in found.values() for id_ in ids])
        for operation in operations:
            ids = [
                id_
                for id_ in found.get(str(operation.fields.get("Title") or "").strip(), ())
                if parents.get(id_[:15]) == checked(str(operation.fields.get(PARENT) or ""))
            ]
            if ids:
                yield Verdict(operation.id, Status.LANDED, ids[0], duplicates=tuple(ids[1:]))
            else:
                yield Verdict(operation.id, Status.ABSENT, message="there is no such note")

    # Reading

    def read(self, ids: Sequence[str], names: Some[str]) -> dict[str, Record]:
        """Notes by id; their text comes from the preview where that holds all of it."""
        wanted = list(names) or list(self.described.by_name)
        asked = [name for name in wanted if name not in (CONTENT, PARENT)]
        whole = len(ids) <= FEW or not self.described.has(PREVIEW)
        if CONTENT in wanted and not whole:
            asked.append(PREVIEW)
        rows = super().read(ids, asked or ["Id"])
        parents = shown_at(self.org.client, list(rows)) if PARENT in wanted and rows else {}
        found: dict[str, Record] = {}
        for id_, row in rows.items():
            record = {name: row.get(name) for name in wanted}
            if PARENT in wanted:
                record[PARENT] = parents.get(id_[:15])
            if CONTENT in wanted:
                preview = str(row.get(PREVIEW) or "")
                if whole or len(preview) >= PREVIEWED:
                    record[CONTENT] = self._text_of(id_)
                else:
                    record[CONTENT] = html.escape(preview, quote=False) or None
            found[id_] = record
        return found

    def _text_of(self, id_: str) -> str | None:
        with self.org.client.read_text(f"sobjects/{self.name}/{id_}/{CONTENT}") as file:
            return file.read().decode("utf-8", "replace") or None


def _part(method: str, url: str, reference: str, body: Any) -> dict[str, Any]:
    return {"method": method, "url": url, "referenceId": reference, "body": body}


def _problems(row: dict[str, Any]) -> tuple[Problem, ...]:
    status = row.get("httpStatusCode")
    if isinstance(status, int) and status < 300:
        return ()
    return problems_of(row.get("body") or []) or (Problem(f"HTTP_{status}", "no reason is given"),)


def _landed(operation: Operation, row: dict[str, Any] | None) -> Verdict:
    body = row.get("body") if row else None
    id_ = checked(str(body.get("id") or "")) if isinstance(body, dict) else ""
    if row is not None and (id_ or operation.destination_id):
        return Verdict(operation.id, Status.LANDED, operation.destination_id or id_)
    message = "the answer says neither success nor failure of this note"
    return Verdict(operation.id, Status.UNKNOWN, code="STRANGE_ANSWER", message=message)


def _may_be_sent_again(verdict: Verdict) -> bool:
    """Nothing was wrong with it, so it may go without those that spoilt the request."""
    return verdict.status is Status.ABSENT and verdict.code in {HALTED, LOCKED}
