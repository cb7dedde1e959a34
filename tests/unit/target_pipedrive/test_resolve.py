"""Silence: what landed is found, what did not is not invented, and no search index is asked."""

from __future__ import annotations

import hashlib
from decimal import Decimal

import pytest
from tests.unit.target_pipedrive.conftest import KEY

from crm_transforms.destination import DestinationError, Kind, Operation, Status

pytestmark = pytest.mark.usefixtures("impatient")

OBJECTS = [
    "organizations",
    "persons",
    "products",
    "deals",
    "activities",
    "notes",
    "files",
    "deal_products",
]


@pytest.fixture
def stored(tmp_path):
    path = tmp_path / "photo.jpg"
    path.write_bytes(b"jpeg" * 100)
    return {
        "path": str(path),
        "name": "photo.jpg",
        "size": 400,
        "sha256": hashlib.sha256(b"jpeg" * 100).hexdigest(),
        "content_type": "image/jpeg",
    }


@pytest.fixture
def record_of(keyed, stored):
    """A record of each object, with parents that exist."""
    org = keyed.made("organizations", name="Parent", **{KEY: "p0"})
    product = keyed.made("products", name="Pipe", **{KEY: "p0"})
    deal = keyed.made("deals", title="Parent", org_id=org, **{KEY: "p0"})
    records = {
        "organizations": {"name": "Acme", KEY: "1"},
        "persons": {"name": "Ann  Lee", "org_id": org, KEY: "1"},
        "products": {"name": "Pipe", KEY: "1"},
        "deals": {"title": "Job", "org_id": org, KEY: "1"},
        "activities": {"subject": "Call", "type": "call", "due_date": "2021-01-01", "org_id": org},
        "notes": {
            "content": "<p onclick='x'>Hello &amp; <b>bye</b></p><script>1</script>",
            "deal_id": deal,
            "add_time": "2019-01-01T00:00:00Z",
        },
        "files": {"file": stored, "deal_id": deal},
        "deal_products": {
            "deal_id": deal,
            "product_id": product,
            "item_price": Decimal("9.90"),
            "quantity": Decimal(2),
            "comments": " cut to fit ",
        },
    }
    return lambda name: dict(records[name])


@pytest.mark.parametrize("object_name", OBJECTS)
def test_what_landed_in_silence_is_found(sandbox, keyed, record_of, object_name, asked):
    operation = keyed.create(object_name, **record_of(object_name))
    marks = keyed.destination.mark([object_name])
    sandbox.fault("timeout_after", "pipedrive", method="POST")
    assert keyed.write(operation)[0].status is Status.UNKNOWN
    (verdict,) = keyed.resolve([operation], marks)
    assert verdict.status is Status.LANDED
    assert verdict.duplicates == ()
    names = list(operation.fields)
    read = keyed.destination.read(object_name, [verdict.destination_id], names)
    assert dict(read[verdict.destination_id]) == dict(
        keyed.destination.normalise(object_name, operation.fields)
    )
    assert not [line for line in asked() if "earch" in line]


@pytest.mark.parametrize("object_name", OBJECTS)
def test_what_never_landed_is_absent(sandbox, keyed, record_of, object_name):
    operation = keyed.create(object_name, **record_of(object_name))
    marks = keyed.destination.mark([object_name])
    sandbox.fault("reset_before", "pipedrive", method="POST")
    assert keyed.write(operation)[0].status is Status.UNKNOWN
    (verdict,) = keyed.resolve([operation], marks)
    assert verdict.status is Status.ABSENT


@pytest.mark.parametrize("object_name", OBJECTS)
def test_a_late_commit_shows_as_a_duplicate(sandbox, keyed, record_of, object_name):
    operation = keyed.create(object_name, **record_of(object_name))
    marks = keyed.destination.mark([object_name])
    late = sandbox.fault("late_commit", "pipedrive", method="POST")
    assert keyed.write(operation)[0].status is Status.UNKNOWN
    assert keyed.resolve([operation], marks)[0].status is Status.ABSENT
    (again,) = keyed.write(operation)
    sandbox.release(late)
    (verdict,) = keyed.resolve([operation], marks)
    found = {verdict.destination_id, *verdict.duplicates}
    assert verdict.status is Status.LANDED
    assert again.destination_id in found
    assert len(found) == 2
    assert keyed.destination.read(object_name, sorted(found), []).keys() == found


