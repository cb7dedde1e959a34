"""Files: stored once by digest, or explained in their row."""

from __future__ import annotations

import base64
import hashlib
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

import fsspec
import pytest
from tests.unit.tap_kickserv.server import SLUG, TOKEN, Kickserv, Reply, Request

from tap_kickserv.client import Client
from tap_kickserv.files import FileStore
from tap_kickserv.formats import JsonFormat
from tap_kickserv.images import image_addresses
from tap_kickserv.token import Token

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.tap_kickserv.conftest import Run

    RunTap = Callable[..., Run]

PHOTO = b"\xff\xd8\xff\xe0 a photo"
DIGEST = hashlib.sha256(PHOTO).hexdigest()


@pytest.fixture
def client(kickserv: Kickserv) -> Client:
    logger = logging.getLogger("test")
    return Client(
        f"{kickserv.url}/{SLUG}",
        Token(TOKEN, places=list, wait_seconds=0, logger=logger),
        concurrency=2,
        logger=logger,
        sleep=lambda _: None,
    )


@pytest.fixture
def files(client: Client, tmp_path: Path) -> FileStore:
    return FileStore(str(tmp_path / "files"), client, max_bytes=1000)


def _serve(kickserv: Kickserv, path: str, reply: Reply) -> str:
    kickserv.on(path, lambda _: Reply(reply.body, reply.status, dict(reply.headers)))
    return f"{kickserv.url}{path}"


def test_a_file_is_stored_under_its_digest(
    kickserv: Kickserv,
    files: FileStore,
    tmp_path: Path,
) -> None:
    url = _serve(kickserv, "/f/roof.jpg", Reply(PHOTO, headers={"Content-Type": "image/jpeg"}))
    stored = files.store(url, file_size=len(PHOTO))
    assert stored == {
        "file_name": "roof.jpg",
        "content_type": "image/jpeg",
        "size": len(PHOTO),
        "sha256": DIGEST,
        "path": f"{tmp_path}/files/{DIGEST[:2]}/{DIGEST}",
    }
    assert Path(stored["path"]).read_bytes() == PHOTO


def test_equal_files_are_stored_once(kickserv: Kickserv, files: FileStore, tmp_path: Path) -> None:
    paths = {
        files.store(_serve(kickserv, f"/f/{n}/photo.jpg", Reply(PHOTO)))["path"] for n in range(50)
    }
    assert len(paths) == 1
    assert len([p for p in (tmp_path / "files").rglob("*") if p.is_file()]) == 1


def test_any_fsspec_url_will_do(kickserv: Kickserv, client: Client) -> None:
    stored = FileStore("memory://photos/", client).store(
        _serve(kickserv, "/f", Reply(PHOTO)),
    )
    assert stored["path"] == f"memory://photos/{DIGEST[:2]}/{DIGEST}"
    with fsspec.open(stored["path"]) as file:
        assert file.read() == PHOTO


def test_an_empty_file_is_a_file(kickserv: Kickserv, files: FileStore) -> None:
    assert files.store(_serve(kickserv, "/f", Reply(b"")))["size"] == 0


def test_the_record_s_own_name_and_type_are_kept(kickserv: Kickserv, files: FileStore) -> None:
    url = _serve(kickserv, "/f", Reply(PHOTO, headers={"Content-Type": "text/plain"}))
    stored = files.store(url, file_name="Dach.jpg", content_type="image/jpeg")
    assert (stored["file_name"], stored["content_type"]) == ("Dach.jpg", "image/jpeg")


def test_a_name_is_taken_from_the_reply_if_the_record_has_none(
    kickserv: Kickserv,
    files: FileStore,
) -> None:
    header = {"Content-Disposition": 'attachment; filename="roof top.jpg"'}
    assert files.store(_serve(kickserv, "/f/1", Reply(PHOTO, headers=header)))["file_name"] == (
        "roof top.jpg"
    )


