"""Files beside the stream: stored once under their SHA-256, named in the record by path."""

from __future__ import annotations

import hashlib
import mimetypes
from pathlib import PurePosixPath
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING, Any
from uuid import uuid4

import fsspec  # type: ignore[import-untyped] # ships no types
from singer_sdk.exceptions import FatalSyncError

from tap_kickserv.downloads import CHUNK_BYTES, Downloads, UnusableFileError

if TYPE_CHECKING:
    from tap_kickserv.client import Client
    from tap_kickserv.downloads import Download

MAX_BYTES = 256 * 1024 * 1024
TRIES = 3
PAUSE_SECONDS = 1.0


def trouble_with(url: str) -> str | None:
    """Say why files cannot be put below an fsspec URL, if so, by putting an empty one there."""
    try:
        files, root = fsspec.url_to_fs(url.rstrip("/"))
        files.makedirs(root, exist_ok=True)
        trial = f"{root}/{uuid4().hex}.part"
        files.touch(trial)
        files.rm_file(trial)
    except Exception as error:  # noqa: BLE001 - each kind of store raises errors of its own
        return str(error) or type(error).__name__
    return None


class FileStore:
    """Stores files under an fsspec URL.

    Args:
        url: Folder for the files, e.g. `/srv/files` or `s3://bucket/files`.
        client: Fetches files from the account's own host.
        max_bytes: Longest file that is stored.
    """

    def __init__(self, url: str, client: Client, *, max_bytes: int = MAX_BYTES) -> None:
        self._url = url.rstrip("/")
        self._files, self._root = fsspec.url_to_fs(self._url)
        self._downloads = Downloads(client)
        self._sleep = client.sleep
        self._max_bytes = max_bytes

    def store(
        self,
        url: str | None,
        *,
        file_name: str | None = None,
        content_type: str | None = None,
        file_size: int | None = None,
    ) -> dict[str, Any]:
        """Fetch and store one file.

        Args:
            url: Address; relative ones are resolved against the account's own pages.
            file_name: Name, if the record says one.
            content_type: Media type, if the record says one.
            file_size: Bytes, if the record says how many.

        Returns:
            `path`, `size`, `sha256`, `file_name` and `content_type`; or `error`.

        Raises:
            FatalSyncError: The store takes no more files.
        """
        may_be_html = "html" in (content_type or mimetypes.guess_type(file_name or "")[0] or "")
        reason = ""
        for attempt in range(TRIES):
            if attempt:
                self._sleep(PAUSE_SECONDS * attempt)
            try:
                with self._downloads.open(url, may_be_html=may_be_html) as download:
                    stored = self._keep(download, file_size)
                    return {
                        "file_name": file_name or download.file_name,
                        "content_type": content_type or download.content_type,
                        **stored,
                    }
            except UnusableFileError as error:
                reason = str(error)
                if not error.passing:
                    break
        return {"error": reason}

    def _keep(self, download: Download, file_size: int | None) -> dict[str, Any]:
        digest, size = hashlib.sha256(), 0
        checksum = hashlib.md5(usedforsecurity=False)
        with TemporaryFile() as spool:
            for chunk in download.chunks:
                size += len(chunk)
                if size > self._max_bytes:
                    raise UnusableFileError(f"longer than {self._max_bytes} bytes")
                digest.update(chunk)
                checksum.update(chunk)
                spool.write(chunk)
            if type(file_size) is int and size != file_size:
                raise UnusableFileError(
                    f"{size} bytes came where Kickserv says {file_size}",
                    passing=True,
                )
            if download.md5 not in {None, checksum.hexdigest()}:
                raise UnusableFileError("the bytes do not match their checksum", passing=True)
            name = digest.hexdigest()
            place = f"{name[:2]}/{name}"
            try:
                self._put(spool, f"{self._root}/{place}")
            except OSError as error:
                raise FatalSyncError(f"`attachments_path` takes no more files: {error}") from error
        return {"size": size, "sha256": name, "path": f"{self._url}/{place}"}

    def _put(self, source: IO[bytes], path: str) -> None:
        if self._files.exists(path):
            return
        # A file under its digest is always whole: it gets that name only once it is.
        part = f"{path}.{uuid4().hex}.part"
        self._files.makedirs(str(PurePosixPath(path).parent), exist_ok=True)
        source.seek(0)
        with self._files.open(part, "wb") as target:
            while chunk := source.read(CHUNK_BYTES):
                target.write(chunk)
        self._files.mv(part, path)
