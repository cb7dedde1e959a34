"""Files by address: from the account's own host, from public ones, or from the address itself."""

from __future__ import annotations

import base64
import binascii
import re
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import unquote, unquote_to_bytes, urljoin, urlsplit

import requests

from tap_kickserv.client import origin
from tap_kickserv.guarded import PrivateAddressError, PublicSession

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from requests import Response

    from tap_kickserv.client import Client

MAX_REDIRECTS = 5
CHUNK_BYTES = 1 << 16

_PASSING = frozenset({429, 500, 502, 503, 504})
_WEB_PAGE = re.compile(rb"\s*(<!--.*?-->\s*)*<(!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL)
_MD5_TAG = re.compile(r'"([0-9a-f]{32})"')
# Object stores tag an object with its MD5, unless it was sent in parts (then the tag is no plain
# digest) or is encrypted with a key of its own:
# https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html
_ENCRYPTED = (
    "x-amz-server-side-encryption-aws-kms-key-id",
    "x-amz-server-side-encryption-customer-algorithm",
)


class UnusableFileError(Exception):
    """A file that cannot be stored; the message says why, without the address's query.

    Args:
        reason: What is wrong with it.
        passing: Whether another try may help.
    """

    def __init__(self, reason: str, *, passing: bool = False) -> None:
        super().__init__(reason)
        self.passing = passing


@dataclass(frozen=True)
class Download:
    """A file on its way."""

    chunks: Iterable[bytes]
    file_name: str | None = None
    content_type: str | None = None
    md5: str | None = None
    """Checksum in hexadecimal, if the sender gave one."""


class Downloads:
    """Opens addresses.

    Args:
        client: Its session and token are used for the account's own host, and for no other.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._home = origin(client.web_url)
        self._public = PublicSession(client.concurrency)

    @contextmanager
    def open(self, url: str | None, *, may_be_html: bool) -> Iterator[Download]:
        """Open one file.

        Args:
            url: Address; relative ones are resolved against the account's own pages.
            may_be_html: Whether a web page can be the file, and not a sign-in page in its place.

        Raises:
            UnusableFileError: There is no such file, or it is not to be fetched.
        """
        if not url:
            raise UnusableFileError("the record holds no address")
        if url[:5].lower() == "data:":
            yield _data(url)
            return
        try:
            response = self._follow(urljoin(f"{self._client.web_url}/", url))
        except PrivateAddressError as error:
            raise UnusableFileError(str(error)) from None
        except requests.RequestException as error:
            raise UnusableFileError(f"{type(error).__name__} on asking", passing=True) from None
        except ValueError:
            raise UnusableFileError("the address is malformed") from None
        with response:
            encrypted = any(response.headers.get(name) for name in _ENCRYPTED)
            tag = _MD5_TAG.fullmatch(response.headers.get("ETag", ""))
            yield Download(
                _chunks(response, may_be_html=may_be_html),
                _file_name(response),
                response.headers.get("Content-Type", "").partition(";")[0] or None,
                tag[1] if tag and not encrypted else None,
            )

    def _follow(self, url: str) -> Response:
        for _ in range(MAX_REDIRECTS + 1):
            scheme = urlsplit(url).scheme
            if scheme not in {"http", "https"}:
                raise UnusableFileError(f"{scheme}: addresses are not fetched")
            response = self._get(url)
            if response.status_code == requests.codes.ok:
                return response
            response.close()
            if not response.is_redirect:
                status = response.status_code
                raise UnusableFileError(f"status {status}", passing=status in _PASSING)
            url = urljoin(url, response.headers["Location"])
        raise UnusableFileError(f"more than {MAX_REDIRECTS} redirects")

    def _get(self, url: str) -> Response:
        if origin(url) != self._home:
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


def _data(url: str) -> Download:
    head, comma, data = url[5:].partition(",")
    content_type, *options = head.split(";")
    if not comma:
        raise UnusableFileError("the data: address is malformed")
    content = unquote_to_bytes(data)
    if "base64" in options:
        try:
            content = base64.b64decode(b"".join(content.split()), validate=True)
        except binascii.Error:
            raise UnusableFileError("the data: address is no valid base64") from None
    return Download([content], None, content_type or "text/plain")


def _chunks(response: Response, *, may_be_html: bool) -> Iterator[bytes]:
    try:
        for number, chunk in enumerate(response.iter_content(CHUNK_BYTES)):
            # A sign-in page may come under any media type, so only the bytes count.
            if number == 0 and not may_be_html and _WEB_PAGE.match(chunk):
                raise UnusableFileError(
                    "a web page came instead of the file (sign-in, or the address expired)",
                )
            yield chunk
    except requests.RequestException as error:
        raise UnusableFileError(f"{type(error).__name__} midway", passing=True) from None


def _file_name(response: Response) -> str | None:
    header = Message()
    header["Content-Disposition"] = response.headers.get("Content-Disposition", "")
    path = header.get_filename() or unquote(urlsplit(response.url).path)
    return PurePosixPath(path).name or None
