"""Files: sent whole or not at all, and never held in memory."""

from __future__ import annotations

import hashlib
import tracemalloc

import pytest

from crm_transforms.destination import Status
from target_pipedrive.files import Multipart


@pytest.fixture
def org(hand):
    return hand.made("organizations", name="Acme")


@pytest.fixture
def store(tmp_path):
    def stored(content=b"jpeg" * 100, name="photo.jpg", **other):
        path = tmp_path / hashlib.sha256(content).hexdigest()
        path.write_bytes(content)
        file = {
            "path": str(path),
            "name": name,
            "size": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
            "content_type": "image/jpeg",
        }
        return {**file, **other}

    return stored


@pytest.mark.parametrize("content", [b"", b"x", bytes(range(256)) * 9_000])
def test_a_file_arrives_byte_for_byte(sandbox, hand, org, store, content):
    id_ = hand.made("files", file=store(content), org_id=org)
    assert sandbox.crm.contents[int(id_)] == content


@pytest.mark.parametrize("scheme", ["", "file://"])
def test_a_file_may_be_named_by_url(hand, org, store, scheme):
    file = store()
    assert hand.made("files", file={**file, "path": scheme + file["path"]}, org_id=org)


@pytest.mark.parametrize(
    "wrong",
    [
        ("FILE_SIZE", {"size": 401}),
        ("FILE_DIGEST", {"sha256": "0" * 64}),
        ("FILE_MISSING", {"path": "/nowhere/photo.jpg"}),
        ("FILE_MISSING", {"path": "nosuch://photo.jpg"}),
        ("FILE_TOO_LARGE", {"size": 101 << 20}),
    ],
)
def test_a_file_that_is_not_what_it_should_be_is_not_sent(sandbox, hand, org, store, wrong):
    code, lie = wrong
    (verdict,) = hand.write(hand.create("files", file=store(**lie), org_id=org))
    assert (verdict.status, verdict.code, verdict.fields) == (Status.REFUSED, code, ("file",))
    assert not sandbox.crm.contents


def test_a_file_above_the_limit_is_refused_though_nobody_told_its_size(connect, make, store, org):
    destination = connect(max_file_mb=1)
    file = store(b"x" * ((1 << 20) + 1), size=None)
    (verdict,) = destination.write([make("files", file=file, org_id=org)])
    assert (verdict.status, verdict.code) == (Status.REFUSED, "FILE_TOO_LARGE")
    file = store(b"x" * (1 << 20), size=None)
    (verdict,) = destination.write([make("files", file=file, org_id=org)])
    assert verdict.status is Status.LANDED


def test_a_large_file_is_never_held_whole(store):
    file = store(b"\0" * (40 << 20))
    body = Multipart(file["path"], file["size"], "a.bin", "image/png", {"deal_id": "7"})
    tracemalloc.start()
    sizes = [len(block) for block in body]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert sum(sizes) == len(body)
    assert peak < 8 << 20


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("photo.jpg", "photo.jpg"),
        ("Fußgänger 🚲.jpg", "Fußgänger 🚲.jpg"),
        ('a "quote".jpg', "a 'quote'.jpg"),
        ("../../etc/passwd", ".._.._etc_passwd"),
        ("a\r\nX-Evil: 1.jpg", "a  X-Evil: 1.jpg"),
    ],
)
def test_a_name_arrives_as_it_was_said_to(hand, org, store, name, shown):
    record = {"file": store(name=name), "org_id": org}
    id_ = hand.made("files", **record)
    read = hand.destination.read("files", [id_], ["file", "org_id"])
    assert read == {id_: hand.destination.normalise("files", record)}
    assert read[id_]["file"]["name"] == shown


def test_a_media_type_cannot_carry_headers(store):
    file = store()
    evil = "image/png\r\nX-Evil: 1"
    body = b"".join(Multipart(file["path"], file["size"], "a.png", evil, {}))
    assert b"X-Evil" not in body
    assert b"Content-Type: application/octet-stream\r\n\r\n" in body


