"""What hangs on records, and what of the schema is in use."""

from __future__ import annotations

import pytest


def test_children_are_counted_by_kind(hand):
    account = hand.made("Account", Name="Acme")
    lonely = hand.made("Account", Name="Lonely")
    for number in range(2):
        hand.made("Contact", LastName=f"C {number}", AccountId=account)
    hand.made("Case", Subject="Leak", AccountId=account)
    hand.made("Task", Subject="Call", WhatId=account)
    attached = hand.destination.attached("Account", [account, lonely])
    assert attached == {account: {"Contact": 2, "Case": 1, "Task": 1}}


def test_children_that_were_removed_do_not_count(hand):
    account = hand.made("Account", Name="Acme")
    contact = hand.made("Contact", LastName="C", AccountId=account)
    hand.write(hand.remove("Contact", contact))
    assert hand.destination.attached("Account", [account]) == {}


def test_nothing_is_asked_about_no_records(hand, asked):
    hand.destination.describe("Account")
    before = len(asked())
    assert hand.destination.attached("Account", []) == {}
    assert len(asked()) == before


def test_values_are_counted_field_by_field(hand):
    hand.made("Account", Name="A", Phone="1", Description="long")
    hand.made("Account", Name="B", Phone="2")
    used = hand.destination.in_use("Account", ["Phone", "Site", "Description", "Nope__c", ""])
    assert used["Phone"] - used["Site"] == 2
    assert used["Description"] == 1
    assert used["Nope__c"] == 0
    assert used[""] >= 2


def test_options_are_counted(hand):
    for industry in ("Energy", "Energy", "Banking"):
        hand.made("Account", Name="A", Industry=industry)
    used = hand.destination.options_in_use("Account", "Industry", ["Energy", "Banking", "Media"])
    assert used == {"Energy": 2, "Banking": 1, "Media": 0}


@pytest.mark.parametrize("name", ["", "Account", "Order", "User", "Service_Job__c", "schema"])
def test_what_stays_is_said_in_sentences(destination, name):
    sentences = destination.lasting(name)
    assert sentences
    assert all(sentence.endswith(".") for sentence in sentences)


def test_users_stay(destination):
    assert "removes no users" in destination.lasting("User")[0]
