"""Files beside the stream: stored once under their SHA-256, named in the record by path."""

from __future__ import annotations

import base64
import binascii
import hashlib
import mimetypes
import re
from email.message import Message
from pathlib import PurePosixPath
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import unquote, unquote_to_bytes, urljoin, urlsplit
from uuid import uuid4

import fsspec  # type: ignore[import-untyped] # ships no types
import requests

from tap_kickserv.client import origin
from tap_kickserv.guarded import PrivateAddressError, PublicSession

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from requests import Response

    from tap_kickserv.client import Client

MAX_BYTES = 256 * 1024 * 1024
MAX_REDIRECTS = 5
TRIES = 3
PAUSE_SECONDS = 1.0
_CHUNK = 1 << 16
_WEB_PAGE = re.compile(rb"\s*(<!--.*?-->\s*)*<(!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL)
_ENCRYPTED = (
    "x-amz-server-side-encryption-aws-kms-key-id",
    "x-amz-server-side-encryption-customer-algorithm",
)
_PASSING = frozenset({429, 500, 502, 503, 504})


class UnusableFileError(Exception):
    """A file that cannot be stored; the message says why, without the address's query.

    Args:
        reason: What is wrong with it.
        passing: Whether another try may help.
    """

    def __init__(self, reason: str, *, passing: bool = False) -> None:
        super().__init__(reason)
        self.passing = passing


class FileStore:
    """Stores files under an fsspec URL.

    Args:
        url: Folder for the files, e.g. `/srv/files` or `s3://bucket/files`.
        client: Its session and token are used for the account's own host, and for no other.
        max_bytes: Longest file that is stored.
    """

    def __init__(self, url: str, client: Client, *, max_bytes: int = MAX_BYTES) -> None:
        self._url = url.rstrip("/")
        self._files, self._root = fsspec.url_to_fs(self._url)
        self._client = client
        self._home = origin(client.web_url)
        self._public = PublicSession(client.concurrency)
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
        """
        for attempt in range(1, TRIES + 1):
            try:
                return self._fetch(url, file_name, content_type, file_size)
            except UnusableFileError as error:
                reason, passing = str(error), error.passing
            except PrivateAddressError as error:
                reason, passing = str(error), False
            except requests.RequestException as error:
                reason, passing = f"{type(error).__name__} while downloading", True
            if not passing:
                break
            if attempt < TRIES:
                self._client.sleep(PAUSE_SECONDS * attempt)
        return {"error": reason}

    def _fetch(
        self,
        url: str | None,
        file_name: str | None,
        content_type: str | None,
        file_size: int | None,
    ) -> dict[str, Any]:
        if not url:
            raise UnusableFileError("the record holds no address")
        if url[:5].lower() == "data:":
            content_type, content = _data_uri(url)
            return self._keep([content], file_name, content_type, file_size)
        with self._open(urljoin(f"{self._client.web_url}/", url)) as response:
            # A sign-in page calls itself HTML too, so only the record's word counts here.
            is_html = _is_html(file_name, content_type)
            return self._keep(
                response.iter_content(_CHUNK) if is_html else _no_web_page(response),
                file_name or _file_name(response),
                content_type or response.headers.get("Content-Type", "").partition(";")[0] or None,
                file_size,
                _md5(response),
            )

    def _open(self, url: str) -> Response:
        for _ in range(MAX_REDIRECTS + 1):
            scheme = urlsplit(url).scheme
            if scheme not in {"http", "https"}:
                raise UnusableFileError(f"{scheme}: addresses are not fetched")
            response = self._get(url)
            if not response.is_redirect:
                if response.status_code == requests.codes.ok:
                    return response
                response.close()
                raise UnusableFileError(
                    f"status {response.status_code}",
                    passing=response.status_code in _PASSING,
                )
            response.close()
            url = urljoin(url, response.headers["Location"])
        raise UnusableFileError(f"more than {MAX_REDIRECTS} redirects")

    def _get(self, url: str) -> Response:
        try:
            at_home = origin(url) == self._home
        except ValueError:
            raise UnusableFileError("the address is malformed") from None
        if not at_home:
            return self._public.get(url, stream=True, allow_redirects=False)
        token = self._client.token.value
        response = self._client.session.get(
            url,
            auth=(token, token),
            stream=True,
            allow_redirects=False,
        )
        if response.status_code == requests.codes.unauthorized:
            # Either this file is closed to the API, or the token was replaced: then the request
            # below waits for the new one.
            self._client.confirm_access()
            if token != self._client.token.value:
                response.close()
                return self._get(url)
        return response

    def _keep(
        self,
        chunks: Iterable[bytes],
        file_name: str | None,
        content_type: str | None,
        file_size: int | None,
        md5: str | None = None,
    ) -> dict[str, Any]:
        digest, size = hashlib.sha256(), 0
        checksum = hashlib.md5(usedforsecurity=False)
        with TemporaryFile() as spool:
            for chunk in chunks:
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
            if md5 is not None and md5 != checksum.hexdigest():
                raise UnusableFileError("the bytes do not match their checksum", passing=True)
            name = digest.hexdigest()
            place = f"{name[:2]}/{name}"
            self._put(spool, f"{self._root}/{place}")
        return {
            "file_name": file_name,
            "content_type": content_type,
            "size": size,
            "sha256": name,
            "path": f"{self._url}/{place}",
        }

    def _put(self, source: IO[bytes], path: str) -> None:
        if self._files.exists(path):
            return
        # A file under its digest is always whole: it gets that name only once it is.
        part = f"{path}.{uuid4().hex}.part"
        self._files.makedirs(str(PurePosixPath(path).parent), exist_ok=True)
        source.seek(0)
        with self._files.open(part, "wb") as target:
            while chunk := source.read(_CHUNK):
                target.write(chunk)
        self._files.mv(part, path)


def _data_uri(url: str) -> tuple[str, bytes]:
    head, comma, data = url[5:].partition(",")
    content_type, *options = head.split(";")
    if not comma:
        raise UnusableFileError("the data: address is malformed")
    if "base64" not in options:
        return content_type or "text/plain", unquote_to_bytes(data)
    try:
        text = re.sub(r"\s+", "", unquote(data))
        return content_type or "text/plain", base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise UnusableFileError("the data: address is no valid base64") from None


def _md5(response: Response) -> str | None:
    # Object stores tag an object with its MD5, unless it was sent in parts (then the tag is no
    # plain digest) or is encrypted with a key of its own:
    # https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html
    if any(response.headers.get(name) for name in _ENCRYPTED):
        return None
    tag = re.fullmatch(r'"([0-9a-f]{32})"', response.headers.get("ETag", ""))
    return tag[1] if tag else None


def _no_web_page(response: Response) -> Iterator[bytes]:
    chunks = response.iter_content(_CHUNK)
    first = next(chunks, b"")
    if _WEB_PAGE.match(first):
        raise UnusableFileError(
            "a web page came instead of the file (sign-in, or the address expired)",
        )
    yield first
    yield from chunks


def _file_name(response: Response) -> str | None:
    header = Message()
    header["Content-Disposition"] = response.headers.get("Content-Disposition", "")
    return header.get_filename() or unquote(PurePosixPath(urlsplit(response.url).path).name) or None


def _is_html(file_name: str | None, content_type: str | None) -> bool:
    return "html" in (content_type or mimetypes.guess_type(file_name or "")[0] or "")
