"""Files: versions with their bytes, streamed from where the tap stored them.

https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/
sforce_api_objects_contentversion.htm
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from crm_transforms.destination import (
    BudgetExhaustedError,
    Complaint,
    Cost,
    DestinationError,
    Kind,
    Operation,
    Status,
    Verdict,
)
from target_salesforce.collection import HEADERS, LOCK_ATTEMPTS, MOST_RECORDS, Collection
from target_salesforce.content.links import documents_of, link_to
from target_salesforce.content.stored import TOO_LARGE, Multipart, looked_at, too_large
from target_salesforce.errors import SilenceError
from target_salesforce.ids import checked
from target_salesforce.records import Records
from target_salesforce.verdicts import FULL, LOCKED, refusal_of

if TYPE_CHECKING:
    from collections.abc import Collection as Some
    from collections.abc import Iterator, Mapping, Sequence

    from crm_transforms.destination import Record
    from target_salesforce.content.stored import Look
    from target_salesforce.org import Org
    from target_salesforce.reply import Reply

FILE, PATH, PARENT = "file", "PathOnClient", "FirstPublishLocationId"
RULE = "file"
"""What a stored file breaks that cannot be sent as it is."""
AS_SENT, ANOTHER = "as sent", "another one"
READ_WITH = (PATH, "ContentSize", "Checksum")
"""Fields that tell of the bytes."""


def own_name(record: Record) -> str:
    """The name that a file has at its sender's."""
    file = record.get(FILE)
    given = record.get(PATH) or (file.get("name") if isinstance(file, dict) else None)
    return str(given or "file").replace("\\", "/").rpartition("/")[2].strip() or "file"


