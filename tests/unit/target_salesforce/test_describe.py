"""Describing: what the org has, what it hides, and what the mapping is going to make."""

from __future__ import annotations

import pytest

from crm_transforms.destination import (
    Cautious,
    Destination,
    FieldSpec,
    ObjectSpec,
    Packaging,
    Reversible,
)
from target_salesforce import editions


def test_the_destination_answers_every_question_of_the_port(destination):
    for protocol in (Destination, Reversible, Cautious, Packaging):
        assert isinstance(destination, protocol)


def test_native_fields_are_told_with_types_and_lengths(destination):
    fields = destination.describe("Account").fields
    assert (fields["Name"].type, fields["Name"].length, fields["Name"].required) == (
        "text",
        255,
        True,
    )
    assert fields["Description"].type == "long_text"
    assert (fields["AnnualRevenue"].type, fields["NumberOfEmployees"].type) == ("money", "integer")
    assert (fields["ParentId"].type, fields["ParentId"].reference) == ("reference", "Account")
    assert not fields["LastActivityDate"].writable


def test_an_owner_that_salesforce_fills_in_is_not_required(destination):
    assert not destination.describe("Account").fields["OwnerId"].required


def test_picklists_that_take_anything_are_texts_until_they_are_opened(destination):
    assert destination.describe("Account").fields["Industry"].type == "text"
    destination.use({}, {"Account": ["Industry"]})
    opened = destination.describe("Account").fields["Industry"]
    assert opened.open_choice
    assert opened.type == "choice"


def test_an_unknown_object_is_a_key_error(destination):
    with pytest.raises(KeyError):
        destination.describe("Nope__c")


def test_an_object_that_the_mapping_makes_is_described_before_it_is_there(destination):
    destination.use({}, {}, ["Service_Job__c"])
    destination.expect("Service_Job__c", [FieldSpec("Job_Status__c", "text")])
    spec = destination.describe("Service_Job__c")
    assert isinstance(spec, ObjectSpec)
    assert spec.absent
    assert spec.accepts_custom_fields
    assert {"Id", "Name", "OwnerId", "CreatedDate", "Job_Status__c"} <= set(spec.fields)
    assert spec.fields["Name"].required
    assert spec.custom_field_room > 0


def test_expected_fields_end_with_the_next_call(destination):
    destination.expect("Account", [FieldSpec("Later__c", "decimal", scale=4)])
    later = destination.describe("Account").fields["Later__c"]
    assert (later.type, later.scale, later.custom) == ("decimal", 4, True)
    assert not destination.check("Account", {"Name": "A", "Later__c": 5})
    destination.expect("Account", [])
    assert "Later__c" not in destination.describe("Account").fields


def test_describes_are_asked_for_once(destination, asked):
    destination.describe("Account")
    destination.describe("Account")
    destination.check("Account", {"Name": "A"})
    assert asked("GET").count("GET /sobjects/Account/describe") == 1


HELD = [
    (FieldSpec("X__c", "text"), "text"),
    (FieldSpec("X__c", "text", length=255), "text"),
    (FieldSpec("X__c", "text", length=256), "long_text"),
    (FieldSpec("X__c", "integer"), "decimal"),
    (FieldSpec("X__c", "money"), "money"),
    (FieldSpec("X__c", "choice"), "choice"),
    (FieldSpec("X__c", "choices"), "choices"),
    (FieldSpec("X__c", "address"), "long_text"),
    (FieldSpec("X__c", "reference", reference="Account"), "reference"),
]


@pytest.mark.parametrize(("spec", "held"), HELD)
def test_a_custom_field_is_described_as_it_is_held(destination, spec, held):
    assert destination.held_as(spec) == held


def test_the_state_of_an_order_is_the_business_of_acts(destination):
    assert destination.describe("Order").fields["Status"].computed


def test_notes_and_files_have_the_fields_that_mappings_know(destination):
    note = destination.describe("ContentNote").fields
    assert (note["Content"].type, note["LinkedEntityId"].required) == ("html", True)
    assert destination.describe("ContentVersion").fields["file"].type == "file"


def test_tasks_and_events_share_their_room(destination):
    assert destination.describe("Task").custom_field_pool == "Activity"
    assert destination.describe("Event").custom_field_pool == "Activity"


ROOMS = [
    ("Enterprise Edition", "Account", 3, 497),
    ("Developer Edition", "Account", 3, 497),
    ("Professional Edition", "Account", 3, 97),
    ("An edition to come", "Account", 3, 97),
    ("Unlimited Edition", "Task", 3, 97),
    ("Team Edition", "Account", 300, 0),
]


@pytest.mark.parametrize(("edition", "name", "there", "left"), ROOMS)
def test_the_room_for_custom_fields_is_that_of_the_edition(edition, name, there, left):
    assert editions.room(edition, name, there) == left
