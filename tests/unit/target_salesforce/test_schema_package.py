"""The files for administrators: the same as what a deploy sends."""

from __future__ import annotations

import csv
import io
import zipfile

import pytest
from lxml import etree
from tests.unit.target_salesforce.test_schema import JOB, KEY, made, wanted

from crm_transforms.destination import DestinationError
from target_salesforce.metadata.names import fault_of, label_of, relationship_of
from target_salesforce.metadata.xml import document

RECORDS = [
    JOB,
    wanted("Account", KEY, label="Kickserv id"),
    wanted("Service_Job__c", "Account__c", "reference", reference="Account"),
    wanted("Service_Job__c", "Total__c", "money", label="=SUM(A1)"),
    wanted("Task", "Kind__c", "choice", options=["A & B", "C"]),
]


@pytest.fixture
def ready(destination):
    destination.use({"Account": KEY}, {})
    destination.identity()
    return destination


def test_a_package_holds_what_a_deploy_sends(ready, sandbox):
    files = ready.package(RECORDS)
    list(ready.write([made(number, record) for number, record in enumerate(RECORDS)]))
    (deploy,) = sandbox.org.deploys.values()
    assert files["deploy.zip"] == deploy.content
    archive = zipfile.ZipFile(io.BytesIO(files["deploy.zip"]))
    sources = {
        path.removeprefix("src/"): content
        for path, content in files.items()
        if path.startswith("src/")
    }
    assert {name: archive.read(name) for name in archive.namelist()} == sources
    assert files["package.xml"] == sources["package.xml"]
    assert sorted(sources) == [
        "objects/Account.object",
        "objects/Activity.object",
        "objects/Service_Job__c.object",
        "package.xml",
        "permissionsets/Migration_Access.permissionset",
    ]


def test_packages_of_equal_records_have_equal_bytes(ready):
    assert ready.package(RECORDS) == ready.package(RECORDS)


def test_a_package_takes_options_for_fields_that_are_there(ready):
    list(ready.write([made(1, RECORDS[-1])]))
    grown = {**RECORDS[-1], "options": ["A & B", "C", "D"]}
    text = ready.package([grown])["src/objects/Activity.object"].decode()
    assert "<fullName>D</fullName>" in text


def test_a_package_of_impossible_fields_is_refused(ready):
    with pytest.raises(DestinationError, match="at least one option"):
        ready.package([wanted("Account", "F__c", "choice")])


def test_all_files_are_xml_of_the_metadata_namespace(ready):
    for path, content in ready.package(RECORDS).items():
        if path.startswith("src/"):
            root = etree.fromstring(content)
            assert root.tag.startswith("{http://soap.sforce.com/2006/04/metadata}")
            # Elements of one name that are torn apart are refused as duplicates.
            for element in root.iter():
                tags = [child.tag for child in element]
                runs = [
                    tag for tag, before in zip(tags, [None, *tags], strict=False) if tag != before
                ]
                assert len(runs) == len(set(runs)), (path, element.tag)


def test_the_inventory_lists_each_field_with_its_type_and_harmless_cells(ready):
    rows = list(csv.DictReader(io.StringIO(ready.package(RECORDS)["fields.csv"].decode())))
    by_name = {row["API name"]: row for row in rows}
    assert by_name["Service_Job__c"]["type"] == "Custom object"
    key = by_name[KEY]
    assert (key["object"], key["type"], key["length or precision"]) == ("Account", "Text", "255")
    assert (key["unique"], key["external id"], key["required"]) == ("true", "true", "false")
    assert "must not be changed" in key["help text"]
    assert by_name["Account__c"]["reference"] == "Account"
    assert by_name["Total__c"]["length or precision"] == "18,2"
    assert by_name["Total__c"]["label"] == "'=SUM(A1)"
    assert by_name["Kind__c"]["values"] == "A & B; C"


def test_xml_escapes_and_leaves_out_what_it_cannot_hold():
    text = document("CustomObject", [("label", 'A & B <c> "d"\x07')]).decode()
    assert '<label>A &amp; B &lt;c&gt; "d"</label>' in text
    assert etree.fromstring(text.encode())[0].text == 'A & B <c> "d"'


def test_relationship_names_are_legal_and_never_the_same():
    long = "Quite_A_Long_Name_For_A_Custom_Object__c"
    names = {
        relationship_of(object_name, field)
        for object_name in ("Case", "Opportunity", "Task", long)
        for field in ("Account__c", "Another_Quite_Long_Lookup_Name_Here__c", "B__c")
    }
    assert len(names) == 12
    assert all(len(name) <= 40 and not fault_of(f"{name}__c") for name in names)
    assert relationship_of("Task", "F__c") == relationship_of("Event", "F__c")


def test_labels_come_from_names_where_none_is_given():
    assert label_of("Service_Job__c") == "Service Job"