@pytest.mark.parametrize("object_name", OBJECTS)
def test_what_was_there_before_the_mark_is_nobody_s(keyed, record_of, object_name):
    for _ in range(3):
        keyed.write(keyed.create(object_name, **record_of(object_name)))
    marks = keyed.destination.mark([object_name])
    operation = keyed.create(object_name, **record_of(object_name))
    assert keyed.resolve([operation], marks)[0].status is Status.ABSENT


def test_equal_records_are_told_apart_by_nothing_and_so_all_are_named(keyed, record_of):
    operations = [keyed.create("notes", **record_of("notes")) for _ in range(3)]
    marks = keyed.destination.mark(["notes"])
    ids = {verdict.destination_id for verdict in keyed.write(*operations)}
    verdicts = keyed.resolve(operations, marks)
    assert {verdict.destination_id for verdict in verdicts} == ids
    assert all({v.destination_id, *v.duplicates} == ids for v in verdicts)


def test_a_key_is_found_though_no_mapping_named_its_field(keyed):
    keyed.destination.use({}, {})
    operations = [
        keyed.create("organizations", name="Same name", **{KEY: f"k{n}"}) for n in range(2)
    ]
    ids = [verdict.destination_id for verdict in keyed.write(*operations)]
    verdicts = keyed.resolve(operations)
    assert [(v.destination_id, v.duplicates) for v in verdicts] == [(i, ()) for i in ids]


def test_a_record_that_nothing_tells_apart_stays_unknown(hand):
    operation = hand.create("activities", note="<p>only a note</p>")
    hand.write(operation)
    assert hand.resolve([operation])[0].status is Status.UNKNOWN


def test_an_archived_deal_is_found_and_read(keyed):
    record = {"title": "Old job", "is_archived": True, KEY: "1"}
    operation = keyed.create("deals", **record)
    marks = keyed.destination.mark(["deals"])
    (written,) = keyed.write(operation)
    (verdict,) = keyed.resolve([operation], marks)
    assert verdict.destination_id == written.destination_id
    read = keyed.destination.read("deals", [verdict.destination_id], list(record))
    assert read == {verdict.destination_id: record}


def test_thousands_behind_the_mark_are_all_looked_at(sandbox, keyed):
    operation = keyed.create("organizations", name="First", **{KEY: "1"})
    keyed.write(operation)
    for number in range(1_100):
        sandbox.crm.human.create("organizations", name=f"O {number}")
    (verdict,) = keyed.resolve([operation], {"organizations": "0"})
    assert verdict.status is Status.LANDED


@pytest.mark.parametrize("object_name", OBJECTS)
@pytest.mark.parametrize("moment", ["after", "before"])
def test_a_delete_in_silence_is_looked_up(sandbox, keyed, record_of, object_name, moment):
    (made,) = keyed.write(keyed.create(object_name, **record_of(object_name)))
    operation = keyed.remove(object_name, made.destination_id)
    sandbox.fault(f"reset_{moment}", "pipedrive", method="DELETE")
    assert keyed.write(operation)[0].status is Status.UNKNOWN
    expected = Status.LANDED if moment == "after" else Status.ABSENT
    assert keyed.resolve([operation])[0].status is expected


CHANGES = {
    "organizations": {"name": "Neu"},
    "persons": {"phones": [{"value": "123"}]},
    "products": {"prices": [{"currency": "USD", "price": Decimal(3)}]},
    "deals": {"value": Decimal("7.70"), "label_ids": ["Hot"]},
    "activities": {"done": True},
    "notes": {"content": "<p>Neu</p>"},
    "files": {"name": "neu.jpg", "description": "Neu"},
    "deal_products": {"quantity": Decimal(5)},
}


@pytest.mark.parametrize("object_name", OBJECTS)
@pytest.mark.parametrize("moment", ["after", "before"])
def test_an_update_in_silence_is_compared(sandbox, keyed, record_of, object_name, moment):
    (made,) = keyed.write(keyed.create(object_name, **record_of(object_name)))
    operation = keyed.change(object_name, made.destination_id, **CHANGES[object_name])
    sandbox.fault(
        f"reset_{moment}", "pipedrive", path=f"/{made.destination_id.rpartition('/')[2]}$"
    )
    assert keyed.write(operation)[0].status is Status.UNKNOWN
    expected = Status.LANDED if moment == "after" else Status.ABSENT
    assert keyed.resolve([operation])[0].status is expected