@pytest.mark.parametrize(
    ("reply", "size", "reason"),
    [
        (Reply(PHOTO), len(PHOTO) + 1, "bytes came where Kickserv says"),
        (Reply(PHOTO, headers={"Content-Length": "500"}), None, "ChunkedEncodingError midway"),
        (Reply(b"<!DOCTYPE html><html>Sign in"), None, "web page"),
        (
            Reply(b"\n<html><body>Sign in", headers={"Content-Type": "image/jpeg"}),
            None,
            "web page",
        ),
        (Reply(PHOTO, headers={"ETag": f'"{"0" * 32}"'}), None, "do not match their checksum"),
        (Reply(b"AccessDenied", 403), None, "status 403"),
        (Reply(b"", 404), None, "status 404"),
        (Reply(b"", 503), None, "status 503"),
        (Reply(b"x" * 1001), None, "longer than 1000 bytes"),
    ],
)
def test_what_is_not_the_file_is_explained_and_not_stored(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    reply: Reply,
    size: int | None,
    reason: str,
) -> None:
    kickserv, files = map(request.getfixturevalue, ("kickserv", "files"))
    stored = files.store(_serve(kickserv, "/f.jpg", reply), file_size=size)
    assert list(stored) == ["error"]
    assert reason in stored["error"]
    assert not [p for p in tmp_path.rglob("*") if p.is_file()]


@pytest.mark.parametrize(
    "headers",
    [
        {"ETag": f'"{hashlib.md5(PHOTO, usedforsecurity=False).hexdigest()}"'},
        {"ETag": f'W/"{"0" * 32}"'},
        {"ETag": f'"{"0" * 32}-7"'},
        {"ETag": f'"{"0" * 32}"', "x-amz-server-side-encryption-aws-kms-key-id": "k"},
    ],
)
def test_tags_that_match_or_are_no_checksums_let_the_file_pass(
    kickserv: Kickserv,
    files: FileStore,
    headers: dict[str, str],
) -> None:
    assert files.store(_serve(kickserv, "/f", Reply(PHOTO, headers=headers)))["sha256"] == DIGEST


def test_a_web_page_that_was_attached_is_a_file(kickserv: Kickserv, files: FileStore) -> None:
    url = _serve(kickserv, "/f", Reply(b"<html>manual</html>"))
    assert "sha256" in files.store(url, file_name="manual.html")


def test_passing_trouble_is_tried_again(kickserv: Kickserv, files: FileStore) -> None:
    replies = iter([Reply(b"", 503), Reply(PHOTO, headers={"Content-Length": "500"})])
    kickserv.on("/f", lambda _: next(replies, None) or Reply(PHOTO))
    assert files.store(f"{kickserv.url}/f")["sha256"] == DIGEST


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        (None, "no address"),
        ("", "no address"),
        ("cid:part1@mail", "cid: addresses are not fetched"),
        ("file:///etc/passwd", "file: addresses are not fetched"),
        ("ftp://example.com/x", "ftp: addresses are not fetched"),
        ("http://127.0.0.1:notaport/x", "malformed"),
        ("http://[::1", "malformed"),
        ("http://a..b/x", "malformed"),
    ],
)
def test_addresses_that_lead_nowhere_are_explained(
    files: FileStore,
    url: str | None,
    reason: str,
) -> None:
    assert reason in files.store(url)["error"]


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_another_service_on_a_private_address_is_refused(files: FileStore, host: str) -> None:
    other = Kickserv()
    url = _serve(other, "/metadata", Reply(b"credentials")).replace("127.0.0.1", host)
    assert files.store(url) == {"error": "the address 127.0.0.1 is not public"}
    assert other.requests == []
    other.shutdown()
    other.server_close()


def test_a_redirect_to_a_private_address_is_refused(kickserv: Kickserv, files: FileStore) -> None:
    other = Kickserv()
    inner = _serve(other, "/metadata", Reply(b"credentials"))
    url = _serve(kickserv, "/f", Reply(b"", 302, {"Location": inner}))
    assert files.store(url) == {"error": "the address 127.0.0.1 is not public"}
    assert other.requests == []
    other.shutdown()
    other.server_close()


def test_a_redirect_loop_ends(kickserv: Kickserv, files: FileStore) -> None:
    url = _serve(kickserv, "/f", Reply(b"", 302, {"Location": "/f"}))
    assert files.store(url) == {"error": "more than 5 redirects"}


def test_the_account_s_own_host_gets_the_token(kickserv: Kickserv, files: FileStore) -> None:
    files.store(_serve(kickserv, f"/{SLUG}/f", Reply(PHOTO)))
    assert "Authorization" in kickserv.requests[0].headers


def test_a_file_closed_to_the_api_does_not_stop_the_run(
    kickserv: Kickserv,
    files: FileStore,
) -> None:
    assert files.store(_serve(kickserv, "/f", Reply(b"", 401))) == {"error": "status 401"}