class Files(Records):
    """The files of one org; an id is that of the version, which belongs to a document."""

    unit = 1

    def __init__(self, org: Org, name: str = "ContentVersion") -> None:
        super().__init__(org, name)
        self._sent_as: dict[str, str] = {}

    def cost(self, kind: Kind, count: int) -> Cost:
        """One upload each; removals go together, after a look at which document they are of."""
        calls = count if kind is Kind.CREATE else 2 * -(-count // MOST_RECORDS)
        return Cost(calls, calls)

    # Judging

    def normalise(self, record: Record) -> dict[str, Any]:
        """The record as it will be read back: of the file itself, its name and its size."""
        normal = super().normalise(_as_made(record))
        file = normal.get(FILE)
        if isinstance(file, dict):
            normal[FILE] = {
                "name": own_name(record),
                "size": file.get("size"),
                "checksum": file.get("checksum", AS_SENT),
            }
        return normal

    def check(self, record: Record, *, whole: bool = True) -> list[Complaint]:
        """Why the API would refuse this record, or why its file is not sent."""
        complaints = super().check(_as_made(record), whole=whole)
        file = record.get(FILE)
        size = file.get("size") if isinstance(file, dict) else None
        if isinstance(size, int) and size > self.org.max_file_bytes:
            message = too_large(size, self.org.max_file_bytes)
            complaints.append(Complaint(FILE, RULE, message, TOO_LARGE))
        return complaints

    def judged(self, operation: Operation) -> Verdict | None:
        verdict = super().judged(operation)
        if verdict is not None and verdict.rule == RULE:
            return dataclasses.replace(verdict, code=TOO_LARGE)
        return verdict

    # Writing

    def sent(self, kind: Kind, operations: Sequence[Operation]) -> Iterator[Verdict]:
        if kind is Kind.CREATE:
            for operation in operations:
                yield self._uploaded(operation)
        elif kind is Kind.DELETE:
            yield from self._removed(operations)
        else:
            yield from super().sent(kind, operations)

    def _uploaded(self, operation: Operation) -> Verdict:
        record = operation.fields
        given = record[FILE]
        file: Record = given if isinstance(given, dict) else {}
        look = looked_at(file, self.org.max_file_bytes)
        if look.code:
            where = f"{own_name(record)}: {look.message}"
            return Verdict(operation.id, Status.REFUSED, None, look.code, where, (FILE,), rule=RULE)
        entity = self.described.outgoing(
            {name: value for name, value in _as_made(record).items() if name != FILE}, whole=True
        )
        try:
            reply = self._sent_up(entity, str(file["path"]), look, own_name(record))
        except SilenceError as error:
            return Verdict(operation.id, Status.UNKNOWN, code=error.code, message=str(error))
        if not reply.ok:
            return self._refused(operation, reply)
        body = reply.body if isinstance(reply.body, dict) else {}
        id_ = checked(str(body.get("id") or ""))
        if not id_:
            message = "the answer names no file"
            return Verdict(operation.id, Status.UNKNOWN, code="STRANGE_ANSWER", message=message)
        self._sent_as[id_[:15]] = look.md5
        return self._shown_elsewhere(operation, id_)

    def _sent_up(self, entity: Mapping[str, Any], path: str, look: Look, name: str) -> Reply:
        """Send a file; again while others hold what it is to be shown at."""

        def body() -> tuple[Multipart, str]:
            multipart = Multipart(entity, path, look.size, name)
            return multipart, multipart.content_type

        for failures in range(LOCK_ATTEMPTS):
            if failures:
                self.org.client.clock.back_off(failures)
            reply = self.org.client.send(
                "POST", f"sobjects/{self.name}", data=body, headers=HEADERS
            )
            if reply.code != LOCKED:
                break
        return reply

    def _refused(self, operation: Operation, reply: Reply) -> Verdict:
        key_field = self.org.book.key_fields.get(self.name, "")
        verdict = refusal_of(operation, reply.refusal, key_field)
        if verdict.code == FULL:
            raise DestinationError(f"the org's file storage is full: {verdict.message}")
        return verdict

    def _shown_elsewhere(self, operation: Operation, id_: str) -> Verdict:
        """Show a file that has landed at its further parents."""
        parents = operation.fields.get(PARENT)
        further = list(dict.fromkeys(parents[1:])) if isinstance(parents, list) else []
        words = ""
        try:
            if further:
                version = documents_of(self.org.client, [id_])[id_[:15]]
                words = self._linked(str(version["ContentDocumentId"]), further)
        except (DestinationError, BudgetExhaustedError, SilenceError, KeyError) as error:
            words = str(error)
        if not words:
            return Verdict(operation.id, Status.LANDED, id_)
        message = f"the file is there, but not shown at all its records: {words}"
        return Verdict(operation.id, Status.LANDED, id_, "NOT_LINKED", message, (PARENT,))

    def _linked(self, document_id: str, entities: Sequence[Any]) -> str:
        """Show a document at records; what the API has against it."""
        links = [
            {"attributes": {"type": "ContentDocumentLink"}, **link_to(document_id, str(entity))}
            for entity in entities
        ]
        json = {"allOrNone": False, "records": links}
        reply = self.org.client.send("POST", "composite/sobjects", json=json)
        rows = reply.body if reply.ok and isinstance(reply.body, list) else []
        if len(rows) != len(links):
            return reply.words
        failed = [row for row in rows if not row.get("success")]
        return "; ".join(str(error["message"]) for row in failed for error in row["errors"])

    def _removed(self, operations: Sequence[Operation]) -> Iterator[Verdict]:
        """Remove the documents that versions belong to, unless somebody has put newer ones there.

        A version cannot be removed by itself.
        """
        ids = [str(operation.destination_id) for operation in operations]
        there = documents_of(self.org.client, ids)
        documents: dict[int, Operation] = {}
        for operation in operations:
            version = there.get(str(operation.destination_id)[:15])
            if version is None:
                yield Verdict(operation.id, Status.LANDED, operation.destination_id, "ALREADY_GONE")
            elif not version["IsLatest"]:
                message = "somebody has put a newer version in its place"
                yield Verdict(operation.id, Status.REFUSED, None, "NEWER_VERSION", message)
            else:
                documents[operation.id] = dataclasses.replace(
                    operation, destination_id=checked(str(version["ContentDocumentId"]))
                )
        known = {operation.id: operation.destination_id for operation in operations}
        collection = Collection(self.org, self.described, Kind.DELETE)
        for verdict in collection.carry_out(list(documents.values())) if documents else ():
            landed = verdict.status is Status.LANDED
            id_ = known[verdict.operation_id] if landed else None
            yield dataclasses.replace(verdict, destination_id=id_)

    # Recognising and reading

    def resolve(self, operations: Sequence[Operation], mark: str) -> Iterator[Verdict]:
        """Find files by their key; of one document's versions the first one is ours."""
        for verdict in super().resolve(operations, mark):
            ids = [verdict.destination_id, *verdict.duplicates]
            if verdict.status is not Status.LANDED or not verdict.duplicates:
                yield verdict
                continue
            there = documents_of(self.org.client, [id_ for id_ in ids if id_])
            firsts: dict[str, str] = {}
            for version in sorted(there.values(), key=lambda row: str(row["Id"])):
                firsts.setdefault(str(version["ContentDocumentId"]), checked(str(version["Id"])))
            first, *others = firsts.values()
            yield dataclasses.replace(verdict, destination_id=first, duplicates=tuple(others))

    def read(self, ids: Sequence[str], names: Some[str]) -> dict[str, Record]:
        """Versions by id; of the bytes, the name, the size and whether they are those sent."""
        wanted = set(names) or set(self.described.by_name)
        asked = wanted | set(READ_WITH) if FILE in wanted else wanted
        rows = super().read(ids, sorted(asked - {FILE}) or ["Id"])
        found: dict[str, Record] = {}
        for id_, row in rows.items():
            record = {name: value for name, value in row.items() if name in wanted}
            if FILE in wanted:
                record[FILE] = self._bytes_of(id_, row)
            found[id_] = record
        return found

    def _bytes_of(self, id_: str, row: Record) -> dict[str, Any]:
        sent_as, held = self._sent_as.get(id_[:15]), row.get("Checksum")
        as_sent = not sent_as or not held or sent_as == held
        return {
            "name": own_name(row),
            "size": row.get("ContentSize"),
            "checksum": AS_SENT if as_sent else ANOTHER,
        }


def _as_made(record: Record) -> dict[str, Any]:
    """The record as a file is made with it: under a name, and at the first of its parents."""
    made = dict(record)
    if isinstance(record.get(FILE), dict) and not record.get(PATH):
        made[PATH] = own_name(record)
    parents = record.get(PARENT)
    if isinstance(parents, list):
        made[PARENT] = parents[0] if parents else None
    return made
