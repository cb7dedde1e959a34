"""What an org does by itself is told before it is loaded, and only where it concerns the load."""

from __future__ import annotations

import pytest


def told(destination, **planned):
    return [f"{one.object}: {one.text}" for one in destination.cautions(planned, 0)]


def about(words, destination, **planned):
    return [line for line in told(destination, **planned) if words in line]


def setup(sandbox, name, **row):
    sandbox.org.setup[name].append(row)


AUTOMATION = [
    ("ApexTrigger", {"Name": "Stamp", "TableEnumOrId": "Account"}, "triggers will run: Stamp"),
    (
        "ValidationRule",
        {"ValidationName": "Phone", "EntityDefinition": {"QualifiedApiName": "Account"}},
        "validation rules may refuse records: Phone",
    ),
    ("DuplicateRule", {"MasterLabel": "Twins", "SobjectType": "Account"}, "records: Twins"),
    ("WorkflowRule", {"Name": "Mail", "TableEnumOrId": "Account"}, "retiring, may run: Mail"),
]


@pytest.mark.parametrize(("name", "row", "says"), AUTOMATION)
def test_automation_of_an_object_is_told_where_records_of_it_are_made(
    sandbox, destination, name, row, says
):
    setup(sandbox, name, **row)
    (line,) = about(says, destination, Account=1)
    assert line.startswith("Account: ")
    assert not about(says, destination, Contact=1)


def test_an_object_that_is_named_by_its_id_is_found_by_it(sandbox, destination):
    setup(sandbox, "ApexTrigger", Name="Stamp", TableEnumOrId="01I000000000001AAA")
    setup(sandbox, "EntityDefinition", QualifiedApiName="Service_Job__c")
    assert about("Stamp", destination, Service_Job__c=1)


def test_processes_of_process_builder_are_told(sandbox, destination):
    setup(sandbox, "Flow", MasterLabel="Old process", ProcessType="Workflow")
    (line,) = about("Process Builder", destination, Account=1)
    assert "Old process" in line


def test_flows_are_counted(sandbox, destination):
    for number in range(3):
        setup(sandbox, "Flow", MasterLabel=f"F {number}", ProcessType="AutoLaunchedFlow")
    assert about("active flows may be set off: 3", destination, Account=1)


def test_an_active_territory_model_says_in_which_order_to_load(sandbox, destination):
    setup(sandbox, "Territory2Model", Name="North")
    (line,) = about("territory model North", destination, Account=1)
    assert "then territories and their members" in line
    assert not about("territory", destination, Product2=1)


def test_many_names_are_cut_and_counted(sandbox, destination):
    for number in range(8):
        setup(sandbox, "ApexTrigger", Name=f"T{number}", TableEnumOrId="Account")
    (caution,) = (one for one in destination.cautions({"Account": 1}, 0) if "triggers" in one.text)
    assert caution.text.endswith("and 3 more")
    assert caution.severity == "warning"


def test_batches_that_are_left_are_compared_with_what_jobs_take(sandbox, destination):
    sandbox.org.bulk_batches = 2
    (line,) = about("batches of jobs", destination, Account=25_000)
    assert "3 batches of jobs are wanted, 2 of 15,000 are left" in line
    assert not about("batches of jobs", destination, Account=1_000)


def test_nothing_is_changed_by_looking(sandbox, destination):
    before = sandbox.org.snapshot()
    told(destination, Account=1, Contact=1)
    assert sandbox.org.snapshot() == before