def test_files_are_not_overlooked_when_newer_ones_are_deleted_meanwhile(sandbox, hand, org, store):
    ids = [
        int(verdict.destination_id)
        for verdict in hand.write(
            *(hand.create("files", file=store(b"%d" % n), org_id=org) for n in range(230))
        )
    ]
    rows = hand.destination._resources["files"].newest()
    seen = {next(rows)["id"]}
    for newest in sorted(ids)[-40:]:
        sandbox.crm.human.delete("files", newest)
    seen |= {row["id"] for row in rows}
    assert set(sorted(ids)[:-40]) <= seen


def test_the_record_s_name_goes_before_the_file_s(hand, org, store, asked):
    record = {"file": store(), "org_id": org, "name": "2019-01-01 photo.jpg"}
    id_ = hand.made("files", **record)
    read = hand.destination.read("files", [id_], list(record))
    assert read == {id_: hand.destination.normalise("files", record)}
    assert not asked("PUT")


def test_a_description_is_set_afterwards(hand, org, store, asked):
    id_ = hand.made("files", file=store(), org_id=org, description="Signed by Ann")
    assert hand.destination.read("files", [id_], ["description"]) == {
        id_: {"description": "Signed by Ann"}
    }
    assert asked("PUT") == [f"PUT /v1/files/{id_}"]


@pytest.mark.parametrize("times", [1, 2, None])
def test_a_file_whose_description_fails_has_landed_all_the_same(sandbox, hand, org, store, times):
    hand.destination.describe("files")
    sandbox.fault("server_error", "pipedrive", method="PUT", times=times)
    (verdict,) = hand.write(hand.create("files", file=store(), org_id=org, description="x"))
    assert verdict.status is Status.LANDED
    assert verdict.code == ("NO_DESCRIPTION" if times is None else "")


def test_a_budget_that_ends_between_file_and_description_does_not_lose_the_file(
    sandbox, hand, org, store
):
    hand.destination.describe("files")
    sandbox.fault(
        "rate_limited", "pipedrive", method="PUT", body='{"error":"daily request budget exceeded"}'
    )
    (verdict,) = hand.write(hand.create("files", file=store(), org_id=org, description="x"))
    assert (verdict.status, verdict.code) == (Status.LANDED, "NO_DESCRIPTION")


def test_a_file_is_sent_again_from_its_beginning(sandbox, hand, org, store):
    hand.destination.describe("files")
    sandbox.fault("rate_limited", "pipedrive", method="POST", times=2)
    content = b"abc" * 100_000
    id_ = hand.made("files", file=store(content), org_id=org)
    assert sandbox.crm.contents[int(id_)] == content


def test_the_bytes_of_a_file_cannot_be_changed(hand, org, store):
    id_ = hand.made("files", file=store(), org_id=org)
    (verdict,) = hand.write(hand.change("files", id_, file=store(b"other")))
    assert (verdict.status, verdict.code) == (Status.REFUSED, "FIXED_FIELD")


def test_fifty_files_of_one_name_are_fifty_files(sandbox, hand, org, store):
    operations = [hand.create("files", file=store(f"{n}".encode()), org_id=org) for n in range(50)]
    ids = [verdict.destination_id for verdict in hand.write(*operations)]
    assert sorted(sandbox.crm.contents[int(id_)] for id_ in ids) == sorted(
        f"{n}".encode() for n in range(50)
    )
    assert len(hand.destination.read("files", ids, ["file"])) == 50


def test_a_file_above_the_limit_is_named_alike_before_and_while_it_is_sent(
    connect, make, store, org
):
    destination = connect(max_file_mb=1)
    large = b"x" * ((1 << 20) + 1)
    (complaint,) = destination.check("files", {"file": store(large), "org_id": org})
    file = store(large, size=None)
    assert destination.check("files", {"file": file, "org_id": org}) == []
    (verdict,) = destination.write([make("files", file=file, org_id=org)])
    assert (complaint.rule, complaint.code) == ("file", "FILE_TOO_LARGE")
    assert (verdict.rule, verdict.code) == ("file", "FILE_TOO_LARGE")
    assert (complaint.field,) == verdict.fields
