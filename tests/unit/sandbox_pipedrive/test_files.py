"""Files: https://developers.pipedrive.com/docs/api/v1/Files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import requests
    from tests.sandbox.pipedrive import Account
    from tests.unit.sandbox_pipedrive.conftest import Client

FILES = "/v1/files"


def upload(api: Client, content: bytes = b"\xff\xd8\xff", **form: Any) -> requests.Response:
    return api("POST", FILES, files={"file": ("photo.jpg", content, "image/jpeg")}, data=form)


def test_a_file_comes_back_byte_for_byte(api: Client, deal: dict[str, Any]) -> None:
    content = bytes(range(256)) * 5
    made = upload(api, content, deal_id=deal["id"]).json()["data"]
    assert (made["name"], made["file_size"], made["file_type"]) == ("photo.jpg", 1280, "img")
    assert (made["deal_id"], made["deal_name"]) == (deal["id"], deal["title"])
    assert api.get(f"{FILES}/{made['id']}/download").content == content
    assert made["url"] == f"{api.url}/v1/files/{made['id']}/download"
    (listed,) = api.get(f"/v1/deals/{deal['id']}/files").json()["data"]
    assert listed == made


@pytest.mark.parametrize(
    ("key", "value"),
    [("deal_id", "1"), ("deal_id", "x"), ("add_time", "2015-06-07 08:09:10"), ("note_id", "1")],
)
def test_a_wrong_form_value_is_refused(api: Client, key: str, value: str) -> None:
    """add_time is an answer's key only."""
    refused = upload(api, **{key: value})
    assert refused.status_code == 400
    assert key in refused.json()["error"]


def test_a_file_is_sent_as_multipart(api: Client) -> None:
    assert api("POST", FILES, {"file": "x"}).status_code == 400
    assert api("POST", FILES, files={"other": ("a.txt", b"x")}).status_code == 400


def test_name_and_description_are_changed_by_form(api: Client, deal: dict[str, Any]) -> None:
    """Published: urlencoded."""
    made = upload(api, deal_id=deal["id"]).json()["data"]
    path = f"{FILES}/{made['id']}"
    changed = api("PUT", path, data={"name": "2015 photo.jpg", "description": "Before"})
    assert changed.json()["data"]["name"] == "2015 photo.jpg"
    assert api("PUT", path, {"name": "x"}).status_code == 400
    assert api("DELETE", path).json()["data"] == {"id": made["id"]}
    assert api.get(f"{path}/download").status_code == 404


def test_files_are_paged_by_a_hundred(api: Client) -> None:
    """Published maximum."""
    assert api.get(FILES, limit=100).ok
    assert api.get(FILES, limit=101).status_code == 400


def test_a_size_limit_can_be_set(api: Client, account: Account) -> None:
    """The figure is not published."""
    account.max_file_bytes = 2
    assert upload(api, b"12").ok
    assert upload(api, b"123").status_code == 413


def test_remote_files_are_refused(api: Client) -> None:
    for path in (f"{FILES}/remote", f"{FILES}/remoteLink"):
        refused = api("POST", path, data={"item_type": "deal", "item_id": 1})
        assert refused.status_code == 400
        assert "Google Drive" in refused.json()["error"]
