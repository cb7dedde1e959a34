"""Files: looked at, streamed, shown at their records, found again, and removed."""

from __future__ import annotations

import hashlib

import pytest

from crm_transforms.destination import SCHEMA, Kind, Operation, Status
from target_salesforce.content.stored import Multipart, looked_at

KEY = "Kickserv_Id__c"
UPLOAD = "sobjects/ContentVersion$"


@pytest.fixture
def stored(tmp_path):
    """Make a stored file as the tap tells of it."""

    def made(content=b"hello", name="photo.jpg", **told):
        path = tmp_path / hashlib.sha256(content).hexdigest()
        path.write_bytes(content)
        return {
            "path": str(path),
            "size": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
            "name": name,
            "content_type": "image/jpeg",
            **told,
        }

    return made


@pytest.fixture
def account(hand):
    return hand.made("Account", Name="Acme")


def upload(hand, stored, account, **fields):
    file = fields.pop("file", None) or stored()
    record = {"Title": "Photo", "PathOnClient": "photo.jpg", "FirstPublishLocationId": account}
    return hand.create("ContentVersion", **{**record, "file": file, **fields})


def links_of(sandbox, version):
    document = sandbox.org.rows["ContentVersion"][version]["ContentDocumentId"]
    return {
        row["LinkedEntityId"]
        for row in sandbox.org.children("ContentDocumentLink", "ContentDocumentId", document)
    }


def test_a_file_takes_one_request_and_is_shown_at_its_record(hand, stored, account, sandbox, asked):
    hand.destination.describe("ContentVersion")
    before = len(asked("POST"))
    (verdict,) = hand.write(upload(hand, stored, account, file=stored(b"\x00\r\n--bytes" * 999)))
    assert verdict.status is Status.LANDED
    assert asked("POST")[before:] == ["POST /sobjects/ContentVersion"]
    assert sandbox.org.blobs[verdict.destination_id] == b"\x00\r\n--bytes" * 999
    assert account in links_of(sandbox, verdict.destination_id)


def test_what_is_read_back_equals_what_was_wanted(hand, stored, account):
    operation = upload(hand, stored, account, Description="A photo")
    (verdict,) = hand.write(operation)
    names = list(operation.fields)
    found = hand.destination.read("ContentVersion", [verdict.destination_id], names)
    normal = hand.destination.normalise("ContentVersion", operation.fields)
    assert found[verdict.destination_id] == normal
    assert normal["file"] == {"name": "photo.jpg", "size": 5, "checksum": "as sent"}
    again = hand.destination.normalise("ContentVersion", found[verdict.destination_id])
    assert again == normal


def test_bytes_that_arrived_otherwise_are_told(hand, stored, account, sandbox):
    (verdict,) = hand.write(upload(hand, stored, account))
    sandbox.org.rows["ContentVersion"][verdict.destination_id]["Checksum"] = "0" * 32
    found = hand.destination.read("ContentVersion", [verdict.destination_id], ["file"])
    assert found[verdict.destination_id]["file"]["checksum"] == "another one"


def test_a_file_without_a_path_of_its_own_has_its_stored_name(hand, stored, account, sandbox):
    operation = upload(hand, stored, account, PathOnClient=None, file=stored(name='a"b\\c.jpg'))
    (verdict,) = hand.write(operation)
    assert verdict.status is Status.LANDED, verdict
    assert sandbox.org.rows["ContentVersion"][verdict.destination_id]["PathOnClient"] == "c.jpg"


def test_a_file_is_shown_at_several_records(hand, stored, account, sandbox):
    other = hand.made("Account", Name="Other")
    (verdict,) = hand.write(
        upload(hand, stored, account, FirstPublishLocationId=[account, other, other])
    )
    assert verdict.status is Status.LANDED, verdict
    assert {account, other} <= links_of(sandbox, verdict.destination_id)


def test_a_file_that_cannot_be_shown_everywhere_is_there_all_the_same(hand, stored, account):
    parents = [account, "001000000000001AAA"]
    (verdict,) = hand.write(upload(hand, stored, account, FirstPublishLocationId=parents))
    assert (verdict.status, verdict.code) == (Status.LANDED, "NOT_LINKED")
    assert verdict.fields == ("FirstPublishLocationId",)


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"size": 4}, "FILE_SIZE"),
        ({"sha256": "0" * 64}, "FILE_DIGEST"),
        ({"path": "/nowhere/at/all"}, "FILE_MISSING"),
        ({"path": "nosuch://at/all"}, "FILE_MISSING"),
    ],
)
def test_files_that_are_not_as_announced_are_refused_unsent(
    hand, stored, account, asked, told, code
):
    hand.destination.describe("ContentVersion")
    before = len(asked("POST"))
    (verdict,) = hand.write(upload(hand, stored, account, file=stored(**told)))
    assert (verdict.status, verdict.code, verdict.fields) == (Status.REFUSED, code, ("file",))
    assert len(asked("POST")) == before


