"""After silence: records are found by their key, by what is unique in them, or by their content."""

from __future__ import annotations

import pytest

from crm_transforms.destination import FieldSpec, Status

KEY = "Kickserv_Id__c"
COLLECTION = "composite/sobjects$"


@pytest.fixture
def keyed(hand, sandbox):
    sandbox.org.add_key_field("Account", KEY)
    hand.destination.use({"Account": KEY}, {})
    return hand


def test_a_create_that_landed_in_silence_is_found_by_its_key(keyed, sandbox):
    operation = keyed.create("Account", Name="Acme", **{KEY: "k-1"})
    keyed.destination.describe("Account")
    sandbox.fault("reset_after", "salesforce", path=COLLECTION)
    (silent,) = keyed.write(operation)
    assert silent.status is Status.UNKNOWN
    (found,) = keyed.resolve([operation])
    assert found.status is Status.LANDED
    assert keyed.destination.read("Account", [found.destination_id], ["Name"])


def test_a_create_that_never_arrived_is_absent(keyed, sandbox):
    operation = keyed.create("Account", Name="Acme", **{KEY: "k-1"})
    keyed.destination.describe("Account")
    sandbox.fault("reset_before", "salesforce", path=COLLECTION)
    keyed.write(operation)
    (absent,) = keyed.resolve([operation])
    assert absent.status is Status.ABSENT


def test_a_key_that_is_there_already_means_landed_earlier(keyed):
    id_ = keyed.made("Account", Name="Acme", **{KEY: "k-1"})
    again = keyed.create("Account", Name="Acme", **{KEY: "k-1"})
    (verdict,) = keyed.write(again)
    assert (verdict.status, verdict.code) == (Status.UNKNOWN, "DUPLICATE_VALUE")
    (found,) = keyed.resolve([again])
    assert (found.status, found.destination_id) == (Status.LANDED, id_)


def test_keys_that_differ_in_case_only_are_different(keyed):
    keyed.made("Account", Name="Acme", **{KEY: "k-a"})
    (absent,) = keyed.resolve([keyed.create("Account", Name="Acme", **{KEY: "K-A"})])
    assert absent.status is Status.ABSENT


def test_without_a_key_a_record_is_known_by_what_was_sent(hand, sandbox):
    hand.made("Account", Name="Acme", Phone="1")
    marks = hand.destination.mark(["Account"])
    operation = hand.create("Account", Name="Acme", Phone="2", Site=None)
    sandbox.fault("reset_after", "salesforce", path=COLLECTION)
    (silent,) = hand.write(operation)
    assert silent.status is Status.UNKNOWN
    (found,) = hand.resolve([operation], marks)
    assert found.status is Status.LANDED
    read = hand.destination.read("Account", [found.destination_id], ["Phone"])
    assert read[found.destination_id] == {"Phone": "2"}


def test_two_equal_records_name_each_other_as_duplicates(hand):
    marks = hand.destination.mark(["Account"])
    operations = [hand.create("Account", Name="Twin") for _ in range(2)]
    ids = {verdict.destination_id for verdict in hand.write(*operations)}
    found = hand.resolve(operations, marks)
    assert {verdict.destination_id for verdict in found} == ids
    assert all(set(verdict.duplicates) == ids - {verdict.destination_id} for verdict in found)


def test_a_change_is_known_by_what_is_there_now(hand):
    id_ = hand.made("Account", Name="Acme", Phone="1")
    done = hand.change("Account", id_, Phone="1", Name="Acme ")
    undone = hand.change("Account", id_, Phone="2")
    assert [verdict.status for verdict in hand.resolve([done, undone])] == [
        Status.LANDED,
        Status.ABSENT,
    ]


def test_a_removal_is_known_by_what_is_gone(hand):
    gone, there = hand.made("Account", Name="A"), hand.made("Account", Name="B")
    hand.write(hand.remove("Account", gone))
    operations = [hand.remove("Account", gone), hand.remove("Account", there)]
    assert [verdict.status for verdict in hand.resolve(operations)] == [
        Status.LANDED,
        Status.ABSENT,
    ]


def test_a_price_is_known_by_its_book_and_product(hand):
    product = hand.made("Product2", Name="Pipe", IsActive=True)
    (book,) = hand.destination.find("Pricebook2", [{"IsStandard": True}])[0]
    fields = {"Pricebook2Id": book, "Product2Id": product, "UnitPrice": 1, "IsActive": True}
    id_ = hand.made("PricebookEntry", **fields)
    again = hand.create("PricebookEntry", **fields)
    (verdict,) = hand.write(again)
    assert (verdict.status, verdict.code) == (Status.UNKNOWN, "DUPLICATE_VALUE")
    (found,) = hand.resolve([again])
    assert (found.status, found.destination_id) == (Status.LANDED, id_)


def test_without_a_mark_and_a_key_nothing_is_guessed(hand):
    (verdict,) = hand.resolve([hand.create("Account", Name="Acme")])
    assert verdict.status is Status.UNKNOWN


def test_a_field_that_is_only_expected_is_no_key(hand):
    hand.destination.use({"Account": KEY}, {})
    hand.destination.expect("Account", [FieldSpec(KEY, "text")])
    assert hand.destination.describe("Account").fields[KEY].custom
