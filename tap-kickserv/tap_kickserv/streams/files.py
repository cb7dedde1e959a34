"""Notes, photos, signatures and tags."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from singer_sdk import typing as th
from typing_extensions import override

from tap_kickserv import values
from tap_kickserv.fields import Kind, boolean, instant, integer, text
from tap_kickserv.images import image_addresses, image_name, with_addresses
from tap_kickserv.ordered import in_order
from tap_kickserv.stream import KickservStream

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from singer_sdk.helpers.types import Record

    from tap_kickserv.files import FileStore

_STORED = (
    ("path", th.StringType, "Where the file is stored."),
    ("size", th.IntegerType, "Bytes, as stored."),
    ("sha256", th.StringType, "SHA-256 of the stored bytes, in hexadecimal."),
    ("error", th.StringType, "Why the file could not be stored; there is no path then."),
)
_images = Kind(
    th.ArrayType(
        th.ObjectType(
            th.Property("src", th.StringType, description="The image's address in the note."),
            th.Property("file_name", th.StringType, description="Name of the file."),
            th.Property("content_type", th.StringType, description="Media type."),
            *(th.Property(name, kind, description=told) for name, kind, told in _STORED),
        ),
    ),
    values.whole,
)
_FILE = (
    integer("id", "Internal id."),
    integer("job_id", "Id of the job."),
    text("file_name", "Name of the file."),
    text("content_type", "Media type."),
    integer("file_size", "Bytes, as Kickserv says."),
    text("url", "Address of the file; may expire soon."),
    *(Kind(kind, values.whole)(name, told) for name, kind, told in _STORED),
    instant("created_at", "When the record was made."),
    instant("updated_at", "When the record was last changed."),
)


class FileStream(KickservStream):
    """Records that stand for files, or contain some."""

    @override
    def complete(self, records: Iterator[Record]) -> Iterator[Record]:
        files = self._kickserv.files
        if files is None:
            return records
        pool, concurrency = self._kickserv.client.pool, self._kickserv.client.concurrency
        return in_order(pool, partial(self.store, files), records, lambda _: concurrency)

    def store(self, files: FileStore, record: Record) -> Record:
        """Store the record's file and say in the record where it is, or why it is nowhere."""
        stored = files.store(
            record.get("url"),
            file_name=record.get("file_name"),
            content_type=record.get("content_type"),
            file_size=record.get("file_size"),
        )
        self._warn(record, stored)
        return {**record, **stored}

    def _warn(self, record: Record, stored: Mapping[str, Any]) -> None:
        if "error" in stored:
            self.logger.warning("%s %s: %s", self.name, record.get("id"), stored["error"])


class Attachments(FileStream):
    """Photos and documents of a job or of an expense."""

    name = "attachments"
    fields = (*_FILE, integer("expense_id", "Id of the expense, if it belongs to one."))


class Signatures(FileStream):
    """Signatures given on a job."""

    name = "signatures"
    fields = (
        *_FILE,
        text("signed_by", "Who signed."),
        instant("signed_at", "When it was signed."),
    )


class Notes(FileStream):
    """Remarks on a job or a customer, possibly in HTML with images."""

    name = "notes"
    glue: ClassVar = {"employee": {"employee_id": "id"}}
    fields = (
        integer("id", "Internal id."),
        text("note", "The text."),
        boolean("public", "Whether the customer may see it; without effect on customers' notes."),
        integer("noteable_id", "Id of the job or customer."),
        text("noteable_type", "Job or Customer."),
        integer("employee_id", "Id of the author."),
        integer("created_by", "Id of the employee who made the record."),
        integer("updated_by", "Id of the employee who changed it last."),
        _images("images", "The images in the text; `src` is how the text refers to them."),
        instant("created_at", "When the record was made."),
        instant("updated_at", "When the record was last changed."),
    )

    @override
    def store(self, files: FileStore, record: Record) -> Record:
        """Store the images in the note.

        An image that is part of the text itself (`data:`) is replaced there by
        `sha256:<its digest>`: bytes do not travel in messages.
        """
        images = []
        moved = {}
        note = record.get("note")
        for place, src in enumerate(image_addresses(note), start=1):
            stored = files.store(src)
            self._warn(record, stored)
            if "sha256" in stored:
                if src[:5].lower() == "data:":
                    moved[src] = f"sha256:{stored['sha256']}"
                stored["file_name"] = stored["file_name"] or image_name(
                    place, stored["content_type"]
                )
            images.append({"src": moved.get(src, src), **stored})
        if not images:
            return record
        return {**record, "note": with_addresses(str(note), moved), "images": images}


class Tags(KickservStream):
    """Tags of a job; one row for each job that has the tag."""

    name = "tags"
    key = ("job_id", "id")
    fields = (
        integer("id", "Internal id of the tag."),
        integer("job_id", "Id of the job."),
        text("name", "The tag."),
    )
