"""Files: streamed from where the tap stored them, after a look at size and digest."""

from __future__ import annotations

import hashlib
import re
import secrets
from typing import TYPE_CHECKING, Any

import fsspec  # type: ignore[import-untyped]  # it ships neither stubs nor a py.typed

from crm_transforms.destination import (
    BudgetExhaustedError,
    Complaint,
    DestinationError,
    Operation,
    Status,
    Verdict,
)
from target_pipedrive.v1 import V1Resource

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from crm_transforms.destination import Record
    from target_pipedrive.answers import Outcome

BLOCK = 1 << 20
RULE = "file"
"""What a stored file breaks that cannot be sent as it is."""
UNSENDABLE = str.maketrans({'"': "'", "\\": "_", "/": "_", "\r": " ", "\n": " "})
"""Characters that readers of multipart bodies unescape, cut or refuse, each in its own way."""
MEDIA_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+")
DESCRIPTION_ATTEMPTS = 3


class Multipart:
    """A ``multipart/form-data`` body that is read from its file while it is sent.

    ``requests`` would hold the whole file in memory; eight large ones at a time are too many.
    """

    def __init__(
        self, path: str, size: int, name: str, content_type: str, form: Mapping[str, str]
    ) -> None:
        boundary = secrets.token_hex(16)
        kind = content_type if MEDIA_TYPE.fullmatch(content_type) else "application/octet-stream"
        head = "".join(
            f'--{boundary}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'
            for key, value in form.items()
        )
        head += (
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
            f"Content-Type: {kind}\r\n\r\n"
        )
        self.content_type = f"multipart/form-data; boundary={boundary}"
        self._path = path
        self._head = head.encode()
        self._tail = f"\r\n--{boundary}--\r\n".encode()
        self._length = len(self._head) + size + len(self._tail)

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[bytes]:
        yield self._head
        with fsspec.open(self._path, "rb") as source:
            while block := source.read(BLOCK):
                yield block
        yield self._tail


def with_file(row: dict[str, Any]) -> dict[str, Any]:
    """A file as the API answers it, with what is known of its bytes."""
    return {**row, "file": {"name": row.get("name"), "size": row.get("file_size")}}


def visible_name(record: Record) -> str:
    """The name under which a file shows: its record's, else its own."""
    file = record.get("file")
    own = file.get("name") if isinstance(file, dict) else None
    return str(record.get("name") or own or "file").translate(UNSENDABLE).strip()


class Files(V1Resource):
    """The files of one account."""

    def normalise(self, record: Record) -> dict[str, Any]:
        """The record as it will be read back: of the file itself, its visible name and its size."""
        normal = super().normalise(record)
        file = normal.get("file")
        if isinstance(file, dict):
            normal["file"] = {**file, "name": visible_name(record)}
            if normal.get("name"):
                normal["name"] = visible_name(record)
        return normal

    def page(self, start: int, limit: int, sort: str) -> tuple[list[dict[str, Any]], int | None]:
        rows, following = super().page(start, limit, sort)
        return [with_file(row) for row in rows], following

    def one(self, id_: int) -> list[dict[str, Any]]:
        return [with_file(row) for row in super().one(id_)]

    def check(self, record: Record, *, whole: bool = True) -> list[Complaint]:
        complaints = super().check(record, whole=whole)
        file = record.get("file")
        size = file.get("size") if isinstance(file, dict) else None
        if isinstance(size, int) and size > self.account.max_file_bytes:
            complaints.append(Complaint("file", RULE, self.too_large(size), "FILE_TOO_LARGE"))
        return complaints

    def too_large(self, size: int) -> str:
        """What to say of a file above the limit."""
        return f"{size} bytes, above max_file_mb ({self.account.max_file_bytes} bytes)"

    def examined(self, file: Mapping[str, Any]) -> tuple[int, str, str]:
        """A stored file's size, and what is wrong with it: a code and a sentence, or nothing."""
        told = file.get("size")
        if isinstance(told, int) and told > self.account.max_file_bytes:
            return told, "FILE_TOO_LARGE", self.too_large(told)
        size = 0
        digest = hashlib.sha256()
        try:
            with fsspec.open(str(file["path"]), "rb") as source:
                while block := source.read(BLOCK):
                    digest.update(block)
                    size += len(block)
                    if size > self.account.max_file_bytes:
                        return size, "FILE_TOO_LARGE", self.too_large(size)
        except (OSError, ValueError, ImportError) as error:
            return size, "FILE_MISSING", f"it cannot be read: {error}"
        if told is not None and told != size:
            return size, "FILE_SIZE", f"{size} bytes are stored where {told} were announced"
        if file.get("sha256") and file["sha256"] != digest.hexdigest():
            message = f"its SHA-256 is {digest.hexdigest()}, not {file['sha256']}"
            return size, "FILE_DIGEST", message
        return size, "", ""

    def create(self, operation: Operation) -> Verdict:
        """Upload a file; its description can only be set in a second request."""
        given = operation.fields["file"]
        file = given if isinstance(given, dict) else {}
        size, code, message = self.examined(file)
        if code:
            where = f"{file.get('name') or file['path']}: {message}"
            return Verdict(operation.id, Status.REFUSED, None, code, where, ("file",), rule=RULE)
        body = self.fields.outgoing(operation.fields, whole=True)
        description = str(body.pop("description", None) or "")
        form = {key: str(value) for key, value in body.items() if key not in {"file", "name"}}
        name = visible_name(operation.fields)
        kind = str(file.get("content_type") or "")

        def upload() -> tuple[Multipart, str]:
            multipart = Multipart(str(file["path"]), size, name, kind, form)
            return multipart, multipart.content_type

        outcome = self.client.send("POST /v1/files", body=upload)
        verdict = self.created(operation, outcome)
        if description and verdict.destination_id:
            return self.described(operation, verdict.destination_id, description)
        return verdict

    def described(self, operation: Operation, id_: str, description: str) -> Verdict:
        """Set the description of a file that has landed. Setting it twice does no harm."""
        words = ""
        for _ in range(DESCRIPTION_ATTEMPTS):
            try:
                form = {"description": description}
                outcome = self.client.send("PUT /v1/files/{id}", form=form, id=id_)
            except (DestinationError, BudgetExhaustedError) as error:
                words = str(error)
                break
            if outcome.status is Status.LANDED:
                return Verdict(operation.id, Status.LANDED, id_)
            words = outcome.words
            if outcome.status is Status.REFUSED:
                break
        message = f"the file is there, its description was not set: {words}"
        return Verdict(operation.id, Status.LANDED, id_, "NO_DESCRIPTION", message)

    def update(self, operation: Operation) -> Outcome:
        body = self.fields.outgoing(operation.fields, whole=False)
        form = {key: str(value or "") for key, value in body.items()}
        return self.client.send("PUT /v1/files/{id}", form=form, id=operation.destination_id)
