"""Files, notes, and where they are shown."""

from __future__ import annotations

import base64
import json

import pytest


def text(content):
    return base64.b64encode(content.encode()).decode()


@pytest.fixture
def account(client):
    return client.make("Account", Name="A")


@pytest.fixture
def file(client, account):
    told = {"PathOnClient": "dir/photo.jpg", "VersionData": text("bytes"), "Title": "Photo"}
    return client.make("ContentVersion", FirstPublishLocationId=account, **told)


def document_of(client, version):
    query = "SELECT ContentDocumentId FROM ContentVersion WHERE Id = '{}'"
    (row,) = client.query(query.format(version))
    return row["ContentDocumentId"]


def test_a_file_is_a_version_of_a_document(client, account, file):
    assert file[:3] == "068"
    document = document_of(client, file)
    assert document[:3] == "069"
    version = client.get(f"sobjects/ContentVersion/{file}").json()
    assert (version["FileType"], version["FileExtension"], version["ContentSize"]) == (
        "JPG", "jpg", 5,
    )  # fmt: skip
    assert version["VersionData"].endswith(f"/sobjects/ContentVersion/{file}/VersionData")
    assert client("GET", version["VersionData"]).content == b"bytes"
    query = (
        "SELECT LinkedEntityId, ShareType FROM ContentDocumentLink WHERE ContentDocumentId = '{}'"
    )
    links = {
        row["LinkedEntityId"]: row["ShareType"] for row in client.query(query.format(document))
    }
    assert links[account] == "V"


def test_a_file_is_sent_in_parts(client, account):
    told = {"PathOnClient": "a.txt", "FirstPublishLocationId": account}
    files = {
        "entity_content": ("", json.dumps(told), "application/json"),
        "VersionData": ("a.txt", b"\r\n--raw\x00", "application/octet-stream"),
    }
    answer = client("POST", "sobjects/ContentVersion", files=files)
    assert answer.status_code == 201, answer.text
    path = f"sobjects/ContentVersion/{answer.json()['id']}/VersionData"
    assert client("GET", path).content == b"\r\n--raw\x00"
    del files["VersionData"]
    code = client.refusal("POST", "sobjects/ContentVersion", files=files)[1]
    assert code == "INVALID_MULTIPART_REQUEST"


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"PathOnClient": None}, "REQUIRED_FIELD_MISSING"),
        ({"VersionData": None}, "REQUIRED_FIELD_MISSING"),
        ({"VersionData": "no base64"}, "JSON_PARSER_ERROR"),
        ({"FirstPublishLocationId": "001RM000003oCprYAE"}, "INVALID_CROSS_REFERENCE_KEY"),
    ],
)
def test_a_file_is_refused(client, told, code):
    whole = {"PathOnClient": "a.txt", "VersionData": text("a"), **told}
    assert client.refusal("POST", "sobjects/ContentVersion", whole) == (400, code)


def test_a_newer_version_takes_the_place_of_the_older_one(client, file):
    document = document_of(client, file)
    told = {"PathOnClient": "b.jpg", "VersionData": text("newer")}
    client.make("ContentVersion", ContentDocumentId=document, **told)
    query = "SELECT IsLatest FROM ContentVersion WHERE ContentDocumentId = '{}' ORDER BY Id"
    latest = [row["IsLatest"] for row in client.query(query.format(document))]
    assert latest == [False, True]
    change = {"VersionData": text("other")}
    answer = client.refusal("PATCH", f"sobjects/ContentVersion/{file}", change)
    assert answer == (400, "INVALID_FIELD_FOR_INSERT_UPDATE")


def test_a_document_is_shown_at_a_place_once(client, account, file):
    document = document_of(client, file)
    told = {"ContentDocumentId": document, "ShareType": "V"}
    path = "sobjects/ContentDocumentLink"
    again = client.refusal("POST", path, {**told, "LinkedEntityId": account})
    assert again == (400, "DUPLICATE_VALUE")
    case = client.make("Case", Subject="C")
    unsaid = {"ContentDocumentId": document, "LinkedEntityId": case}
    assert client.refusal("POST", path, unsaid) == (400, "REQUIRED_FIELD_MISSING")
    client.make("ContentDocumentLink", LinkedEntityId=case, **told)


def test_a_file_is_deleted_by_its_document(client, org, file):
    answer = client.refusal("DELETE", f"sobjects/ContentVersion/{file}")
    assert answer == (400, "INSUFFICIENT_ACCESS_OR_READONLY")
    document = document_of(client, file)
    assert client("DELETE", f"sobjects/ContentDocument/{document}").status_code == 204
    assert org.rows["ContentVersion"] == org.rows["ContentDocumentLink"] == {}


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("<p>A &lt; B</p>", "<p>A &lt; B</p>"),
        ("<p>A\nB</p>\r\n<p>C</p>", "<p>AB</p><p>C</p>"),
        ("<script>x()</script><p onclick='y()'>Z</p>", "<p>Z</p>"),
    ],
)
def test_a_note_keeps_what_is_safe(client, told, kept):
    note = client.make("ContentNote", Title="N", Content=text(told))
    assert note[:3] == "069"
    assert client("GET", f"sobjects/ContentNote/{note}/Content").content.decode() == kept


def test_a_note_is_a_document_and_is_changed_in_place(client, account):
    note = client.make("ContentNote", Title="N", Content=text("<p>Hello</p>"))
    told = {"ContentDocumentId": note, "LinkedEntityId": account, "ShareType": "V"}
    client.make("ContentDocumentLink", **told)
    change = {"Title": "M", "Content": text("<p>Bye</p>")}
    assert client("PATCH", f"sobjects/ContentNote/{note}", change).status_code == 204
    assert client("GET", f"sobjects/ContentNote/{note}/Content").content == b"<p>Bye</p>"
    (row,) = client.query("SELECT Title, TextPreview FROM ContentNote")
    assert row == {"Title": "M", "TextPreview": "Bye"}
    query = "SELECT Title, FileType FROM ContentVersion WHERE ContentDocumentId = '{}'"
    assert client.query(query.format(note)) == [{"Title": "M", "FileType": "SNOTE"}]


def test_a_note_goes_with_its_document_and_links(client, org, account):
    note = client.make("ContentNote", Title="N", Content=text("x"))
    told = {"ContentDocumentId": note, "LinkedEntityId": account, "ShareType": "V"}
    client.make("ContentDocumentLink", **told)
    assert client("DELETE", f"sobjects/ContentNote/{note}").status_code == 204
    for name in ("ContentNote", "ContentDocument", "ContentVersion", "ContentDocumentLink"):
        assert org.rows[name] == {}, name


def test_notes_may_be_switched_off(client, org):
    org.notes_enabled = False
    told = {"Title": "N", "Content": text("x")}
    assert client.refusal("POST", "sobjects/ContentNote", told) == (404, "NOT_FOUND")
    parent = client.make("Account", Name="A")
    assert client.make("Note", Title="N", Body="x", ParentId=parent)
    long = {"Title": "N" * 81, "ParentId": parent}
    assert client.refusal("POST", "sobjects/Note", long) == (400, "STRING_TOO_LONG")


def test_file_storage_is_full_at_some_time(client, org):
    org.file_storage_mb = 0
    told = {"PathOnClient": "a.txt", "VersionData": text("a")}
    answer = client.refusal("POST", "sobjects/ContentVersion", told)
    assert answer == (400, "STORAGE_LIMIT_EXCEEDED")
