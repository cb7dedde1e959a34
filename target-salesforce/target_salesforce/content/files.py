"""Files: a version with its bytes, whose document hangs on a record.

https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/
(sforce_api_objects_contentversion.htm, sforce_api_objects_contentdocument.htm)
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from crm_transforms.destination import Complaint, DestinationError, Kind, Operation, Status, Verdict
from target_salesforce.collection import Collection
from target_salesforce.content.stored_file import Multipart, examined, too_large
from target_salesforce.errors import SilenceError
from target_salesforce.records import Records
from target_salesforce.retrieval import retrieved
from target_salesforce.verdicts import FULL, refusal_of, verdict_of

if TYPE_CHECKING:
    from collections.abc import Collection as Some
    from collections.abc import Iterator, Sequence

    from crm_transforms.destination import Record
    from target_salesforce.org import Org

VERSION = "ContentVersion"
DOCUMENT = "ContentDocument"
FILE = "file"
SIZE = "ContentSize"
PATH = "PathOnClient"
RULE = "file"
"""What a stored file breaks that cannot be sent as it is."""


class Files(Records):
    """The files of one org; ids are those of versions."""

    def __init__(self, org: Org) -> None:
        super().__init__(org, VERSION)

    def unit_of(self, kind: Kind) -> int:
        return 1 if kind is Kind.CREATE else super().unit_of(kind)

    def check(self, record: Record, *, whole: bool = True) -> list[Complaint]:
        complaints = super().check(_named(record) if whole else record, whole=whole)
        file = record.get(FILE)
        size = file.get("size") if isinstance(file, dict) else None
        most = self.org.max_file_bytes
        if isinstance(size, int) and size > most:
            code, message = too_large(size, most)
            complaints.append(Complaint(FILE, RULE, message, code))
        return complaints

    def sent(self, kind: Kind, operations: Sequence[Operation]) -> Iterator[Verdict]:
        if kind is Kind.CREATE:
            for operation in operations:
                yield self._uploaded(operation)
        elif kind is Kind.DELETE:
            yield from self._removed(operations)
        else:
            yield from super().sent(kind, operations)

    def read(self, ids: Sequence[str], names: Some[str]) -> dict[str, Record]:
        """Files by id; of the bytes only how many there are."""
        described = self.described
        wanted = list(names or described.by_name)
        asked = described.readable([name for name in wanted if name != FILE])
        if FILE in wanted:
            asked.append(SIZE)
        found: dict[str, Record] = {}
        for id_, row in retrieved(self.org.client, described, ids, dict.fromkeys(asked)):
            record = described.incoming(row, [name for name in wanted if name != FILE])
            if FILE in wanted:
                record[FILE] = {"size": row.get(SIZE)}
            found[id_] = record
        return found

    def _uploaded(self, operation: Operation) -> Verdict:
        given = operation.fields[FILE]
        file: dict[str, Any] = given if isinstance(given, dict) else {}
        size, flaw = examined(file, self.org.max_file_bytes)
        if flaw:
            message = f"{file.get('name') or file.get('path')}: {flaw.message}"
            status = Status.REFUSED
            return Verdict(operation.id, status, None, flaw.code, message, (FILE,), rule=RULE)
        record = {name: value for name, value in operation.fields.items() if name != FILE}
        json = self.described.outgoing(_named({**record, FILE: given}), whole=True)
        json.pop(FILE)
        name = str(json[PATH])
        kind = str(file.get("content_type") or "")

        def body() -> tuple[Multipart, str]:
            multipart = Multipart(json, str(file["path"]), size, name, kind)
            return multipart, multipart.content_type

        try:
            reply = self.org.client.send("POST", f"sobjects/{VERSION}", data=body)
        except SilenceError as error:
            return Verdict(operation.id, Status.UNKNOWN, code=error.code, message=str(error))
        key_field = self.org.book.key_fields.get(VERSION, "")
        if reply.ok:
            return verdict_of(operation, reply.body, key_field)
        if reply.code == FULL:
            raise DestinationError(f"the org's file storage is full: {reply.words}")
        return refusal_of(operation, reply.refusal, key_field)

    def _removed(self, operations: Sequence[Operation]) -> Iterator[Verdict]:
        """Remove the documents of versions: a version does not go without the others."""
        ids = [str(operation.destination_id) for operation in operations]
        rows = retrieved(self.org.client, self.described, ids, [f"{DOCUMENT}Id"])
        documents = {id_: str(row[f"{DOCUMENT}Id"]) for id_, row in rows}
        versions = {operation.id: operation.destination_id for operation in operations}
        there = []
        for operation in operations:
            document = documents.get(str(operation.destination_id))
            if document is None:
                id_ = operation.destination_id
                yield Verdict(operation.id, Status.LANDED, id_, "ALREADY_GONE")
            else:
                there.append(dataclasses.replace(operation, destination_id=document))
        if there:
            collection = Collection(self.org, self.org.book.of(DOCUMENT), Kind.DELETE)
            for verdict in collection.carry_out(there):
                id_ = verdict.destination_id and versions[verdict.operation_id]
                yield dataclasses.replace(verdict, destination_id=id_)


def _named(record: Record) -> dict[str, Any]:
    """The record with the name by which Salesforce knows the kind of its file."""
    if record.get(PATH):
        return dict(record)
    file = record.get(FILE)
    own = file.get("name") if isinstance(file, dict) else None
    return {**record, PATH: str(own or record.get("Title") or "file")}
