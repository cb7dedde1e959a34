"""Stored files: looked at before they are sent, and read while they are."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

import fsspec  # type: ignore[import-untyped]  # it ships neither stubs nor a py.typed

from crm_transforms.canonical import encode

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from crm_transforms.destination import Record

BLOCK = 1 << 20
TOO_LARGE = "FILE_TOO_LARGE"
UNSENDABLE = str.maketrans({'"': "'", "\\": "_", "/": "_", "\r": " ", "\n": " "})
"""Characters that readers of multipart bodies unescape, cut or refuse, each in its own way."""


@dataclass(frozen=True)
class Look:
    """What a look at a stored file has found.

    Attributes:
        size: bytes, as far as it was read.
        md5: as Salesforce shows it (``ContentVersion.Checksum``).
        code: why it cannot be sent, or empty; message: the same as a sentence.
    """

    size: int
    md5: str = ""
    code: str = ""
    message: str = ""


def too_large(size: int, most: int) -> str:
    """What to say of a file above the limit."""
    return f"{size} bytes, above max_file_mb ({most} bytes)"


def looked_at(file: Record, most: int) -> Look:
    """Compare a stored file with what was announced of it.

    Args:
        file: ``path`` (an fsspec URL), and ``size`` and ``sha256`` where they are known.
        most: bytes of the largest file that is sent.
    """
    told = file.get("size")
    if isinstance(told, int) and told > most:
        return Look(told, code=TOO_LARGE, message=too_large(told, most))
    size = 0
    sha256, md5 = hashlib.sha256(), hashlib.md5(usedforsecurity=False)
    try:
        with fsspec.open(str(file["path"]), "rb") as source:
            while block := source.read(BLOCK):
                sha256.update(block)
                md5.update(block)
                size += len(block)
                if size > most:
                    return Look(size, code=TOO_LARGE, message=too_large(size, most))
    except (OSError, ValueError, ImportError) as error:
        return Look(size, code="FILE_MISSING", message=f"it cannot be read: {error}")
    if told is not None and told != size:
        message = f"{size} bytes are stored where {told} were announced"
        return Look(size, code="FILE_SIZE", message=message)
    if file.get("sha256") and file["sha256"] != sha256.hexdigest():
        message = f"its SHA-256 is {sha256.hexdigest()}, not {file['sha256']}"
        return Look(size, code="FILE_DIGEST", message=message)
    return Look(size, md5.hexdigest())


class Multipart:
    """A record with its bytes as one ``multipart/form-data`` body, read while it is sent.

    https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/
    dome_sobject_insert_update_blob.htm
    """

    def __init__(self, entity: Mapping[str, object], path: str, size: int, name: str) -> None:
        boundary = secrets.token_hex(16)
        shown = name.translate(UNSENDABLE)
        head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="entity_content"\r\n'
            "Content-Type: application/json\r\n\r\n"
        ).encode()
        head += encode(entity)
        head += (
            f'\r\n--{boundary}\r\nContent-Disposition: form-data; name="VersionData";'
            f' filename="{shown}"\r\nContent-Type: application/octet-stream\r\n\r\n'
        ).encode()
        self.content_type = f"multipart/form-data; boundary={boundary}"
        self._path = path
        self._head = head
        self._tail = f"\r\n--{boundary}--\r\n".encode()
        self._length = len(head) + size + len(self._tail)

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[bytes]:
        yield self._head
        with fsspec.open(self._path, "rb") as source:
            while block := source.read(BLOCK):
                yield block
        yield self._tail
