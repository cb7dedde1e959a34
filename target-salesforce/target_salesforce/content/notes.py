"""Notes: each is made together with its link to a record, or not at all.

Twelve at a time: one composite request takes 25 parts, and all of them or none. A note that is
refused takes the others of its request with it, which are sent again without it.
https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_composite.htm
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from crm_transforms.destination import Cost, Kind, Operation, Status, Verdict
from target_salesforce import soql
from target_salesforce.content.note_text import PREVIEW, as_sent, canonical, visible
from target_salesforce.errors import SilenceError
from target_salesforce.ids import checked
from target_salesforce.marks import stamp_of
from target_salesforce.records import Records
from target_salesforce.reply import Problem, Reply, problems_of
from target_salesforce.retrieval import retrieved
from target_salesforce.verdicts import refusal_of

if TYPE_CHECKING:
    from collections.abc import Collection as Some
    from collections.abc import Generator, Iterator, Mapping, Sequence

    from crm_transforms.destination import Record
    from target_salesforce.org import Org

NOTE = "ContentNote"
LINK = "ContentDocumentLink"
TITLE, CONTENT, PARENT = "Title", "Content", "LinkedEntityId"
SHOWN = "TextPreview"
PARTS = 25
"""Of one composite request."""
HALTED = "PROCESSING_HALTED"
ROLLED_BACK = {HALTED, "ALL_OR_NONE_OPERATION_ROLLED_BACK"}
"""What parts are told that another one took with it."""
KEPT = 5_000
"""Notes of which the text is kept until it is read back."""
USER = "005"


class Notes(Records):
    """The enhanced notes of one org."""

    def __init__(self, org: Org) -> None:
        super().__init__(org, NOTE)
        self._written: dict[str, str] = {}
        self._lock = threading.Lock()

    def unit_of(self, kind: Kind) -> int:
        if kind is Kind.CREATE:
            return PARTS // 2
        return PARTS if kind is Kind.UPDATE else super().unit_of(kind)

    def normalise(self, record: Record) -> dict[str, Any]:
        normal = super().normalise(record)
        return {**normal, CONTENT: canonical(record[CONTENT])} if CONTENT in record else normal

    def reading_cost(self, count: int) -> Cost:
        """Notes that were just written are compared by what lists show of them."""
        links = -(-count // 400)
        return super().reading_cost(count) + Cost(links, links)

    # Writing

    def sent(self, kind: Kind, operations: Sequence[Operation]) -> Iterator[Verdict]:
        if kind is Kind.CREATE:
            yield from self._made(list(operations))
        elif kind is Kind.UPDATE:
            yield from self._changed(operations)
        else:
            yield from super().sent(kind, operations)

    def _json(self, operation: Operation, *, whole: bool) -> dict[str, Any]:
        fields = {n: v for n, v in operation.fields.items() if n not in (CONTENT, PARENT)}
        json = self.described.outgoing(fields, whole=whole)
        if CONTENT in operation.fields:
            json[CONTENT] = as_sent(str(operation.fields[CONTENT] or ""))
        return json

    def _made(self, operations: list[Operation]) -> Iterator[Verdict]:
        while operations:
            parts = []
            for place, operation in enumerate(operations):
                parts.append(
                    self._part("POST", NOTE, f"n{place}", self._json(operation, whole=True))
                )
                link = {
                    "ContentDocumentId": f"@{{n{place}.id}}",
                    PARENT: operation.fields[PARENT],
                    "ShareType": "V",
                    "Visibility": "AllUsers",
                }
                parts.append(self._part("POST", LINK, f"l{place}", link))
            try:
                reply = self._composite(parts, whole=True)
            except SilenceError as error:
                for operation in operations:
                    yield _unknown(operation, error.code, str(error))
                return
            answers = _answers(reply)
            if len(answers) != len(parts):
                for operation in operations:
                    yield self._without_answers(operation, reply)
                return
            bad = yield from self._judged(operations, answers)
            if len(bad) == len(operations) or not bad:
                return
            operations = [operation for operation in operations if operation.id not in bad]

    def _judged(
        self, operations: Sequence[Operation], answers: Sequence[Mapping[str, Any]]
    ) -> Generator[Verdict, None, set[int]]:
        """Verdicts on notes that landed or were refused; the ids of the latter."""
        pairs = list(zip(operations, answers[::2], answers[1::2], strict=True))
        refused: set[int] = set()
        if all(_status(part) < 300 for part in answers):
            for operation, note, _ in pairs:
                id_ = checked(str((note.get("body") or {}).get("id") or ""))
                with self._lock:
                    if len(self._written) < KEPT:
                        self._written[id_] = str(operation.fields.get(CONTENT) or "")
                yield Verdict(operation.id, Status.LANDED, id_)
            return refused
        for operation, *parts in pairs:
            problems = [
                problem
                for part in parts
                if _status(part) >= 300
                for problem in problems_of(part.get("body"))
                if problem.code not in ROLLED_BACK
            ]
            if problems:
                refused.add(operation.id)
                yield refusal_of(operation, problems, "")
        if not refused:
            for operation in operations:
                refused.add(operation.id)
                message = "the request was taken back, and nothing says why"
                yield Verdict(operation.id, Status.ABSENT, code=HALTED, message=message)
        return refused

    def _changed(self, operations: Sequence[Operation]) -> Iterator[Verdict]:
        parts = [
            self._part(
                "PATCH",
                f"{NOTE}/{operation.destination_id}",
                f"n{place}",
                self._json(operation, whole=False),
            )
            for place, operation in enumerate(operations)
        ]
        try:
            reply = self._composite(parts, whole=False)
        except SilenceError as error:
            for operation in operations:
                yield _unknown(operation, error.code, str(error))
            return
        answers = _answers(reply)
        for place, operation in enumerate(operations):
            if len(answers) != len(parts):
                yield self._without_answers(operation, reply)
            elif _status(answers[place]) < 300:
                with self._lock:
                    self._written.pop(str(operation.destination_id), None)
                yield Verdict(operation.id, Status.LANDED, operation.destination_id)
            else:
                problems = problems_of(answers[place].get("body")) or (
                    Problem(f"HTTP_{_status(answers[place])}", "no reason is told"),
                )
                yield refusal_of(operation, problems, "")

    def _part(self, method: str, path: str, reference: str, body: Any) -> dict[str, Any]:
        url = f"{self.org.client.api}/sobjects/{path}"
        return {"method": method, "url": url, "referenceId": reference, "body": body}

    def _composite(self, parts: Sequence[Mapping[str, Any]], *, whole: bool) -> Reply:
        json = {"allOrNone": whole, "compositeRequest": parts}
        return self.org.client.send("POST", "composite", json=json)

    @staticmethod
    def _without_answers(operation: Operation, reply: Reply) -> Verdict:
        if not reply.ok:
            return refusal_of(operation, reply.refusal, "")
        return _unknown(operation, "STRANGE_ANSWER", "the answer does not show all parts")

    # Recognising and reading

    def resolve(self, operations: Sequence[Operation], mark: str) -> Iterator[Verdict]:
        """Creates by their title and record, among notes saved since the mark."""
        creates = [operation for operation in operations if operation.kind is Kind.CREATE]
        yield from super().resolve([one for one in operations if one.kind is not Kind.CREATE], mark)
        if not creates:
            return
        titles = {soql.text(str(operation.fields.get(TITLE) or "")) for operation in creates}
        stamp = stamp_of(self.described)
        rows: dict[str, str] = {}
        for where in soql.within(TITLE, sorted(titles)):
            since = f"{where} AND {stamp} >= {mark}" if mark and stamp else where
            for row in self.org.client.query(soql.select([TITLE], NOTE, since)):
                rows[checked(str(row["Id"]))] = str(row[TITLE])
        parents = self._parents(list(rows))
        taken: set[str] = set()
        for operation in creates:
            title, parent = operation.fields.get(TITLE), checked(str(operation.fields.get(PARENT)))
            ids = [id_ for id_ in rows if rows[id_] == title and parent in parents.get(id_, ())]
            mine = next((id_ for id_ in ids if id_ not in taken), None)
            if mine is None:
                yield Verdict(operation.id, Status.ABSENT, message="there is no such note")
            else:
                taken.add(mine)
                others = tuple(id_ for id_ in ids if id_ != mine)
                yield Verdict(operation.id, Status.LANDED, mine, duplicates=others)

    def read(self, ids: Sequence[str], names: Some[str]) -> dict[str, Record]:
        """Notes by id; the whole text of others than were just written costs a request each."""
        described = self.described
        wanted = list(names or described.by_name)
        asked = [n for n in described.readable(wanted) if n not in (CONTENT, PARENT)]
        if CONTENT in wanted:
            asked.append(SHOWN)
        found: dict[str, Record] = {}
        for id_, row in retrieved(self.org.client, described, ids, dict.fromkeys(asked)):
            record = described.incoming(row, wanted)
            if CONTENT in wanted:
                record[CONTENT] = self._text(id_, str(row.get(SHOWN) or ""))
            found[id_] = record
        if PARENT in wanted:
            for id_, parents in self._parents(list(found)).items():
                if id_ in found:
                    found[id_] = {**found[id_], PARENT: parents[0] if parents else None}
        return found

    def _text(self, id_: str, shown: str) -> str | None:
        with self._lock:
            written = self._written.pop(id_, None)
        if written is not None and visible(written)[:PREVIEW].strip() == " ".join(shown.split()):
            return written
        with self.org.client.read_text(f"sobjects/{NOTE}/{id_}/{CONTENT}") as file:
            return file.read().decode("utf-8", "replace") or None

    def _parents(self, ids: Sequence[str]) -> dict[str, list[str]]:
        """The records that notes are linked to; their owners do not count."""
        parents: dict[str, list[str]] = {id_: [] for id_ in ids}
        for where in soql.within("ContentDocumentId", map(soql.text, ids)) if ids else ():
            query = soql.select(["ContentDocumentId", PARENT], LINK, where)
            for row in self.org.client.query(query):
                parent = checked(str(row[PARENT]))
                if not parent.startswith(USER):
                    parents.setdefault(checked(str(row["ContentDocumentId"])), []).append(parent)
        return parents


def _unknown(operation: Operation, code: str, message: str) -> Verdict:
    return Verdict(operation.id, Status.UNKNOWN, code=code, message=message)


def _answers(reply: Reply) -> list[Mapping[str, Any]]:
    body = reply.body if isinstance(reply.body, dict) else {}
    answers = body.get("compositeResponse")
    return answers if reply.ok and isinstance(answers, list) else []


def _status(part: Mapping[str, Any]) -> int:
    return int(part.get("httpStatusCode") or 500)
