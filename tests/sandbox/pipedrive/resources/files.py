"""Files: https://developers.pipedrive.com/docs/api/v1/Files."""

from __future__ import annotations

import hashlib
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.sandbox.pipedrive.body import accept_body
from tests.sandbox.pipedrive.call import Answer
from tests.sandbox.pipedrive.refusal import RefusalError, not_found
from tests.sandbox.pipedrive.resources.v1 import V1Records
from tests.sandbox.pipedrive.tables.attribute import create_body, update_body
from tests.sandbox.pipedrive.tables.v1 import FILE, FILE_PARENTS, REMOTE_FILE, REMOTE_LINK

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.sandbox.pipedrive.call import Call

    Row = dict[str, Any]

MULTIPART = "multipart/form-data"
URLENCODED = "application/x-www-form-urlencoded"
_IMAGES = (".jpg", ".jpeg", ".png", ".gif", ".webp", ".heic")


class Upload(NamedTuple):
    """A file part of a multipart body."""

    filename: str
    content: bytes


class Files(V1Records):
    name = "files"
    singular = "File"
    attributes = FILE
    sorts = ("id", "update_time")

    def __init__(self) -> None:
        super().__init__()
        self.create_body = create_body(FILE, MULTIPART)
        self.update_body = update_body(FILE, URLENCODED)
        self.remote_body = create_body(REMOTE_FILE, URLENCODED)
        self.link_body = create_body(REMOTE_LINK, URLENCODED)

    def create(self, call: Call) -> Answer:
        account, form = call.account, dict(call.body)
        upload = form.pop("file", None)
        if not isinstance(upload, Upload):
            call.faults.add("file", "A file part is required")
        parents = _from_form(form, self.create_body.attributes)
        body = create_body(a for a in FILE if a.name != "file")
        values = accept_body(account, body, parents, self.name, call.faults)
        call.faults.refuse()
        assert isinstance(upload, Upload)
        if account.max_file_bytes is not None and len(upload.content) > account.max_file_bytes:
            raise RefusalError(
                413, f"{upload.filename} is larger than {account.max_file_bytes} bytes"
            )
        path = PurePath(upload.filename)
        digest = hashlib.sha256(upload.content).hexdigest()
        number = account.tables[self.name].next_id()
        row = {
            **self.blank,
            **self.stamps(call),
            **values,
            "id": number,
            "user_id": call.user["id"],
            "file_name": f"{path.stem}_{digest[:40]}{path.suffix}",
            "file_type": "img" if path.suffix.lower() in _IMAGES else path.suffix[1:] or "file",
            "file_size": len(upload.content),
            "remote_id": digest,
            "name": upload.filename,
        }
        account.contents[number] = upload.content
        account.put(self.name, row, "create")
        return Answer(self.shown(call, row))

    def remote(self, _call: Call) -> Answer:
        """Raises: RefusalError: always; nobody has linked a Google Drive to a sandbox."""
        raise RefusalError(400, "Google Drive is not connected")

    def download(self, call: Call) -> Answer:
        row = self.stored(call)
        return Answer(content=call.account.contents[row["id"]], media="application/octet-stream")

    def of_deal(self, call: Call) -> Answer:
        return self._of(call, "deal_id")

    def of_person(self, call: Call) -> Answer:
        return self._of(call, "person_id")

    def of_organization(self, call: Call) -> Answer:
        return self._of(call, "org_id")

    def _of(self, call: Call, column: str) -> Answer:
        number, name = call.id_at(), FILE_PARENTS[column][0]
        if call.account.live(name, number) is None:
            raise not_found(f"{name.removesuffix('s').capitalize()} {number}")
        call.query["of"] = (column, number)
        return self.list(call)

    def chosen(self, call: Call) -> Iterable[Row]:
        table = call.account.tables[self.name]
        return table.where(*call.query["of"]) if "of" in call.query else table

    def shown(self, call: Call, row: Row) -> Row:
        shown = super().shown(call, row)
        for key, (name, label, title) in FILE_PARENTS.items():
            if label:
                known = name in call.account.tables
                parent = call.account.live(name, row[key]) if known else None
                shown[label] = parent and parent[title]
        shown["url"] = f"{call.base_url}/v1/files/{row['id']}/download"
        return shown


def _from_form(form: dict[str, Any], attributes: Any) -> dict[str, Any]:
    """Form values as JSON would have them: digits become numbers where a number is due."""
    return {
        key: int(text)
        if key in attributes and attributes[key].type == "integer" and _is_whole(text)
        else text
        for key, text in form.items()
    }


def _is_whole(text: Any) -> bool:
    return isinstance(text, str) and text.isascii() and text.isdigit()