def test_a_file_is_fetched_with_the_token_that_took_over(
    kickserv: Kickserv,
    client: Client,
    files: FileStore,
) -> None:
    client.token._places = lambda: ["token-of-tomorrow"]
    client.read("/employees", {}, JsonFormat(), len)
    kickserv.token = "token-of-tomorrow"
    new = base64.b64encode(b"token-of-tomorrow:token-of-tomorrow").decode()

    def answer(request: Request) -> Reply:
        accepted = request.headers["Authorization"] == f"Basic {new}"
        return Reply(PHOTO) if accepted else Reply(b"", 401)

    kickserv.on("/f", answer)
    assert files.store(f"{kickserv.url}/f")["sha256"] == DIGEST


def test_data_addresses_are_decoded(files: FileStore) -> None:
    encoded = base64.b64encode(PHOTO).decode()
    stored = files.store(f"data:image/jpeg;base64,{encoded[:8]}\n{encoded[8:]}")
    assert (stored["sha256"], stored["content_type"]) == (DIGEST, "image/jpeg")
    assert files.store("data:,a%20b")["size"] == 3


@pytest.mark.parametrize("url", ["data:image/png;base64,@@@", "data:image/png"])
def test_a_broken_data_address_is_explained(files: FileStore, url: str) -> None:
    assert "data: address" in files.store(url)["error"]


def test_an_address_with_a_signature_is_not_repeated_in_errors(
    kickserv: Kickserv,
    files: FileStore,
) -> None:
    _serve(kickserv, "/f", Reply(b"", 403))
    assert "Signature" not in files.store(f"{kickserv.url}/f?Signature=abc")["error"]


@pytest.mark.parametrize(
    ("note", "addresses"),
    [
        ("no html, 3 < 4", []),
        (None, []),
        (
            "<p><img src='a.png'><IMG alt=x SRC=\"b.png?x=1&amp;y=2\"/></p>",
            ["a.png", "b.png?x=1&y=2"],
        ),
        ("<img src=a.png><img src=a.png><img>", ["a.png"]),
        ("<img src='unclosed", []),
    ],
)
def test_images_are_found_in_html(note: Any, addresses: list[str]) -> None:
    assert image_addresses(note) == addresses


def test_attachments_and_signatures_say_where_their_files_are(
    account: Kickserv,
    run: RunTap,
    tmp_path: Path,
) -> None:
    account.on("/files/roof.jpg", lambda _: Reply(PHOTO))
    result = run("attachments", "signatures", api="xml", attachments_path=str(tmp_path))
    receipt, roof = result.records["attachments"]
    assert (roof["sha256"], roof["size"], roof["file_name"]) == (DIGEST, len(PHOTO), "roof.jpg")
    assert Path(roof["path"]).read_bytes() == PHOTO
    assert receipt["error"] == "the record holds no address"
    assert "path" not in receipt
    assert result.completed() == {"attachments", "signatures"}


def test_images_in_notes_are_stored_and_data_leaves_the_text(
    account: Kickserv,
    run: RunTap,
    tmp_path: Path,
) -> None:
    account.on("/uploads/a.jpg", lambda _: Reply(PHOTO))
    data = f"data:image/jpeg;base64,{base64.b64encode(PHOTO).decode()}"
    account.lists["customers"][0]["notes"] = [
        {
            "id": 401,
            "note": f'<p><img src="/uploads/a.jpg"><img src="{data}"><img src="cid:1"></p>',
        },
        {"id": 403, "note": "plain"},
    ]
    rich, plain = run("notes", api="xml", attachments_path=str(tmp_path)).records["notes"][:2]
    assert rich["note"] == (
        f'<p><img src="/uploads/a.jpg"><img src="sha256:{DIGEST}"><img src="cid:1"></p>'
    )
    assert [image["src"] for image in rich["images"]] == [
        "/uploads/a.jpg",
        f"sha256:{DIGEST}",
        "cid:1",
    ]
    assert {image.get("sha256") for image in rich["images"]} == {DIGEST, None}
    assert rich["images"][2]["error"].startswith("cid:")
    assert "images" not in plain


def test_without_a_folder_nothing_is_downloaded(account: Kickserv, run: RunTap) -> None:
    roof = run("attachments", api="xml").records["attachments"][1]
    assert roof["url"] == "/files/roof.jpg"
    assert not {"path", "sha256", "error"} & set(roof)
    assert "/files/roof.jpg" not in account.calls()