def test_an_update_of_what_is_gone_did_not_happen(keyed, record_of):
    (made,) = keyed.write(keyed.create("notes", **record_of("notes")))
    keyed.write(keyed.remove("notes", made.destination_id))
    operation = keyed.change("notes", made.destination_id, content="x")
    assert keyed.resolve([operation])[0].status is Status.ABSENT


def test_lists_that_cannot_be_read_decide_nothing(sandbox, keyed, record_of):
    operation = keyed.create("notes", **record_of("notes"))
    sandbox.fault("server_error", "pipedrive", method="GET", times=None)
    with pytest.raises(DestinationError):
        keyed.resolve([operation])


def test_nothing_can_be_rejoined(destination):
    operation = Operation(1, "deals", Kind.CREATE, "", {"title": "x"})
    assert [v.status for v in destination.rejoin("job", [operation])] == [Status.UNKNOWN]


def test_deals_that_are_found_are_not_looked_for_among_the_archived(keyed, asked, sandbox):
    operations = [keyed.create("deals", title=f"Job {n}", **{KEY: str(n)}) for n in range(3)]
    marks = keyed.destination.mark(["deals"])
    keyed.write(*operations)
    sandbox.requests.clear()
    assert {verdict.status for verdict in keyed.resolve(operations, marks)} == {Status.LANDED}
    assert asked() == ["GET /api/v2/deals"]


def test_a_deal_that_someone_archived_meanwhile_is_not_taken_for_absent(sandbox, keyed, asked):
    operations = [keyed.create("deals", title=f"Job {n}", **{KEY: str(n)}) for n in range(3)]
    marks = keyed.destination.mark(["deals"])
    ids = [verdict.destination_id for verdict in keyed.write(*operations)]
    sandbox.crm.human.edit("deals", int(ids[1]), is_archived=True)
    sandbox.requests.clear()
    assert [verdict.destination_id for verdict in keyed.resolve(operations, marks)] == ids
    assert asked() == ["GET /api/v2/deals", "GET /api/v2/deals/archived"]


@pytest.mark.parametrize("object_name", ["organizations", "notes"])
def test_a_list_that_was_just_read_tells_the_next_mark_once(
    sandbox, keyed, record_of, asked, object_name
):
    before = keyed.made(object_name, **record_of(object_name))
    operation = keyed.create(object_name, **{**record_of(object_name), KEY: "2"})
    if object_name == "notes":
        operation = keyed.create("notes", **{**record_of("notes"), "content": "another"})
    keyed.resolve([operation], {object_name: before})
    sandbox.requests.clear()
    assert keyed.destination.mark([object_name]) == {object_name: before}
    assert asked() == []
    (written,) = keyed.write(operation)
    assert keyed.destination.mark([object_name]) == {object_name: written.destination_id}
    keyed.resolve([operation], {object_name: before})
    (again,) = keyed.write(operation)
    assert keyed.destination.mark([object_name]) == {object_name: again.destination_id}


def test_an_empty_list_tells_the_next_mark_as_well(sandbox, keyed, asked):
    operation = keyed.create("organizations", name="Acme", **{KEY: "1"})
    keyed.resolve([operation])
    sandbox.requests.clear()
    assert keyed.destination.mark(["organizations"]) == {"organizations": "0"}
    assert asked() == []


def test_what_was_resolved_is_verified_by_the_same_look(sandbox, keyed, asked):
    id_ = keyed.made("organizations", name="Acme", **{KEY: "1"})
    operation = keyed.change("organizations", id_, name="Neu")
    sandbox.fault("reset_after", "pipedrive", method="PATCH")
    keyed.write(operation)
    assert keyed.resolve([operation])[0].status is Status.LANDED
    sandbox.requests.clear()
    for requests in (0, 1):
        read = keyed.destination.read("organizations", [id_], ["name", KEY])
        assert read == {id_: {"name": "Neu", KEY: "1"}}
        assert len(asked()) == requests


def test_a_resolved_change_that_is_sent_again_is_looked_at_anew(sandbox, keyed):
    id_ = keyed.made("organizations", name="Acme", **{KEY: "1"})
    operation = keyed.change("organizations", id_, name="Neu")
    sandbox.fault("reset_before", "pipedrive", method="PATCH")
    keyed.write(operation)
    assert keyed.resolve([operation])[0].status is Status.ABSENT
    keyed.write(operation)
    assert keyed.destination.read("organizations", [id_], ["name"]) == {id_: {"name": "Neu"}}