def test_files_above_the_limit_are_refused_by_what_was_announced_and_by_what_is_there(
    connect, stored, tmp_path
):
    destination = connect(max_file_mb=0.001)
    record = {"PathOnClient": "a", "file": stored(b"x" * 2_000)}
    (complaint,) = [one for one in destination.check("ContentVersion", record) if one.code]
    assert (complaint.code, complaint.rule, complaint.field) == ("FILE_TOO_LARGE", "file", "file")
    path = tmp_path / "big"
    path.write_bytes(b"x" * 2_000)
    assert looked_at({"path": str(path)}, 1_000).code == "FILE_TOO_LARGE"


def test_a_refused_file_is_told_in_the_apis_words(hand, stored):
    (verdict,) = hand.write(upload(hand, stored, "001000000000001AAA"))
    assert verdict.status is Status.REFUSED
    assert verdict.message


def test_silence_is_not_guessed_about_and_the_key_finds_the_file(
    hand, stored, account, sandbox, keyed
):
    keyed()
    operation = upload(hand, stored, account, **{KEY: "attachment-1"})
    sandbox.fault("reset_after", "salesforce", path=UPLOAD)
    (verdict,) = hand.write(operation)
    assert verdict.status is Status.UNKNOWN
    found, absent = hand.resolve(
        [operation, upload(hand, stored, account, **{KEY: "attachment-2"})]
    )
    assert found.status is Status.LANDED
    assert found.destination_id in sandbox.org.rows["ContentVersion"]
    assert absent.status is Status.ABSENT


def test_a_newer_version_of_somebody_else_is_no_duplicate_of_ours(
    hand, stored, account, sandbox, keyed
):
    keyed()
    operation = upload(hand, stored, account, **{KEY: "attachment-1"})
    (verdict,) = hand.write(operation)
    newer_version(sandbox, verdict.destination_id, **{KEY: "attachment-1"})
    (found,) = hand.resolve([operation])
    assert (found.destination_id, found.duplicates) == (verdict.destination_id, ())


def test_files_are_removed_with_their_documents_in_two_requests(
    hand, stored, account, sandbox, asked
):
    ids = [hand.write(upload(hand, stored, account))[0].destination_id for _ in range(5)]
    before = len(asked())
    verdicts = hand.write(*(hand.remove("ContentVersion", id_) for id_ in ids))
    assert [verdict.status for verdict in verdicts] == [Status.LANDED] * 5
    assert [verdict.destination_id for verdict in verdicts] == ids
    assert len(asked()) == before + 2
    assert sandbox.org.query("SELECT Id FROM ContentDocument") == []
    (again,) = hand.write(hand.remove("ContentVersion", ids[0]))
    assert (again.status, again.code) == (Status.LANDED, "ALREADY_GONE")


def test_a_file_that_somebody_has_replaced_stays(hand, stored, account, sandbox):
    (verdict,) = hand.write(upload(hand, stored, account))
    newer_version(sandbox, verdict.destination_id)
    (removal,) = hand.write(hand.remove("ContentVersion", verdict.destination_id))
    assert (removal.status, removal.code) == (Status.REFUSED, "NEWER_VERSION")
    assert sandbox.org.query("SELECT Id FROM ContentDocument")


def test_titles_are_changed_in_place(hand, stored, account):
    (verdict,) = hand.write(upload(hand, stored, account))
    (changed,) = hand.write(hand.change("ContentVersion", verdict.destination_id, Title="New"))
    assert changed.status is Status.LANDED
    found = hand.destination.read("ContentVersion", [verdict.destination_id], ["Title"])
    assert found[verdict.destination_id] == {"Title": "New"}


def test_locked_records_are_tried_again(hand, stored, account, sandbox, hands):
    body = '[{"errorCode": "UNABLE_TO_LOCK_ROW", "message": "unable to obtain exclusive access"}]'
    sandbox.fault("server_error", "salesforce", path=UPLOAD, status=400, body=body)
    (verdict,) = hand.write(upload(hand, stored, account))
    assert verdict.status is Status.LANDED
    assert hands.naps


def test_the_length_of_a_multipart_body_is_known_before_it_is_read(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"y" * 3_000_000)
    body = Multipart({"Title": "ü"}, str(path), 3_000_000, 'x"\r\ny')
    blocks = list(body)
    assert len(body) == sum(map(len, blocks))
    assert max(map(len, blocks)) <= 1 << 20
    assert b'filename="x\'  y"' in blocks[0]


def test_uploads_cost_a_request_and_removals_almost_none(destination):
    assert destination.cost("ContentVersion", Kind.CREATE, 500).calls == 500
    assert destination.cost("ContentVersion", Kind.DELETE, 500).calls == 6


@pytest.fixture
def keyed(hand):
    """Give files the field that carries our key."""

    def made():
        destination = hand.destination
        destination.use({"ContentVersion": KEY}, {})
        destination.identity()
        record = {"object": "ContentVersion", "name": KEY, "type": "text", "label": "Kickserv id"}
        key = f"ContentVersion.{KEY}"
        list(destination.write([Operation(99, SCHEMA, Kind.CREATE, key, record)]))

    return made


def newer_version(sandbox, version, **more):
    row = sandbox.org.rows["ContentVersion"][version]
    fields = {"ContentDocumentId": row["ContentDocumentId"], "PathOnClient": "new.jpg", **more}
    sandbox.org.blob = b"new"
    saved = sandbox.org.insert("ContentVersion", fields, blob=b"new")
    assert saved.success, saved
