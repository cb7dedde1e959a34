"""Custom fields that are only expected: judged like any other, and never asked for."""

from __future__ import annotations

import pytest

from crm_transforms.destination import FieldSpec

WANTED = (
    FieldSpec("ks_total", "decimal", custom=True),
    FieldSpec("ks_kind", "choice", custom=True, options=("Business", "Private")),
    FieldSpec("ks_tag", "choice", custom=True, open_choice=True),
    FieldSpec("ks_open", "boolean", custom=True),
    FieldSpec("ks_parent", "reference", custom=True, reference="organizations"),
)


@pytest.fixture
def expecting(hand):
    hand.destination.expect("deals", WANTED)
    return hand.destination


def complaints(destination, **fields):
    record = {"title": "Good", **fields}
    return [(one.field, one.rule) for one in destination.check("deals", record)]


def test_they_are_described_as_they_will_be(expecting):
    fields = expecting.describe("deals").fields
    kinds = {spec.name: fields[spec.name].type for spec in WANTED}
    held = {spec.name: expecting.held_as(spec) for spec in WANTED}
    assert kinds == held
    assert fields["ks_kind"].options == ("Business", "Private")
    assert all(fields[spec.name].custom for spec in WANTED)


def test_values_are_judged_by_their_types_and_options(expecting):
    assert complaints(expecting, ks_total=5, ks_kind="Private", ks_tag="new", ks_open=True) == []
    assert complaints(expecting, ks_total="five") == [("ks_total", "type")]
    assert complaints(expecting, ks_kind="Martian") == [("ks_kind", "option")]
    assert complaints(expecting, ks_other=1) == [("ks_other", "unknown field")]


def test_values_are_normalised_as_they_will_be_held(expecting):
    held = expecting.normalise("deals", {"ks_kind": " Private ", "ks_open": True})
    assert held == {"ks_kind": "Private", "ks_open": "yes"}


def test_what_is_there_gets_the_options_that_are_expected(sandbox, hand):
    sandbox.crm.human.add_field("deals", "ks_kind", "enum", "Theirs")
    grown = FieldSpec("ks_kind", "choice", custom=True, options=("Theirs", "Private"))
    hand.destination.expect("deals", [grown])
    assert hand.destination.describe("deals").fields["ks_kind"].options == ("Theirs", "Private")
    assert complaints(hand.destination, ks_kind="Private") == []


def test_expecting_ends_and_nothing_was_sent(sandbox, expecting):
    expecting.describe("deals")
    expecting.expect("deals", ())
    assert "ks_total" not in expecting.describe("deals").fields
    assert {request.method for request in sandbox.requests} == {"GET"}


def test_others_expect_nothing(expecting):
    assert "ks_total" not in expecting.describe("organizations").fields
