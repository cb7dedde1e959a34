"""A file where the tap stored it: looked at before it is sent, and streamed on its way."""

from __future__ import annotations

import hashlib
import re
import secrets
from typing import TYPE_CHECKING, Any, NamedTuple

import fsspec  # type: ignore[import-untyped]  # it ships neither stubs nor a py.typed

from crm_transforms.canonical import encode

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

BLOCK = 1 << 20
MEDIA_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+")
UNSENDABLE = str.maketrans({'"': "'", "\\": "_", "/": "_", "\r": " ", "\n": " "})
"""Characters that readers of multipart bodies unescape, cut or refuse, each in its own way."""


class Flaw(NamedTuple):
    """Why a stored file cannot be sent.

    Attributes:
        code: ours.
        message: how, as a sentence.
    """

    code: str
    message: str


def too_large(size: int, most: int) -> Flaw:
    """What to say of a file above the limit, both in bytes."""
    return Flaw("FILE_TOO_LARGE", f"{size} bytes, above max_file_mb ({most} bytes)")


def examined(file: Mapping[str, Any], most: int) -> tuple[int, Flaw | None]:
    """A stored file's size in bytes, and what is wrong with it.

    Args:
        file: ``path``, and ``size`` and ``sha256`` as far as they were told.
        most: bytes that may be sent.
    """
    told = file.get("size")
    if isinstance(told, int) and told > most:
        return told, too_large(told, most)
    size = 0
    digest = hashlib.sha256()
    try:
        with fsspec.open(str(file["path"]), "rb") as source:
            while block := source.read(BLOCK):
                digest.update(block)
                size += len(block)
                if size > most:
                    return size, too_large(size, most)
    except (OSError, ValueError, ImportError) as error:
        return size, Flaw("FILE_MISSING", f"it cannot be read: {error}")
    if told is not None and told != size:
        return size, Flaw("FILE_SIZE", f"{size} bytes are stored where {told} were announced")
    if file.get("sha256") and file["sha256"] != digest.hexdigest():
        message = f"its SHA-256 is {digest.hexdigest()}, not {file['sha256']}"
        return size, Flaw("FILE_DIGEST", message)
    return size, None


class Multipart:
    """A record with its bytes, read from the file while it is sent.

    The record goes first, as ``entity_content``, and the bytes last:
    https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/
    dome_sobject_insert_update_blob.htm. ``requests`` would hold the whole file in memory.

    Args:
        record: JSON of the record, without its bytes.
        path: where the bytes are.
        size: how many there are.
        name: the file's.
        content_type: of the bytes; anything that is none is sent as plain bytes.
    """

    def __init__(
        self, record: Mapping[str, Any], path: str, size: int, name: str, content_type: str
    ) -> None:
        boundary = secrets.token_hex(16)
        kind = content_type if MEDIA_TYPE.fullmatch(content_type) else "application/octet-stream"
        head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="entity_content"\r\n'
            "Content-Type: application/json\r\n\r\n"
        )
        middle = (
            f'\r\n--{boundary}\r\nContent-Disposition: form-data; name="VersionData"; '
            f'filename="{name.translate(UNSENDABLE)}"\r\nContent-Type: {kind}\r\n\r\n'
        )
        self.content_type = f"multipart/form-data; boundary={boundary}"
        self._path = path
        self._head = head.encode() + encode(record) + middle.encode()
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
