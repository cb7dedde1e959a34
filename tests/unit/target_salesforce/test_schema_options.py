"""Options of picklists: added, taken away, and nothing else about the field changed."""

from __future__ import annotations

import io
import zipfile

import pytest
from tests.unit.target_salesforce.test_schema import KEY, made, wanted

from crm_transforms.destination import SCHEMA, Kind, Status, Verdict

CHOICE = wanted("Case", "Job_Status__c", "choice", options=["New", "Done"])


@pytest.fixture
def write(destination):
    destination.use({"Account": KEY}, {"Task": ["Type"], "Case": ["Status", "Job_Status__c"]})
    destination.identity()

    def written(*operations):
        return [a for a in destination.write(operations) if isinstance(a, Verdict)]

    return written


def change(number, object_name, name, **options):
    record = {"object": object_name, "name": name, "type": "choice", **options}
    return made(number, record, Kind.UPDATE, f"{object_name}.{name}")


def options_of(destination, object_name, name):
    destination._book.forget()
    return list(destination.describe(object_name).fields[name].options)


def test_options_are_added_behind_those_that_are_there(write, destination):
    write(made(1, CHOICE))
    (verdict,) = write(change(2, "Case", "Job_Status__c", options=["New", "Done", "On Hold"]))
    assert verdict.status is Status.LANDED
    assert options_of(destination, "Case", "Job_Status__c") == ["New", "Done", "On Hold"]


def test_options_that_are_there_need_no_deploy(write, asked):
    write(made(1, CHOICE))
    before = len(asked("POST"))
    (verdict,) = write(change(2, "Case", "Job_Status__c", options=["Done"]))
    assert verdict.status is Status.LANDED
    assert len(asked("POST")) == before


def test_options_are_taken_away_and_can_come_back(write, destination, sandbox):
    write(made(1, CHOICE))
    (gone,) = write(change(2, "Case", "Job_Status__c", remove_options=["Done"]))
    assert gone.status is Status.LANDED
    assert options_of(destination, "Case", "Job_Status__c") == ["New"]
    (back,) = write(change(3, "Case", "Job_Status__c", options=["New", "Done"]))
    assert back.status is Status.LANDED
    assert sorted(options_of(destination, "Case", "Job_Status__c")) == ["Done", "New"]
    row = next(f for f in sandbox.org.describe("Case")["fields"] if f["name"] == "Job_Status__c")
    assert len(row["picklistValues"]) == 2


def test_two_changes_of_one_field_come_together(write, destination):
    write(made(1, wanted("Task", "Kind__c", "choice", options=["A"])))
    verdicts = write(
        change(2, "Task", "Kind__c", options=["A", "B"]),
        change(3, "Event", "Kind__c", options=["A", "C"]),
    )
    assert [verdict.status for verdict in verdicts] == [Status.LANDED] * 2
    assert options_of(destination, "Event", "Kind__c") == ["A", "B", "C"]


def test_salesforces_own_picklists_get_values_of_their_value_set(write, destination):
    there = options_of(destination, "Task", "Type")
    (verdict,) = write(change(1, "Task", "Type", options=[*there, "Time Entry"]))
    assert verdict.status is Status.LANDED, verdict
    assert options_of(destination, "Task", "Type") == [*there, "Time Entry"]


def test_values_that_close_cases_are_left_to_people(write):
    (verdict,) = write(change(1, "Case", "Status", options=["On Hold"]))
    assert (verdict.status, verdict.code) == (Status.REFUSED, "STANDARD_VALUES")
    assert "Setup" in verdict.message


def test_what_the_tooling_api_knows_of_a_field_is_sent_back_with_it(write, destination, sandbox):
    write(made(1, CHOICE))
    value = {"valueName": "New", "label": "New", "default": True, "isActive": None}
    sandbox.org.setup["CustomField"] = [
        {
            "Metadata": {
                "label": "Job status",
                "description": "Kept by hand",
                "type": "Picklist",
                "required": False,
                "valueSet": {
                    "controllingField": None,
                    "restricted": True,
                    "valueSetName": None,
                    "valueSetDefinition": {"sorted": True, "value": [value]},
                },
            }
        }
    ]
    (verdict,) = write(change(2, "Case", "Job_Status__c", options=["New", "Lost"]))
    assert verdict.status is Status.LANDED
    sent = list(sandbox.org.deploys.values())[-1].content
    text = zipfile.ZipFile(io.BytesIO(sent)).read("objects/Case.object").decode()
    assert "<description>Kept by hand</description>" in text
    assert "<sorted>true</sorted>" in text
    assert text.count("<fullName>New</fullName>") == 1
    assert "Lost" in options_of(destination, "Case", "Job_Status__c")


def test_values_of_a_global_value_set_are_left_to_people(write, sandbox):
    write(made(1, CHOICE))
    metadata = {"type": "Picklist", "valueSet": {"valueSetName": "Statuses"}}
    sandbox.org.setup["CustomField"] = [{"Metadata": metadata}]
    (verdict,) = write(change(2, "Case", "Job_Status__c", options=["Lost"]))
    assert (verdict.status, verdict.code) == (Status.REFUSED, "GLOBAL_VALUE_SET")


def test_values_with_a_meaning_keep_it_where_the_tooling_api_tells_it(write, sandbox):
    value = {"valueName": "Closed", "label": "Closed", "closed": True, "default": False}
    sandbox.org.setup["StandardValueSet"] = [
        {"Metadata": {"sorted": False, "standardValue": [value]}}
    ]
    (verdict,) = write(change(1, "Case", "Status", options=["On Hold"]))
    assert verdict.status is Status.LANDED, verdict
    sent = list(sandbox.org.deploys.values())[-1].content
    path = "standardValueSets/CaseStatus.standardValueSet"
    text = zipfile.ZipFile(io.BytesIO(sent)).read(path).decode()
    assert "<closed>true</closed>" in text
    assert "<fullName>On Hold</fullName>" in text


def test_fields_without_options_get_none(write):
    verdicts = write(
        change(1, "Case", "Subject", options=["A"]), change(2, "Case", "Nope__c", options=["A"])
    )
    assert sorted(verdict.code for verdict in verdicts) == ["NO_OPTIONS", "NO_SUCH_FIELD"]


def test_silent_changes_are_resolved_by_the_options(write, hand):
    write(made(1, CHOICE))
    there, missing, gone = hand.resolve(
        [
            change(2, "Case", "Job_Status__c", options=["New"]),
            change(3, "Case", "Job_Status__c", options=["Lost"]),
            change(4, "Case", "Job_Status__c", remove_options=["Lost"]),
        ]
    )
    assert [one.status for one in (there, missing, gone)] == [
        Status.LANDED,
        Status.ABSENT,
        Status.LANDED,
    ]


def test_open_choices_are_described_as_open(write, destination):
    write(made(1, CHOICE))
    assert destination.describe("Case").fields["Job_Status__c"].open_choice
    assert SCHEMA not in destination._book.key_fields
