"""Attachments and signatures, and the ways a download fails (T-29)."""

from __future__ import annotations

import hashlib

import pytest
import requests
from requests import exceptions
from requests.exceptions import ChunkedEncodingError, TooManyRedirects

MAGIC = {
    "image/png": (b"\x89PNG\r\n\x1a\n", b"IEND\xaeB`\x82"),
    "image/jpeg": (b"\xff\xd8\xff\xe0", b"\xff\xd9"),
    "application/pdf": (b"%PDF-1.4", b"%%EOF\n"),
}


@pytest.fixture
def direct(sandbox):
    """An attachment that is served where its address points."""
    return next(row for row in sandbox.source.records("attachments") if row["id"] % 3)


def download(client, record, **options) -> requests.Response:
    return client.get(record["url"].removeprefix(f"{client.sandbox.source.base_url}/"), **options)


def test_files_are_of_the_size_and_type_of_their_record(client, sandbox):
    seen = set()
    for record in (
        *list(sandbox.source.records("attachments"))[:40],
        *list(sandbox.source.records("signatures"))[:10],
    ):
        response = download(client, record)
        start, end = MAGIC[record["content_type"]]
        assert response.status_code == 200
        assert response.headers["content-type"] == record["content_type"]
        assert len(response.content) == record["file_size"]
        assert response.content.startswith(start)
        assert response.content.endswith(end)
        seen.add(record["content_type"])
    assert seen == set(MAGIC)


def test_files_differ_and_stay_the_same(client, sandbox):
    records = list(sandbox.source.records("attachments"))[:20]
    first = [download(client, record).content for record in records]
    assert len(set(first)) == len(first)
    assert first == [download(client, record).content for record in records]


@pytest.mark.parametrize("media_type", list(MAGIC))
@pytest.mark.parametrize("size", [0, 1, 400, 65_536, 131_080, 27_262_976])
def test_a_file_of_any_size_can_be_asked_for(client, sandbox, direct, media_type, size):
    sandbox.source.edit("attachments", direct["id"], content_type=media_type, file_size=size)
    assert len(download(client, direct).content) == size


def test_files_need_the_token_and_signed_addresses_do_not(client, sandbox):
    record = next(row for row in sandbox.source.records("attachments") if row["id"] % 3 == 0)
    assert download(client, record, token="wrong").status_code == 401
    redirect = download(client, record, allow_redirects=False)
    assert redirect.status_code == 302
    signed = redirect.headers["location"]
    assert requests.get(signed, timeout=20).status_code == 200
    assert requests.get(signed.replace("signature=", "signature=0"), timeout=20).status_code == 403


def test_a_signed_address_can_lead_to_another_host(client, sandbox):
    record = next(row for row in sandbox.source.records("attachments") if row["id"] % 3 == 0)
    sandbox.switches.files_elsewhere = sandbox.source.base_url.replace("127.0.0.1", "localhost")
    assert download(client, record).status_code == 200
    assert [entry.authorized for entry in sandbox.requests] == [True, False]


def test_a_file_can_be_shorter_than_promised(client, sandbox, direct):
    sandbox.switches.files = {direct["id"]: "wrong_length"}
    with pytest.raises((ChunkedEncodingError, exceptions.ConnectionError)):
        download(client, direct)


@pytest.mark.parametrize("failure", ["truncated", "corrupt", "empty"])
def test_a_spoilt_file_is_told_by_size_or_digest(client, sandbox, direct, failure):
    whole = download(client, direct).content
    sandbox.switches.files = {direct["id"]: failure}
    response = download(client, direct)
    assert response.status_code == 200
    assert response.content != whole
    assert (len(response.content) == direct["file_size"]) == (failure == "corrupt")
    digest = hashlib.md5(whole, usedforsecurity=False).hexdigest()
    assert response.headers["etag"] == f'"{digest}"'


@pytest.mark.parametrize(
    ("failure", "media_type"), [("wrong_type", None), ("login_page", "text/html; charset=utf-8")]
)
def test_a_page_of_html_can_stand_in_for_a_file(client, sandbox, direct, failure, media_type):
    sandbox.switches.files = {direct["id"]: failure}
    response = download(client, direct)
    assert response.status_code == 200
    assert response.headers["content-type"] == (media_type or direct["content_type"])
    assert response.content.startswith(b"<!DOCTYPE html>")


def test_a_signed_address_expires(client, sandbox, direct):
    sandbox.switches.files = {direct["id"]: "expired"}
    response = download(client, direct)
    assert (response.status_code, b"expired" in response.content) == (403, True)


def test_a_file_can_be_gone_or_redirect_for_ever(client, sandbox, direct):
    sandbox.switches.files = {direct["id"]: "gone"}
    assert download(client, direct).status_code == 404
    sandbox.switches.files = {direct["id"]: "loop"}
    with pytest.raises(TooManyRedirects):
        download(client, direct)
    with pytest.raises(TooManyRedirects):
        client.get("attachments/loop")
